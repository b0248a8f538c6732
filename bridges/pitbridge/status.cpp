// SPDX-License-Identifier: MIT
// `pitbridge status`: what the bridges of a directory say about themselves.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "common/core/decode/telemetry.hpp"
#include "common/core/mirror/heartbeat.hpp"
#include "common/core/sim/sim.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/launch/watch_notice.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNsPerSecond = 1e9;
/// In the place of a state, of a page that is not ours.
constexpr std::string_view kForeign = "foreign";

bool g_json = false;
int g_interval_ms = 500;

/// One mapping at the second reading, with what came since the first.
struct MappingView {
  const StatusMapping* now = nullptr;
  double rate_hz = 0;
  std::optional<double> age_s;  ///< nothing: no update was ever seen
};

MappingView view_of(const StatusMapping& now, const Status* before, double passed_s, std::int64_t now_ns) {
  MappingView view;
  view.now = &now;
  const StatusMapping* then = before != nullptr ? before->find(fixed_text(now.file_name)) : nullptr;
  if (then != nullptr && now.updates >= then->updates && passed_s > 0)
    view.rate_hz = static_cast<double>(now.updates - then->updates) / passed_s;
  if (now.last_change_ns != kNoUpdate)
    view.age_s =
        std::max(0.0, (static_cast<double>(now_ns) - static_cast<double>(now.last_change_ns)) / kNsPerSecond);
  return view;
}

/// Nothing: it has gone, or it beats as it should.
std::optional<Hang> hang_of(const StatusEntry& entry, std::int64_t now_ns) {
  return entry.bridge_runs ? hang_of(entry.status.header, now_ns) : std::nullopt;
}

/// What a page says is worth nothing once its bridge has gone without a word, or hangs.
std::string_view state_of(const StatusEntry& entry, const std::optional<Hang>& hang) {
  if (hang) return kHangs;
  const auto state = static_cast<BridgeState>(entry.status.header.state);
  return entry.bridge_runs || has_ended(state) ? state_name(state) : state_name(BridgeState::kStopped);
}

/// The title that runs; null: none is known.
const Title* title_of(const StatusEntry& entry) {
  const Sim* sim = find_sim(entry.sim);
  return sim != nullptr ? sim->find_title(fixed_text(entry.status.header.title)) : nullptr;
}

