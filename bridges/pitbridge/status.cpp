// SPDX-License-Identifier: MIT
// `pitbridge status`: what the bridges of a directory say about themselves.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/feed/bridge_views.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "common/core/sim/sim.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/launch/watch_notice.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge::status_command {
namespace {

using Json = nlohmann::ordered_json;

/// In the place of a state, of a page that is not ours.
constexpr std::string_view kForeign = "foreign";

bool g_json = false;
int g_interval_ms = 500;

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

void print_text(const BridgeView& bridge) {
  const StatusEntry& entry = bridge.entry;
  const StatusHeader& header = entry.status.header;
  const std::string title = bridge.title_name();
  print_line("{}: {}{}, bridge pid {} {}{}", entry.sim, bridge.state(),
             bridge.hang ? ": " + bridge.hang->text() : "", header.bridge_pid,
             entry.bridge_runs ? "alive" : "gone", title.empty() ? "" : ", " + title);
  if (bridge.hang) print_line("  remedy   {}", bridge.hang->remedy());
  print_line("  files    {}", entry.directory);
  if (header.game_pid != 0)
    print_line("  game     {} {}", entry.status.packets ? "pid" : "Windows pid", header.game_pid);
  if (const auto origin = fixed_text(header.prefix); !origin.empty())
    print_line("  {}   {}", origin.starts_with('/') ? "prefix" : "origin", origin);
  print_packets(entry);
  if (const auto message = fixed_text(header.message); !message.empty()) print_line("  message  {}", message);
  const Meaning meaning = meaning_of(bridge);
  if (!meaning.version.empty()) print_line("  version  {}", meaning.version);
  if (!meaning.version_fault.empty()) print_line("  fault    {}; nothing is decoded", meaning.version_fault);
  if (!meaning.implausible.empty())
    print_line("  implausible: {} ({})", meaning.implausible.size(), fmt::join(meaning.implausible, ", "));
  print_line("  {:<32} {:>8} {:>10} {:>8} {:>9} {:>8} {:>6} {:>8}", "file", "bytes", "updates", "rate/s",
             "age s", "retries", "torn", "repairs");
  for (const MappingView& view : bridge.mappings) {
    const StatusMapping& m = view.now;
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
  BridgeViews views(directories);
  const auto lives = [](const BridgeView& bridge) { return bridge.entry.bridge_runs; };
  auto bridges = views.look();
  // Only a living bridge has a rate to wait for.
  if (std::any_of(bridges.begin(), bridges.end(), lives)) {
    MonotonicClock clock;
    clock.sleep_until(clock.now_ns() + std::int64_t{g_interval_ms} * 1'000'000);
    bridges = views.look();
  }

  const Sim* driven = driven_sim();
  Json all = Json::array();
  for (const BridgeView& bridge : bridges) {
    if (g_json) {
      all.push_back(bridge_json(bridge));
      all.back()["driven"] = driven != nullptr && bridge.entry.sim == driven->name;
    } else {
      print_text(bridge);
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
  if (std::any_of(bridges.begin(), bridges.end(), lives)) return {};
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
}  // namespace pitbridge::status_command
