// SPDX-License-Identifier: MIT
// `pitbridge clean --all`: what pitbridge makes while a game runs goes again, and nothing else.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/e2e/launch_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class Clean : public LaunchRun {
 protected:
  /// All below the home, but for what Wine makes there.
  std::vector<std::string> tree() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(home())) all.push_back(entry.path());
    for (const auto& entry : fs::recursive_directory_iterator(shm_path())) all.push_back(entry.path());
    std::erase_if(all, [](const std::string& path) { return path.find("wine") != std::string::npos; });
    std::sort(all.begin(), all.end());
    return all;
  }
  Process clean_all() const {
    Process clean({.arguments = pitbridge({"clean", "--all"}), .environment = environment_of_home()});
    (void)clean.wait();
    return clean;
  }
  Variables environment_of_home() const {
    Variables all = desktop_with_prefix();
    all["XDG_RUNTIME_DIR"] = home() + "/run";
    all["PITBRIDGE_CONFIG_FILE"] = "";
    return all;
  }
};

TEST_F(Clean, AllLeavesTheHomeAsItWasAndRefusesWhileABridgeRuns) {
  fs::create_directories(home() + "/.config/pitbridge");
  fs::create_directories(home() + "/run");
  std::ofstream(home() + "/.config/pitbridge/config.toml") << "hz = 100\n";
  const auto before = tree();
  Process game = launch(pitbridge(wine_game()), environment_of_home());
  ASSERT_TRUE(becomes_live()) << game.output() << state_log();
  ASSERT_TRUE(fs::exists(staged()));
  {
    Process clean = clean_all();
    EXPECT_EQ(clean.wait(), 3);
    EXPECT_TRUE(clean.says("the bridge of ac runs")) << clean.output();
    EXPECT_TRUE(fs::exists(staged())) << "nothing is removed";
  }
  Process watch(
      {.arguments = pitbridge({"watch", "--prefix", "/nowhere"}), .environment = environment_of_home()});
  ASSERT_TRUE(eventually([&] { return fs::exists(home() + "/run/pitbridge/watch.json"); })) << watch.output();
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0) << game.output();
  ASSERT_TRUE(has_gone("acbridge.exe.so") && has_gone("pb-attendant"));
  {
    Process clean = clean_all();
    EXPECT_EQ(clean.wait(), 3);
    EXPECT_TRUE(clean.says("pitbridge watch runs")) << clean.output();
  }
  watch.signal(SIGTERM);
  EXPECT_EQ(watch.wait(), 0) << watch.output();
  Process clean = clean_all();
  EXPECT_EQ(clean.wait(), 0) << clean.output();
  EXPECT_EQ(tree(), before) << clean.output();
  EXPECT_TRUE(clean.says("kept " + home() + "/.config/pitbridge/config.toml")) << clean.output();
}

}  // namespace
}  // namespace pitbridge::e2e
