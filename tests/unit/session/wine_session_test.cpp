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

TEST(WineLoader, IsSoughtBestEvidenceFirst) {
  EXPECT_EQ(paths_of(loader_candidates({}, "/x/files/bin/wine64-preloader", {})),
            (Paths{"/x/files/bin/wine64", "/x/files/bin/wine"}));
  EXPECT_EQ(paths_of(loader_candidates({}, "/usr/lib/wine/wine64-preloader", {})),
            (Paths{"/usr/lib/wine/wine64", "/usr/lib/wine/wine"}));
  EXPECT_EQ(paths_of(loader_candidates({}, "/x/files/lib/wine/x86_64-unix/wine-preloader", {})),
            (Paths{"/x/files/bin/wine64", "/x/files/bin/wine", "/x/files/lib/wine/x86_64-unix/wine64",
                   "/x/files/lib/wine/x86_64-unix/wine"}));
  EXPECT_EQ(paths_of(loader_candidates({{"WINELOADER", "/w/bin/wine"}}, "", {})),
            (Paths{"/w/bin/wine64", "/w/bin/wine"}));
  EXPECT_EQ(paths_of(loader_candidates({{"WINELOADER", "wine"}}, "", {})), Paths{});
  EXPECT_EQ(paths_of(loader_candidates({}, "", {"/x/lib64/wine/x86_64-unix/ntdll.so (deleted)"})),
            (Paths{"/x/bin/wine64", "/x/bin/wine", "/x/lib64/wine/x86_64-unix/wine64",
                   "/x/lib64/wine/x86_64-unix/wine"}));
  EXPECT_EQ(paths_of(loader_candidates({{"STEAM_COMPAT_TOOL_PATHS", "/t/Proton/:/t/sniper"}}, "", {})),
            (Paths{"/t/Proton/files/bin/wine64", "/t/Proton/files/bin/wine", "/t/Proton/dist/bin/wine64",
                   "/t/Proton/dist/bin/wine"}));
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
  EXPECT_NE(found.join_obstacle.find("no Wine was found for process 100"), std::string::npos);
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
    process.mount_namespace = 77;
    process.sandbox_root = "/inside";
    return process;
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
  tree.file("/inside/run/host/container-manager", "pressure-vessel\n");
  const WineSession found = session(boxed());
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
  EXPECT_NE(found.join_obstacle.find(usual_server() + "/socket is another file, or none, outside"),
            std::string::npos)
      << found.join_obstacle;
  EXPECT_NE(found.join_obstacle.find("(Flatpak)"), std::string::npos);
}

TEST_F(PlantedSandbox, AnotherPrefixUnderTheSamePathIsNotJoined) {
  tree.directory(std::string("/inside") + kPrefix);
  tree.program("/inside" + std::string(kProton) + "/files/bin/wine");
  tree.socket("/inside" + server("/tmp/.wine-" + std::to_string(::geteuid()), "/inside") + "/socket");
  const WineSession found = session(boxed());
  EXPECT_EQ(found.loader.path, std::string(kProton) + "/files/bin/wine") << "sought inside";
  EXPECT_NE(found.join_obstacle.find(kPrefix), std::string::npos) << found.join_obstacle;
}

TEST_F(PlantedSandbox, SnapIsKnownByItsCgroup) {
  share_everything();
  PlantedProcess process = boxed();
  process.cgroup = "0::/user.slice/user-1000.slice/snap.steam.steam-1234.scope\n";
  EXPECT_EQ(session(process).sandbox, Sandbox::kSnap);
  process.pid = 101;
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
                         {"WINESERVERSOCKET", "5"},
                         {"PITBRIDGE_STAY", "1"},
                         {"SteamGameId", "244210"},
                         {"STEAM_COMPAT_DATA_PATH", "/"}};
  const auto all = environment_for_bridge(session);
  std::vector<std::string> names(all.size());
  std::transform(all.begin(), all.end(), names.begin(), [](const auto& variable) { return variable.name; });
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (Paths{"HOME", "LD_LIBRARY_PATH", "PITBRIDGE_STAY", "WINEDEBUG", "WINEFSYNC", "WINELOADER",
                          "WINEPREFIX", "WINESERVER", "XDG_RUNTIME_DIR"}));
  EXPECT_EQ(find(all, "WINEPREFIX")->value, "/p");
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
