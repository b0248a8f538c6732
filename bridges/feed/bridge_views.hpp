// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/mirror/heartbeat.hpp"
#include "common/posix/shm/status_list.hpp"

namespace pitbridge {

/// One mapping, with what came since the look before.
struct MappingView {
  StatusMapping now = {};
  double rate_hz = 0;
  std::optional<double> age_s;  ///< nothing: no update was ever seen
};

/// One bridge, as its status page shows it. Of its mappings those alone that tell anything of the title that
/// runs.
struct BridgeView {
  StatusEntry entry;
  std::optional<Hang> hang;  ///< nothing: it has gone, or it beats as it should
  std::vector<MappingView> mappings;

  /// What a page says is worth nothing once its bridge has gone without a word, or hangs.
  std::string_view state() const;
  /// The title's name; its id where that is not known, and empty where none runs.
  std::string title_name() const;
};

/// What the files of a bridge mean, as far as that tells of a fault.
struct Meaning {
  std::string version, version_fault;
  std::vector<std::string_view> implausible;
};
Meaning meaning_of(const BridgeView& bridge);

/// Packets that were not taken, by reason; those reasons alone of which there was any.
std::vector<std::pair<std::string_view, std::uint64_t>> junk_of(const StatusPackets& packets);

/// As `pitbridge status --json` and the pages of `pitbridge serve` have it.
nlohmann::ordered_json bridge_json(const BridgeView& bridge);

/// Looks at all bridges of some directories again and again.
class BridgeViews {
 public:
  explicit BridgeViews(std::vector<std::string> directories) : directories_(std::move(directories)) {}

  /// What is there now; the rates are those since the look before.
  std::vector<BridgeView> look();

 private:
  std::vector<std::string> directories_;
  std::vector<StatusEntry> before_;
  std::int64_t before_ns_ = 0;
};

}  // namespace pitbridge
