// SPDX-License-Identifier: MIT
#include "common/posix/session/sandbox_shm.hpp"

#include "common/posix/session/simd.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

constexpr const char* kRuntime = "/run/user/1000";
constexpr const char* kPerApp = "/run/user/1000/.flatpak/com.valvesoftware.Steam/dev-shm";

/// Steam as a Flatpak: the game has mounts of its own, and a prefix in the app's data.
class FlatpakTree : public testing::Test {
 protected:
  void SetUp() override {
    tree_.directory("/dev/shm");
    tree_.directory("/sandbox/dev");
    tree_.file("/sandbox/.flatpak-info",
               "[Application]\nname=com.valvesoftware.Steam\nruntime=x\n\n[Instance]\nname=no\n");
    tree_.directory("/sandbox/home/u/pfx");
    tree_.program("/sandbox/proton/files/bin/wine64");
  }
  /// As flatpak does it for an app with per-app-dev-shm: a link in the runtime directory to a directory of
  /// the host's /dev/shm, which is bound into the sandbox.
  void share_per_app() {
    tree_.directory("/dev/shm/flatpak-com.valvesoftware.Steam-4kvXXa");
    tree_.link(tree_.root() + "/dev/shm/flatpak-com.valvesoftware.Steam-4kvXXa", kPerApp);
    tree_.link(tree_.root() + "/dev/shm/flatpak-com.valvesoftware.Steam-4kvXXa", "/sandbox/dev/shm");
  }
  WineSession session() {
    const ProcessId game = tree_.process({.pid = 100,
                                          .environment = {"WINEPREFIX=/home/u/pfx"},
                                          .exe = "/proton/files/bin/wine64",
                                          .mount_namespace = 7,
                                          .sandbox_root = "/sandbox"});
    auto found = wine_session_of(game, tree_.root());
    EXPECT_TRUE(found) << found.error().message;
    return *found;
  }

  PlantedTree tree_;
};

TEST_F(FlatpakTree, TheAppsOwnDirectoryIsFoundOutHere) {
  share_per_app();
  const WineSession game = session();
  EXPECT_EQ(game.sandbox, Sandbox::kFlatpak);
  EXPECT_NE(game.join_obstacle, "") << "a Wine out here would start a second wineserver";
  EXPECT_EQ(directory_out_here(game, "/dev/shm", kRuntime, tree_.root()), kPerApp);
  const std::string advice = sandbox_advice(game, kPerApp, tree_.root());
  EXPECT_NE(advice.find("pitbridge %command%"), std::string::npos) << advice;
  EXPECT_NE(advice.find(std::string("PITBRIDGE_SHM_DIR=") + kPerApp), std::string::npos) << advice;
  EXPECT_EQ(advice.find("override"), std::string::npos) << advice;
}

TEST_F(FlatpakTree, AnOverrideSharesTheHostsOwnDirectory) {
  tree_.link(tree_.root() + "/dev/shm", "/sandbox/dev/shm");
  const WineSession game = session();
  EXPECT_EQ(directory_out_here(game, "/dev/shm", kRuntime, tree_.root()), "/dev/shm");
  const std::string advice = sandbox_advice(game, "/dev/shm", tree_.root());
  EXPECT_EQ(advice.find("PITBRIDGE_SHM_DIR"), std::string::npos) << advice;
}

TEST_F(FlatpakTree, APrivateDirectoryNeedsTheOverride) {
  tree_.directory("/sandbox/dev/shm");
  const WineSession game = session();
  EXPECT_EQ(directory_out_here(game, "/dev/shm", kRuntime, tree_.root()), "");
  EXPECT_NE(sandbox_advice(game, "", tree_.root())
                .find("flatpak override --user --device=shm com.valvesoftware.Steam"),
            std::string::npos);
}

TEST(SandboxShm, DirectoriesOfAllSandboxesAreFound) {
  const PlantedTree tree;
  EXPECT_TRUE(sandbox_shm_directories(kRuntime, tree.root()).empty());
  tree.directory(kPerApp);
  tree.directory("/run/user/1000/.flatpak/net.lutris.Lutris");  // without a /dev/shm of its own
  tree.directory("/dev/shm/snap.steam");
  tree.file("/dev/shm/snap.firefox.x", "a file of another kind of snap");
  EXPECT_EQ(sandbox_shm_directories(kRuntime, tree.root()),
            (std::vector<std::string>{kPerApp, "/dev/shm/snap.steam"}));
  EXPECT_EQ(sandbox_shm_directories("", tree.root()), std::vector<std::string>{"/dev/shm/snap.steam"});
}

TEST(SandboxShm, TheAppsNameIsThatOfTheApplication) {
  EXPECT_EQ(flatpak_app_from("[Instance]\nname=no\n[Application]\nname=org.x.Y"), "org.x.Y");
  EXPECT_EQ(flatpak_app_from("name=no\n"), "");
  EXPECT_EQ(flatpak_app_from(""), "");
}

class SimdTest : public testing::Test {
 protected:
  Environment game_ = {{"SIMD_BRIDGE_EXE", "/b/acbridge.exe.so"},
                       {"STEAM_COMPAT_DATA_PATH", "/c/244210"},
                       {"STEAM_COMPAT_TOOL_PATHS", "/proton"}};
  PlantedTree tree_;
  bool serves(const char* sim, const char* title) {
    return simd_serves(*find_sim(sim)->find_title(title), game_, "/home/u", tree_.root());
  }
};

TEST_F(SimdTest, ServesWhatItsUserHasAskedFor) {
  EXPECT_FALSE(serves("ac", "assetto_corsa")) << "without a configuration it starts no bridge";
  tree_.file("/home/u/.config/simd/simd.config", "configs = ();\n");
  EXPECT_TRUE(serves("ac", "assetto_corsa"));
  EXPECT_TRUE(serves("r3e", "raceroom"));
  EXPECT_FALSE(serves("lmu", "le_mans_ultimate")) << "it knows no bridge for this";
  game_.erase("SIMD_BRIDGE_EXE");
  EXPECT_FALSE(serves("ac", "assetto_corsa"));
}

TEST_F(SimdTest, IsFoundByItsName) {
  EXPECT_FALSE(find_simd(tree_.root()));
  const ProcessId simd = tree_.process({.pid = 50, .comm = "simd", .argv = {"simd"}, .exe = "/usr/bin/simd"});
  EXPECT_EQ(find_simd(tree_.root()), simd);
}

}  // namespace
}  // namespace pitbridge
