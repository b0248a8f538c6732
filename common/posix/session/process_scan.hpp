// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/posix/session/wine_process.hpp"

namespace pitbridge {

/// Notices games among our user's processes, for as little as it can: a list of /proc when any was
/// started, and a look at a process while it is young, then ever more seldom. (The kernel tells of new
/// processes by itself only to those with CAP_NET_ADMIN, and /proc has no inotify.) A process may become a
/// game long after it began, by exec or because Wine was busy with the prefix; so none is passed over for
/// ever.
class ProcessScan {
 public:
  explicit ProcessScan(std::string root = {}) : root_(std::move(root)) {}

  using Judge = std::function<std::optional<RunningGame>(const ProcessInfo&, const std::string& root)>;
  /// `judge` decides whether a process with a game's name is one; by default `game_of`. With `any_exe` it is
  /// asked about each process whose name ends in ".exe". All processes are then looked at anew.
  void set_judge(Judge judge, bool any_exe);

  /// To be called each second or two. The games that run now, oldest first: those that were found before as
  /// long as they live, and the new ones.
  const std::vector<RunningGame>& look();

  /// What the last `look` found.
  const std::vector<RunningGame>& games() const { return games_; }

  /// Processes of all users, and how many of them the last `look` looked at.
  std::size_t process_count() const { return seen_.size(); }
  std::size_t looked_at() const { return looked_at_; }

 private:
  struct Seen {
    std::uint64_t inode = 0;  ///< of /proc/PID: another process with the same pid has another one
    std::uint64_t first_look = 0;
    std::uint64_t last_list = 0;
  };

  void list_processes();
  void look_at(pid_t pid, int proc_fd);
  bool is_due(const Seen& seen, pid_t pid) const;
  bool has_a_games_name(pid_t pid, int proc_fd) const;

  std::string root_;
  Judge judge_ = game_of;
  bool any_exe_ = false;
  std::unordered_map<pid_t, Seen> seen_;
  std::string newest_pid_;  ///< when the processes were listed last
  std::vector<RunningGame> games_;
  std::uint64_t looks_ = 0;
  std::size_t looked_at_ = 0;
};

}  // namespace pitbridge
