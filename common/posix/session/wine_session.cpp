// SPDX-License-Identifier: MIT
#include "common/posix/session/wine_session.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/core/settings/app_id.hpp"
#include "common/posix/session/borders.hpp"
#include "common/posix/session/wine_process.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

bool is_on(const Environment& environment, std::string_view name) {
  const std::string value = value_or_empty(environment, name);
  return !value.empty() && value != "0";
}

/// Proton writes its prefix with a slash at the end.
std::string without_slashes_at_end(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

void add_loaders_of(std::vector<FoundPath>& all, const std::string& directory, const std::string& source) {
  for (const char* name : {"wine64", "wine"}) all.push_back({directory + "/" + name, source});
}

/// A program of Wine, by the path of one of its loaders.
void add_loaders_beside(std::vector<FoundPath>& all, const std::string& loader, const std::string& source) {
  const std::string directory = parent_of(loader);
  // Since Wine 10 the loader proper lives with the libraries, and the one to start is <root>/bin/wine.
  for (const std::string_view below : {"/lib/wine/x86_64-unix", "/lib64/wine/x86_64-unix"})
    if (directory.ends_with(below))
      add_loaders_of(all, directory.substr(0, directory.size() - below.size()) + "/bin", source);
  add_loaders_of(all, directory, source);
}

bool holds(const std::vector<std::string>& files, std::string_view part) {
  return std::any_of(files.begin(), files.end(),
                     [&](const std::string& file) { return file.find(part) != std::string::npos; });
}

/// "/dev/shm/wine-a74003-fsync": the memory that all processes of such a session share.
bool holds_sync_memory(const std::vector<std::string>& files, std::string_view suffix) {
  return std::any_of(files.begin(), files.end(), [&](const std::string& file) {
    const std::string path = without_deleted_mark(file);
    return path.starts_with("/dev/shm/wine-") && path.ends_with(suffix);
  });
}

SyncMode declared_sync(const Environment& environment) {
  if ((is_on(environment, "WINENTSYNC") || is_on(environment, "PROTON_USE_NTSYNC")) &&
      !is_on(environment, "PROTON_NO_NTSYNC"))
    return SyncMode::kNtsync;
  if (is_on(environment, "WINEFSYNC") && !is_on(environment, "PROTON_NO_FSYNC")) return SyncMode::kFsync;
  if (is_on(environment, "WINEESYNC") && !is_on(environment, "PROTON_NO_ESYNC")) return SyncMode::kEsync;
  return SyncMode::kServer;
}

/// Where the wineserver listens, best evidence first.
std::vector<std::string> server_directories(const WineSession& session,
                                            const std::vector<std::string>& mapped,
                                            const std::vector<std::string>& open, const std::string& root) {
  std::vector<std::string> all;
  struct stat prefix = {};
  if (::stat(path_from_here(session, session.prefix.path, root).c_str(), &prefix) != 0) return all;
  const std::string name = server_directory_name(prefix.st_dev, prefix.st_ino);
  // Sections without a name are files there, deleted at once; a Wine with memfd has none.
  const std::string inside = "/" + name + "/tmpmap-";
  for (const auto* files : {&mapped, &open})
    for (const std::string& file : *files)
      if (const auto at = file.find(inside); at != std::string::npos)
        all.push_back(file.substr(0, at + 1 + name.size()));
  // Debian's Wine makes a directory with a random name below /tmp, and keeps that name in the prefix.
  const std::string note = path_from_here(session, session.prefix.path + "/wineserver", root);
  if (const auto directory = is_directory(note) ? std::nullopt : small_file(note, 256)) {
    const std::string word = directory->substr(0, directory->find_first_of(std::string("\0\n", 2)));
    if (word.starts_with("wine-") && word.find('/') == std::string::npos)
      all.push_back(fmt::format("/tmp/{}/{}", word, name));
  }
  all.push_back(fmt::format("/tmp/.wine-{}/{}", ::geteuid(), name));
  return all;
}

void find_server(WineSession& session, const std::vector<std::string>& mapped,
                 const std::vector<std::string>& open, const std::string& root) {
  const auto candidates = server_directories(session, mapped, open, root);
  if (candidates.empty()) return;
  session.server_directory = candidates.front();
  for (const std::string& directory : candidates) {
    if (!is_socket(path_from_here(session, directory + "/socket", root))) continue;
    session.server_directory = directory;
    session.server_listens = true;
    return;
  }
}

Sandbox sandbox_of(const WineSession& session, const std::string& root) {
  const auto inside = [&](const std::string& path) {
    return fmt::format("{}/proc/{}/root{}", root, session.game.pid, path);
  };
  // Steam's own container may run inside the others, and those are what stands between the game and us.
  if (small_file(inside("/.flatpak-info"), 1)) return Sandbox::kFlatpak;
  // A program that was merely started from a snapped terminal has its variables and cgroup, but our mounts.
  const auto cgroup = small_file(fmt::format("{}/proc/{}/cgroup", root, session.game.pid));
  if (!session.shares_mounts && (session.environment.contains("SNAP_INSTANCE_NAME") ||
                                 (cgroup && cgroup->find("/snap.") != std::string::npos)))
    return Sandbox::kSnap;
  const auto manager = small_file(inside("/run/host/container-manager"), 256);
  if ((manager && manager->starts_with("pressure-vessel")) || is_directory(inside("/run/pressure-vessel")))
    return Sandbox::kPressureVessel;
  return session.shares_mounts ? Sandbox::kNone : Sandbox::kOther;
}

/// The session's file is the one that we know by the same path.
bool is_same_out_here(const WineSession& session, const std::string& path, const std::string& root) {
  return session.shares_mounts || is_same_file(root + path, path_from_here(session, path, root));
}

/// The border comes first: behind it nothing else that is found of the session is evidence.
std::string join_obstacle_of(const WineSession& session, const std::string& root) {
  if (session.is_fenced_off)
    return fmt::format(
        "process {} lives in a sandbox ({}) that Steam has not started out here, and nothing of a sandbox is "
        "run outside of it; start the bridge inside, with pitbridge in the launch options",
        session.game.pid, sandbox_name(session.sandbox));
  if (session.loader.path.empty())
    return fmt::format(
        "no wine or wine64 was found beside what process {} executes; start the bridge with the game, by "
        "pitbridge in the launch options",
        session.game.pid);
  if (session.server_directory.empty())
    return fmt::format("there is no prefix {} (from {})", session.prefix.path, session.prefix.source);
  if (!session.server_listens) return fmt::format("no wineserver listens in {}", session.server_directory);
  for (const std::string& path :
       {session.prefix.path, session.server_directory + "/socket", session.loader.path})
    if (!is_same_out_here(session, path, root))
      return fmt::format(
          "{} is another file, or none, outside of the game's sandbox ({}); start the bridge inside, with "
          "pitbridge in the launch options",
          path, sandbox_name(session.sandbox));
  return "";
}

/// The directories of a search path that belong to this Wine: those of a container do not exist out here, or
/// are others.
std::string only_below(const std::string& search_path, const std::string& directory) {
  std::string kept;
  for (std::size_t begin = 0; begin <= search_path.size();) {
    const auto end = std::min(search_path.find(':', begin), search_path.size());
    const std::string part = search_path.substr(begin, end - begin);
    if (!directory.empty() && part.starts_with(directory + "/")) kept += (kept.empty() ? "" : ":") + part;
    begin = end + 1;
  }
  return kept;
}

/// "/x/files" of "/x/files/bin/wine".
std::string wine_root(const WineSession& session) {
  const std::string directory = parent_of(session.loader.path);
  return file_name_of(directory) == "bin" ? parent_of(directory) : directory;
}

class VariableList {
 public:
  explicit VariableList(const Environment& source) : source_(source) {}

  void set(std::string_view name, std::string value, std::string_view reason) {
    if (!value.empty()) all_.push_back({std::string(name), std::move(value), std::string(reason)});
  }
  void copy(std::string_view name, std::string_view reason) {
    set(name, value_or_empty(source_, name), reason);
  }
  std::vector<BridgeVariable> take() { return std::move(all_); }

 private:
  const Environment& source_;
  std::vector<BridgeVariable> all_;
};

}  // namespace

