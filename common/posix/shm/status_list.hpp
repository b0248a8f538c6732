// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/mirror/status_page.hpp"

namespace pitbridge {

/// One `pitbridge.<sim>` of a directory.
struct StatusEntry {
  std::string sim;  ///< from the file's name
  Status status;
  bool bridge_runs = false;
  std::string directory = {};

  /// It has left without clearing its files, and nobody has done it since.
  bool was_killed() const {
    return !bridge_runs && !has_ended(static_cast<BridgeState>(status.header.state));
  }
};

/// Every readable status page of our own in a directory, by name. Files that only look like one are passed
/// over, and so is what other users have made.
std::vector<StatusEntry> status_entries(const std::string& directory);

/// A status page of our own, read when it was whole; nothing when there is none.
std::optional<Status> read_status_of(const std::string& directory, std::string_view sim);

/// What stands in the place of a status page and belongs to another user. Nothing in it is believed.
struct ForeignPage {
  std::string sim;  ///< from the file's name
  uid_t owner = 0;
};
/// Those of the known sims.
std::vector<ForeignPage> foreign_pages(const std::string& directory);

}  // namespace pitbridge
