// SPDX-License-Identifier: MIT
#include "common/posix/shm/janitor.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <initializer_list>

#include "common/posix/shm/abandoned.hpp"

namespace pitbridge {
namespace {

constexpr int kFarewellFd = 3;

/// Closes every descriptor but 0 to 3 and those of the directories.
void close_all_but(const std::vector<JanitorDuty>& duties) {
  std::vector<int> kept = {kFarewellFd};
  for (const JanitorDuty& duty : duties) kept.push_back(duty.directory->fd());
  std::sort(kept.begin(), kept.end());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto from = static_cast<unsigned>(std::max(kept[i], kFarewellFd)) + 1;
    const unsigned to = i + 1 < kept.size() ? static_cast<unsigned>(kept[i + 1]) - 1 : ~0U;
    if (from <= to) ::close_range(from, to, 0);
  }
}

[[noreturn]] void watch_over(int farewell, const std::vector<JanitorDuty>& duties) {
  // Nothing of Wine may stay open here: the wineserver would take this process for a living client, and
  // whoever waits for the end of our standard output would wait for us.
  ::dup2(farewell, kFarewellFd);
  close_all_but(duties);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(fd);
  ::prctl(PR_SET_NAME, "pb-janitor");
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) ::signal(signal, SIG_IGN);
  // As long as the bridge lives there is nothing to read; what it writes before it leaves is the farewell.
  char farewell_word = 0;
  ssize_t n = -1;
  do {
    n = ::read(kFarewellFd, &farewell_word, 1);
  } while (n < 0 && errno == EINTR);
  if (n == 0) {
    for (const JanitorDuty& duty : duties) {
      (void)
          duty.directory->check();  // it may have been made anew; if it was swapped, what is held is cleared
      (void)clean_up_after_killed_bridge(duty.directory, duty.sim, duty.file_names);
    }
  }
  ::_exit(0);
}

}  // namespace

Janitor::Janitor(const std::vector<JanitorDuty>& duties) {
  int ends[2] = {};
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  const UniqueFd childs_end(ends[0]);
  farewell_ = UniqueFd(ends[1]);
  child_ = ::fork();
  if (child_ == 0) watch_over(childs_end.get(), duties);
}

Janitor::~Janitor() {
  if (child_ < 0) return;
  const auto written = ::write(farewell_.get(), "x", 1);
  (void)written;  // a child that is gone already needs no farewell
  ::waitpid(child_, nullptr, 0);
}

}  // namespace pitbridge
