// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>

namespace pitbridge {

/// A Unix path as Wine opens it without a Z: drive.
inline std::string unix_path(std::string path) {
  std::replace(path.begin(), path.end(), '/', '\\');
  return "\\\\?\\unix" + path;
}

}  // namespace pitbridge
