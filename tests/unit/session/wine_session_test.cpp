// SPDX-License-Identifier: MIT
#include "common/posix/session/wine_session.hpp"

#include <algorithm>

#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

using Paths = std::vector<std::string>;

constexpr const char* kProton = "/home/u/Steam/steamapps/common/Proton 9.0";

Paths paths_of(const std::vector<FoundPath>& found) {
  Paths paths;
  for (const FoundPath& path : found) paths.push_back(path.path);
  return paths;
}

const BridgeVariable* find(const std::vector<BridgeVariable>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& v) { return v.name == name; });
  return found == all.end() ? nullptr : &*found;
}

TEST(WinePrefix, IsTakenInWinesOwnOrder) {
  EXPECT_EQ(prefix_from({{"WINEPREFIX", "/p/pfx/"}, {"HOME", "/h"}}).path, "/p/pfx");
  EXPECT_EQ(prefix_from({{"STEAM_COMPAT_DATA_PATH", "/c/244210/"}, {"HOME", "/h"}}).path, "/c/244210/pfx");
  EXPECT_EQ(prefix_from({{"WINEPREFIX", ""}, {"HOME", "/h"}}).path, "/h/.wine");
  EXPECT_EQ(prefix_from({{"HOME", "/h"}}).source, "HOME");
  EXPECT_EQ(prefix_from({}).path, "");
  EXPECT_EQ(prefix_from({{"WINEPREFIX", "/"}}).path, "/");
}

TEST(WineLoader, IsSoughtByWhatTheProcessExecutesAndMaps) {
  EXPECT_EQ(paths_of(loader_candidates("/x/files/bin/wine64-preloader", {})),
            (Paths{"/x/files/bin/wine64", "/x/files/bin/wine"}));
  EXPECT_EQ(paths_of(loader_candidates("/usr/lib/wine/wine64-preloader", {})),
            (Paths{"/usr/lib/wine/wine64", "/usr/lib/wine/wine"}));
  EXPECT_EQ(paths_of(loader_candidates("/x/files/lib/wine/x86_64-unix/wine-preloader", {})),
            (Paths{"/x/files/bin/wine64", "/x/files/bin/wine", "/x/files/lib/wine/x86_64-unix/wine64",
                   "/x/files/lib/wine/x86_64-unix/wine"}));
  EXPECT_EQ(paths_of(loader_candidates("", {"/x/lib64/wine/x86_64-unix/ntdll.so (deleted)"})),
            (Paths{"/x/bin/wine64", "/x/bin/wine", "/x/lib64/wine/x86_64-unix/wine64",
                   "/x/lib64/wine/x86_64-unix/wine"}));
  EXPECT_EQ(paths_of(loader_candidates("/usr/bin/box64", {"/x/lib/wine/x86_64-unix/ntdll.so"})).front(),
            "/x/bin/wine64")
      << "what lies beside an emulator is another Wine";
}

