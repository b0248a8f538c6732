// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/doctor/checks.hpp"

/// What more than one link has as its remedy, so that two of them never contradict each other.
namespace pitbridge::doctor {

/// "/home/u/.local/bin/pitbridge ARGUMENTS". Each word that needs it must be quoted already.
std::string pitbridge_command(const Facts& facts, std::string_view arguments);

/// "PROGRAM A B", each word quoted where a shell needs it.
std::string command_of(std::string_view program, std::span<const std::string> words);
std::string kill_command(std::span<const pid_t> pids, std::string_view signal = {});

/// The game is started with its bridge, by its launch options.
Remedy start_with_the_game(const Facts& facts);

/// A bridge for the game that runs now, where one can be started from out here; else with the game.
Remedy start_a_bridge(const Facts& facts);

/// The readers get to the files of a game in Flatpak.
Remedy reach_flatpak_files(const Facts& facts);

}  // namespace pitbridge::doctor
