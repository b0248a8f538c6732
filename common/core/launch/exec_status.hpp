// SPDX-License-Identifier: MIT
#pragma once

namespace pitbridge {

/// The exit status of whoever was to run a program and could not, as of env(1), shells and Wine's loader.
inline constexpr int kExitNotExecutable = 126;
inline constexpr int kExitNotFound = 127;

}  // namespace pitbridge