TEST(WineSync, FollowsTheEvidenceAndThenTheVariables) {
  const Environment fsync = {{"WINEESYNC", "1"}, {"WINEFSYNC", "1"}};
  EXPECT_EQ(sync_from(fsync, {}, {"/dev/ntsync"}).mode, SyncMode::kNtsync);
  EXPECT_EQ(sync_from(fsync, {}, {"anon_inode:ntsync"}).mode, SyncMode::kNtsync);
  const auto proven = sync_from({}, {"/dev/shm/wine-a74003-fsync (deleted)"}, {});
  EXPECT_EQ(proven.mode, SyncMode::kFsync);
  EXPECT_TRUE(proven.is_proven);
  EXPECT_EQ(sync_from(fsync, {"/dev/shm/wine-a74003-esync"}, {}).mode, SyncMode::kEsync);
  EXPECT_EQ(sync_from({}, {}, {"/dev/shm/wine-a74003-esync"}).mode, SyncMode::kEsync);
  EXPECT_EQ(sync_from(fsync, {}, {}).mode, SyncMode::kFsync);
  EXPECT_FALSE(sync_from(fsync, {}, {}).is_proven);
  EXPECT_EQ(sync_from({{"WINEESYNC", "1"}}, {}, {}).mode, SyncMode::kEsync);
  EXPECT_EQ(sync_from({{"WINENTSYNC", "1"}, {"WINEFSYNC", "1"}}, {}, {}).mode, SyncMode::kNtsync);
  EXPECT_EQ(sync_from({{"PROTON_USE_NTSYNC", "1"}}, {}, {}).mode, SyncMode::kNtsync);
  EXPECT_EQ(sync_from({{"PROTON_USE_NTSYNC", "1"}, {"PROTON_NO_NTSYNC", "1"}}, {}, {}).mode,
            SyncMode::kServer);
  EXPECT_EQ(sync_from({{"WINEFSYNC", "1"}, {"PROTON_NO_FSYNC", "1"}}, {}, {}).mode, SyncMode::kServer);
  EXPECT_EQ(sync_from({{"WINEESYNC", "1"}, {"PROTON_NO_ESYNC", "1"}}, {}, {}).mode, SyncMode::kServer);
  EXPECT_EQ(sync_from({{"WINEESYNC", "0"}, {"WINEFSYNC", ""}}, {}, {}).mode, SyncMode::kServer);
  EXPECT_EQ(sync_from({}, {"/home/u/wine-x-fsync", "/dev/shm/wine-x-fsync.txt"}, {}).mode, SyncMode::kServer);
}

TEST(WineServer, DirectoryIsNamedByThePrefix) {
  // Recorded: `stat -c '%D %i'` and the directory beside it.
  EXPECT_EQ(server_directory_name(0xfe00, 10960899), "server-fe00-a74003");
}

/// A tree with one game of Proton, unless a test plants another.
class PlantedSession : public ::testing::Test {
 protected:
  static constexpr const char* kPrefix = "/home/u/compat/244210/pfx";

  PlantedSession() {
    tree.directory(kPrefix);
    tree.program(std::string(kProton) + "/files/bin/wine");
    tree.program(std::string(kProton) + "/files/bin/wine64");
    tree.program(std::string(kProton) + "/files/bin/wineserver");
  }
  PlantedProcess game() const {
    return {.environment = {"WINEPREFIX=" + std::string(kPrefix) + "/", "HOME=/home/u", "WINEFSYNC=1",
                            "SteamAppId=244210", "LD_PRELOAD=/x/gameoverlayrenderer.so"},
            .exe = std::string(kProton) + "/files/bin/wine64-preloader"};
  }
  std::string server(const std::string& base, const std::string& sandbox_root = {}) const {
    const auto prefix = stat_of(tree.root() + sandbox_root + kPrefix);
    return base + "/" + server_directory_name(prefix.st_dev, prefix.st_ino);
  }
  std::string usual_server() const { return server("/tmp/.wine-" + std::to_string(::geteuid())); }
  WineSession session(const PlantedProcess& process) const {
    const auto found = wine_session_of(tree.process(process), tree.root());
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : WineSession{};
  }

  PlantedTree tree;
};

TEST_F(PlantedSession, OfProtonIsWhole) {
  tree.socket(usual_server() + "/socket");
  const WineSession found = session(game());
  EXPECT_EQ(found.prefix.path, kPrefix);
  EXPECT_EQ(found.loader.path, std::string(kProton) + "/files/bin/wine64");
  EXPECT_EQ(found.loader.source, "/proc/PID/exe");
  EXPECT_EQ(found.wineserver, std::string(kProton) + "/files/bin/wineserver");
  EXPECT_EQ(found.sync.mode, SyncMode::kFsync);
  EXPECT_EQ(found.server_directory, usual_server());
  EXPECT_TRUE(found.server_listens);
  EXPECT_EQ(found.sandbox, Sandbox::kNone);
  EXPECT_EQ(found.join_obstacle, "");
}

