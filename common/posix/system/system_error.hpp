// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace pitbridge {

/// What the system says about `error_number`, for instance "No space left on device".
std::string system_message(int error_number);

}  // namespace pitbridge
