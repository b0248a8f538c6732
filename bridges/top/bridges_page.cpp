// SPDX-License-Identifier: MIT
#include "bridges/top/bridges_page.hpp"

#include <fmt/format.h>

#include <cstring>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/own_file.hpp"
#include "common/posix/session/process_cpu.hpp"

namespace pitbridge {
namespace {

constexpr double kNsPerSecond = 1e9;

/// Raised by each reader that begins to wait (pitbridge-shm(7), "WAITING FOR NEWS").
std::uint32_t waits_of(const BridgeView& bridge) {
  std::uint32_t waits = 0;
  const auto bytes =
      bytes_of(open_own_file(bridge.entry.directory, readers_file_name(bridge.entry.sim)), sizeof waits);
  if (bytes.size() == sizeof waits) std::memcpy(&waits, bytes.data(), sizeof waits);
  return waits;
}

Style state_style(const BridgeLoad& load) {
  if (load.bridge.hang || load.bridge.entry.was_killed()) return Style::kRed;
  const std::string_view state = load.bridge.state();
  if (state == "attached") return Style::kGreen;
  return state == "stopped" || state == "gone" ? Style::kDim : Style::kYellow;
}

std::vector<Line> lines_of(const BridgeLoad& load) {
  const BridgeView& bridge = load.bridge;
  const StatusHeader& header = bridge.entry.status.header;
  const std::string cpu = load.cpu_percent ? fmt::format("{:.1f} %", *load.cpu_percent) : "-";
  std::vector<Line> lines = {{{fmt::format("{:<10}", bridge.entry.sim), Style::kBold},
                              {fmt::format("{:<9}", bridge.state()), state_style(load)},
                              {fmt::format("pid {:<8} cpu {:<7} ", header.bridge_pid, cpu)},
                              {load.readers_wait ? "readers wait  " : "no reader waits  ", Style::kDim},
                              {bridge.title_name()}}};
  lines.push_back({{"  " + bridge.entry.directory, Style::kDim}});
  if (bridge.hang)
    lines.push_back({{"  " + bridge.hang->text() + "; " + bridge.hang->remedy(), Style::kRed}});
  if (bridge.entry.was_killed())
    lines.push_back({{"  it was killed, and nobody has cleared its files: pitbridge clean", Style::kRed}});
  for (const MappingView& view : bridge.mappings) {
    const StatusMapping& m = view.now;
    lines.push_back(
        {{fmt::format("  {:<24} {:>7.1f}/s {:>8} ", fixed_text(m.file_name), view.rate_hz,
                      view.age_s ? fmt::format("{:.2f} s", *view.age_s) : "-")},
         {fmt::format("{:>5} retries {:>3} torn {:>3} repairs", m.retries, m.torn, m.repairs), Style::kDim}});
  }
  return lines;
}

}  // namespace

std::vector<BridgeLoad> BridgeLoads::look(std::int64_t now_ns) {
  std::vector<BridgeLoad> loads;
  std::map<std::pair<std::string, std::int32_t>, Before> now;
  const double passed_s = static_cast<double>(now_ns - before_ns_) / kNsPerSecond;
  for (BridgeView& bridge : views_.look()) {
    const std::int32_t pid = bridge.entry.status.header.bridge_pid;
    const auto key = std::pair(bridge.entry.directory + "/" + bridge.entry.sim, pid);
    const Before seen = {bridge.entry.bridge_runs ? cpu_seconds_of(pid) : std::nullopt, waits_of(bridge)};
    BridgeLoad load;
    if (const auto then = before_.find(key); then != before_.end() && passed_s > 0) {
      load.readers_wait = seen.waits != then->second.waits;
      if (seen.cpu_s && then->second.cpu_s)
        load.cpu_percent = (*seen.cpu_s - *then->second.cpu_s) / passed_s * 100;
    }
    load.bridge = std::move(bridge);
    now[key] = seen;
    loads.push_back(std::move(load));
  }
  before_ = std::move(now);
  before_ns_ = now_ns;
  return loads;
}

std::size_t draw_bridges(Grid& grid, std::size_t first_row, std::size_t first_line,
                         const std::vector<BridgeLoad>& loads) {
  std::vector<Line> lines;
  for (const BridgeLoad& load : loads)
    for (Line& line : lines_of(load)) lines.push_back(std::move(line));
  if (lines.empty()) {
    lines = {{{"no bridge has ever run here", Style::kBold}},
             {{"start one with the game, or see: pitbridge doctor"}}};
  }
  for (std::size_t i = first_line, row = first_row; i < lines.size() && row < grid.rows(); ++i, ++row)
    grid.put(0, row, lines[i]);
  return lines.size();
}

}  // namespace pitbridge
