// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "bridges/session.hpp"
#include "common/win32/wine_source.hpp"
#include "common/win32/wine_version.hpp"

namespace pitbridge {

std::unique_ptr<Source> session_source() {
  return std::make_unique<WineSource>();
}

pid_t session_process() {
  return ::getpid();
}

std::string session_version() {
  return wine_version();
}

}  // namespace pitbridge
