// SPDX-License-Identifier: MIT
#include "bridges/session.hpp"
#include "common/win32/wine_source.hpp"
#include "common/win32/wine_version.hpp"

namespace pitbridge {

std::unique_ptr<Source> session_source() {
  return std::make_unique<WineSource>();
}

std::string session_version() {
  return wine_version();
}

}  // namespace pitbridge
