// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/mirror/pacer.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/settings/map_spec.hpp"
#include "common/core/settings/user_settings.hpp"

namespace pitbridge {

enum class BridgeAction : std::uint8_t { kRun, kHelp, kVersion, kList };

/// What a bridge was asked to do: option > environment (PITBRIDGE_*) > config.toml > default.
struct BridgeOptions {
  BridgeAction action = BridgeAction::kRun;
  bool stay = false;
  bool own = false;
  LogLevel log_level = LogLevel::kInfo;
  PacerProfile pacing = kDefaultProfile;
  std::string log_file;  ///< empty: stderr
  std::string shm_directory;
  std::uint32_t file_mode = 0600;
  std::uint32_t max_mib = 64;  ///< of all sections together
  std::string help;            ///< the text of --help

  std::vector<MapSpec> maps;  ///< of shmbridge all, of the others those beside the sim's own
  // Of the per-sim bridges only:
  std::string title;           ///< the user's word for a title of the sim; empty: the exe or the data tell
  std::string expected_title;  ///< id of the title whose Steam app this is; empty: not known
  bool launched = false;       ///< started by `pitbridge run` in the game's session
  bool chained = false;  ///< another command stands behind "--"; its true bytes are in /proc/self/cmdline

  // Of shmbridge only:
  bool to_wine = false;             ///< native files become mappings, instead of the reverse
  bool both = false;                ///< native programs and those under Wine write the same pages
  std::string status_name = "shm";  ///< of the status page and its lock
};

/// Parses the arguments after the program's name. What they do not say is taken from `user`, as it holds for
/// `target`.
Expected<BridgeOptions> parse_bridge_options(std::string_view program, std::span<const char* const> arguments,
                                             UserSettings user = {}, const ConfigTarget& target = {});

/// The same for shmbridge, which also takes the mappings: arguments and presets, else PITBRIDGE_MAP, else
/// those of the configuration.
Expected<BridgeOptions> parse_shmbridge_options(std::span<const char* const> arguments,
                                                UserSettings user = {});

}  // namespace pitbridge