TEST_F(PlantedSession, WithoutTheServersSocketSaysSo) {
  tree.file(usual_server() + "/socket", "a plain file");
  const WineSession found = session(game());
  EXPECT_FALSE(found.server_listens);
  EXPECT_EQ(found.join_obstacle, "no wineserver listens in " + usual_server());
}

TEST_F(PlantedSession, OfDebiansWineFindsTheRandomDirectory) {
  tree.file(std::string(kPrefix) + "/wineserver", "wine-3W7qvw");
  tree.socket(server("/tmp/wine-3W7qvw") + "/socket");
  EXPECT_EQ(session(game()).server_directory, server("/tmp/wine-3W7qvw"));
}

TEST_F(PlantedSession, TakesNoPathFromThePrefixsNote) {
  tree.file(std::string(kPrefix) + "/wineserver", "wine-x/../../home/u");
  tree.directory("/tmp/wine-x");
  tree.socket(server("/home/u") + "/socket");
  tree.socket(usual_server() + "/socket");
  EXPECT_EQ(session(game()).server_directory, usual_server());
}

TEST_F(PlantedSession, FindsTheServerByTheGamesOwnSections) {
  PlantedProcess process = game();
  const std::string odd = server("/somewhere/else");
  process.maps = "1-2 rw-s 0 fe:00 7   " + odd + "/tmpmap-53ab873b (deleted)\n";
  tree.socket(odd + "/socket");
  tree.socket(usual_server() + "/socket");
  EXPECT_EQ(session(process).server_directory, odd);
}

TEST_F(PlantedSession, WithoutItsPrefixSaysSo) {
  PlantedProcess process = game();
  process.environment = {"WINEPREFIX=/gone"};
  const WineSession found = session(process);
  EXPECT_EQ(found.server_directory, "");
  EXPECT_EQ(found.join_obstacle, "there is no prefix /gone (from WINEPREFIX)");
}

TEST_F(PlantedSession, WithoutALoaderSaysSo) {
  PlantedProcess process = game();
  process.exe = "/nowhere/bin/wine64-preloader";
  const WineSession found = session(process);
  EXPECT_EQ(found.loader.path, "");
  EXPECT_EQ(found.wineserver, "");
  EXPECT_NE(found.join_obstacle.find("no wine or wine64 was found beside what process 100 executes"),
            std::string::npos);
}

TEST_F(PlantedSession, TakesNoLoaderAndNoServerFromVariables) {
  tree.socket(usual_server() + "/socket");
  for (const char* name : {"wine", "wine64", "wineserver"}) {
    tree.program(std::string("/claimed/bin/") + name);
    tree.program(std::string("/claimed/files/bin/") + name);
  }
  PlantedProcess process = game();
  for (const char* claim : {"WINELOADER=/claimed/bin/wine", "WINESERVER=/claimed/bin/wineserver",
                            "STEAM_COMPAT_TOOL_PATHS=/claimed"})
    process.environment.emplace_back(claim);
  const WineSession found = session(process);
  EXPECT_EQ(found.loader.path, std::string(kProton) + "/files/bin/wine64");
  EXPECT_EQ(find(environment_for_bridge(found), "WINESERVER")->value,
            std::string(kProton) + "/files/bin/wineserver");
  process.pid = 101;
  process.exe = "/nowhere/bin/wine64";
  EXPECT_EQ(session(process).loader.path, "");
  EXPECT_FALSE(loader_for_joining({101, process.start_ticks}, tree.root()));
}

TEST_F(PlantedSession, ThatCannotShowItsNamespaceIsForeign) {
  tree.socket(usual_server() + "/socket");
  const ProcessId id = tree.process(game());
  ASSERT_TRUE(loader_for_joining(id, tree.root()));
  std::filesystem::remove(tree.root() + "/proc/100/ns/mnt");
  EXPECT_FALSE(loader_for_joining(id, tree.root()));
}

