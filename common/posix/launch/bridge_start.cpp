// SPDX-License-Identifier: MIT
#include "common/posix/launch/bridge_start.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "common/core/launch/exec_status.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr int kFaultFd = 3;

/// For execve, which takes them as if it could change them.
std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// The caller may be a supervisor with handlers, a mask and ignored signals of its own.
void set_signals_as_new() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// After fork: no allocation, and nothing but system calls. Does not return.
[[noreturn]] void run_child(char* const* argv, char* const* environment, int input, int output, int fault,
                            bool new_session) {
  set_signals_as_new();
  // Each may be 0 to 3 itself where the caller has closed its own streams.
  input = ::fcntl(input, F_DUPFD, kFaultFd + 1);
  output = ::fcntl(output, F_DUPFD, kFaultFd + 1);
  fault = ::fcntl(fault, F_DUPFD, kFaultFd + 1);
  if (input >= 0 && output >= 0 && fault >= 0 && ::dup2(input, STDIN_FILENO) >= 0 &&
      ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(output, STDERR_FILENO) >= 0 &&
      ::dup3(fault, kFaultFd, O_CLOEXEC) >= 0) {
    ::close_range(kFaultFd + 1, ~0U, 0);
    if (new_session) ::setsid();
    ::execve(argv[0], argv, environment);
  }
  const int error_number = errno;
  const auto written = ::write(kFaultFd, &error_number, sizeof error_number);
  (void)written;
  ::_exit(kExitNotFound);
}

Expected<UniqueFd> output_of(const BridgeStart& start) {
  if (start.output_fd >= 0) return UniqueFd(::fcntl(start.output_fd, F_DUPFD_CLOEXEC, 0));
  const bool to_file = !start.output_path.empty();
  if (to_file) (void)make_directories(parent_of(start.output_path));  // open tells what is wrong
  UniqueFd fd(to_file ? ::open(start.output_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
                      : ::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!fd)
    return fail(ExitCode::kOutputRefused,
                fmt::format("cannot open the log {}: {}; name another file, or make it writable",
                            to_file ? start.output_path : "/dev/null", system_message(errno)));
  return fd;
}

}  // namespace

Expected<StartedBridge> start_bridge(const BridgeStart& start) {
  const auto fault = [&](const char* what, int error_number) {
    return fail(ExitCode::kFailure, fmt::format("cannot start {} with {}: {}: {}", start.bridge, start.loader,
                                                what, system_message(error_number)));
  };
  auto output = output_of(start);
  if (!output) return tl::unexpected<Error>(std::move(output.error()));
  const UniqueFd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  int ends[2] = {};
  if (!*output || !input || ::pipe2(ends, O_CLOEXEC) != 0) return fault("open", errno);
  const UniqueFd fault_reader(ends[0]);
  UniqueFd fault_writer(ends[1]);

  std::vector<std::string> words = {start.loader, start.bridge};
  words.insert(words.end(), start.arguments.begin(), start.arguments.end());
  const auto argv = pointers_to(words);
  const auto environment = pointers_to(start.environment);
  const pid_t pid = ::fork();
  if (pid == 0)
    run_child(argv.data(), environment.data(), input.get(), output->get(), fault_writer.get(),
              start.new_session);
  if (pid < 0) return fault("fork", errno);
  fault_writer = UniqueFd();
  int error_number = 0;
  ssize_t n = 0;
  do {
    n = ::read(fault_reader.get(), &error_number, sizeof error_number);
  } while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(sizeof error_number)) {
    ::waitpid(pid, nullptr, 0);
    return fault("execve", error_number);
  }
  StartedBridge started;
  const auto info = find_process(pid);
  started.id = info ? info->id : ProcessId{pid, 0};
  if (!info) return started;
  auto watch = watch_exit(started.id);
  if (!watch) return tl::unexpected<Error>(std::move(watch.error()));
  if (*watch) started.watch = std::move(**watch);
  return started;
}

}  // namespace pitbridge
