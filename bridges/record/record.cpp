// SPDX-License-Identifier: MIT
// `pitbridge record`: keeps all that a sim publishes; `record info` and `record cut` are about what was kept.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/output/output.hpp"
#include "bridges/record/record_parts.hpp"
#include "bridges/record/recorder.hpp"
#include "bridges/record/ring.hpp"
#include "bridges/record/texts.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/short_slices.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge::record::record_command {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::chrono::milliseconds kStepMs{250};
constexpr std::int64_t kLookForSimEveryNs = kSecondNs / 5;

std::string g_sim;
std::string g_file;
bool g_force = false;
bool g_leave = false;
std::string g_for;
bool g_auto = false;
std::string g_keep = "20G";
std::string g_directory;

/// What a person sees of a recording that goes on; nothing where no terminal is.
class Progress {
 public:
  void show(Recorder& recorder, const RecordingWriter& writer) {
    const std::int64_t now_ns = clock_.now_ns();
    if (!is_terminal_ || now_ns < next_ns_) return;
    const Totals totals = writer.totals();
    const double seconds =
        static_cast<double>(now_ns - next_ns_ + kSecondNs) / static_cast<double>(kSecondNs);
    const auto rate = [&](std::uint64_t now, std::uint64_t before) {
      return static_cast<double>(now - before) / seconds;
    };
    next_ns_ = now_ns + kSecondNs;
    if (!recorder.is_live()) {
      put_over_last_line(fmt::format("{}", recorder.why_not()));
    } else {
      put_over_last_line(fmt::format(
          "{}  {}  {}/s  {:.0f} frames/s  {} lost", time_text(totals.length_ns), size_text(totals.file_bytes),
          size_text(static_cast<std::uint64_t>(rate(totals.file_bytes, before_.file_bytes))),
          rate(totals.frames, before_.frames), totals.lost));
    }
    before_ = totals;
    (void)flush_output();
  }
  static void end() {
    if (::isatty(STDOUT_FILENO) != 0) put_over_last_line("");
  }

 private:
  MonotonicClock clock_;
  bool is_terminal_ = ::isatty(STDOUT_FILENO) != 0;
  std::int64_t next_ns_ = 0;
  Totals before_;
};

/// The sim that is named, else the one that is driven; waits for it. Null: a signal came.
Expected<const Sim*> awaited_sim() {
  if (!g_sim.empty()) {
    const auto meant = title_of_word(g_sim);
    if (!meant) return tl::unexpected<Error>(meant.error());
    return meant->sim;
  }
  MonotonicClock clock;
  bool was_told = false;
  while (stop_signal() == 0) {
    if (const Sim* sim = driven_sim()) return sim;
    if (!std::exchange(was_told, true)) complain("waiting for a sim that is driven", "record");
    clock.sleep_until(clock.now_ns() + kLookForSimEveryNs);
  }
  return nullptr;
}

/// Until the user ends it, the time is over, the file is as long as it may be, or the game has gone.
Expected<void> fill(Recorder& recorder, RecordingWriter& writer, bool leave, std::int64_t most_ns,
                    std::uint64_t most_bytes) {
  Progress progress;
  bool was_live = false;
  while (stop_signal() == 0) {
    if (auto done = recorder.step(writer, kStepMs); !done) return done;
    progress.show(recorder, writer);
    if (leave && was_live && !recorder.is_live()) break;
    was_live = recorder.is_live();
    if (writer.has_started() && recorder.time_ns() >= most_ns) break;
    if (writer.totals().file_bytes >= most_bytes) break;
  }
  return {};
}

/// Ends the file, and says what is in it. `done`: how it went so far.
Expected<void> close(RecordingWriter& writer, Expected<void> done) {
  Progress::end();
  if (!writer.has_started()) {
    writer.remove();
    complain(fmt::format("nothing was published; {} is not kept", writer.path()), "record");
    return done ? fail(ExitCode::kFailure, "there were no data; pitbridge doctor tells why") : done;
  }
  const auto finished = writer.finish();
  if (done) done = finished;
  const Totals totals = writer.totals();
  print_line("{}: {}, {}, {} frames, {} lost", writer.path(), time_text(totals.length_ns),
             size_text(totals.file_bytes), totals.frames, totals.lost);
  if (!done)
    done = fail(done.error().code, fmt::format("{}. What was recorded before is kept; about a second is lost",
                                               done.error().message));
  return done;
}