TEST_F(PlantedSession, WithARootOfItsOwnIsForeign) {
  tree.socket(usual_server() + "/socket");
  tree.directory("/jail");
  PlantedProcess process = game();
  process.sandbox_root = "/jail";
  EXPECT_TRUE(session(process).is_fenced_off) << "chroot, in our own mount namespace";
}

TEST_F(PlantedSession, SurvivesAnEmptyEnvironment) {
  PlantedProcess process = game();
  process.environment = {};
  const WineSession found = session(process);
  EXPECT_EQ(found.prefix.path, "");
  EXPECT_NE(found.join_obstacle, "");
  EXPECT_EQ(find(environment_for_bridge(found), "WINEPREFIX"), nullptr);
}

TEST_F(PlantedSession, OfAProcessThatHasEndedIsAnError) {
  ProcessId id = tree.process(game());
  ++id.start_ticks;
  const auto found = wine_session_of(id, tree.root());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "process 100 has ended");
}

TEST_F(PlantedSession, OfAProcessThatCannotBeReadIsAnErrorWithTheRemedy) {
  PlantedProcess process = game();
  process.exe = "";
  const auto found = wine_session_of(tree.process(process), tree.root());
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("run pitbridge as the user who runs the game"), std::string::npos);
}

/// A game in a mount namespace of its own, whose root is /inside.
class PlantedSandbox : public PlantedSession {
 protected:
  PlantedProcess boxed() const {
    PlantedProcess process = game();
    process.mount_namespace = kInside;
    process.sandbox_root = "/inside";
    process.parent = 99;
    return process;
  }
  static constexpr std::uint64_t kInside = 77;
  /// Started before the game, by a process that is not there unless a test plants it.
  static PlantedProcess ancestor(pid_t pid, pid_t parent, const Paths& argv) {
    PlantedProcess process;
    process.pid = pid;
    process.parent = parent;
    process.start_ticks = static_cast<std::uint64_t>(4900 + pid);
    process.argv = argv;
    process.comm = "ancestor";
    process.exe = argv.front();
    return process;
  }
  static PlantedProcess inside(PlantedProcess process) {
    process.mount_namespace = kInside;
    process.sandbox_root = "/inside";
    return process;
  }
  static PlantedProcess reaper(pid_t pid = 10) {
    return ancestor(pid, 1,
                    {"/home/u/Steam/ubuntu12_32/reaper", "SteamLaunch", "AppId=244210", "--",
                     "/home/u/Steam/SteamLinuxRuntime_sniper/_v2-entry-point", "--", "proton", "run"});
  }
  /// reaper, bwrap out here; Proton's script inside, as in Steam's own chain.
  void plant_steams_chain() const {
    (void)tree.process(reaper());
    (void)tree.process(ancestor(20, 10, {"/usr/libexec/srt-bwrap", "--args", "24"}));
    (void)tree.process(inside(ancestor(99, 20, {"/usr/bin/python3", "proton", "run"})));
  }
  /// What the sandbox shares is one and the same file, as by a bind mount.
  void share(const std::string& path) const {
    tree.directory("/inside" + path.substr(0, path.rfind('/')));
    tree.link(tree.root() + path, "/inside" + path);
  }
  void share_everything() const {
    tree.socket(usual_server() + "/socket");
    share("/home");
    share("/tmp");
  }
};

TEST_F(PlantedSandbox, PressureVesselSharesWhatAJoinNeeds) {
  share_everything();
  plant_steams_chain();
  tree.file("/inside/run/host/container-manager", "pressure-vessel\n");
  const WineSession found = session(boxed());
  EXPECT_FALSE(found.is_fenced_off);
  EXPECT_TRUE(loader_for_joining(found.game, tree.root()));
  EXPECT_EQ(found.sandbox, Sandbox::kPressureVessel);
  EXPECT_FALSE(found.shares_mounts);
  EXPECT_TRUE(found.shares_pids);
  EXPECT_EQ(found.join_obstacle, "");
  EXPECT_EQ(path_from_here(found, "/usr"), "/proc/100/root/usr");
}

