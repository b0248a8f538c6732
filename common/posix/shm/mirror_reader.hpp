// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/core/decode/snapshot.hpp"
#include "common/core/mirror/heartbeat.hpp"
#include "common/core/mirror/status_page.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// What the files of one sim hold at one moment.
struct MirrorReading {
  std::optional<Status> status;  ///< nothing: no bridge of ours ever ran here
  bool bridge_runs = false;
  /// Of a file that is not read, because it belongs to another user: the page, else a mapping.
  std::optional<uid_t> foreign_owner;
  const Title* title = nullptr;  ///< null: not known
  std::int64_t read_ns = 0;      ///< CLOCK_MONOTONIC
  Snapshot snapshot;             ///< each mapping whole, as far as the status page can promise it

  /// The bytes are old: their bridge was killed, and nobody has cleared them.
  bool is_left_over() const {
    return status && !bridge_runs && !has_ended(static_cast<BridgeState>(status->header.state));
  }
  /// The bytes are old: their bridge lives, and does nothing.
  std::optional<Hang> hang() const {
    return status && bridge_runs ? hang_of(status->header, read_ns) : std::nullopt;
  }
};

/// Reads with `read(2)`, which a file cut by somebody else cannot hurt. Absent files are absent mappings, and
/// so are those of other users.
MirrorReading read_mirror(const std::string& directory, const Sim& sim);

}  // namespace pitbridge
