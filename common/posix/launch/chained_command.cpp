// SPDX-License-Identifier: MIT
#include "common/posix/launch/chained_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "common/core/launch/exec_status.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// The Wine that runs us. Proton puts its own before PATH; WINELOADER goes before that, as for Wine itself.
std::string wine_loader() {
  return environment_or("WINELOADER", "wine");
}

void exec_wine(const std::vector<std::string>& words) {
  const std::string loader = wine_loader();
  std::vector<char*> arguments = {const_cast<char*>(loader.c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  // Wine tells its children by this that they need no preloader any more.
  ::unsetenv("WINELOADERNOEXEC");
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(arguments[0], arguments.data());
}

}  // namespace

BridgeCommandLine bridge_command_line(pid_t pid) {
  const UniqueFd fd(::open(fmt::format("/proc/{}/cmdline", pid).c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(fd.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  return parse_bridge_command_line(text);
}

BridgeCommandLine parse_bridge_command_line(const std::string& cmdline) {
  BridgeCommandLine line;
  bool behind = false;
  for (std::size_t at = 0; at < cmdline.size();) {
    const std::size_t end = std::min(cmdline.find('\0', at), cmdline.size());
    std::string word = cmdline.substr(at, end - at);
    at = end + 1;
    if (behind) {
      line.chained.push_back(std::move(word));
    } else if (word == "--") {
      behind = true;
    } else if (line.program.empty() && (word.ends_with(".exe.so") || word.ends_with(".exe"))) {
      line.program = std::move(word);
    }
  }
  // Wine moves the words to the front, and leaves zeros behind them.
  while (!line.chained.empty() && line.chained.back().empty()) line.chained.pop_back();
  return line;
}

void start_detached(const std::vector<std::string>& words) {
  const pid_t between = ::fork();
  if (between == 0) {
    if (::fork() == 0) {
      exec_wine(words);
      ::_exit(kExitNotFound);
    }
    ::_exit(0);
  }
  if (between > 0) ::waitpid(between, nullptr, 0);
}

Expected<ChainedCommand> ChainedCommand::start(const std::vector<std::string>& command) {
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    // Whoever started us kills us in the end, and means the user's command.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == self) exec_wine(command);
    ::_exit(kExitNotFound);
  }
  UniqueFd pidfd(child < 0 ? -1 : static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (!pidfd)
    return fail(ExitCode::kFailure,
                fmt::format("cannot start \"{}\": {}; set it without pitbridge",
                            command.empty() ? "" : command.front(), system_message(errno)));
  return ChainedCommand(child, std::move(pidfd));
}

bool ChainedCommand::wait_ms(int timeout_ms) {
  pollfd wait = {pidfd_.get(), POLLIN, 0};
  if (::poll(&wait, 1, timeout_ms) <= 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, 0) == pid_)
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

}  // namespace pitbridge
