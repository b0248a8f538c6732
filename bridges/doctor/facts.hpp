// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bridges/doctor/glibc_needs.hpp"
#include "common/core/decode/version.hpp"
#include "common/core/error.hpp"
#include "common/core/launch/bridge_kind.hpp"
#include "common/core/mirror/status_page.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/session/processes.hpp"
#include "common/posix/session/steam.hpp"
#include "common/posix/session/wine_process.hpp"
#include "common/posix/session/wine_session.hpp"
#include "common/posix/shm/lock_file.hpp"

/// All that `pitbridge doctor` knows when it judges: plain values, so that a test can plant each fault.
namespace pitbridge::doctor {

/// A path as lstat sees it.
struct PathFacts {
  bool exists = false;
  mode_t mode = 0;  ///< with the bits of the kind of file
  uid_t owner = 0;
  std::uint64_t device = 0, inode = 0, size_bytes = 0;

  bool is_same_file(const PathFacts& other) const {
    return exists && other.exists && device == other.device && inode == other.inode;
  }
};

struct ShmFacts {
  std::string directory;
  bool is_directory = false;
  bool is_writable = false;
  bool is_where_readers_look = false;       ///< it is /dev/shm, by whatever path
  std::optional<std::uint64_t> free_bytes;  ///< nothing: the system did not say
  /// $XDG_RUNTIME_DIR/.flatpak/com.valvesoftware.Steam/dev-shm; empty: there is none.
  std::string flatpak_directory;
  bool is_flatpak_directory = false;  ///< `directory` is that one
};

/// A file that readers of the sim look for.
struct FileFacts {
  std::string name;
  std::uint64_t wanted_bytes = 0;  ///< 0: it need not be there
  PathFacts outside;
  std::optional<PathFacts> inside;        ///< as the game sees the path; nothing: no game, or the same mounts
  std::optional<bool> is_held_by_bridge;  ///< nothing: the bridge's descriptors could not be looked at
};

enum class PageKind { kAbsent, kReadable, kForeign };
struct PageFacts {
  PageKind kind = PageKind::kAbsent;
  std::string why_foreign;
  bool is_locked = false;  ///< a living bridge holds it
  std::optional<NamedBridge>
      challenger;  ///< a bridge whose game has data, too, and which waits for the files
  std::optional<Status> first, second;
  double passed_s = 0;      ///< between the two
  std::int64_t now_ns = 0;  ///< CLOCK_MONOTONIC at the second
};

/// The game's own section, looked at through the bridge's descriptor.
struct SectionFacts {
  std::string file_name;
  std::optional<bool> has_changed;  ///< between the two readings; nothing: it could not be read
};

struct SteamFacts {
  std::vector<SteamInstallation> installations;
  /// Those of this sim's titles, and what Proton keeps of each, in the same order.
  std::vector<InstalledApp> apps;
  std::vector<std::optional<CompatData>> compat;
  std::vector<bool> proton_is_there;  ///< the directory that `compat` names; true where it names none
  bool is_in_flatpak = false;         ///< a pitbridge lies where Steam's Flatpak sees it
};

/// A Wine process that is no game: with a known app id, and an exe that no table knows; or a game's launcher.
struct StrangeExe {
  pid_t pid = 0;
  std::string exe_name;
};

/// A game that runs without Wine: its plugin writes the file of the readers itself.
struct NativeFacts {
  const Title* title = nullptr;
  pid_t pid = 0;
  std::string file;  ///< path
  bool file_is_there = false;
  std::string first_bytes;
  bool has_changed = false;  ///< between the two readings
};

/// The plugin of an installed game.
struct PluginFacts {
  const Title* title = nullptr;
  std::string name;
  std::string directory;               ///< in which it must lie
  std::vector<std::string> libraries;  ///< *.dll that lie there
  bool is_for_windows = true;          ///< the installed game has the directory of Windows' programs
};

struct GameFacts {
  RunningGame game;
  std::optional<WineSession> session;
  std::string why_no_session;
  PathFacts prefix;
  bool prefix_is_one = false;         ///< it holds a registry
  std::vector<pid_t> wineservers;     ///< that work in this session's directory
  bool has_own_shm = false;           ///< its /dev/shm is another than ours
  std::optional<GlibcVersion> glibc;  ///< of the libc that it has mapped
  /// Where a bridge that its launch options start writes; empty where nobody has chosen a directory.
  std::string bridge_directory;
};

struct BridgeFacts {
  RunningBridge bridge;
  std::string shm_directory;     ///< to which it writes, by its options, variables and config.toml
  std::string server_directory;  ///< of its session; empty: not known
  std::string prefix;
  std::string file;             ///< that it runs from; empty: not known
  bool holds_the_page = false;  ///< itself, or by its native half
  bool is_in_the_games_session = false;
  bool runs_the_installed_file = true;
};

/// The bridge's file, as installed and as staged for a container.
struct BridgeFileFacts {
  ChosenBridge chosen;    ///< which program serves the game that is looked at
  bool has_twin = false;  ///< a twin is installed too
  std::string installed;  ///< path; empty: `why_not_installed`
  std::string why_not_installed;
  ElfNeeds needs;
  std::string staged;  ///< path of this version's copy, whether or not it is there
  bool is_staged = false;
  bool staged_is_same = false;  ///< as the installed file, byte for byte
  std::vector<std::string> other_staged_versions;
  std::optional<bool>
      is_readable_inside;  ///< the copy, or the installed file where none is; nothing: no game
};

/// What became of "WINE BRIDGE --version" in the game's session.
struct TrialFacts {
  bool was_run = false;
  std::string why_not;             ///< where it was not run
  std::optional<int> exit_status;  ///< 128 + N for a signal; nothing: it did not end in time
  std::string output;              ///< its first line
};

/// What the files of a living bridge mean, by the tables of the title.
struct ValuesFacts {
  const Title* title = nullptr;  ///< null: not known
  TitleVersion version;
  std::vector<Quantity> implausible;
};

struct SimdFacts {
  std::vector<pid_t> pids;
  bool has_pid_file = false;
  std::string bridge_exe;  ///< SIMD_BRIDGE_EXE of the game; empty: not set
  bool bridge_exe_is_there = false;
  std::optional<pid_t> bridge_parent;          ///< of the bridge that holds the page
  std::string config = {};                     ///< the path of its simd.config; empty: there is none
  std::optional<std::size_t> comma_line = {};  ///< of a comma there that older versions of libconfig refuse
  std::optional<bool> takes_commas = {};       ///< whether the libconfig of the simd that runs takes it
};

struct Facts {
  const Sim* sim = nullptr;
  std::string program;  ///< the path of pitbridge itself
  bool watcher_runs = false;
  uid_t own_user = 0;
  std::vector<std::string> config_faults;
  ShmFacts shm;
  SteamFacts steam;
  std::vector<RunningGame> games;     ///< all of this sim
  std::optional<NativeFacts> native;  ///< where no game runs under Wine
  std::vector<PluginFacts> plugins;   ///< of the games that Steam has installed
  std::optional<GameFacts> game;      ///< the one that is looked at
  std::vector<StrangeExe> strange_exes;
  std::vector<StrangeExe> launchers;  ///< that run, of this sim's titles
  std::vector<BridgeFacts> bridges;   ///< of this sim, in the game's session or of this directory
  BridgeFileFacts bridge_file;
  GlibcVersion own_glibc;
  TrialFacts trial;
  PageFacts page;
  std::vector<SectionFacts> sections;
  ValuesFacts values;
  std::vector<FileFacts> files;
  SimdFacts simd;

  /// The holder's process that has the files open: of a twin its native half. 0: there is no holder.
  pid_t pid_with_the_files() const {
    return holder() != nullptr && page.first ? page.first->header.bridge_pid : 0;
  }
  /// The bridge that holds the status page; null: none does, or its process cannot be seen.
  const BridgeFacts* holder() const {
    for (const BridgeFacts& bridge : bridges)
      if (bridge.holds_the_page) return &bridge;
    return nullptr;
  }
  const WineSession* session() const { return game && game->session ? &*game->session : nullptr; }
};

}  // namespace pitbridge::doctor