std::string_view sync_mode_name(SyncMode mode) {
  switch (mode) {
    case SyncMode::kServer:
      return "server";
    case SyncMode::kEsync:
      return "esync";
    case SyncMode::kFsync:
      return "fsync";
    case SyncMode::kNtsync:
      return "ntsync";
  }
  return "server";
}

std::string_view sandbox_name(Sandbox sandbox) {
  switch (sandbox) {
    case Sandbox::kNone:
      return "none";
    case Sandbox::kPressureVessel:
      return "pressure-vessel";
    case Sandbox::kFlatpak:
      return "Flatpak";
    case Sandbox::kSnap:
      return "Snap";
    case Sandbox::kOther:
      return "of another kind";
  }
  return "none";
}

FoundPath prefix_from(const Environment& environment) {
  if (const std::string prefix = value_or_empty(environment, "WINEPREFIX"); !prefix.empty())
    return {without_slashes_at_end(prefix), "WINEPREFIX"};
  if (const std::string data = value_or_empty(environment, "STEAM_COMPAT_DATA_PATH"); !data.empty())
    return {without_slashes_at_end(data) + "/pfx", "STEAM_COMPAT_DATA_PATH"};
  if (const std::string home = value_or_empty(environment, "HOME"); !home.empty())
    return {without_slashes_at_end(home) + "/.wine", "HOME"};
  return {};
}

