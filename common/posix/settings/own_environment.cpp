// SPDX-License-Identifier: MIT
#include "common/posix/settings/own_environment.hpp"

#include <unistd.h>

namespace pitbridge {

Environment own_environment() {
  Environment all;
  if (environ == nullptr) return all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto equals = text.find('=');
    // The first of equal names counts, as in getenv.
    if (equals != std::string_view::npos && equals != 0)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

}  // namespace pitbridge
