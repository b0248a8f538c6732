// SPDX-License-Identifier: MIT
#include "common/posix/session/processes.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <unordered_set>

#include "common/core/sim/number_text.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

std::string proc_path(const std::string& root, pid_t pid, std::string_view file) {
  return fmt::format("{}/proc/{}/{}", root, pid, file);
}

std::optional<ProcStat> stat_of_process(const std::string& root, pid_t pid) {
  const auto text = small_file(proc_path(root, pid, "stat"));
  return text ? parse_stat(*text) : std::nullopt;
}

bool has_ended(const ProcStat& stat) {
  return stat.state == 'Z' || stat.state == 'X' || stat.state == 'x';
}

/// What `read` gave, unless the process was another one before or after.
template <typename Read>
auto read_of(const ProcessId& id, const std::string& root, Read read) -> decltype(read()) {
  if (!is_alive(id, root)) return {};
  auto result = read();
  if (!is_alive(id, root)) return {};
  return result;
}

std::optional<std::uint64_t> namespace_inode(const std::string& path) {
  // "mnt:[4026531841]"
  const auto target = link_target(path);
  if (!target) return std::nullopt;
  const auto open = target->find('[');
  if (open == std::string::npos || target->back() != ']') return std::nullopt;
  return number_from<std::uint64_t>(std::string_view(*target).substr(open + 1, target->size() - open - 2));
}

std::optional<Namespaces> namespaces_below(const std::string& directory) {
  const auto mount = namespace_inode(directory + "/ns/mnt");
  const auto pid = namespace_inode(directory + "/ns/pid");
  if (!mount || !pid) return std::nullopt;
  return Namespaces{*mount, *pid};
}

}  // namespace

std::optional<ProcStat> parse_stat(std::string_view text) {
  // comm may hold blanks and brackets itself: the last ')' ends it.
  const auto open = text.find(" (");
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 2)
    return std::nullopt;
  ProcStat stat;
  const auto pid = number_from<pid_t>(text.substr(0, open));
  if (!pid || *pid <= 0) return std::nullopt;
  stat.pid = *pid;
  stat.comm = text.substr(open + 2, close - open - 2);
  std::string_view rest = text.substr(close + 1);
  // proc(5) counts from 1: the state is the third field, the parent the fourth, the start the 22nd.
  for (int field = 3; field <= 22; ++field) {
    const auto begin = rest.find_first_not_of(" \n");
    if (begin == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(begin);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \n"));
    rest.remove_prefix(word.size());
    if (field == 3) {
      stat.state = word.front();
    } else if (field == 4) {
      const auto parent = number_from<pid_t>(word);
      if (!parent) return std::nullopt;
      stat.parent = *parent;
    } else if (field == 22) {
      const auto start = number_from<std::uint64_t>(word);
      if (!start) return std::nullopt;
      stat.start_ticks = *start;
    }
  }
  return stat;
}

std::vector<std::string> parse_cmdline(std::string_view text) {
  std::vector<std::string> argv;
  while (!text.empty()) {
    const auto end = std::min(text.find('\0'), text.size());
    argv.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!argv.empty() && argv.back().empty()) argv.pop_back();
  return argv;
}

Environment parse_environ(std::string_view text) {
  Environment environment;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find('\0'));
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return environment;
}

std::vector<std::string> parse_maps(std::string_view text) {
  std::vector<std::string> files;
  std::unordered_set<std::string_view> seen;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    // "begin-end perms offset device inode      path": no field before the path holds a slash.
    const auto slash = line.find('/');
    if (slash == std::string_view::npos) continue;
    const std::string_view file = line.substr(slash);
    if (seen.insert(file).second) files.emplace_back(file);
  }
  return files;
}

std::string without_deleted_mark(std::string path) {
  if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
  return path;
}

std::optional<ProcessInfo> find_process(pid_t pid, const std::string& root) {
  const auto stat = stat_of_process(root, pid);
  if (!stat || stat->pid != pid || has_ended(*stat)) return std::nullopt;
  ProcessInfo info;
  info.id = {pid, stat->start_ticks};
  info.parent = stat->parent;
  info.comm = stat->comm;
  const auto cmdline = read_of(info.id, root, [&] { return small_file(proc_path(root, pid, "cmdline")); });
  if (!cmdline) return std::nullopt;
  info.argv = parse_cmdline(*cmdline);
  return info;
}

