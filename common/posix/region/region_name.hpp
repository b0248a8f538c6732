// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/core/error.hpp"

namespace pitbridge {

/// What a name may be long, so that what we put behind it still fits into a file name.
inline constexpr std::size_t kMaxRegionNameBytes = 200;

/// The lock of a name, in the same directory.
inline constexpr std::string_view kLockSuffix = ".lock";
/// The socket of a stream, and the lock of that.
inline constexpr std::string_view kStreamSuffix = ".stream";
inline constexpr std::string_view kStreamLockSuffix = ".stream.lock";

/// How the names begin of what bridges keep for themselves. Others may read it.
inline constexpr std::string_view kBridgePrefix = "pitbridge.";

/// kUsage for a name that leads out of the directory, that is one of our own beside another name, or that
/// cannot be shown.
Expected<void> check_region_name(std::string_view name);
/// As above, for a publisher: kUsage also for a bridge's own.
Expected<void> check_published_name(std::string_view name);

}  // namespace pitbridge
