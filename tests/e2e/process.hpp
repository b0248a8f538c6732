// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/posix/system/fd.hpp"

namespace pitbridge::e2e {

using Seconds = std::chrono::duration<double>;

/// How long a test waits for what must come before it fails. Not a promise of the product: a machine that is
/// busy with something else may need this long, and no test may fail for that.
inline constexpr Seconds kPatience(60);

/// Polls `condition` until it holds; false when `deadline` passes first. The only way in which tests wait.
bool eventually(const std::function<bool()>& condition, Seconds deadline = kPatience);

/// A child process of the test; killed, with its output kept, when the test forgets it.
class Process {
 public:
  struct Setup {
    std::vector<std::string> arguments;  ///< [0] is searched in PATH
    /// Added to, or (when `clear_environment`) instead of, the test's own environment.
    std::map<std::string, std::string> environment = {};
    bool clear_environment = false;
    std::string working_directory = {};
    /// Runs in the child between fork and exec.
    std::function<void()> in_child = {};
  };

  explicit Process(const Setup& setup);
  Process(const Process&) = delete;
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int signal) const;
  /// Writes a line to its standard input.
  void tell(const std::string& line) const;
  /// What it has written to stdout and stderr so far.
  std::string output() const;
  bool says(const std::string& text, Seconds deadline = kPatience) const;
  /// The exit code, or 128 + signal; nothing when it still runs after `deadline`.
  std::optional<int> wait(Seconds deadline = kPatience);

 private:
  void reap(int options);

  pid_t pid_ = -1;
  UniqueFd input_, output_;
  std::optional<int> exit_code_;
};

}  // namespace pitbridge::e2e
