// SPDX-License-Identifier: MIT
#include "bridges/udp/sim_receiver.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "common/core/sim/describe.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
/// Readers ask for a section once; they can wait a moment for it.
constexpr std::int64_t kServeEveryNs = 100 * kMs;
constexpr std::int64_t kCountsEveryNs = 500 * kMs;
/// Chores of several sims are done together, so that they take one wake-up and not many.
constexpr std::int64_t kTogetherNs = 10 * kMs;

}  // namespace

void SimLog::write(LogLevel level, std::string_view line) {
  log_.write(level, fmt::format("{}: {}", sim_, line));
}

Expected<std::unique_ptr<SimReceiver>> SimReceiver::open(const Sim& sim, const SimReceiverSettings& settings,
                                                         std::shared_ptr<ShmDirectory> directory,
                                                         GameFinder& games, Clock& clock, Log& log) {
  auto lock = LockFile::open(directory, sim.name);
  if (!lock) return tl::unexpected<Error>(std::move(lock.error()));
  if (!(*lock)->take_patiently()) {
    const auto holder = (*lock)->holder();
    return fail(ExitCode::kAlreadyRunning,
                fmt::format("{}: another receiver has its files in {} ({}); end that one, or give this one a "
                            "directory of its own with --shm-dir",
                            sim.name, directory->path(),
                            holder ? fmt::format("pid {}", holder->pid) : "its pid is not known yet"));
  }
  auto status = StatusFile::open(settings.place, directory, std::move(*lock));
  if (!status) return tl::unexpected<Error>(std::move(status.error()));
  std::unique_ptr<SimReceiver> receiver(
      new SimReceiver(sim, settings, std::move(directory), std::move(*status), games, clock, log));
  if (auto started = receiver->start(); !started) return tl::unexpected<Error>(std::move(started.error()));
  return receiver;
}

SimReceiver::SimReceiver(const Sim& sim, const SimReceiverSettings& settings,
                         std::shared_ptr<ShmDirectory> directory, std::unique_ptr<StatusFile> status,
                         GameFinder& games, Clock& clock, Log& log)
    : clock_(clock),
      log_(std::string(sim.name), log),
      directory_(std::move(directory)),
      sections_(sim, games, clock, log_),
      status_file_(std::move(status)),
      status_(*status_file_, status_file_->content()),
      files_(directory_, settings.place.mode),
      bridge_(sim, {.stay = settings.stay, .expected_title = settings.title}, sections_, files_, clock, log_,
              status_) {
  status_.start(sim.name, "", ::getpid(), static_cast<std::uint64_t>(clock.now_ns()), file_names(sim));
  status_.set_title_by_user(settings.title);
}

Expected<void> SimReceiver::start() {
  if (auto started = bridge_.start(); !started) return started;
  auto server = SectionServer::open(directory_, sim().name);
  if (server) {
    server_ = std::move(*server);
  } else {
    log_.write(LogLevel::kWarning, server.error().message);
  }
  return {};
}

SimReceiver::~SimReceiver() {
  bridge_.stop();
}

void SimReceiver::say(LogLevel level, const std::string& message) {
  Voice(log_, status_).say(level, message);
}

bool SimReceiver::is_due(std::int64_t now_ns) const {
  return now_ns + kTogetherNs >= next_ns_ || sections_.counts().taken != stepped_after_;
}

void SimReceiver::step() {
  stepped_after_ = sections_.counts().taken;
  next_ns_ = bridge_.step();
  const std::int64_t now_ns = clock_.now_ns();
  if (server_ && now_ns >= next_serve_ns_) {
    server_->serve([this](std::string_view file_name) { return bridge_.find_section(file_name); });
    next_serve_ns_ = now_ns + kServeEveryNs;
  }
  if (now_ns >= next_counts_ns_) show_counts(now_ns);
}

void SimReceiver::show_counts(std::int64_t now_ns) {
  next_counts_ns_ = now_ns + kCountsEveryNs;
  if (shown_ == sections_.counts()) return;
  shown_ = sections_.counts();
  status_.set_packets(port_, sections_.sender(), *shown_);
}

}  // namespace pitbridge
