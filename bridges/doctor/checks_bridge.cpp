// SPDX-License-Identifier: MIT
// The links of the bridge: its file, whether it can run, whether it does, and where.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"
#include "common/core/launch/command_line.hpp"

namespace pitbridge::doctor::judge {
namespace {

constexpr std::string_view kWasKilled = "the bridge was killed";

/// After a bridge that was killed and has cleared nothing.
Remedy start_again(const Facts& facts) {
  if (facts.session() != nullptr) return start_a_bridge(facts);
  return {"clear what it left; then start the game again", {pitbridge_command(facts, "clean")}};
}

Remedy end_and_start(const Facts& facts, pid_t bridge) {
  Remedy remedy = start_a_bridge(facts);
  remedy.advice = "end that bridge; then " + remedy.advice;
  remedy.commands.insert(remedy.commands.begin(), kill_command(std::array{bridge}));
  return remedy;
}

const BridgeFacts* bridge_in_session(const Facts& facts) {
  for (const BridgeFacts& bridge : facts.bridges)
    if (bridge.is_in_the_games_session) return &bridge;
  return nullptr;
}

/// Why the file itself cannot be judged; nothing when it can.
std::optional<Finding> no_file(const Facts& facts) {
  if (facts.bridge_file.installed.empty()) return unknown("the bridge is not installed");
  if (!facts.bridge_file.needs.is_elf) return unknown("the bridge's file is no program for this machine");
  return std::nullopt;
}

Finding compare(const ElfNeeds& needs, const GlibcVersion& has, const std::string& where) {
  if (!needs.glibc)
    return needs.is_whole ? ok("the bridge needs no certain version")
                          : unknown("the bridge's file does not say what it needs");
  const std::string found =
      fmt::format("the bridge needs {}, {} has {}", text_of(*needs.glibc), where, text_of(has));
  if (has < *needs.glibc)
    return broken(found, "build the bridge on an older system, or choose a newer Proton or Steam runtime");
  return ok(found);
}

}  // namespace

Finding bridge_file(const Facts& facts) {
  const BridgeFileFacts& file = facts.bridge_file;
  constexpr const char* kInstall =
      "install pitbridge again, which is make install in the directory of its source";
  if (file.installed.empty()) return broken(file.why_not_installed, kInstall);
  if (!file.needs.is_elf)
    return broken(fmt::format("{} is no 64-bit ELF file for x86", file.installed), kInstall);
  if (!file.needs.is_whole) return broken(fmt::format("{} is cut off or damaged", file.installed), kInstall);
  if (!file.chosen.is_twin()) return ok(file.installed);
  return ok(fmt::format("{}, the {}: {}", file.installed, kind_name(file.chosen.kind), file.chosen.reason));
}

Finding bridge_staged(const Facts& facts) {
  const BridgeFileFacts& file = facts.bridge_file;
  if (file.installed.empty()) return unknown("the bridge is not installed");
  if (file.is_staged && !file.staged_is_same)
    return broken(fmt::format("{} is another build than {}", file.staged, file.installed),
                  start_with_the_game(facts));
  const std::string& used = file.is_staged ? file.staged : file.installed;
  if (!file.is_readable_inside) return unknown("no game runs");
  if (*file.is_readable_inside) return ok(fmt::format("{} is readable for the game", used));
  if (!file.is_staged && !file.other_staged_versions.empty())
    return broken(fmt::format("only older versions are staged: {}; the game cannot read {}",
                              fmt::join(file.other_staged_versions, ", "), used),
                  start_with_the_game(facts));
  return broken(fmt::format("the game's container cannot read {}", used),
                file.is_staged ? Remedy{"set XDG_DATA_HOME to a directory below the home that Steam shares"}
                               : start_with_the_game(facts));
}

Finding glibc(const Facts& facts) {
  if (auto none = no_file(facts)) return *none;
  return compare(facts.bridge_file.needs, facts.own_glibc, "this system");
}

Finding glibc_inside(const Facts& facts) {
  if (auto none = no_file(facts)) return *none;
  if (!facts.game) return unknown("no game runs");
  if (!facts.game->glibc) return unknown("the game's libc.so.6 could not be found or read");
  return compare(facts.bridge_file.needs, *facts.game->glibc, "the game's libc.so.6");
}

Finding winelib(const Facts& facts) {
  if (const BridgeFacts* bridge = bridge_in_session(facts))
    return ok(fmt::format("bridge pid {} runs in it", bridge->bridge.process.id.pid));
  const TrialFacts& trial = facts.trial;
  if (!trial.was_run) return unknown(trial.why_not);
  std::string remedy = "Wine 8 or newer, 64-bit, is needed; compare wine-loader, sync-mode and glibc-inside";
  if (!facts.bridge_file.chosen.is_twin() && facts.bridge_file.has_twin)
    remedy +=
        ". Its twin needs no Winelib: PITBRIDGE_TWIN=always in the launch options takes it from the start";
  if (!trial.exit_status) return broken("the bridge with --version did not end in time", remedy);
  if (*trial.exit_status != 0)
    return broken(fmt::format("the bridge with --version ended with {}{}", *trial.exit_status,
                              trial.output.empty() ? "" : ": " + trial.output),
                  remedy);
  return ok(trial.output);
}

Finding bridge(const Facts& facts) {
  const auto& status = facts.page.second;
  if (facts.page.is_locked) {
    const std::string state =
        status ? std::string(state_name(static_cast<BridgeState>(status->header.state))) : "unknown";
    return ok(fmt::format("pid {}, {}{}", status ? status->header.bridge_pid : 0, state,
                          facts.holder() != nullptr ? "" : "; its process is not visible from here"));
  }
  if (status) {
    const auto state = static_cast<BridgeState>(status->header.state);
    const std::string_view message = fixed_text(status->header.message);
    if (!has_ended(state))
      return broken(fmt::format("pid {} was killed: the status page still says \"{}\"",
                                status->header.bridge_pid, state_name(state)),
                    start_again(facts));
    if (message.starts_with(kWasKilled))
      return broken(fmt::format("pid {}: {}", status->header.bridge_pid, message), start_a_bridge(facts));
    return broken(fmt::format("none; the last one, pid {}, has {}", status->header.bridge_pid,
                              state == BridgeState::kGone ? "left with its game" : "stopped"),
                  start_a_bridge(facts));
  }
  return broken(fmt::format("none holds a status page in {}", facts.shm.directory), start_a_bridge(facts));
}

Finding bridge_session(const Facts& facts) {
  if (!facts.page.is_locked) return unknown("no bridge runs");
  const WineSession* session = facts.session();
  if (session == nullptr) return unknown("no game runs");
  if (const BridgeFacts* holder = facts.holder()) {
    if (holder->is_in_the_games_session) return ok(session->server_directory);
    if (holder->server_directory.empty()) return unknown("the bridge's process cannot be read");
    return broken(fmt::format("bridge pid {} is in prefix {} ({}), the game in {} ({})",
                              holder->bridge.process.id.pid, holder->prefix, holder->server_directory,
                              session->prefix.path, session->server_directory),
                  end_and_start(facts, holder->bridge.process.id.pid));
  }
  // In another pid namespace; the page has the prefix, cut at its end.
  if (!facts.page.second) return unknown("the status page cannot be read");
  const std::string_view prefix = fixed_text(facts.page.second->header.prefix);
  if (session->prefix.path.starts_with(prefix)) return ok(fmt::format("the same prefix, {}", prefix));
  return broken(fmt::format("the bridge is in prefix {}, the game in {}", prefix, session->prefix.path),
                start_a_bridge(facts));
}

Finding bridge_alone(const Facts& facts) {
  const BridgeFacts* holder = facts.holder();
  if (const auto& challenger = facts.page.challenger)
    return broken(fmt::format("two games have data: the files show that of {}, and pid {} in {} waits",
                              holder == nullptr ? "another bridge"
                                                : fmt::format("pid {} in {}", holder->bridge.process.id.pid,
                                                              holder->prefix),
                              challenger->pid, challenger->prefix),
                  "to have both at once put PITBRIDGE_SHM_DIR=DIRECTORY %command% into the launch options of "
                  "one of them");
  if (facts.bridges.empty()) return unknown("no bridge runs");
  std::vector<pid_t> pids;
  std::vector<std::string> all;
  for (const BridgeFacts& bridge : facts.bridges) {
    // One of another prefix waits for its turn.
    const bool waits =
        holder != nullptr && bridge.prefix != holder->prefix && bridge.shm_directory == holder->shm_directory;
    all.push_back(fmt::format("pid {} in {} {} {}", bridge.bridge.process.id.pid, bridge.prefix,
                              waits ? "waits for" : "writes to", bridge.shm_directory));
    if (!bridge.holds_the_page && !waits) pids.push_back(bridge.bridge.process.id.pid);
  }
  if (pids.empty() || facts.bridges.size() == 1) return ok(fmt::format("{}", fmt::join(all, "; ")));
  if (pids.size() == facts.bridges.size()) pids.erase(pids.begin());
  return broken(fmt::format("{} bridges of this sim: {}", facts.bridges.size(), fmt::join(all, "; ")),
                "end what is too many, and start bridges in one way only", {kill_command(pids)});
}

Finding bridge_dir(const Facts& facts) {
  if (facts.holder() != nullptr) return ok(facts.shm.directory);
  std::string directory;
  std::string who;
  if (const BridgeFacts* bridge = bridge_in_session(facts)) {
    directory = bridge->shm_directory;
    who = fmt::format("bridge pid {}", bridge->bridge.process.id.pid);
  } else if (facts.session() != nullptr) {
    directory = facts.game->bridge_directory;
    who = "a bridge that the game's launch options start";
    if (directory.empty()) return unknown("no bridge runs");
  } else {
    return unknown("no bridge and no game runs");
  }
  if (directory == facts.shm.directory) return ok(directory);
  return broken(
      fmt::format("{} writes to {}, looked at is {}", who, directory, facts.shm.directory), "look there",
      {pitbridge_command(
          facts, fmt::format("--shm-dir {} doctor {}", quoted_where_needed(directory), facts.sim->name))});
}

Finding bridge_version(const Facts& facts) {
  const BridgeFacts* bridge = facts.holder();
  if (bridge == nullptr) bridge = bridge_in_session(facts);
  if (bridge == nullptr) return unknown("no bridge runs, or its process is not visible from here");
  if (bridge->file.empty() || facts.bridge_file.installed.empty())
    return unknown("the running or the installed file cannot be read");
  if (bridge->runs_the_installed_file) return ok(bridge->file);
  return broken(fmt::format("pid {} runs from {}, another build than {}", bridge->bridge.process.id.pid,
                            bridge->file, facts.bridge_file.installed),
                start_with_the_game(facts));
}

}  // namespace pitbridge::doctor::judge
