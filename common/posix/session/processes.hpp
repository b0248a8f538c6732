// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/launch/process_id.hpp"
#include "common/core/settings/environment.hpp"
#include "common/posix/system/fd.hpp"

/// What /proc tells. Every function that reads takes `root`, which goes before "/proc"; the texts are parsed
/// by functions of their own. A process may vanish at any moment: then the answer is "nothing", and never a
/// mixture of two processes.
namespace pitbridge {

struct ProcessInfo {
  ProcessId id;
  pid_t parent = 0;
  std::string comm;  ///< at most 15 bytes. It is the name of the first thread, which a game may change.
  std::vector<std::string> argv;
};

/// A line of /proc/PID/stat.
struct ProcStat {
  pid_t pid = 0;
  std::string comm;
  char state = '?';
  pid_t parent = 0;
  std::uint64_t start_ticks = 0;
};
std::optional<ProcStat> parse_stat(std::string_view text);

/// /proc/PID/cmdline. Wine moves the arguments down over the loader's own name and leaves NULs behind them:
/// empty arguments at the end are dropped.
std::vector<std::string> parse_cmdline(std::string_view text);

/// /proc/PID/environ. What is no NAME=VALUE is passed over; the first of equal names counts, as in getenv.
Environment parse_environ(std::string_view text);

/// The files that /proc/PID/maps names, each once, in the order of the text, as they stand there.
std::vector<std::string> parse_maps(std::string_view text);

/// The path without the " (deleted)" that the kernel appends.
std::string without_deleted_mark(std::string path);

/// An error, with the remedy, where there is no /proc by which any process could be seen.
Expected<void> check_proc(const std::string& root = {});

/// All living processes of our own user, by pid.
std::vector<ProcessInfo> own_processes(const std::string& root = {});
/// One process, whoever's it is.
std::optional<ProcessInfo> find_process(pid_t pid, const std::string& root = {});
/// Who goes from parent to parent does not go on in a loop of a /proc that changes meanwhile.
inline constexpr int kMostAncestors = 1000;
/// It runs: it is neither gone nor a zombie, and its pid has not been given to another.
bool is_alive(const ProcessId& id, const std::string& root = {});

std::optional<Environment> environment_of(const ProcessId& id, const std::string& root = {});
/// The path of the running file, without " (deleted)", as the process's own mount namespace knows it.
std::optional<std::string> exe_of(const ProcessId& id, const std::string& root = {});
std::optional<std::vector<std::string>> mapped_files(const ProcessId& id, const std::string& root = {});
/// What its descriptors point to, in no order.
std::vector<std::string> open_files(const ProcessId& id, const std::string& root = {});
std::optional<std::string> working_directory_of(const ProcessId& id, const std::string& root = {});

/// Namespaces by their inode.
struct Namespaces {
  std::uint64_t mount = 0;
  std::uint64_t pid = 0;

  friend bool operator==(const Namespaces&, const Namespaces&) = default;
};
std::optional<Namespaces> namespaces_of(const ProcessId& id, const std::string& root = {});
std::optional<Namespaces> own_namespaces(const std::string& root = {});

/// Owns a pidfd: tells when one certain process has ended, without polling and without mistaking another for
/// it.
class ExitWatch {
 public:
  ExitWatch() = default;
  explicit ExitWatch(UniqueFd pidfd) : pidfd_(std::move(pidfd)) {}

  /// For poll(2): readable from the end of the process on.
  int fd() const { return pidfd_.get(); }
  bool has_ended() const { return wait_ms(0); }
  /// True when the process ends within `timeout_ms`; -1 waits without an end. A signal ends the wait early.
  bool wait_ms(int timeout_ms) const;
  /// False when the process has ended already, or may not be signalled.
  bool send_signal(int signal) const;

 private:
  UniqueFd pidfd_;
};

/// Nothing when the process has ended; an error where the kernel has no pidfd (before Linux 5.3).
Expected<std::optional<ExitWatch>> watch_exit(const ProcessId& id);

}  // namespace pitbridge
