// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace pitbridge {

/// A subcommand that is no part of `pitbridge` but a program of its own beside it, because it needs libraries
/// or code that must not run beside a game. `pitbridge NAME` becomes that program.
struct Tool {
  std::string_view name;     ///< the subcommand
  std::string_view program;  ///< the file's name
  const char* description;
};

/// By name.
inline constexpr std::array kTools = {
    Tool{"export", "pitbridge-record", "Write the values of a recording as CSV, JSON lines or a MoTeC log"},
    Tool{"record", "pitbridge-record",
         "Record what a sim publishes, frame by frame, into a file that can be played"},
    Tool{"relay", "pitbridge-relay",
         "Send the values of a live sim on: MQTT, InfluxDB, Prometheus, JSON by UDP"},
    Tool{"replay", "pitbridge-record",
         "Play a recording: write the files of a bridge as they were, in their time"},
    Tool{"serve", "pitbridge-serve", "Show the live values in a browser, and give them to pages of your own"},
    Tool{"simulate", "pitbridge-simulate", "Write the files of a sim without the game and without Wine"},
    Tool{"top", "pitbridge-top", "Show the live sim on the terminal: the car, the raw bytes, all bridges"},
};

/// Null: it is no tool.
constexpr const Tool* find_tool(std::string_view name) {
  for (const Tool& tool : kTools)
    if (tool.name == name) return &tool;
  return nullptr;
}

}  // namespace pitbridge