Expected<void> check_proc(const std::string& root) {
  if (small_file(root + "/proc/self/stat")) return {};
  return fail(
      ExitCode::kFailure,
      "no process can be seen: /proc/self/stat cannot be read; mount /proc, or run pitbridge outside of "
      "the container that has none");
}

std::vector<ProcessInfo> own_processes(const std::string& root) {
  std::vector<ProcessInfo> all;
  for (const std::string& name : directory_entries(root + "/proc")) {
    const auto pid = number_from<pid_t>(name);
    if (!pid || *pid <= 0) continue;
    struct stat found = {};
    if (::stat(proc_path(root, *pid, "").c_str(), &found) != 0 || found.st_uid != ::geteuid()) continue;
    if (auto info = find_process(*pid, root)) all.push_back(std::move(*info));
  }
  std::sort(all.begin(), all.end(),
            [](const ProcessInfo& a, const ProcessInfo& b) { return a.id.pid < b.id.pid; });
  return all;
}

bool is_alive(const ProcessId& id, const std::string& root) {
  const auto stat = stat_of_process(root, id.pid);
  return stat && stat->start_ticks == id.start_ticks && !has_ended(*stat);
}

std::optional<Environment> environment_of(const ProcessId& id, const std::string& root) {
  const auto text = read_of(id, root, [&] { return small_file(proc_path(root, id.pid, "environ")); });
  if (!text) return std::nullopt;
  return parse_environ(*text);
}

std::optional<std::string> exe_of(const ProcessId& id, const std::string& root) {
  auto target = read_of(id, root, [&] { return link_target(proc_path(root, id.pid, "exe")); });
  if (!target) return std::nullopt;
  return without_deleted_mark(std::move(*target));
}

std::optional<std::vector<std::string>> mapped_files(const ProcessId& id, const std::string& root) {
  const auto text = read_of(id, root, [&] { return small_file(proc_path(root, id.pid, "maps")); });
  if (!text) return std::nullopt;
  return parse_maps(*text);
}

std::vector<std::string> open_files(const ProcessId& id, const std::string& root) {
  return read_of(id, root, [&] {
    std::vector<std::string> targets;
    const std::string directory = proc_path(root, id.pid, "fd");
    for (const std::string& name : directory_entries(directory))
      if (auto target = link_target(fmt::format("{}/{}", directory, name)))
        targets.push_back(std::move(*target));
    return targets;
  });
}

std::optional<std::string> working_directory_of(const ProcessId& id, const std::string& root) {
  return read_of(id, root, [&] { return link_target(proc_path(root, id.pid, "cwd")); });
}

std::optional<Namespaces> namespaces_of(const ProcessId& id, const std::string& root) {
  return read_of(id, root, [&] { return namespaces_below(fmt::format("{}/proc/{}", root, id.pid)); });
}

std::optional<Namespaces> own_namespaces(const std::string& root) {
  return namespaces_below(root + "/proc/self");
}

bool ExitWatch::wait_ms(int timeout_ms) const {
  pollfd ended = {pidfd_.get(), POLLIN, 0};
  return ::poll(&ended, 1, timeout_ms) == 1 && (ended.revents & POLLIN) != 0;
}

bool ExitWatch::send_signal(int signal) const {
  return ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0) == 0;
}

Expected<std::optional<ExitWatch>> watch_exit(const ProcessId& id) {
  // By number: glibc has a name for it only since 2.36, and these objects are part of every bridge too.
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, id.pid, 0)));
  if (!pidfd && errno == ESRCH) return std::nullopt;
  if (!pidfd)
    return fail(ExitCode::kFailure,
                fmt::format("cannot watch process {}: pidfd_open: {}{}", id.pid, system_message(errno),
                            errno == ENOSYS ? "; Linux 5.3 or newer is needed" : ""));
  // The descriptor holds the process, so it is the right one if it is the right one now.
  if (!is_alive(id)) return std::nullopt;
  return ExitWatch(std::move(pidfd));
}

}  // namespace pitbridge
