// SPDX-License-Identifier: MIT
#include "common/posix/system/impatient_write.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <string>

#include "common/posix/system/fd.hpp"

namespace pitbridge {
namespace {

/// A terminal that is set to `tostop` stops who writes from the background; not where the signal is blocked.
class WithoutStopAtWrite {
 public:
  WithoutStopAtWrite() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTTOU);
    ::sigprocmask(SIG_BLOCK, &set, &before_);
  }
  WithoutStopAtWrite(const WithoutStopAtWrite&) = delete;
  WithoutStopAtWrite& operator=(const WithoutStopAtWrite&) = delete;
  ~WithoutStopAtWrite() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_ = {};
};

/// The same pipe or terminal, opened once more: O_NONBLOCK belongs to the open file description, which an
/// inherited descriptor shares with other programs. `poll` before a write would not do: another program may
/// fill the pipe between the two, or hold the terminal's lock.
UniqueFd opened_anew(int fd) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

ssize_t write_to_stream(int fd, std::string_view text) {
  if ((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) return ::write(fd, text.data(), text.size());
  if (const UniqueFd own = opened_anew(fd)) return ::write(own.get(), text.data(), text.size());
  // Another user's pipe, or no /proc. One page is what a pipe takes that can be written at all.
  pollfd now = {fd, POLLOUT, 0};
  if (::poll(&now, 1, 0) != 1 || now.revents != POLLOUT) return -1;
  return ::write(fd, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
}

bool is_stream(mode_t mode) {
  return S_ISFIFO(mode) || S_ISCHR(mode);
}

}  // namespace

std::size_t write_without_waiting(int fd, std::string_view text) {
  struct stat file = {};
  if (::fstat(fd, &file) != 0) return 0;
  const WithoutStopAtWrite no_stop;
  std::size_t done = 0;
  while (done < text.size()) {
    const std::string_view rest = text.substr(done);
    const ssize_t n = S_ISSOCK(file.st_mode)
                          ? ::send(fd, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                      : is_stream(file.st_mode) ? write_to_stream(fd, rest)
                                                : ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void keep_stderr_from_waiting() {
  struct stat file = {};
  const int flags = ::fcntl(STDERR_FILENO, F_GETFL);
  // Without a stderr of ours its number may belong to a file of Wine's, which closes on exec.
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || (::fcntl(STDERR_FILENO, F_GETFD) & FD_CLOEXEC) != 0 ||
      ::fstat(STDERR_FILENO, &file) != 0 || !is_stream(file.st_mode))
    return;
  if (const UniqueFd own = opened_anew(STDERR_FILENO)) (void)::dup2(own.get(), STDERR_FILENO);
}

}  // namespace pitbridge
