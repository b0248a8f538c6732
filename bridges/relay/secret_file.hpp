// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/error.hpp"

namespace pitbridge {

/// The first line of a file that nobody but its owner may read: a password, a token. `option` is named in
/// errors.
Expected<std::string> secret_from(const std::string& path, const char* option);

}  // namespace pitbridge