Expected<void> record_one() {
  std::int64_t most_ns = kMostTimeNs;
  if (!g_for.empty()) {
    const auto time = parse_time(g_for);
    if (!time)
      return fail(ExitCode::kUsage, fmt::format("--for: \"{}\" must be a time, as 90 or 12:30", g_for));
    most_ns = std::min(*time, kMostTimeNs);
  }
  const auto sim = awaited_sim();
  if (!sim) return tl::unexpected<Error>(sim.error());
  if (*sim == nullptr) return {};
  const std::string path = g_file.empty() ? automatic_name((*sim)->name, unix_now_ns()) : g_file;
  auto recorder = Recorder::open(**sim, directory_to_read((*sim)->name));
  if (!recorder) return tl::unexpected<Error>(std::move(recorder.error()));
  auto writer = RecordingWriter::create(path, g_force);
  if (!writer) return tl::unexpected<Error>(std::move(writer.error()));
  complain(fmt::format("recording {} into {}; end it with Ctrl-C", (*sim)->description, path), "record");
  auto done = fill(*recorder, **writer, g_leave, most_ns, ~std::uint64_t{0});
  return close(**writer, std::move(done));
}

/// Each drive into a file of its own, until the user ends it.
Expected<void> record_all() {
  const auto keep = parse_size(g_keep);
  if (!keep || *keep == 0)
    return fail(ExitCode::kUsage, fmt::format("--keep: \"{}\" must be a size, as 500M or 20G", g_keep));
  if (!g_file.empty()) return fail(ExitCode::kUsage, "--auto names the files itself; see --directory");
  const Ring ring(g_directory.empty() ? data_directory() + "/recordings" : g_directory, *keep);
  if (auto made = ring.make_directory(); !made) return made;
  while (stop_signal() == 0) {
    const auto sim = awaited_sim();
    if (!sim) return tl::unexpected<Error>(sim.error());
    if (*sim == nullptr) break;
    auto recorder = Recorder::open(**sim, directory_to_read((*sim)->name));
    if (!recorder) return tl::unexpected<Error>(std::move(recorder.error()));
    // It is driven already, unless it was named: then the file is made when there are data.
    if (!recorder->wait_for_data(kStepMs)) continue;
    ring.make_room(ring.part_bytes());
    const std::string path = ring.path_of(automatic_name((*sim)->name, unix_now_ns()));
    auto writer = RecordingWriter::create(path, false);
    if (!writer && ::access(path.c_str(), F_OK) == 0) continue;  // of the same second
    if (!writer) return tl::unexpected<Error>(std::move(writer.error()));
    complain(fmt::format("recording {} into {}", (*sim)->description, path), "record");
    auto done = close(**writer, fill(*recorder, **writer, true, kMostTimeNs, ring.part_bytes()));
    ring.make_room(0);
    if (!done && done.error().code == ExitCode::kOutputRefused) return done;
    if (auto flushed = flush_output(); !flushed) return flushed;
  }
  return {};
}

Expected<void> run() {
  if (const auto part = chosen_part()) return (*part)();
  install_stop_signals();
  ask_for_short_slices();
  return g_auto ? record_all() : record_one();
}

constexpr Command kCommand = {
    .name = "record",
    .description = "Record what a sim publishes, frame by frame, into a file that can be played",
    .add_options =
        [](CLI::App& app) {
          app.add_option("sim", g_sim, "The sim, as `pitbridge list` names it [whichever is driven]")
              ->type_name("SIM");
          app.add_option("file", g_file, "The file to make [SIM-DATE.pbrec in this directory]")
              ->type_name("FILE");
          app.add_flag("--force", g_force, "Write over a file that is there");
          app.add_flag("--leave", g_leave, "End when the game has gone, and do not wait for the next");
          app.add_option("--for", g_for, "End after this time, as 90 or 12:30")->type_name("TIME");
          app.add_flag("--auto", g_auto,
                       "Record each game that is driven into a file of its own, and wait for "
                       "the next");
          app.add_option("--keep", g_keep, "With --auto: remove the oldest files beyond this size")
              ->type_name("SIZE")
              ->capture_default_str();
          app.add_option("--directory", g_directory,
                         "With --auto: where the files go [~/.local/share/pitbridge/recordings]")
              ->type_name("DIR");
          add_parts(app);
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::record::record_command
