// SPDX-License-Identifier: MIT
#include "tests/e2e/process.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace pitbridge::e2e {
namespace {

constexpr std::chrono::milliseconds kPollEvery(5);

[[noreturn]] void run_child(const Process::Setup& setup, int input, int output) {
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  if (setup.clear_environment) ::clearenv();
  for (const auto& [name, value] : setup.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (!setup.working_directory.empty() && ::chdir(setup.working_directory.c_str()) != 0) ::_exit(126);
  if (setup.in_child) setup.in_child();
  std::vector<char*> arguments;
  for (const std::string& argument : setup.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

bool eventually(const std::function<bool()>& condition, Seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return condition();
    std::this_thread::sleep_for(kPollEvery);
  }
  return true;
}

Process::Process(const Setup& setup) {
  int pipe_ends[2] = {};
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  const UniqueFd child_input(pipe_ends[0]);
  input_ = UniqueFd(pipe_ends[1]);
  output_ = UniqueFd(::memfd_create("output", MFD_CLOEXEC));
  pid_ = ::fork();
  if (pid_ == 0) run_child(setup, child_input.get(), output_.get());
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      exit_code_(other.exit_code_) {}

Process::~Process() {
  if (pid_ < 0 || !running()) return;
  signal(SIGKILL);
  reap(0);
}

void Process::reap(int options) {
  int status = 0;
  if (exit_code_ || ::waitpid(pid_, &status, options) != pid_) return;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Process::running() {
  reap(WNOHANG);
  return !exit_code_;
}

void Process::signal(int signal) const {
  if (!exit_code_) ::kill(pid_, signal);
}

void Process::tell(const std::string& line) const {
  const std::string text = line + "\n";
  if (::write(input_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("the process does not take \"" + line + "\"; it has said:\n" + output());
}

std::string Process::output() const {
  std::string text;
  char buffer[4096];
  for (off_t at = 0;;) {
    const ssize_t n = ::pread(output_.get(), buffer, sizeof buffer, at);
    if (n <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    at += n;
  }
}

bool Process::says(const std::string& text, Seconds deadline) const {
  return eventually([&] { return output().find(text) != std::string::npos; }, deadline);
}

std::optional<int> Process::wait(Seconds deadline) {
  (void)eventually([&] { return !running(); }, deadline);
  return exit_code_;
}

}  // namespace pitbridge::e2e
