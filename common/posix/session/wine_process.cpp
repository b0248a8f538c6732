// SPDX-License-Identifier: MIT
#include "common/posix/session/wine_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/core/launch/bridge_kind.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// TASK_COMM_LEN without the NUL.
constexpr std::size_t kCommBytes = 15;

/// Costs more than the names, so it is asked last.
bool is_wine_process(const ProcessId& id, const std::string& root) {
  const auto exe = exe_of(id, root);
  if (exe && is_wine_loader(*exe)) return true;
  const auto mapped = mapped_files(id, root);
  return mapped && has_wine_mapped(*mapped);
}

/// The name of a known exe that the process has mapped, and that its comm is the beginning of.
std::optional<std::string> mapped_exe(const ProcessInfo& process, const std::string& root) {
  if (!is_comm_of_a_known_exe(process.comm)) return std::nullopt;
  const auto mapped = mapped_files(process.id, root);
  if (!mapped) return std::nullopt;
  for (const std::string& file : *mapped) {
    const std::string path = without_deleted_mark(file);
    const std::string_view name = base_name(path);
    if (equals_ignoring_case(name.substr(0, kCommBytes), process.comm) && title_of_exe_name(name))
      return std::string(name);
  }
  return std::nullopt;
}

/// The games among `processes`, or the bridges.
template <typename Found>
std::vector<Found> all_of(std::optional<Found> (*match)(const ProcessInfo&, const std::string&),
                          const std::string& root) {
  std::vector<Found> all;
  for (const ProcessInfo& process : own_processes(root))
    if (auto found = match(process, root)) all.push_back(std::move(*found));
  return all;
}

/// Of a twin; a Windows program of somebody else may have its name.
bool has_native_half(const ProcessInfo& process, const std::string& exe_name, const std::string& root) {
  for (const std::string& file : mapped_files(process.id, root).value_or(std::vector<std::string>())) {
    if (file_name_of(file) != exe_name) continue;
    const std::string directory = parent_of(file);
    for (const std::string& place : {directory, parent_of(directory)})
      for (const std::string& view : {root, fmt::format("{}/proc/{}/root", root, process.id.pid)})
        if (is_program(fmt::format("{}{}/{}", view, place, kTwinsNativeHalf))) return true;
  }
  return false;
}

}  // namespace

bool is_comm_of_a_known_exe(std::string_view comm) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      for (const std::string_view exe : title.exe_names)
        if (equals_ignoring_case(exe.substr(0, kCommBytes), comm)) return true;
  return false;
}

bool is_wine_loader(std::string_view exe) {
  constexpr std::array<std::string_view, 4> kLoaders = {"wine", "wine64", "wine-preloader",
                                                        "wine64-preloader"};
  return std::find(kLoaders.begin(), kLoaders.end(), base_name(exe)) != kLoaders.end();
}

bool has_wine_mapped(const std::vector<std::string>& mapped) {
  return std::any_of(mapped.begin(), mapped.end(), [](const std::string& file) {
    return without_deleted_mark(file).ends_with("-unix/ntdll.so");
  });
}

bool is_of_windows(std::string_view exe) {
  constexpr std::string_view kDirectory = ":\\windows\\";
  return !exe.empty() && equals_ignoring_case(exe.substr(1, kDirectory.size()), kDirectory);
}

std::optional<RunningGame> game_of(const ProcessInfo& process, const std::string& root) {
  std::string name(process.argv.empty() ? std::string_view() : base_name(process.argv.front()));
  if (const auto native = title_of_native_exe(name); native && exe_of(process.id, root))
    return RunningGame{process, name, *native};
  auto known = title_of_exe_name(name);
  if (!known) {
    // A game that was started with a command line of its own making still has Wine's name for the thread,
    // and its exe mapped. A game whose first thread has a name of its own is known by argv[0] above.
    const auto mapped = mapped_exe(process, root);
    if (!mapped) return std::nullopt;
    name = *mapped;
    known = title_of_exe_name(name);
  }
  if (!is_wine_process(process.id, root)) return std::nullopt;
  return RunningGame{process, name, *known};
}

std::vector<RunningGame> running_games(const std::string& root) {
  return all_of<RunningGame>(game_of, root);
}

std::optional<RunningBridge> bridge_of(const ProcessInfo& process, const std::string& root) {
  // The janitor has its bridge's arguments, but a comm of its own.
  const std::string_view first = process.argv.empty() ? std::string_view() : base_name(process.argv.front());
  const auto runs = [&](const std::string& program) {
    const std::string windows = program + ".exe";
    const std::string file = windows + ".so";
    if (process.comm == windows.substr(0, kCommBytes) && process.comm != file.substr(0, kCommBytes))
      return first == windows && is_wine_process(process.id, root) && has_native_half(process, windows, root);
    return process.comm == file.substr(0, kCommBytes) && (first == file || first == windows) &&
           is_wine_process(process.id, root);
  };
  for (const Sim* sim : all_sims())
    if (runs(bridge_program(*sim))) return RunningBridge{process, bridge_program(*sim), sim};
  if (runs("shmbridge")) return RunningBridge{process, "shmbridge", nullptr};
  return std::nullopt;
}

std::vector<RunningBridge> running_bridges(const std::string& root) {
  return all_of<RunningBridge>(bridge_of, root);
}

}  // namespace pitbridge