std::string title_name_of(const StatusEntry& entry) {
  const Title* title = title_of(entry);
  return title != nullptr ? std::string(title->name) : std::string(fixed_text(entry.status.header.title));
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

/// What the files mean, as far as that tells of a fault.
struct Meaning {
  std::string version, version_fault;
  std::vector<std::string_view> implausible;
};
Meaning meaning_of(const StatusEntry& entry) {
  const Sim* sim = find_sim(entry.sim);
  if (sim == nullptr || !entry.bridge_runs) return {};
  const MirrorReading reading = read_mirror(entry.directory, *sim);
  if (reading.title == nullptr) return {};
  Telemetry telemetry = decode(*reading.title, reading.snapshot);
  Meaning meaning = {std::move(telemetry.version), std::move(telemetry.version_fault), {}};
  for (const Quantity quantity : telemetry.absent_because(AbsentReason::kImplausible))
    meaning.implausible.push_back(quantity_info(quantity).name);
  return meaning;
}

/// By reason, those alone of which there was any.
std::vector<std::pair<std::string_view, std::uint64_t>> junk_of(const StatusPackets& packets) {
  std::vector<std::pair<std::string_view, std::uint64_t>> all;
  for (std::size_t i = 0; i < kJunkReasonNames.size(); ++i)
    if (packets.junk[i] != 0) all.emplace_back(kJunkReasonNames[i], packets.junk[i]);
  return all;
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

void print_packets(const StatusEntry& entry) {
  if (!entry.status.packets) return;
  const StatusPackets& packets = *entry.status.packets;
  const auto sender = fixed_text(packets.sender);
  print_line("  packets  {} on port {}{}", packets.taken, packets.port,
             sender.empty() ? "" : fmt::format(", from {}", sender));
  std::vector<std::string> junk;
  for (const auto& [reason, count] : junk_of(packets)) junk.push_back(fmt::format("{} {}", count, reason));
  if (!junk.empty()) print_line("  junk     {}", fmt::join(junk, ", "));
}

Json json_of(const StatusEntry& entry, const std::optional<Hang>& hang,
             const std::vector<MappingView>& views) {
  const StatusHeader& header = entry.status.header;
  Json mappings = Json::array();
  for (const MappingView& view : views) {
    const StatusMapping& m = *view.now;
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
  const Meaning meaning = meaning_of(entry);
  return {{"sim", entry.sim},
          {"directory", entry.directory},
          {"title", fixed_text(header.title)},
          {"state", state_of(entry, hang)},
          {"silent_s", hang ? Json(hang->silent_s) : Json()},
          {"remedy", hang ? hang->remedy() : ""},
          {"bridge_alive", entry.bridge_runs},
          {"bridge_pid", header.bridge_pid},
          {"game_pid", header.game_pid},
          {"prefix", fixed_text(header.prefix)},
          {"message", fixed_text(header.message)},
          {"version", meaning.version},
          {"version_fault", meaning.version_fault},
          {"implausible", meaning.implausible},
          {"packets", packets_json(entry)},
          {"mappings", mappings}};
}

void print_text(const StatusEntry& entry, const std::optional<Hang>& hang,
                const std::vector<MappingView>& views) {
  const StatusHeader& header = entry.status.header;
  const std::string title = title_name_of(entry);
  print_line("{}: {}{}, bridge pid {} {}{}", entry.sim, state_of(entry, hang),
             hang ? ": " + hang->text() : "", header.bridge_pid, entry.bridge_runs ? "alive" : "gone",
             title.empty() ? "" : ", " + title);
  if (hang) print_line("  remedy   {}", hang->remedy());
  print_line("  files    {}", entry.directory);
  if (header.game_pid != 0)
    print_line("  game     {} {}", entry.status.packets ? "pid" : "Windows pid", header.game_pid);
  if (header.prefix[0] != '\0') print_line("  prefix   {}", fixed_text(header.prefix));
  print_packets(entry);
  if (const auto message = fixed_text(header.message); !message.empty()) print_line("  message  {}", message);
  const Meaning meaning = meaning_of(entry);
  if (!meaning.version.empty()) print_line("  version  {}", meaning.version);
  if (!meaning.version_fault.empty()) print_line("  fault    {}; nothing is decoded", meaning.version_fault);
  if (!meaning.implausible.empty())
    print_line("  implausible: {} ({})", meaning.implausible.size(), fmt::join(meaning.implausible, ", "));
  print_line("  {:<32} {:>8} {:>10} {:>8} {:>9} {:>8} {:>6} {:>8}", "file", "bytes", "updates", "rate/s",
             "age s", "retries", "torn", "repairs");
  for (const MappingView& view : views) {
    const StatusMapping& m = *view.now;
    print_line("  {:<32} {:>8} {:>10} {:>8.1f} {:>9} {:>8} {:>6} {:>8}", fixed_text(m.file_name),
               m.attached != 0 ? fmt::format("{}", m.size_bytes) : "-", m.updates, view.rate_hz,
               view.age_s ? fmt::format("{:.2f}", *view.age_s) : "-", m.retries, m.torn, m.repairs);
  }
}

/// What the watcher says of itself, where one runs.
void print_watch() {
  const auto text = running_watch(runtime_directory());
  if (!text) return;
  const Json watch = Json::parse(*text, nullptr, false);
  if (!watch.is_object()) return;
  print_line("watch: pid {}", watch.value("pid", 0));
  for (const Json& game : watch.value("games", Json::array())) {
    if (!game.is_object()) continue;
    const std::string refusal = game.value("refusal", "");
    const bool is_served = game.contains("bridge_pid") && game["bridge_pid"].is_number();
    print_line("  {} pid {}, prefix {}: {}", game.value("exe", ""), game.value("pid", 0),
               game.value("prefix", ""),
               is_served ? fmt::format("bridge pid {}", game["bridge_pid"].get<int>())
                         : (refusal.empty() ? "no bridge" : refusal));
  }
}

std::vector<StatusEntry> all_entries(const std::vector<std::string>& directories) {
  std::vector<StatusEntry> all;
  for (const std::string& directory : directories)
    for (StatusEntry& entry : status_entries(directory)) all.push_back(std::move(entry));
  return all;
}

struct ForeignEntry {
  std::string directory;
  ForeignPage page;
};

std::vector<ForeignEntry> all_foreign(const std::vector<std::string>& directories) {
  std::vector<ForeignEntry> all;
  for (const std::string& directory : directories)
    for (ForeignPage& page : foreign_pages(directory)) all.push_back({directory, std::move(page)});
  return all;
}

Json json_of(const ForeignEntry& foreign) {
  return {{"sim", foreign.page.sim},
          {"state", kForeign},
          {"bridge_alive", false},
          {"owner", foreign.page.owner},
          {"directory", foreign.directory}};
}

void print_text(const ForeignEntry& foreign) {
  print_line("{}: {}: {}/{} belongs to user {}, and nothing in it is believed", foreign.page.sim, kForeign,
             foreign.directory, status_file_name(foreign.page.sim), foreign.page.owner);
}

Expected<void> run() {
  std::vector<std::string> directories = shm_directories();
  const std::string sandbox = directory_to_read();
  const bool is_sandbox = std::find(directories.begin(), directories.end(), sandbox) == directories.end();
  if (is_sandbox) directories.push_back(sandbox);
  MonotonicClock clock;
  const std::int64_t before_ns = clock.now_ns();
  const auto before = all_entries(directories);
  const auto lives = [](const StatusEntry& entry) { return entry.bridge_runs; };
  // Only a living bridge has a rate to wait for.
  if (std::any_of(before.begin(), before.end(), lives))
    clock.sleep_until(before_ns + std::int64_t{g_interval_ms} * 1'000'000);
  const std::int64_t now_ns = clock.now_ns();
  const auto entries = all_entries(directories);
  const double passed_s = static_cast<double>(now_ns - before_ns) / kNsPerSecond;

  const Sim* driven = driven_sim();
  Json all = Json::array();
  for (const StatusEntry& entry : entries) {
    const auto then = std::find_if(before.begin(), before.end(), [&](const StatusEntry& e) {
      return e.sim == entry.sim && e.directory == entry.directory;
    });
    const auto hang = hang_of(entry, now_ns);
    std::vector<MappingView> views;
    for (const StatusMapping& mapping : entry.status.mappings)
      if (is_of_the_title(entry, mapping))
        views.push_back(view_of(mapping, then != before.end() ? &then->status : nullptr, passed_s, now_ns));
    if (g_json) {
      all.push_back(json_of(entry, hang, views));
      all.back()["driven"] = driven != nullptr && entry.sim == driven->name;
    } else {
      print_text(entry, hang, views);
    }
  }
  for (const ForeignEntry& foreign : all_foreign(directories)) {
    if (g_json) {
      all.push_back(json_of(foreign));
    } else {
      print_text(foreign);
    }
  }
  if (!g_json) {
    if (driven != nullptr) print_line("driven: {}", driven->name);
    if (is_sandbox) print_line("files: {}, of a sandbox", sandbox);
    print_watch();
  }
  if (g_json) put_block(json_text(all) + "\n");
  if (std::any_of(entries.begin(), entries.end(), lives)) return {};
  return fail(ExitCode::kFailure,
              fmt::format("no bridge is alive in {}; start one with the game, or name the directory with "
                          "--shm-dir",
                          fmt::join(directories, ", ")));
}

constexpr Command kCommand = {
    .name = "status",
    .description = "Show what each bridge does: state, game, and the counts of every mapping",
    .add_options =
        [](CLI::App& app) {
          app.add_flag("--json", g_json, "Print JSON");
          app.add_option("--interval", g_interval_ms, "Milliseconds over which the rates are measured")
              ->check(CLI::Range(1, 60'000))
              ->type_name("MS")
              ->capture_default_str();
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge
