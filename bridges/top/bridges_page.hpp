// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridges/feed/bridge_views.hpp"
#include "bridges/top/grid.hpp"

namespace pitbridge {

/// A bridge, and what its process does.
struct BridgeLoad {
  BridgeView bridge;
  std::optional<double> cpu_percent;  ///< of one core, since the look before; nothing: not known yet
  bool readers_wait = false;          ///< since the look before somebody has begun to wait
};

/// Looks at all bridges, their processes and their readers.
class BridgeLoads {
 public:
  explicit BridgeLoads(std::vector<std::string> directories) : views_(std::move(directories)) {}
  std::vector<BridgeLoad> look(std::int64_t now_ns);

 private:
  struct Before {
    std::optional<double> cpu_s;
    std::uint32_t waits = 0;
  };
  BridgeViews views_;
  std::map<std::pair<std::string, std::int32_t>, Before> before_;  ///< by directory and sim, and by pid
  std::int64_t before_ns_ = 0;
};

/// Returns how many lines there are in all.
std::size_t draw_bridges(Grid& grid, std::size_t first_row, std::size_t first_line,
                         const std::vector<BridgeLoad>& loads);

}  // namespace pitbridge
