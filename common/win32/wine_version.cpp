// SPDX-License-Identifier: MIT
#include "common/win32/wine_version.hpp"

#include "common/win32/shm/ntdll.hpp"

namespace pitbridge {

std::string wine_version() {
  using Call = const char*(CDECL*)();
  const auto version = ntdll_call<Call>("wine_get_version");
  return version != nullptr ? version() : "not Wine";
}

}  // namespace pitbridge
