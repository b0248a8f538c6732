// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim.hpp"

/// Which version of its layout a game's memory states. A layout that is not known decodes to wrong numbers
/// that look right, so nothing is decoded by a table that was not made for the version at hand.
namespace pitbridge {

/// Whether `version` ("3.5", "3.7.15.1", "14") lies in `range`: "3.4..3.5", both included, or one version.
/// What `range` leaves out counts for any: "3.7" holds 3.7.15.1, and "1..3.5" holds 3.5.2.
bool is_in_versions(std::string_view version, std::string_view range);

/// What a snapshot says of the version, and what follows.
struct TitleVersion {
  std::string stated;         ///< as the memory says it; empty: nothing, or not yet
  const Title* by = nullptr;  ///< whose layouts hold: the title, or one of its `other_version`; null: none
  /// "RaceRoom Racing Experience: version 2.4 is not known (3.4 to 3.5, 3.3)", where that is why `by` is
  /// null.
  std::string fault;
};

/// For a title without a version word: the title itself.
TitleVersion version_of(const Title& title, const Snapshot& snapshot);

}  // namespace pitbridge
