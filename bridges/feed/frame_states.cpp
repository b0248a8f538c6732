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
  has_news_ = true;
}

const Telemetry& FrameStates::decode(std::int64_t now_ns) {
  const bool turns = watch_.turns_at_ns() && now_ns >= *watch_.turns_at_ns();
  if (!has_news_ && !turns && title_ == decoded_) return telemetry_;
  has_news_ = false;
  decoded_ = title_;
  decoded_ns_ = now_ns;
  telemetry_ = decoder_.decode(*title_, snapshot_, watch_, now_ns);
  return telemetry_;
}

const Title* FrameStates::find_title(std::string_view seen) {
  return title_ = identify_title(*sim_, seen, snapshot_);
}

}  // namespace pitbridge