TEST_F(PlantedSandbox, FlatpakHasAServerOfItsOwn) {
  tree.file("/inside/.flatpak-info", "[Application]\nname=com.valvesoftware.Steam\n");
  tree.directory("/inside/run/pressure-vessel");
  share("/home");
  tree.socket("/inside" + usual_server() + "/socket");
  PlantedProcess process = boxed();
  process.pid_namespace = 78;
  const WineSession found = session(process);
  EXPECT_EQ(found.sandbox, Sandbox::kFlatpak);
  EXPECT_FALSE(found.shares_pids);
  EXPECT_TRUE(found.server_listens) << "seen inside";
  EXPECT_TRUE(found.is_fenced_off);
  EXPECT_NE(found.join_obstacle.find("sandbox (Flatpak)"), std::string::npos) << found.join_obstacle;
}

TEST_F(PlantedSandbox, AServerOfItsOwnIsNotTakenForOurs) {
  plant_steams_chain();
  share("/home");
  tree.socket("/inside" + usual_server() + "/socket");
  const WineSession found = session(boxed());
  EXPECT_FALSE(found.is_fenced_off);
  EXPECT_NE(found.join_obstacle.find(usual_server() + "/socket is another file, or none, outside"),
            std::string::npos)
      << found.join_obstacle;
}

TEST_F(PlantedSandbox, AnotherPrefixUnderTheSamePathIsNotJoined) {
  plant_steams_chain();
  tree.directory(std::string("/inside") + kPrefix);
  tree.program("/inside" + std::string(kProton) + "/files/bin/wine");
  tree.socket("/inside" + server("/tmp/.wine-" + std::to_string(::geteuid()), "/inside") + "/socket");
  const WineSession found = session(boxed());
  EXPECT_EQ(found.loader.path, std::string(kProton) + "/files/bin/wine") << "sought inside";
  EXPECT_NE(found.join_obstacle.find(kPrefix), std::string::npos) << found.join_obstacle;
}

/// Ancestors that are no proof of a Steam container out here.
struct FalseProof {
  const char* name;
  void (*plant)(const PlantedTree& tree);
};

class NoSteamContainer : public PlantedSandbox, public ::testing::WithParamInterface<FalseProof> {
 public:
  using PlantedSandbox::ancestor;
  using PlantedSandbox::inside;
  using PlantedSandbox::reaper;
};

/// All that a join needs is shared at the same path, and whatever a process can say of itself says Steam.
TEST_P(NoSteamContainer, IsNeverJoinedWhateverItClaims) {
  share_everything();
  PlantedProcess process = boxed();
  process.maps = "1-2 r-xp 0 fe:00 7   " + std::string(kProton) + "/files/lib/wine/x86_64-unix/ntdll.so\n";
  for (const char* claim :
       {"STEAM_COMPAT_TOOL_PATHS=/home/u/Steam/steamapps/common/Proton 9.0", "WINELOADER=/home/u/wine",
        "STEAM_COMPAT_APP_ID=244210", "container=pressure-vessel"})
    process.environment.emplace_back(claim);
  GetParam().plant(tree);
  const ProcessId id = tree.process(process);
  // Each kind of sandbox in its turn: the order of the questions must not matter.
  for (const char* sign : {"", "/inside/run/host/container-manager", "/inside/.flatpak-info"}) {
    if (*sign != '\0') tree.file(sign, "pressure-vessel\n");
    const auto found = wine_session_of(id, tree.root());
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->is_fenced_off) << sign;
    EXPECT_NE(found->join_obstacle.find("nothing of a sandbox is run outside"), std::string::npos)
        << found->join_obstacle;
    EXPECT_FALSE(loader_for_joining(id, tree.root())) << sign;
  }
}

