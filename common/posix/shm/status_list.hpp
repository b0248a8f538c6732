// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "common/core/mirror/status_page.hpp"

namespace pitbridge {

/// One `pitbridge.<sim>` of a directory.
struct StatusEntry {
  std::string sim;  ///< from the file's name
  Status status;
  bool bridge_runs = false;

  /// It has left without clearing its files, and nobody has done it since.
  bool was_killed() const {
    return !bridge_runs && !has_ended(static_cast<BridgeState>(status.header.state));
  }
};

/// Every readable status page of a directory, by name. Files that only look like one are passed over.
std::vector<StatusEntry> status_entries(const std::string& directory);

}  // namespace pitbridge
