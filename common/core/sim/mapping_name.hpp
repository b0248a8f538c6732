// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/core/error.hpp"

namespace pitbridge {

/// Whether `name` may name a file below the output directory: not empty, at most one slash
/// (`SCS/SCSTelemetry`), no `.` or `..` part, no control character, each part at most 255 bytes.
Expected<void> check_file_name(std::string_view name);

}  // namespace pitbridge
