// SPDX-License-Identifier: MIT
#include "common/core/mirror/watched_section.hpp"

#include <utility>

namespace pitbridge {

WatchedSection::WatchedSection(std::unique_ptr<View> view)
    : view_(std::move(view)), is_known_(read_into(first_)) {}

bool WatchedSection::was_written() {
  if (was_written_) return true;
  if (!is_known_) {
    is_known_ = read_into(first_);  // its pages went away for a moment
  } else if (read_into(now_)) {
    was_written_ = now_ != first_;
  }
  return was_written_;
}

bool WatchedSection::read_into(std::vector<std::byte>& bytes) const {
  bytes.resize(view_->size_bytes());
  return view_->read(0, bytes);
}

}  // namespace pitbridge
