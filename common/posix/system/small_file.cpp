// SPDX-License-Identifier: MIT
#include "common/posix/system/small_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "common/posix/system/fd.hpp"

namespace pitbridge {
namespace {

struct stat stat_or_nothing(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) found = {};
  return found;
}

}  // namespace

std::optional<std::string> small_file(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return std::nullopt;
  std::string text;
  // Files of /proc have no size, and some give a page at most with each read.
  char buffer[4096];
  while (text.size() < max_bytes) {
    const ssize_t n = ::read(fd.get(), buffer, std::min(sizeof buffer, max_bytes - text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

std::optional<std::string> link_target(const std::string& path) {
  for (std::size_t size = 256; size <= 65536; size *= 4) {
    std::string target(size, '\0');
    const ssize_t n = ::readlink(path.c_str(), target.data(), target.size());
    if (n < 0) return std::nullopt;
    if (static_cast<std::size_t>(n) == size) continue;  // perhaps cut
    target.resize(static_cast<std::size_t>(n));
    return target;
  }
  return std::nullopt;
}

std::vector<std::string> directory_entries(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  if (directory == nullptr) return names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_directory(const std::string& path) {
  return S_ISDIR(stat_or_nothing(path).st_mode);
}

bool is_socket(const std::string& path) {
  return S_ISSOCK(stat_or_nothing(path).st_mode);
}

bool is_program(const std::string& path) {
  return S_ISREG(stat_or_nothing(path).st_mode) && ::access(path.c_str(), X_OK) == 0;
}

bool is_same_file(const std::string& a, const std::string& b) {
  const struct stat first = stat_or_nothing(a);
  const struct stat second = stat_or_nothing(b);
  return first.st_ino != 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

std::string_view kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return S_ISREG(mode) ? "a file" : "a device";
}

std::string file_name_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace pitbridge
