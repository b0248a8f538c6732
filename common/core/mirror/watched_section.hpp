// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "common/core/mirror/ports.hpp"

namespace pitbridge {

/// A section that is looked at and not mirrored, to learn whether anybody writes it. Any byte counts,
/// whatever the sim's own rule says.
class WatchedSection {
 public:
  /// Reads the section once, to have something to compare with.
  explicit WatchedSection(std::unique_ptr<View> view);

  SectionId id() const { return view_->id(); }
  /// Looks, and says whether it was written since it was first read. Once true, it stays true.
  bool was_written();

 private:
  void read_first();

  std::unique_ptr<View> view_;
  std::vector<std::byte> first_;
  bool is_known_ = false;  ///< `first_` holds what was read
  bool was_written_ = false;
};

}  // namespace pitbridge
