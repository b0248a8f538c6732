// SPDX-License-Identifier: MIT
#include "bridges/doctor/trial.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "common/core/launch/exec_status.hpp"
#include "common/posix/launch/bridge_start.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge::doctor {
namespace {

constexpr int kDeadlineMs = 15'000;

std::string why_not(const Facts& facts, const std::string& root) {
  if (!root.empty()) return "the tree is a planted one";
  const WineSession* session = facts.session();
  if (session == nullptr) return "no game runs, and no Wine session is started for a test";
  if (std::any_of(facts.bridges.begin(), facts.bridges.end(),
                  [](const BridgeFacts& bridge) { return bridge.is_in_the_games_session; }))
    return "a bridge runs in it already";
  if (facts.bridge_file.installed.empty()) return "the bridge is not installed";
  return "";
}

std::string first_line_of(int fd) {
  std::string text(512, '\0');
  const ssize_t n = ::pread(fd, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

TrialFacts run_trial(const Facts& facts, const std::string& root) {
  TrialFacts trial;
  trial.why_not = why_not(facts, root);
  if (!trial.why_not.empty()) return trial;
  const WineSession& session = *facts.session();
  // A Wine without a server to join would start one.
  const auto loader = loader_for_joining(session.game);
  if (!loader) {
    trial.why_not = loader.error().message;
    return trial;
  }
  const UniqueFd output(::memfd_create("pitbridge-doctor", MFD_CLOEXEC));
  if (!output) {
    trial.why_not = "there is no memory for its output";
    return trial;
  }
  const BridgeFileFacts& file = facts.bridge_file;
  auto started = start_bridge({.loader = *loader,
                               .bridge = file.is_staged ? file.staged : file.installed,
                               .arguments = {"--version"},
                               .environment = environment_block(environment_for_bridge(session)),
                               .output_fd = output.get()});
  trial.was_run = true;
  if (!started) {
    trial.exit_status = kExitNotFound;
    trial.output = started.error().message;
    return trial;
  }
  const bool has_ended = started->watch.fd() < 0 || started->watch.wait_ms(kDeadlineMs);
  if (!has_ended) (void)started->watch.send_signal(SIGKILL);
  int status = 0;
  if (::waitpid(started->id.pid, &status, 0) == started->id.pid && has_ended)
    trial.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  trial.output = first_line_of(output.get());
  return trial;
}

}  // namespace pitbridge::doctor
