// SPDX-License-Identifier: MIT
#include "bridges/feed/bridge_views.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/core/decode/telemetry.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNsPerSecond = 1e9;

MappingView view_of(const StatusMapping& now, const Status* before, double passed_s, std::int64_t now_ns) {
  MappingView view;
  view.now = now;
  const StatusMapping* then = before != nullptr ? before->find(fixed_text(now.file_name)) : nullptr;
  if (then != nullptr && now.updates >= then->updates && passed_s > 0)
    view.rate_hz = static_cast<double>(now.updates - then->updates) / passed_s;
  if (now.last_change_ns != kNoUpdate)
    view.age_s =
        std::max(0.0, (static_cast<double>(now_ns) - static_cast<double>(now.last_change_ns)) / kNsPerSecond);
  return view;
}

/// The title that runs; null: none is known.
const Title* title_of(const StatusEntry& entry) {
  const Sim* sim = find_sim(entry.sim);
  return sim != nullptr ? sim->find_title(fixed_text(entry.status.header.title)) : nullptr;
}

/// Whether it tells anything of the title that runs: what only others of its sim make, and what need not
/// come, is left out while it is not there.
bool is_of_the_title(const StatusEntry& entry, const StatusMapping& mapping) {
  const Title* running = title_of(entry);
  const Sim* sim = find_sim(entry.sim);
  const auto name = fixed_text(mapping.file_name);
  const Mapping* known = sim != nullptr ? sim->find_mapping(name) : nullptr;
  if (running == nullptr || known == nullptr || mapping.attached != 0) return true;
  if (running->find_layout(name) != nullptr) return true;
  return !known->optional && std::none_of(sim->titles.begin(), sim->titles.end(), [&](const Title& title) {
    return title.find_layout(name) != nullptr;
  });
}

/// Null for a sim that sends none.
Json packets_json(const StatusEntry& entry) {
  if (!entry.status.packets) return {};
  const StatusPackets& packets = *entry.status.packets;
  Json junk = Json::object();
  for (const auto& [reason, count] : junk_of(packets)) junk[std::string(reason)] = count;
  return {{"port", packets.port},
          {"sender", fixed_text(packets.sender)},
          {"taken", packets.taken},
          {"junk", junk}};
}

}  // namespace

std::string_view BridgeView::state() const {
  if (hang) return kHangs;
  const auto state = static_cast<BridgeState>(entry.status.header.state);
  return entry.bridge_runs || has_ended(state) ? state_name(state) : state_name(BridgeState::kStopped);
}

std::string BridgeView::title_name() const {
  const Title* title = title_of(entry);
  return title != nullptr ? std::string(title->name) : std::string(fixed_text(entry.status.header.title));
}

Meaning meaning_of(const BridgeView& bridge) {
  const Sim* sim = find_sim(bridge.entry.sim);
  if (sim == nullptr || !bridge.entry.bridge_runs) return {};
  const MirrorReading reading = read_mirror(bridge.entry.directory, *sim);
  if (reading.title == nullptr) return {};
  Telemetry telemetry = decode(*reading.title, reading.snapshot);
  Meaning meaning = {std::move(telemetry.version), std::move(telemetry.version_fault), {}};
  for (const Quantity quantity : telemetry.absent_because(AbsentReason::kImplausible))
    meaning.implausible.push_back(quantity_info(quantity).name);
  return meaning;
}

std::vector<std::pair<std::string_view, std::uint64_t>> junk_of(const StatusPackets& packets) {
  std::vector<std::pair<std::string_view, std::uint64_t>> all;
  for (std::size_t i = 0; i < kJunkReasonNames.size(); ++i)
    if (packets.junk[i] != 0) all.emplace_back(kJunkReasonNames[i], packets.junk[i]);
  return all;
}

Json bridge_json(const BridgeView& bridge) {
  const StatusHeader& header = bridge.entry.status.header;
  Json mappings = Json::array();
  for (const MappingView& view : bridge.mappings) {
    const StatusMapping& m = view.now;
    mappings.push_back({{"file", fixed_text(m.file_name)},
                        {"attached", m.attached != 0},
                        {"size_bytes", m.size_bytes},
                        {"updates", m.updates},
                        {"rate_hz", view.rate_hz},
                        {"age_s", view.age_s ? Json(*view.age_s) : Json()},
                        {"retries", m.retries},
                        {"torn", m.torn},
                        {"repairs", m.repairs}});
  }
  const Meaning meaning = meaning_of(bridge);
  return {{"sim", bridge.entry.sim},
          {"directory", bridge.entry.directory},
          {"title", fixed_text(header.title)},
          {"state", bridge.state()},
          {"silent_s", bridge.hang ? Json(bridge.hang->silent_s) : Json()},
          {"remedy", bridge.hang ? bridge.hang->remedy() : ""},
          {"bridge_alive", bridge.entry.bridge_runs},
          {"bridge_pid", header.bridge_pid},
          {"game_pid", header.game_pid},
          {"prefix", fixed_text(header.prefix)},
          {"message", fixed_text(header.message)},
          {"version", meaning.version},
          {"version_fault", meaning.version_fault},
          {"implausible", meaning.implausible},
          {"packets", packets_json(bridge.entry)},
          {"mappings", mappings}};
}

std::vector<BridgeView> BridgeViews::look() {
  std::vector<StatusEntry> now;
  for (const std::string& directory : directories_)
    for (StatusEntry& entry : status_entries(directory)) now.push_back(std::move(entry));
  const std::int64_t now_ns = MonotonicClock().now_ns();
  const double passed_s = static_cast<double>(now_ns - before_ns_) / kNsPerSecond;
  std::vector<BridgeView> views;
  for (const StatusEntry& entry : now) {
    const auto then = std::find_if(before_.begin(), before_.end(), [&](const StatusEntry& e) {
      return e.sim == entry.sim && e.directory == entry.directory;
    });
    BridgeView view;
    if (entry.bridge_runs) view.hang = hang_of(entry.status.header, now_ns);
    for (const StatusMapping& mapping : entry.status.mappings)
      if (is_of_the_title(entry, mapping))
        view.mappings.push_back(
            view_of(mapping, then != before_.end() ? &then->status : nullptr, passed_s, now_ns));
    view.entry = entry;
    views.push_back(std::move(view));
  }
  before_ = std::move(now);
  before_ns_ = now_ns;
  return views;
}

}  // namespace pitbridge
