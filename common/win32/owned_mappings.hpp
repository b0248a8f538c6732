// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/win32/shm/section.hpp"

namespace pitbridge {

/// The named mappings that a bridge has made out of its files, before a game does (--own).
class OwnedMappings {
 public:
  /// Fails when the name is taken.
  Expected<void> make(std::string_view mapping_name, const std::string& file_path);
  /// We have made it, and nobody else holds it: our own handle keeps the name alive.
  bool is_ours_alone(std::string_view mapping_name) const;

 private:
  std::map<std::string, Section, std::less<>> owned_;
};

}  // namespace pitbridge
