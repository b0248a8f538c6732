// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pitbridge {

/// What a bridge keeps in its directory beside the mirrored files. pitbridge-shm(7) promises these names.
std::string status_file_name(std::string_view sim);
std::string values_file_name(std::string_view sim);
std::string readers_file_name(std::string_view sim);
std::string section_socket_name(std::string_view sim);
std::string lock_file_name(std::string_view sim);

/// The page that says which sim is driven now; all bridges of a directory share it. No sim has this name.
inline constexpr std::string_view kLiveFileName = "pitbridge.live";

/// Each of these names begins so, and no mirrored file may.
inline constexpr std::string_view kOwnFilePrefix = "pitbridge.";
/// The name, in the same directory, of a mapping's file that is not to be found at its own (see TitleFiles).
std::string aside_name(std::string_view file_name);

/// Where the bridge of one sim keeps its files. Its lock lets one bridge at a time have it.
struct SimPlace {
  std::string directory;
  std::string sim;
  std::uint32_t mode = 0600;  ///< of a file that has to be made; one that is there keeps its own

  std::string path_of(std::string_view file_name) const;
};

}  // namespace pitbridge
