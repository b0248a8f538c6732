// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/App.hpp>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"

namespace pitbridge {

/// An option or an argument of a command, as the command itself declares it.
struct DescribedOption {
  std::vector<std::string> names;  ///< "-o", "--output"; of an argument its name in --help
  std::string help;
  std::string value;               ///< what --help calls the value; empty: a flag
  std::vector<std::string> words;  ///< all that the value may be, where that is a list
  bool is_argument = false;
  bool repeats = false;
};

struct DescribedCommand {
  std::vector<std::string> path;  ///< {"shm", "list"}; empty: what stands before every command
  std::string help;
  std::vector<DescribedOption> options;
};

/// The program's own options first, then those of each command and of the commands in it.
std::vector<DescribedCommand> described(const CLI::App& app);

/// The hidden option by which `pitbridge completions` asks a tool for its `description_json`.
inline constexpr const char* kDescribeOption = "--describe-options";

nlohmann::ordered_json description_json(std::span<const DescribedCommand> commands);
/// `program`: for the fault.
Expected<std::vector<DescribedCommand>> parse_description(const std::string& text,
                                                          const std::string& program);

}  // namespace pitbridge
