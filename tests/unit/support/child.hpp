// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace pitbridge {

/// A program that runs beside a test, and does not outlive it. Its output goes to a file.
class Child {
 public:
  Child() = default;
  Child(std::vector<std::string> words, const std::string& log) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files = {};
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::posix_spawn_file_actions_adddup2(&files, 1, 2);
    if (::posix_spawn(&pid_, argv[0], &files, nullptr, argv.data(), environ) != 0) pid_ = -1;
    ::posix_spawn_file_actions_destroy(&files);
  }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~Child() { (void)end(SIGKILL); }

  pid_t pid() const { return pid_; }
  void send(int signal) const {
    if (pid_ > 0) ::kill(pid_, signal);
  }
  /// Its exit status, once; -1: it runs, or a signal has ended it.
  int status() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  /// Sends the signal until it has ended: mosquitto loses one that comes while it starts. One that does not
  /// end by it within ten seconds is killed.
  int end(int signal) {
    int status = 0;
    for (int looks = 0; pid_ > 0; ++looks) {
      constexpr int kLooksASecond = 100, kMostLooks = 10 * kLooksASecond, kSendEvery = kLooksASecond / 10;
      if (looks % kSendEvery == 0) ::kill(pid_, looks < kMostLooks ? signal : SIGKILL);
      ::kill(pid_, SIGCONT);
      if (::waitpid(pid_, &status, WNOHANG) != 0) {
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      }
      ::usleep(1'000'000 / kLooksASecond);
    }
    return -1;
  }

 private:
  pid_t pid_ = -1;
};

}  // namespace pitbridge
