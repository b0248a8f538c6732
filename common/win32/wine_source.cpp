// SPDX-License-Identifier: MIT
#include "common/win32/wine_source.hpp"

#include "common/win32/named_mapping.hpp"

namespace pitbridge {

Expected<std::unique_ptr<View>> WineSource::open(std::string_view mapping_name) {
  if (owned_.is_ours_alone(mapping_name)) return std::unique_ptr<View>();
  return open_named_mapping(mapping_name);
}

std::optional<SectionId> WineSource::identify(std::string_view mapping_name) {
  if (owned_.is_ours_alone(mapping_name)) return std::nullopt;
  return identify_named_mapping(mapping_name);
}

}  // namespace pitbridge