INSTANTIATE_TEST_SUITE_P(
    By, NoSteamContainer,
    ::testing::Values(
        FalseProof{"NoAncestor", [](const PlantedTree&) {}},
        FalseProof{"AReaperInside",
                   [](const PlantedTree& tree) {
                     (void)tree.process(NoSteamContainer::ancestor(20, 1, {"/usr/bin/bwrap"}));
                     PlantedProcess reaper = NoSteamContainer::inside(NoSteamContainer::reaper(99));
                     reaper.parent = 20;
                     (void)tree.process(reaper);
                   }},
        FalseProof{"AReaperWithoutAContainer",
                   [](const PlantedTree& tree) {
                     PlantedProcess reaper = NoSteamContainer::reaper(99);
                     reaper.argv = {"reaper", "SteamLaunch", "AppId=1", "--", "flatpak", "run", "x"};
                     (void)tree.process(reaper);
                   }},
        FalseProof{"AnotherProgramThatIsCalledReaper",
                   [](const PlantedTree& tree) {
                     PlantedProcess reaper = NoSteamContainer::reaper(99);
                     reaper.argv[1] = "song.rpp";
                     (void)tree.process(reaper);
                   }},
        FalseProof{"AnotherProgramWithTheArgumentsOfReaper",
                   [](const PlantedTree& tree) {
                     PlantedProcess reaper = NoSteamContainer::reaper(99);
                     reaper.exe = "/usr/bin/bwrap";
                     (void)tree.process(reaper);
                   }},
        FalseProof{"ASandboxWithinTheContainer",
                   [](const PlantedTree& tree) {
                     (void)tree.process(NoSteamContainer::reaper());
                     PlantedProcess between = NoSteamContainer::ancestor(99, 10, {"/usr/bin/bwrap"});
                     between.mount_namespace = 78;
                     (void)tree.process(between);
                   }},
        FalseProof{"AReaperOfAnotherSandbox",
                   [](const PlantedTree& tree) {
                     PlantedProcess reaper = NoSteamContainer::reaper(99);
                     reaper.mount_namespace = 79;
                     (void)tree.process(reaper);
                   }},
        FalseProof{"AReaperThatIsYoungerThanItsChild",
                   [](const PlantedTree& tree) {
                     PlantedProcess reaper = NoSteamContainer::reaper(99);
                     reaper.start_ticks = 6000;
                     (void)tree.process(reaper);
                   }},
        FalseProof{
            "AnEditorOfUmuRun",
            [](const PlantedTree& tree) {
              (void)tree.process(NoSteamContainer::ancestor(99, 1, {"/usr/bin/nano", "/usr/bin/umu-run"}));
            }},
        FalseProof{"ALoop",
                   [](const PlantedTree& tree) {
                     (void)tree.process(NoSteamContainer::ancestor(98, 99, {"/bin/a"}));
                     PlantedProcess loop = NoSteamContainer::ancestor(99, 98, {"/bin/b"});
                     loop.start_ticks = 4998;
                     (void)tree.process(loop);
                   }}),
    [](const auto& proof) { return std::string(proof.param.name); });

TEST_F(PlantedSandbox, UmusContainerIsSteams) {
  share_everything();
  (void)tree.process(ancestor(10, 1, {"/usr/bin/python3", "-I", "/usr/bin/umu-run", "acs.exe"}));
  (void)tree.process(ancestor(20, 10, {"/usr/libexec/srt-bwrap", "--args", "24"}));
  (void)tree.process(inside(ancestor(99, 20, {"/usr/bin/python3", "proton", "run"})));
  EXPECT_EQ(session(boxed()).join_obstacle, "");
}

TEST_F(PlantedSandbox, SnapIsKnownByItsCgroup) {
  share_everything();
  PlantedProcess process = boxed();
  process.cgroup = "0::/user.slice/user-1000.slice/snap.steam.steam-1234.scope\n";
  EXPECT_EQ(session(process).sandbox, Sandbox::kSnap);
  process.pid = 101;
  process.sandbox_root = "";
  process.mount_namespace = 1;  // started from a snapped terminal, but not in its sandbox
  EXPECT_EQ(session(process).sandbox, Sandbox::kNone);
}

