// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// A process that has done something and keeps it, until this ends: then it is killed.
class HeldChild {
 public:
  /// `work` returns an object that is true when it has done what it is there for.
  template <typename Work>
  explicit HeldChild(Work work) {
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    const UniqueFd reads(ends[0]);
    UniqueFd writes(ends[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves nobody behind
      const auto held = work();
      const char word = held ? 'y' : 'n';
      if (::write(writes.get(), &word, 1) == 1) ::pause();
      ::_exit(1);
    }
    writes = UniqueFd();
    char word = 0;
    is_there_ = ::read(reads.get(), &word, 1) == 1 && word == 'y';
  }
  HeldChild(const HeldChild&) = delete;
  HeldChild& operator=(const HeldChild&) = delete;
  ~HeldChild() { kill(); }

  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  bool is_there() const { return is_there_; }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  bool is_there_ = false;
};

}  // namespace pitbridge
