// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/core/ports.hpp"

namespace pitbridge {

enum class BridgeAction : std::uint8_t { kRun, kHelp, kVersion, kList };

/// What a bridge was asked to do: option > environment (PITBRIDGE_*) > default.
struct BridgeOptions {
  BridgeAction action = BridgeAction::kRun;
  bool stay = false;
  LogLevel log_level = LogLevel::kInfo;
  std::string log_file;  ///< empty: stderr
  std::string shm_directory;
  std::uint32_t file_mode = 0600;
  std::string help;  ///< the text of --help
};

/// Parses the arguments after the program's name. Reads the environment, and does nothing else.
Expected<BridgeOptions> parse_bridge_options(std::string_view program,
                                             std::span<const char* const> arguments);

}  // namespace pitbridge
