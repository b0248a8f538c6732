// SPDX-License-Identifier: MIT
#include "bridges/watch/receiver_start.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>

#include "common/posix/settings/own_environment.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// One that cannot have its ports says so, and finds them taken for some time.
constexpr std::int64_t kStartEveryNs = 10'000'000'000;
/// Its files are cleared long before.
constexpr int kFarewellMs = 5000;

}  // namespace

std::string receiver_log() {
  return state_directory() + "/udp.log";
}

Expected<StartedBridge> start_receiver(const Sim* sim, const std::string& shm_directory) {
  // A link that names the file as it was before a new version took its place leads nowhere.
  std::string self = link_target("/proc/self/exe").value_or("");
  if (!is_program(self)) self = "/proc/self/exe";
  BridgeStart how = {.loader = self, .bridge = "udp"};
  if (sim != nullptr) how.arguments = {std::string(sim->name), "--leave"};
  Environment environment = own_environment();
  if (!shm_directory.empty()) environment["PITBRIDGE_SHM_DIR"] = shm_directory;
  for (const auto& [name, value] : environment) how.environment.push_back(fmt::format("{}={}", name, value));
  how.output_path = receiver_log();
  return start_bridge(how);
}

void StandingReceiver::look(bool is_wanted, std::int64_t now_ns) {
  int status = 0;
  if (child_ && ::waitpid(child_->id.pid, &status, WNOHANG) == child_->id.pid) {
    log_.write(LogLevel::kWarning, fmt::format("the receiver of all sims (pid {}) has ended; its log is {}",
                                               child_->id.pid, receiver_log()));
    child_.reset();
  }
  if (!is_wanted) return end();
  if (child_ || now_ns < next_start_ns_) return;
  next_start_ns_ = now_ns + kStartEveryNs;
  auto started = start_receiver(nullptr, "");
  if (!started) return log_.write(LogLevel::kError, started.error().message);
  log_.write(LogLevel::kInfo,
             fmt::format("pitbridge udp (pid {}) receives the packets of all sims; its log is {}",
                         started->id.pid, receiver_log()));
  child_ = std::move(*started);
}

void StandingReceiver::end() {
  if (!child_) return;
  (void)child_->watch.send_signal(SIGTERM);
  if (!child_->watch.wait_ms(kFarewellMs)) (void)child_->watch.send_signal(SIGKILL);
  (void)::waitpid(child_->id.pid, nullptr, 0);
  child_.reset();
}

}  // namespace pitbridge
