// SPDX-License-Identifier: MIT
#include "common/posix/session/process_scan.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

#include "common/core/sim/number_text.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

/// So many looks a process is young.
constexpr std::uint64_t kYoungLooks = 15;
/// An older one is looked at once in so many.
constexpr std::uint64_t kOldEvery = 16;

std::optional<pid_t> pid_from(const char* name) {
  const auto pid = number_from<pid_t>(name);
  return pid && *pid > 0 ? pid : std::nullopt;
}

/// The beginning of a file of /proc, without a copy on the heap: this runs hundreds of times a second.
std::string_view beginning_of(int proc_fd, pid_t pid, const char* file, std::span<char> buffer) {
  char path[64];
  *fmt::format_to_n(path, sizeof path - 1, "{}/{}", pid, file).out = '\0';
  const UniqueFd fd(::openat(proc_fd, path, O_RDONLY | O_CLOEXEC));
  if (!fd) return {};
  const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
  return n > 0 ? std::string_view(buffer.data(), static_cast<std::size_t>(n)) : std::string_view();
}

/// The last pid that was given to a process or thread of this pid namespace, from /proc/loadavg: while it
/// stays, nothing has started.
std::string newest_pid(int proc_fd) {
  char buffer[256];
  const UniqueFd fd(::openat(proc_fd, "loadavg", O_RDONLY | O_CLOEXEC));
  const ssize_t n = fd ? ::read(fd.get(), buffer, sizeof buffer) : 0;
  if (n <= 0) return "";
  const std::string_view text(buffer, static_cast<std::size_t>(n));
  return std::string(text.substr(text.rfind(' ') + 1));
}

bool is_own(int proc_fd, pid_t pid) {
  char path[16];
  *fmt::format_to_n(path, sizeof path - 1, "{}", pid).out = '\0';
  struct stat found = {};
  return ::fstatat(proc_fd, path, &found, 0) == 0 && found.st_uid == ::geteuid();
}

}  // namespace

void ProcessScan::set_judge(Judge judge, bool any_exe) {
  judge_ = std::move(judge);
  any_exe_ = any_exe;
  seen_.clear();
  newest_pid_.clear();
  games_.clear();
}

const std::vector<RunningGame>& ProcessScan::look() {
  ++looks_;
  looked_at_ = 0;
  std::erase_if(games_, [&](const RunningGame& game) { return !is_alive(game.process.id, root_); });
  const UniqueFd proc(::open((root_ + "/proc").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!proc) return games_;
  // The list costs half a millisecond with 300 processes.
  std::string newest = newest_pid(proc.get());
  if (newest.empty() || newest != newest_pid_) list_processes();
  newest_pid_ = std::move(newest);
  for (const auto& [pid, seen] : seen_)
    if (is_due(seen, pid)) look_at(pid, proc.get());
  std::stable_sort(games_.begin(), games_.end(), [](const RunningGame& a, const RunningGame& b) {
    return a.process.id.start_ticks < b.process.id.start_ticks;
  });
  return games_;
}

void ProcessScan::list_processes() {
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir((root_ + "/proc").c_str()), ::closedir);
  if (proc == nullptr) return;
  while (const dirent* entry = ::readdir(proc.get())) {
    const auto pid = pid_from(entry->d_name);
    if (!pid) continue;
    Seen& seen = seen_[*pid];
    if (seen.inode != entry->d_ino) seen = {.inode = entry->d_ino, .first_look = looks_};
    seen.last_list = looks_;
  }
  std::erase_if(seen_, [&](const auto& item) { return item.second.last_list != looks_; });
}

bool ProcessScan::is_due(const Seen& seen, pid_t pid) const {
  return looks_ - seen.first_look < kYoungLooks ||
         (looks_ + static_cast<std::uint64_t>(pid)) % kOldEvery == 0;
}

void ProcessScan::look_at(pid_t pid, int proc_fd) {
  ++looked_at_;
  if (!has_a_games_name(pid, proc_fd) || !is_own(proc_fd, pid)) return;
  const auto process = find_process(pid, root_);
  if (!process) return;
  const auto is_this = [&](const RunningGame& game) { return game.process.id == process->id; };
  if (std::any_of(games_.begin(), games_.end(), is_this)) return;
  if (auto game = judge_(*process, root_)) games_.push_back(std::move(*game));
}

bool ProcessScan::has_a_games_name(pid_t pid, int proc_fd) const {
  char buffer[4096];
  std::string_view first = beginning_of(proc_fd, pid, "cmdline", buffer);
  first = first.substr(0, first.find('\0'));
  if (any_exe_ && is_exe_name(first)) return true;
  if (title_of_exe_name(base_name(first)) || title_of_native_exe(base_name(first))) return true;
  std::string_view comm = beginning_of(proc_fd, pid, "comm", buffer);
  return is_comm_of_a_known_exe(comm.substr(0, comm.find('\n')));
}

}  // namespace pitbridge
