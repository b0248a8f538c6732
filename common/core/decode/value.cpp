// SPDX-License-Identifier: MIT
#include "common/core/decode/value.hpp"

#include <cstddef>

namespace pitbridge {

std::string_view reason_name(AbsentReason reason) {
  constexpr std::string_view kNames[] = {"unknown",     "not_given", "not_yet", "unknown_version",
                                         "implausible", "off",       "cut_off"};
  return kNames[static_cast<std::size_t>(reason)];
}

}  // namespace pitbridge
