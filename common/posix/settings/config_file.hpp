// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/settings/config.hpp"
#include "common/core/settings/environment.hpp"

namespace pitbridge {

/// The files that a process with this environment looks for, the one that goes before first:
/// `$PITBRIDGE_CONFIG_FILE` alone, else `$XDG_CONFIG_HOME/pitbridge/config.toml` and
/// `/etc/pitbridge/config.toml`.
std::vector<std::string> config_paths(const Environment& environment);

/// Reads what exists of `config_paths(environment)`. Never fails: what is wrong stands in the faults, and the
/// rest holds. Without `known_sims` any name of a sim passes.
Config read_config(std::span<const std::string_view> known_sims, const Environment& environment);

/// One file, which need not exist.
ConfigFile read_config_file(const std::string& path, std::span<const std::string_view> known_sims);

/// The same from its text. See `understand_config`.
ConfigFile parse_config(const std::string& text, const std::string& path,
                        std::span<const std::string_view> known_sims, bool trusted = true);

}  // namespace pitbridge
