// SPDX-License-Identifier: MIT
#include "bridges/feed/frame_states.hpp"

#include "common/core/decode/title.hpp"

namespace pitbridge {

void FrameStates::take(const MappingFrame& frame) {
  auto found = bytes_.find(frame.mapping);
  if (found == bytes_.end())
    found = bytes_.emplace(std::string(frame.mapping), std::vector<std::byte>()).first;
  found->second.assign(frame.bytes.begin(), frame.bytes.end());
  snapshot_.show(frame.mapping, found->second);
  newest_ns_ = frame.time_ns;
}

const Title* FrameStates::find_title(std::string_view seen) {
  return title_ = identify_title(*sim_, seen, snapshot_);
}

}  // namespace pitbridge
