// SPDX-License-Identifier: MIT
#include "common/posix/system/system_error.hpp"

#include <cstring>

namespace pitbridge {

std::string system_message(int error_number) {
  const char* name = ::strerrordesc_np(error_number);
  return name != nullptr ? name : "error " + std::to_string(error_number);
}

}  // namespace pitbridge
