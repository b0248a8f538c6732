// SPDX-License-Identifier: MIT
// `pitbridge stream`: every frame that a bridge publishes, one line each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "bridges/command/command.hpp"
#include "bridges/feed/frame_feed.hpp"
#include "bridges/feed/frame_states.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/output/values_json.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge::stream_command {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kSecondNs = 1'000'000'000;
/// What the status page says of the game is asked for again so often.
constexpr std::int64_t kTitleEveryNs = kSecondNs;

struct Options {
  std::string place;
  bool json = false, raw = false;
  std::uint32_t last = 0;
  std::uint64_t frames = std::numeric_limits<std::uint64_t>::max();
};
Options g_options;

struct Place {
  const Sim* sim;
  std::string mapping;  ///< file name; empty: all of them
};

Expected<Place> place_of(const std::string& text) {
  const auto slash = text.find('/');
  const auto meant = title_of_word(text.substr(0, slash));
  if (!meant) return tl::unexpected<Error>(meant.error());
  if (slash == std::string::npos) return Place{meant->sim, {}};
  auto mapping = mapping_of_word(*meant->sim, text.substr(slash + 1));
  if (!mapping) return tl::unexpected<Error>(std::move(mapping.error()));
  return Place{meant->sim, std::move(*mapping)};
}

/// What the frames mean.
class Meaning {
 public:
  Meaning(const Sim& sim, const FrameFeed& feed) : sim_(sim), feed_(feed), states_(sim) {}

  void take(const MappingFrame& frame) {
    states_.take(frame);
    if (frame.time_ns < next_title_ns_) return;
    next_title_ns_ = frame.time_ns + kTitleEveryNs;
    const auto page = read_status_of(feed_.directory(), sim_.name);
    seen_title_ = page ? std::string(fixed_text(page->header.title)) : std::string();
  }

  Json json(const MappingFrame& frame) {
    const Title* title = states_.find_title(seen_title_);
    if (title == nullptr) return {{"title", nullptr}};
    const Telemetry& telemetry = states_.decode(frame.time_ns);
    Json values = Json::object();
    for (const QuantityInfo& info : kQuantities)
      if (const auto& value = telemetry[info.quantity])
        values[std::string(info.name)] = value_json(info, *value);
    Json out = {{"title", title->id}, {"activity", activity_name(telemetry.activity)}, {"values", values}};
    if (!g_options.raw) return out;
    out["raw"] = Json::object();
    if (const Layout* layout = title->find_layout(frame.mapping))
      out["raw"] = fields_json(*layout, states_.snapshot());
    return out;
  }

 private:
  const Sim& sim_;
  const FrameFeed& feed_;
  FrameStates states_;
  std::string seen_title_;
  std::int64_t next_title_ns_ = 0;
};

void print_json(const Sim& sim, const MappingFrame& frame, Meaning& meaning) {
  Json out = {{"sim", sim.name},
              {"mapping", frame.mapping},
              {"sequence", frame.sequence},
              {"lost", frame.lost},
              {"time_ns", frame.time_ns},
              {"size_bytes", frame.bytes.size()},
              {"gone", frame.bytes.empty()},
              {"torn", frame.is_torn},
              {"repeated", frame.is_repeated}};
  if (!frame.bytes.empty()) out.update(meaning.json(frame));
  put_block(json_text(out, JsonForm::kOneLine) + "\n");
}

void print_text(const MappingFrame& frame, std::optional<std::int64_t> before_ns) {
  std::string after =
      before_ns ? fmt::format("+{:.3f} ms", static_cast<double>(frame.time_ns - *before_ns) / 1e6) : "";
  print_line("{:.6f} s  {:<24} #{:<8} {:>12}  {}{}{}{}", static_cast<double>(frame.time_ns) / 1e9,
             frame.mapping, frame.sequence, after,
             frame.bytes.empty() ? std::string("gone") : fmt::format("{} bytes", frame.bytes.size()),
             frame.lost != 0 ? fmt::format("  {} lost before", frame.lost) : "",
             frame.is_torn ? "  torn" : "", frame.is_repeated ? "  as it was" : "");
}

/// Said once, and to stderr, so that the frames stay alone.
void say_awaited(const Sim& sim, const FrameFeed& feed) {
  complain(
      fmt::format("waiting for a bridge of {} in {}; start the game with its bridge, or to try without one: "
                  "pitbridge simulate {}",
                  sim.description, feed.directory(), sim.name),
      "stream");
}

Expected<void> run() {
  const auto place = place_of(g_options.place);
  if (!place) return tl::unexpected<Error>(place.error());
  const Sim& sim = *place->sim;
  auto feed = FrameFeed::open(sim, g_options.last);
  if (!feed) return tl::unexpected<Error>(std::move(feed.error()));
  install_stop_signals();
  MonotonicClock clock;
  std::optional<Meaning> meaning;
  meaning.emplace(sim, *feed);
  std::map<std::string, std::int64_t> before_ns;
  std::uint64_t lost = 0;
  bool was_told = false;
  for (std::uint64_t printed = 0; printed < g_options.frames && stop_signal() == 0;) {
    MappingFrame frame;
    const auto next = feed->next(frame, clock.now_ns() + kSecondNs);
    if (!next) return tl::unexpected<Error>(next.error());
    if (*next == FrameFeed::Next::kLeft) {
      complain("the bridge has left", "stream");
      // One that was killed says of no mapping that it has gone; the next one repeats what it has.
      meaning.emplace(sim, *feed);
    }
    if (!feed->is_attached() && !std::exchange(was_told, true)) say_awaited(sim, *feed);
    if (*next != FrameFeed::Next::kFrame) {
      // A reader that has gone shall not keep us until the next frame.
      if (auto done = flush_output(); !done) return done;
      continue;
    }
    was_told = false;
    meaning->take(frame);
    lost += frame.lost;
    if (!place->mapping.empty() && frame.mapping != place->mapping) continue;
    frame.lost = std::exchange(lost, 0);
    if (g_options.json) {
      print_json(sim, frame, *meaning);
    } else {
      const auto before = before_ns.find(std::string(frame.mapping));
      print_text(frame, before != before_ns.end() ? std::optional(before->second) : std::nullopt);
      before_ns[std::string(frame.mapping)] = frame.time_ns;
    }
    ++printed;
    if (auto done = flush_output(); !done) return done;
  }
  return {};
}

constexpr Command kCommand = {
    .name = "stream",
    .description = "Print every frame that a bridge publishes, in order, not only the newest",
    .add_options =
        [](CLI::App& app) {
          app.add_option("place", g_options.place, "The sim, or one mapping of it: ac, ac/acpmf_physics")
              ->type_name("SIM[/MAPPING]")
              ->required();
          app.add_flag("--json", g_options.json, "Print one JSON object a frame, with the decoded values");
          app.add_flag("--raw", g_options.raw, "With --json: also every field by the sim's own name");
          app.add_option("--last", g_options.last, "Begin with so many of the frames that are there already")
              ->type_name("N");
          app.add_option("--frames", g_options.frames, "End after so many frames")->type_name("N");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::stream_command