std::vector<FoundPath> loader_candidates(const std::string& exe, const std::vector<std::string>& mapped) {
  std::vector<FoundPath> all;
  if (exe.starts_with('/') && is_wine_loader(exe)) add_loaders_beside(all, exe, "/proc/PID/exe");
  constexpr std::string_view kNtdll = "-unix/ntdll.so";
  for (const std::string& file : mapped) {
    const std::string path = without_deleted_mark(file);
    const auto lib = path.rfind("/lib");
    if (!path.ends_with(kNtdll) || lib == std::string::npos) continue;
    add_loaders_of(all, path.substr(0, lib) + "/bin", "/proc/PID/maps");
    add_loaders_of(all, parent_of(path), "/proc/PID/maps");
    break;
  }
  return all;
}

SyncFinding sync_from(const Environment& environment, const std::vector<std::string>& mapped,
                      const std::vector<std::string>& open) {
  // A Wine that has ntsync leaves the other two alone, whatever the variables say.
  if (holds(open, "/dev/ntsync") || holds(open, "anon_inode:ntsync")) return {SyncMode::kNtsync, true};
  for (const auto* files : {&mapped, &open}) {
    if (holds_sync_memory(*files, "-fsync")) return {SyncMode::kFsync, true};
    if (holds_sync_memory(*files, "-esync")) return {SyncMode::kEsync, true};
  }
  return {declared_sync(environment), false};
}

std::string server_directory_name(std::uint64_t prefix_device, std::uint64_t prefix_inode) {
  return fmt::format("server-{:x}-{:x}", prefix_device, prefix_inode);
}

std::string path_from_here(const WineSession& session, const std::string& path, const std::string& root) {
  if (session.shares_mounts) return root + path;
  return fmt::format("{}/proc/{}/root{}", root, session.game.pid, path);
}

Expected<WineSession> wine_session_of(const ProcessId& game, const std::string& root) {
  auto environment = environment_of(game, root);
  const auto exe = exe_of(game, root);
  const auto mapped = mapped_files(game, root);
  if (!environment || !exe || !mapped) {
    if (!is_alive(game, root)) return fail(ExitCode::kFailure, fmt::format("process {} has ended", game.pid));
    return fail(ExitCode::kFailure,
                fmt::format("/proc/{}: environ, exe or maps cannot be read; run pitbridge as the user who "
                            "runs the game, outside of any sandbox",
                            game.pid));
  }
  const auto open = open_files(game, root);
  WineSession session;
  session.game = game;
  session.environment = std::move(*environment);
  const auto own = own_namespaces(root);
  const auto theirs = namespaces_of(game, root);
  session.shares_mounts = shares_our_files(game, root);
  session.shares_pids = own && theirs && own->pid == theirs->pid;
  session.is_fenced_off = !session.shares_mounts && !is_in_steams_container(game, root);
  session.prefix = prefix_from(session.environment);
  for (const FoundPath& loader : loader_candidates(*exe, *mapped)) {
    if (!is_program(path_from_here(session, loader.path, root))) continue;
    session.loader = loader;
    break;
  }
  for (const char* name : {"wineserver", "wineserver64"}) {
    const std::string path = parent_of(session.loader.path) + "/" + name;
    if (session.loader.path.empty() || !is_program(path_from_here(session, path, root))) continue;
    session.wineserver = path;
    break;
  }
  session.sync = sync_from(session.environment, *mapped, open);
  if (!session.prefix.path.empty()) find_server(session, *mapped, open, root);
  session.sandbox = sandbox_of(session, root);
  session.join_obstacle = join_obstacle_of(session, root);
  return session;
}

