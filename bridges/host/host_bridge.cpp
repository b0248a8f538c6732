// SPDX-License-Identifier: MIT
#include "bridges/host/host_bridge.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "common/core/settings/settings.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/bridge_directory.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
/// Chores of several sims are done together, so that they take one wake-up and not many.
constexpr std::int64_t kTogetherNs = 10 * kMs;

}  // namespace

SimPlace place_of(const UserSettings& user, const Sim& sim) {
  const ConfigTarget target = {.sim = std::string(sim.name), .app_id = {}};
  return {shm_directory_of(user, target), std::string(sim.name),
          parse_mode(user.find_or_configured(setting("mode"), target).text()).value_or(0600)};
}

Expected<std::unique_ptr<HostBridge>> HostBridge::open(MadeSections& sections,
                                                       const HostBridgeSettings& settings,
                                                       std::shared_ptr<ShmDirectory> directory, Clock& clock,
                                                       Log& log) {
  const std::string_view sim = sections.sim().name;
  auto lock = LockFile::open(directory, sim);
  if (!lock) return tl::unexpected<Error>(std::move(lock.error()));
  if (!(*lock)->take_patiently()) {
    const auto holder = (*lock)->holder();
    return fail(ExitCode::kAlreadyRunning,
                fmt::format("{}: another bridge or receiver has its files in {} ({}); end that one, or give "
                            "this one a directory of its own with --shm-dir",
                            sim, directory->path(),
                            holder ? fmt::format("pid {}", holder->pid) : "its pid is not known yet"));
  }
  auto status = StatusFile::open(settings.place, directory, std::move(*lock));
  if (!status) return tl::unexpected<Error>(std::move(status.error()));
  std::unique_ptr<HostBridge> bridge(
      new HostBridge(sections, settings, std::move(directory), std::move(*status), clock, log));
  if (auto started = bridge->start(); !started) return tl::unexpected<Error>(std::move(started.error()));
  return bridge;
}

HostBridge::HostBridge(MadeSections& sections, const HostBridgeSettings& settings,
                       std::shared_ptr<ShmDirectory> directory, std::unique_ptr<StatusFile> status,
                       Clock& clock, Log& log)
    : clock_(clock),
      log_(log),
      directory_(std::move(directory)),
      sections_(sections),
      status_file_(std::move(status)),
      status_(*status_file_, status_file_->content()),
      files_(directory_, settings.place.mode),
      bridge_(sections.sim(), {.stay = settings.stay, .expected_title = settings.title}, sections, files_,
              clock, log, status_),
      readers_(bridge_, log) {
  status_.start(sim().name, settings.origin, ::getpid(), static_cast<std::uint64_t>(clock.now_ns()),
                file_names(sim()));
  status_.set_title_by_user(settings.title);
}

Expected<void> HostBridge::start() {
  if (auto started = bridge_.start(); !started) return started;
  readers_.open(directory_, sim().name);
  return {};
}

HostBridge::~HostBridge() {
  bridge_.stop();
}

void HostBridge::say(LogLevel level, const std::string& message) {
  Voice(log_, status_).say(level, message);
}

bool HostBridge::is_due(std::int64_t now_ns) const {
  return now_ns + kTogetherNs >= next_ns_ || sections_.updates() != stepped_after_;
}

void HostBridge::step() {
  stepped_after_ = sections_.updates();
  next_ns_ = bridge_.step();
  readers_.serve(clock_.now_ns());
}

Expected<LoneHostBridge> LoneHostBridge::open(MadeSections& sections, const UserSettings& user,
                                              const std::string& title, const std::string& origin,
                                              Clock& clock, Log& log) {
  const Sim& sim = sections.sim();
  const SimPlace place = place_of(user, sim);
  LoneHostBridge lone;
  auto directory = open_bridge_directory(place.directory);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  lone.directory_ = std::move(*directory);
  const std::vector<JanitorDuty> duties = {{lone.directory_, std::string(sim.name), all_file_names(sim)}};
  // Before the status page: the child would inherit its map, and with that its lock.
  lone.janitor_ = std::make_unique<Janitor>(duties);
  if (const auto pid = clean_up_after_killed_bridge(lone.directory_, sim.name, duties.front().file_names))
    log.write(LogLevel::kWarning,
              fmt::format("{} (pid {}) was killed; its files are cleared", sim.name, *pid));
  auto bridge = HostBridge::open(sections, {.place = place, .stay = true, .title = title, .origin = origin},
                                 lone.directory_, clock, log);
  if (!bridge) return tl::unexpected<Error>(std::move(bridge.error()));
  lone.bridge_ = std::move(*bridge);
  return lone;
}

}  // namespace pitbridge
