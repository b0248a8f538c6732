// SPDX-License-Identifier: MIT
#include "bridges/doctor/remedies.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/core/launch/command_line.hpp"

namespace pitbridge::doctor {

std::string pitbridge_command(const Facts& facts, std::string_view arguments) {
  return fmt::format("{} {}", quoted_where_needed(facts.program), arguments);
}

std::string command_of(std::string_view program, std::span<const std::string> words) {
  std::string command(program);
  for (const std::string& word : words) command += " " + quoted_where_needed(word);
  return command;
}

std::string kill_command(std::span<const pid_t> pids, std::string_view signal) {
  return fmt::format("kill {}{}{}", signal, signal.empty() ? "" : " ", fmt::join(pids, " "));
}

Remedy start_with_the_game(const Facts& facts) {
  const bool is_flatpak = facts.session() != nullptr && facts.session()->sandbox == Sandbox::kFlatpak;
  return {is_flatpak ? "install pitbridge inside of Flatpak too, see pitbridge(1), write this into the "
                       "launch options of the game, and start it again"
                     : "write this into the launch options of the game, and start it again",
          {pitbridge_command(facts, "%command%")}};
}

Remedy start_a_bridge(const Facts& facts) {
  const WineSession* session = facts.session();
  if (session == nullptr || !session->join_obstacle.empty() || !session->prefix.path.starts_with('/') ||
      facts.watcher_runs)
    return start_with_the_game(facts);
  // With the game's own Wine and sync mode, which the watcher knows best.
  return {"start a bridge for the game that runs",
          {pitbridge_command(facts, "watch --once --prefix " + quoted_where_needed(session->prefix.path))}};
}

Remedy reach_flatpak_files(const Facts& facts) {
  if (!facts.shm.flatpak_directory.empty())
    return {"look there",
            {pitbridge_command(
                facts, fmt::format("--shm-dir {} doctor {}", quoted_where_needed(facts.shm.flatpak_directory),
                                   facts.sim->name))}};
  return {"let Flatpak Steam use our /dev/shm, and start Steam again",
          {"flatpak override --user --device=shm com.valvesoftware.Steam"}};
}

}  // namespace pitbridge::doctor
