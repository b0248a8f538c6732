// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/launch/bridge_kind.hpp"
#include "common/core/settings/environment.hpp"
#include "common/core/sim/sim.hpp"

/// What `pitbridge %command%` does for one command line and one environment. Pure: nothing here starts or
/// copies anything.
namespace pitbridge {

/// How the bridge gets into the game's Wine session.
enum class LaunchWay : std::uint8_t {
  kNothing,  ///< the command just runs
  kProton,   ///< Proton's script starts it beside the game (PROTON_REMOTE_DEBUG_CMD)
  kJoin,     ///< started from the host once the game's process is seen
  kReceive,  ///< its packets are received on the host once the game's process is seen
};
std::string_view way_name(LaunchWay way);

/// What a script of Proton does with PROTON_REMOTE_DEBUG_CMD.
enum class DebugCommandRule : std::uint8_t {
  kShell,   ///< splits it as a shell does: since 7.0
  kBlanks,  ///< splits it at blanks, and knows no quotes: 6.3-6 to 6.3-8
  kNone,    ///< does not know it: before 6.3-6
};
/// By the script's text. An empty one, that could not be read, is taken for one of today's.
DebugCommandRule debug_command_rule(std::string_view script);

/// Proton's script in a command, with a verb that heeds PROTON_REMOTE_DEBUG_CMD (`runinprefix` does not).
/// Null: there is none.
const std::string* find_proton(std::span<const std::string> command);

struct LaunchFacts {
  std::span<const std::string> command;
  std::string proton_script = {};  ///< the text of `find_proton`
  Environment environment;
  std::optional<std::uint32_t> app_id;
  std::string home;
  std::string sim;                             ///< chosen by the user; empty: by app id and exe
  std::function<bool(const Sim&)> is_enabled;  ///< as the user's configuration says; may be empty
  /// Which program serves it, as far as that is known before Wine runs; may be empty.
  std::function<ChosenBridge(const Sim&)> choose_bridge = {};
  std::string stage_directory;                              ///< where the bridges are copied to
  std::string state_directory;                              ///< where a bridge's log goes
  std::vector<std::string> config_files = {};               ///< that are there; a bridge reads them
  std::function<std::string(const Sim&)> shm_directory_of;  ///< where its files go
};

struct Variable {
  std::string name;
  std::string value;
  bool operator==(const Variable&) const = default;
};

struct LaunchPlan {
  LaunchWay way = LaunchWay::kNothing;
  KnownTitle game;  ///< the title is null where only the sim is known
  std::optional<std::uint32_t> app_id;
  std::string exe_name;             ///< of the game, as the command line has it; may be empty
  std::string shm_directory;        ///< where its files go
  std::string staged_bridge;        ///< path of the copy that is started
  ChosenBridge bridge;              ///< which one that is
  std::vector<Variable> variables;  ///< set for the command
  std::string remark;               ///< why nothing is done, or not by Proton's script
  bool wanted = true;               ///< false: the user has switched it off, and need not be told
};

LaunchPlan plan_launch(const LaunchFacts& facts);

}  // namespace pitbridge
