// SPDX-License-Identifier: MIT
#include "common/win32/wine_source.hpp"

#include "common/win32/file_mapping.hpp"
#include "common/win32/named_mapping.hpp"

namespace pitbridge {

Expected<std::unique_ptr<View>> WineSource::open(std::string_view mapping_name) {
  if (is_ours_alone(mapping_name)) return std::unique_ptr<View>();
  return open_named_mapping(mapping_name);
}

std::optional<SectionId> WineSource::identify(std::string_view mapping_name) {
  if (is_ours_alone(mapping_name)) return std::nullopt;
  return identify_named_mapping(mapping_name);
}

Expected<void> WineSource::own(std::string_view mapping_name, const std::string& file_path) {
  auto made = make_file_mapping(mapping_name, file_path);
  if (!made) return tl::unexpected<Error>(std::move(made.error()));
  owned_.insert_or_assign(std::string(mapping_name), std::move(*made));
  return {};
}

/// Our handle keeps the name alive; a game has it only where there are more handles than that one.
bool WineSource::is_ours_alone(std::string_view mapping_name) const {
  const auto it = owned_.find(mapping_name);
  return it != owned_.end() && handle_count(it->second.get()) == 1;
}

}  // namespace pitbridge