Expected<std::string> loader_for_joining(const ProcessId& game, const std::string& root) {
  const auto session = wine_session_of(game, root);
  if (!session) return tl::unexpected<Error>(session.error());
  if (!session->join_obstacle.empty()) return fail(ExitCode::kFailure, session->join_obstacle);
  return session->loader.path;
}

std::vector<BridgeVariable> environment_for_bridge(const WineSession& session) {
  VariableList list(session.environment);
  list.set("WINEPREFIX", session.prefix.path, "the game's prefix, by which Wine finds the wineserver");
  list.set("WINELOADER", session.loader.path, "Wine starts its own helpers with the same build");
  // Wine would run it if the server ended just now, so it is the one beside the loader, and none by hearsay.
  list.set("WINESERVER", session.wineserver, "the same build's server");
  const auto search_path = [&](std::string_view name) {
    const std::string value = value_or_empty(session.environment, name);
    return session.shares_mounts ? value : only_below(value, wine_root(session));
  };
  list.set("WINEDLLPATH", search_path("WINEDLLPATH"), "the libraries of the game's Wine");
  list.set("LD_LIBRARY_PATH", search_path("LD_LIBRARY_PATH"), "the Unix libraries of the game's Wine");
  list.copy("WINEARCH", "the kind of prefix");

  constexpr std::string_view kSameSync =
      "the server's sync mode; a process with another one dies at its start";
  const auto sync_variable = [&](SyncMode mode, std::string_view name) {
    const std::string value = value_or_empty(session.environment, name);
    // Found in use though no variable says so: then it must be said to the bridge.
    const bool must_say = value.empty() && session.sync.is_proven && session.sync.mode == mode;
    list.set(name, must_say ? std::string("1") : value, kSameSync);
  };
  sync_variable(SyncMode::kEsync, "WINEESYNC");
  sync_variable(SyncMode::kFsync, "WINEFSYNC");
  sync_variable(SyncMode::kNtsync, "WINENTSYNC");

  const std::string debug = value_or_empty(session.environment, "WINEDEBUG");
  list.set("WINEDEBUG", debug.empty() ? "-all" : debug, "no messages of Wine's unless the user wants them");
  list.copy("HOME", "where logs and configuration are");
  for (const auto& [name, value] : session.environment)
    if (name.starts_with("XDG_")) list.set(name, value, "where logs and configuration are");
  for (const char* name : {"LANG", "LC_ALL", "LC_CTYPE"}) list.copy(name, "letters in paths");
  std::string path = search_path("PATH");
  if (!session.shares_mounts) path += (path.empty() ? "" : ":") + std::string("/usr/bin:/bin");
  list.set("PATH", path, "a loader that is a shell script needs it");
  if (const auto app_id = app_id_from(session.environment))
    list.set("SteamAppId", std::to_string(*app_id), "the part [app.N] of the configuration");
  for (const auto& [name, value] : session.environment)
    if (name.starts_with("PITBRIDGE_")) list.set(name, value, "the bridge's own options");
  return list.take();
}

std::vector<std::string> environment_block(std::span<const BridgeVariable> variables) {
  std::vector<std::string> block;
  for (const BridgeVariable& variable : variables) block.push_back(variable.name + "=" + variable.value);
  return block;
}

}  // namespace pitbridge
