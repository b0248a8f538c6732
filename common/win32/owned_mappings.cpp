// SPDX-License-Identifier: MIT
#include "common/win32/owned_mappings.hpp"

#include "common/win32/file_mapping.hpp"
#include "common/win32/handle_count.hpp"

namespace pitbridge {

Expected<void> OwnedMappings::make(std::string_view mapping_name, const std::string& file_path) {
  auto made = make_file_mapping(mapping_name, file_path);
  if (!made) return tl::unexpected<Error>(std::move(made.error()));
  owned_.insert_or_assign(std::string(mapping_name), std::move(*made));
  return {};
}

bool OwnedMappings::is_ours_alone(std::string_view mapping_name) const {
  const auto it = owned_.find(mapping_name);
  return it != owned_.end() && handle_count(it->second.handle()) == 1;
}

}  // namespace pitbridge
