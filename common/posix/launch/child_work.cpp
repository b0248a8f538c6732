// SPDX-License-Identifier: MIT
#include "common/posix/launch/child_work.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <initializer_list>
#include <utility>

#include "common/core/sim/text.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/impatient_write.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

/// Ends every whole answer, so that half of one is never taken for it. The exit status alone would not do:
/// where SIGCHLD is ignored there is none.
constexpr std::string_view kEnd("\0whole", 6);

constexpr int kSayWithinMs = 500;

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// What a child does with its life.
[[noreturn]] void answer(const std::function<std::string()>& work, int pipe) {
  int status = 1;
  try {
    if (write_all(pipe, work().append(kEnd))) status = 0;
  } catch (const std::exception& fault) {
    say_to_stderr(fault.what());
  }
  ::_exit(status);
}

/// Its work is done, or has taken too long: either way it is not waited for.
void end_child(pid_t child) {
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<std::string> whole_answer(std::string text) {
  if (!text.ends_with(kEnd)) return std::nullopt;
  text.resize(text.size() - kEnd.size());
  return text;
}

/// Until the end of the pipe, or the deadline.
std::string read_answer(int fd, int deadline_ms) {
  MonotonicClock clock;
  const std::int64_t deadline = clock.now_ns() + std::int64_t{deadline_ms} * 1'000'000;
  std::string text;
  for (;;) {
    const std::int64_t rest_ms = (deadline - clock.now_ns()) / 1'000'000;
    if (rest_ms <= 0) break;
    pollfd wait = {fd, POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(rest_ms)) <= 0) continue;
    char buffer[4096];
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

}  // namespace

std::optional<std::string> work_in_child(const std::function<std::string()>& work, int deadline_ms) {
  int ends[2] = {};
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  const UniqueFd ours(ends[0]);
  UniqueFd childs(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return std::nullopt;
  if (child == 0) answer(work, childs.get());
  childs = UniqueFd();
  std::string text = read_answer(ours.get(), deadline_ms);
  end_child(child);
  return whole_answer(std::move(text));
}

std::optional<ChildWork> ChildWork::start(const std::function<std::string()>& work) {
  int ends[2] = {};
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return std::nullopt;
  UniqueFd ours(ends[0]);
  const UniqueFd childs(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return std::nullopt;
  if (child > 0) return ChildWork(std::move(ours), child);
  // A loop of events that is the parent's has handlers that write into descriptors of its own.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_DFL);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  constexpr int kPipe = 3;
  (void)::dup2(childs.get(), kPipe);
  (void)::fcntl(kPipe, F_SETFL, 0);
  (void)::fcntl(kPipe, F_SETFD, FD_CLOEXEC);
  ::close_range(kPipe + 1, ~0U, 0);
  answer(work, kPipe);
}

ChildWork::ChildWork(ChildWork&& other) noexcept
    : pipe_(std::move(other.pipe_)), child_(std::exchange(other.child_, 0)), text_(std::move(other.text_)) {}

ChildWork::~ChildWork() {
  if (child_ != 0) end_child(child_);
}

bool ChildWork::read_some() {
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(pipe_.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno != EAGAIN;
    if (n == 0) return true;
    text_.append(buffer, static_cast<std::size_t>(n));
  }
}

std::optional<std::string> ChildWork::text() const {
  return whole_answer(text_);
}

bool detach_process(const char* name, const std::function<void()>& life) {
  const pid_t between = ::fork();
  if (between < 0) return false;
  if (between > 0) {
    int status = 0;
    while (::waitpid(between, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  const pid_t child = ::fork();
  if (child != 0) ::_exit(child > 0 ? 0 : 1);
  ::setsid();
  ::prctl(PR_SET_NAME, name);
  ::close_range(0, ~0U, 0);
  (void)::open("/dev/null", O_RDWR);
  (void)::dup2(0, 1);
  (void)::dup2(0, 2);
  // Not the directory of the game, which somebody may want to unmount.
  (void)!::chdir("/");
  try {
    life();
  } catch (const std::exception&) {
    ::_exit(1);
  }
  ::_exit(0);
}

WithoutSigpipe::WithoutSigpipe() : before_(::signal(SIGPIPE, SIG_IGN)) {}

WithoutSigpipe::~WithoutSigpipe() {
  ::signal(SIGPIPE, before_);
}

void say_to_stderr(const std::string& text) {
  // A full pipe that nobody reads, or a stopped terminal, must not stop us.
  pollfd wait = {STDERR_FILENO, POLLOUT, 0};
  if (::poll(&wait, 1, kSayWithinMs) <= 0) return;
  (void)write_without_waiting(STDERR_FILENO, "pitbridge: " + printable(text) + "\n");
}

}  // namespace pitbridge
