// SPDX-License-Identifier: MIT
#include "common/core/mirror/watched_section.hpp"

#include <utility>

namespace pitbridge {

WatchedSection::WatchedSection(std::unique_ptr<View> view) : view_(std::move(view)) {
  read_first();
}

bool WatchedSection::was_written() {
  if (was_written_) return true;
  if (!is_known_) {
    read_first();  // its pages went away for a moment
  } else {
    was_written_ = view_->holds(0, first_) == false;
  }
  return was_written_;
}

void WatchedSection::read_first() {
  first_.resize(view_->size_bytes());
  is_known_ = view_->read(0, first_);
}

}  // namespace pitbridge