TEST(BridgeEnvironment, HoldsExactlyWhatJoins) {
  WineSession session;
  session.prefix.path = "/p";
  session.loader.path = "/x/files/bin/wine";
  session.wineserver = "/x/files/bin/wineserver";
  session.environment = {{"WINEPREFIX", "/p/"},
                         {"HOME", "/h"},
                         {"XDG_RUNTIME_DIR", "/run/u"},
                         {"LD_LIBRARY_PATH", "/x/files/lib:/other"},
                         {"WINEFSYNC", "1"},
                         {"LD_PRELOAD", "/overlay.so"},
                         {"WINELOADERNOEXEC", "1"},
                         {"WINESERVER", "/claimed"},
                         {"WINESERVERSOCKET", "5"},
                         {"PITBRIDGE_STAY", "1"},
                         {"SteamGameId", "244210"},
                         {"STEAM_COMPAT_DATA_PATH", "/"}};
  const auto all = environment_for_bridge(session);
  std::vector<std::string> names(all.size());
  std::transform(all.begin(), all.end(), names.begin(), [](const auto& variable) { return variable.name; });
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (Paths{"HOME", "LD_LIBRARY_PATH", "PITBRIDGE_STAY", "SteamAppId", "WINEDEBUG", "WINEFSYNC",
                          "WINELOADER", "WINEPREFIX", "WINESERVER", "XDG_RUNTIME_DIR"}));
  EXPECT_EQ(find(all, "SteamAppId")->value, "244210") << "of whichever variable says it";
  EXPECT_EQ(find(all, "WINEPREFIX")->value, "/p");
  EXPECT_EQ(find(all, "WINESERVER")->value, "/x/files/bin/wineserver");
  EXPECT_EQ(find(all, "WINEDEBUG")->value, "-all");
  EXPECT_EQ(find(all, "LD_LIBRARY_PATH")->value, "/x/files/lib:/other");
  for (const BridgeVariable& variable : all) EXPECT_FALSE(variable.reason.empty()) << variable.name;
  const auto block = environment_block(all);
  EXPECT_NE(std::find(block.begin(), block.end(), "WINEPREFIX=/p"), block.end());
}

TEST(BridgeEnvironment, LeavesAContainersLibrariesInTheContainer) {
  WineSession session;
  session.shares_mounts = false;
  session.loader.path = "/x/files/bin/wine";
  session.environment = {
      {"LD_LIBRARY_PATH", "/usr/lib/pressure-vessel/overrides/lib:/x/files/lib::/x/filesystem"},
      {"WINEDLLPATH", "/x/files/lib/vkd3d:/x/files/lib/wine"},
      {"WINEDEBUG", "+seh"}};
  const auto all = environment_for_bridge(session);
  EXPECT_EQ(find(all, "LD_LIBRARY_PATH")->value, "/x/files/lib");
  EXPECT_EQ(find(all, "WINEDLLPATH")->value, "/x/files/lib/vkd3d:/x/files/lib/wine");
  EXPECT_EQ(find(all, "WINEDEBUG")->value, "+seh");
}

TEST(BridgeEnvironment, SaysTheSyncModeThatWasFoundInUse) {
  WineSession session;
  session.sync = {SyncMode::kFsync, true};
  EXPECT_EQ(find(environment_for_bridge(session), "WINEFSYNC")->value, "1");
  session.sync = {SyncMode::kEsync, true};
  EXPECT_EQ(find(environment_for_bridge(session), "WINEESYNC")->value, "1");
  EXPECT_EQ(find(environment_for_bridge(session), "WINEFSYNC"), nullptr);
  session.sync = {SyncMode::kServer, false};
  EXPECT_EQ(find(environment_for_bridge(session), "WINEESYNC"), nullptr);
}

}  // namespace
}  // namespace pitbridge
