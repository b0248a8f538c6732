// SPDX-License-Identifier: MIT
// `pitbridge replay`: a recording as the files of a bridge, so that whoever reads a game reads it.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "bridges/command/command.hpp"
#include "bridges/host/host_bridge.hpp"
#include "bridges/output/output.hpp"
#include "bridges/record/known_recording.hpp"
#include "bridges/record/player.hpp"
#include "bridges/record/texts.hpp"
#include "common/core/mirror/pacer.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/short_slices.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/posix/system/wait_readable.hpp"

namespace pitbridge::record::replay_command {
namespace {

constexpr std::int64_t kShortestLoopNs = 10'000'000;

std::string g_file;
double g_speed = 1;
bool g_step = false;
bool g_loop = false;
std::string g_from;

/// The lines of stdin, as the keys of a person or of a script.
class Steps {
 public:
  /// Waits for one, but not beyond `until_ns`.
  bool take(std::int64_t until_ns) {
    const std::array fds = {STDIN_FILENO};
    if (lines_ == 0 && !has_ended_) (void)wait_readable(fds, until_ns);
    if (lines_ == 0 && !has_ended_) read();
    if (lines_ == 0) return false;
    --lines_;
    return true;
  }
  bool has_ended() const { return has_ended_ && lines_ == 0; }

 private:
  void read() {
    // Whoever waits was told that there is something, or that the time is over.
    if (!is_readable()) return;
    std::array<char, 4096> buffer;
    const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n <= 0) {
      has_ended_ = n == 0 || errno != EINTR;
      return;
    }
    for (ssize_t i = 0; i < n; ++i) lines_ += buffer[static_cast<std::size_t>(i)] == '\n' ? 1 : 0;
  }
  static bool is_readable();

  std::uint64_t lines_ = 0;
  bool has_ended_ = false;
};

bool Steps::is_readable() {
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) == 1;
}

/// One pass over the recording, or what is left of it from `from_ns` on.
class Replay {
 public:
  Replay(RecordingReader& reader, MadeSections& sections, LoneHostBridge& bridge)
      : player_(reader, sections), bridge_(bridge) {}

  void play(std::int64_t from_ns) {
    player_.go_to(from_ns);
    bridge_->step();
    schedule_.start(from_ns, clock_.now_ns());
    while (stop_signal() == 0) {
      const auto recorded_ns = player_.next_ns();
      if (g_step ? steps_.has_ended() : !recorded_ns) break;
      if (!recorded_ns && steps_.take(bridge_->next_ns())) break;  // what is last is shown as long as any
      if (recorded_ns && wait_for(*recorded_ns)) {
        player_.show_next();
        bridge_->step();
        if (g_step) print_line("{}", time_text(*recorded_ns));
        if (g_step) (void)flush_output();
        player_.prepare();
      } else if (bridge_->is_due(clock_.now_ns())) {
        bridge_->step();
      }
    }
  }
  bool is_over() const { return stop_signal() != 0 || (g_step && steps_.has_ended()); }
  std::uint64_t frames() const { return player_.frames(); }

 private:
  /// True when the moment has come; else the bridge may have something to do.
  bool wait_for(std::int64_t recorded_ns) {
    if (g_step) return steps_.take(bridge_->next_ns());
    const std::int64_t due_ns = schedule_.due_ns(recorded_ns, clock_.now_ns());
    clock_.sleep_until(std::min(due_ns, bridge_->next_ns()));
    return clock_.now_ns() >= due_ns;
  }

  MonotonicClock clock_;
  Player player_;
  LoneHostBridge& bridge_;
  Schedule schedule_{g_speed};
  Steps steps_;
};

Expected<void> run() {
  std::int64_t from_ns = 0;
  if (!g_from.empty()) {
    const auto time = parse_time(g_from);
    if (!time)
      return fail(ExitCode::kUsage, fmt::format("--from: \"{}\" must be a time, as 90 or 12:30", g_from));
    from_ns = *time;
  }
  auto recording = KnownRecording::open(g_file);
  if (!recording) return tl::unexpected<Error>(std::move(recording.error()));
  RecordingReader& reader = *recording->reader;
  if (from_ns != 0 && from_ns >= reader.length_ns())
    return fail(ExitCode::kUsage,
                fmt::format("--from: {} ends at {}", g_file, time_text(reader.length_ns())));
  install_stop_signals();
  set_timer_slack(kDefaultProfile.timer_slack_ns);
  ask_for_short_slices();
  FdLog log = FdLog::to_stderr("pitbridge replay", LogLevel::kInfo);
  MadeSections sections(*recording->sim);
  MonotonicClock clock;
  auto bridge = LoneHostBridge::open(sections, user_settings(), "",
                                     fmt::format("replay of {}", file_name_of("/" + g_file)), clock, log);
  if (!bridge) return tl::unexpected<Error>(std::move(bridge.error()));
  complain(fmt::format("playing {} ({}) into {}", g_file, time_text(reader.length_ns()), bridge->directory()),
           "replay");
  Replay replay(reader, sections, *bridge);
  while (true) {
    const std::int64_t begin_ns = clock.now_ns();
    replay.play(from_ns);
    if (!g_loop || replay.is_over()) break;
    // A recording of one frame, or of none that is whole, must not take a whole core.
    clock.sleep_until(begin_ns + kShortestLoopNs);
  }
  for (const Damage& damage : reader.damage())
    complain(
        fmt::format("after {}: {} ({})", time_text(damage.after_ns), damage.what, size_text(damage.bytes)),
        "replay");
  log.write(LogLevel::kInfo, fmt::format("{} frames played; the files are cleared", replay.frames()));
  return {};
}

constexpr Command kCommand = {
    .name = "replay",
    .description = "Play a recording: write the files of a bridge as they were, in their time",
    .add_options =
        [](CLI::App& app) {
          app.add_option("file", g_file, "A recording of pitbridge record")->type_name("FILE")->required();
          app.add_option("--speed", g_speed, "How many times as fast as it was")
              ->check(CLI::Range(0.01, 100.0))
              ->type_name("FACTOR")
              ->capture_default_str();
          app.add_flag("--step", g_step, "Show the next moment with each line on stdin (Enter)");
          app.add_flag("--loop", g_loop, "Begin anew at the end, until a signal");
          app.add_option("--from", g_from, "Begin there, as 90 or 12:30")->type_name("TIME");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::record::replay_command
