// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// Does `work` in a child process and hands back its text; nothing when the child dies, or takes longer than
/// `deadline_ms` and is killed. For work that must not take its caller with it, whatever it meets: a file
/// system that hangs, a fault of ours, a lack of memory. The child is gone when this returns; processes that
/// it has detached
/// (`detach_process`) live on.
std::optional<std::string> work_in_child(const std::function<std::string()>& work, int deadline_ms);

/// The same for a caller that does not wait, because it serves others meanwhile. The child has none of our
/// descriptors but the streams, and ends with this.
class ChildWork {
 public:
  /// Nothing when there can be no child.
  static std::optional<ChildWork> start(const std::function<std::string()>& work);
  ChildWork(ChildWork&& other) noexcept;
  ChildWork& operator=(ChildWork&&) = delete;
  ~ChildWork();

  /// For poll(2): readable while the child writes, and at its end.
  int fd() const { return pipe_.get(); }
  /// Takes what there is, without waiting. True: the child has written all that it will.
  bool read_some();
  /// The whole text; nothing when the child died before its end.
  std::optional<std::string> text() const;

 private:
  ChildWork(UniqueFd pipe, pid_t child) : pipe_(std::move(pipe)), child_(child) {}

  UniqueFd pipe_;
  pid_t child_;  ///< 0: moved away
  std::string text_;
};

/// Runs `life` in a process that is nobody's child, has a session of its own and none of our descriptors but
/// /dev/null for its streams. False when there can be none.
bool detach_process(const char* name, const std::function<void()>& life);

/// SIGPIPE is ignored as long as this lives: a message to a reader that has gone is no reason to die. A
/// program that is started later finds the signal as it was before.
class WithoutSigpipe {
 public:
  WithoutSigpipe();
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  ~WithoutSigpipe();

 private:
  void (*before_)(int);
};

/// "pitbridge: TEXT" on stderr. Where that cannot be written at once it is lost.
void say_to_stderr(const std::string& text);

}  // namespace pitbridge
