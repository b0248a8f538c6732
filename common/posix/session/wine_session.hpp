// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/posix/session/processes.hpp"

/// The Wine session of a game: everything that a second Wine process must have in common with it to see its
/// named mappings. A session is a prefix and the wineserver that serves it.
namespace pitbridge {

/// By which means Wine's processes wait for each other. A process that joins with another mode than the
/// server's dies before its main (common/posix/session/README.md).
enum class SyncMode { kServer, kEsync, kFsync, kNtsync };
std::string_view sync_mode_name(SyncMode mode);

struct SyncFinding {
  SyncMode mode = SyncMode::kServer;
  bool is_proven = false;  ///< seen in the process's maps or descriptors, and not only in its variables
};

enum class Sandbox { kNone, kPressureVessel, kFlatpak, kSnap, kOther };
std::string_view sandbox_name(Sandbox sandbox);

/// A path of the session, and how it was found.
struct FoundPath {
  std::string path;    ///< as the game's own mount namespace has it; empty: not found
  std::string source;  ///< for people: "WINEPREFIX", "/proc/PID/exe", ...
};

struct WineSession {
  ProcessId game;
  Environment environment;  ///< the game's
  FoundPath prefix;
  FoundPath loader;        ///< the program that starts a bridge
  std::string wineserver;  ///< beside the loader; empty: not found
  SyncFinding sync;
  std::string server_directory;  ///< in which the wineserver listens; empty: there is no such prefix
  bool server_listens = false;   ///< its socket is there
  Sandbox sandbox = Sandbox::kNone;
  bool shares_mounts = true;  ///< a path is the same file to the game and to us
  bool shares_pids = true;
  /// It lives in a sandbox that Steam has not started out here: no other state of it will ever be joined.
  bool is_fenced_off = false;
  /// Why a Wine that is started out here may not, or would not, join this session; empty: it joins.
  std::string join_obstacle;
};

/// Fails when the process has gone, or does not let itself be read (another user's).
Expected<WineSession> wine_session_of(const ProcessId& game, const std::string& root = {});

/// The program that starts a bridge in the game's session, judged as it is now; else why none may be started.
/// Whatever is run for a game from out here is run by this.
Expected<std::string> loader_for_joining(const ProcessId& game, const std::string& root = {});

/// How we reach a path of the game's: as it is where the mounts are shared, else by /proc/PID/root.
std::string path_from_here(const WineSession& session, const std::string& path, const std::string& root = {});

/// A variable of a bridge, and what it is for.
struct BridgeVariable {
  std::string name;
  std::string value;
  std::string reason;
};
/// With exactly these variables a bridge that is started out here joins the session.
std::vector<BridgeVariable> environment_for_bridge(const WineSession& session);
/// As "NAME=VALUE", for execve.
std::vector<std::string> environment_block(std::span<const BridgeVariable> variables);

// The parts that read nothing.

FoundPath prefix_from(const Environment& environment);
/// Where the loader may be, by what the process executes and maps: variables are no evidence. Best first:
/// 64-bit before 32-bit, since bridges are 64-bit.
std::vector<FoundPath> loader_candidates(const std::string& exe, const std::vector<std::string>& mapped);
SyncFinding sync_from(const Environment& environment, const std::vector<std::string>& mapped,
                      const std::vector<std::string>& open);
/// "server-DEV-INODE" in Wine's own notation.
std::string server_directory_name(std::uint64_t prefix_device, std::uint64_t prefix_inode);

}  // namespace pitbridge
