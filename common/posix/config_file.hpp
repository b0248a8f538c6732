// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "common/core/error.hpp"

namespace pitbridge {

/// What stands in `config.toml`.
struct Config {
  std::vector<std::string> shmbridge_maps;  ///< [shmbridge] maps = ["NAME:SIZE", ...]
};

/// Reads $PITBRIDGE_CONFIG_FILE, else `$XDG_CONFIG_HOME/pitbridge/config.toml`, else
/// `/etc/pitbridge/config.toml`. No file is an empty configuration; a fault in one is an error that names the
/// line, and the nearest known key.
Expected<Config> read_config();
Expected<Config> parse_config(const std::string& text, const std::string& path);

}  // namespace pitbridge
