// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What keeps simd from reading its own simd.config. It then starts no bridge, and says so with -vv only.
namespace pitbridge::doctor {

/// The line of the first comma behind the last element of a list or an array, from 1 on: libconfig refuses it
/// before 1.7, and simd's own example has it. One at the end of a group is fine in every version.
std::optional<std::size_t> line_of_trailing_comma(std::string_view text);

/// Whether the libconfig among a process's mapped files takes such a comma; nothing when none is among them.
std::optional<bool> takes_trailing_commas(const std::vector<std::string>& mapped_files);

}  // namespace pitbridge::doctor
