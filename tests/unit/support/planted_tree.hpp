// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/posix/session/processes.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {

/// One process of a planted /proc. What is empty is not made.
struct PlantedProcess {
  pid_t pid = 100;
  std::uint64_t start_ticks = 5000;
  pid_t parent = 1;
  char state = 'S';
  std::string comm = "acs.exe";
  std::vector<std::string> argv = {"Z:\\games\\acs.exe"};
  std::vector<std::string> environment = {};
  std::string exe = "/usr/lib/wine/wine64";
  std::string maps = "7f00-7f01 r--p 00000000 fe:00 77 /nothing/of/interest\n";
  std::vector<std::string> descriptors = {};
  std::string cwd = {};
  std::string children = {};  ///< pids, each with a blank behind it
  std::string cgroup = {};
  std::uint64_t mount_namespace = 1, pid_namespace = 2;  ///< our own are 1 and 2
  std::string sandbox_root = {};  ///< where /proc/PID/root leads, below the tree; empty: to the tree
};

/// A directory that stands in for "/", with a /proc of its own.
class PlantedTree {
 public:
  PlantedTree() {
    std::filesystem::create_directories(root() + "/proc/self/ns");
    link("mnt:[1]", "/proc/self/ns/mnt");
    link("pid:[2]", "/proc/self/ns/pid");
  }

  const std::string& root() const { return directory_.path(); }

  void file(const std::string& path, std::string_view content, mode_t mode = 0644) const {
    std::filesystem::create_directories((root() + path).substr(0, (root() + path).rfind('/')));
    write_file(root() + path, content);
    ::chmod((root() + path).c_str(), mode);
  }
  void program(const std::string& path) const { file(path, "#!/bin/sh\n", 0755); }
  void directory(const std::string& path) const { std::filesystem::create_directories(root() + path); }
  void link(const std::string& target, const std::string& path) const {
    std::filesystem::create_directories((root() + path).substr(0, (root() + path).rfind('/')));
    std::filesystem::create_symlink(target, root() + path);
  }
  /// Stands in for a socket in all but its use.
  void socket(const std::string& path) const {
    std::filesystem::create_directories((root() + path).substr(0, (root() + path).rfind('/')));
    ASSERT_EQ(::mknod((root() + path).c_str(), S_IFSOCK | 0600, 0), 0) << path;
  }

  ProcessId process(const PlantedProcess& p) const {
    const std::string at = "/proc/" + std::to_string(p.pid);
    file(at + "/stat", std::to_string(p.pid) + " (" + p.comm + ") " + p.state + " " +
                           std::to_string(p.parent) + " 1 1 0 -1 4194304 1 0 0 0 1 1 0 0 20 0 2 0 " +
                           std::to_string(p.start_ticks) + " 1803177984 2393 18446744073709551615\n");
    file(at + "/cmdline", joined(p.argv));
    file(at + "/environ", joined(p.environment));
    file(at + "/maps", p.maps);
    if (!p.exe.empty()) link(p.exe, at + "/exe");
    if (!p.cwd.empty()) link(p.cwd, at + "/cwd");
    if (!p.cgroup.empty()) file(at + "/cgroup", p.cgroup);
    file(at + "/task/" + std::to_string(p.pid) + "/children", p.children);
    directory(at + "/fd");
    for (std::size_t i = 0; i < p.descriptors.size(); ++i)
      link(p.descriptors[i], at + "/fd/" + std::to_string(i));
    link("mnt:[" + std::to_string(p.mount_namespace) + "]", at + "/ns/mnt");
    link("pid:[" + std::to_string(p.pid_namespace) + "]", at + "/ns/pid");
    link(root() + p.sandbox_root, at + "/root");
    return {p.pid, p.start_ticks};
  }

 private:
  static std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += word + '\0';
    return text;
  }

  TempDirectory directory_;
};

}  // namespace pitbridge
