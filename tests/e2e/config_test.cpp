// SPDX-License-Identifier: MIT
// config.toml under a real Wine: what it says holds, and what is wrong in it stops nothing.
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

class ConfiguredBridge : public WineRun {
 protected:
  using Environment = std::map<std::string, std::string>;

  /// The user's file, found as a user's is found.
  void configure(const std::string& text) const {
    const std::string directory = shm_path("pitbridge");
    ASSERT_TRUE(::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST);
    std::ofstream(path()) << text;
  }
  std::string path() const { return shm_path("pitbridge/config.toml"); }
  Process start(Environment environment = {}, const std::vector<std::string>& arguments = {}) {
    environment["PITBRIDGE_CONFIG_FILE"] = "";
    environment["XDG_CONFIG_HOME"] = shm_path();
    return start_bridge({.sim = "ac", .arguments = arguments, .environment = environment});
  }
  /// Permissions of the status page, which each bridge makes anew.
  unsigned mode_of_page() const {
    struct stat file = {};
    return ::stat(shm_path("pitbridge.ac").c_str(), &file) == 0 ? file.st_mode & 0777U : 0;
  }
  /// Runs a bridge until it has made its page, and takes the page away.
  unsigned mode_with(const Environment& environment, const std::vector<std::string>& arguments = {}) {
    Process bridge = start(environment, arguments);
    EXPECT_TRUE(becomes(BridgeState::kWaiting, "ac")) << bridge.output();
    const unsigned mode = mode_of_page();
    bridge.signal(SIGTERM);
    EXPECT_EQ(bridge.wait(), 0) << bridge.output();
    ::unlink(shm_path("pitbridge.ac").c_str());
    return mode;
  }
  std::uint64_t word_of(const std::string& name) const {
    std::ifstream file(shm_path(name), std::ios::binary);
    std::uint64_t word = 0;
    file.read(reinterpret_cast<char*>(&word), sizeof word);
    return word;
  }
  bool is_fed(const std::string& name) const {
    const std::uint64_t before = word_of(name);
    return eventually([&] { return word_of(name) > before; });
  }
};

TEST_F(ConfiguredBridge, MirrorsFurtherMappingsBesideTheSims) {
  configure("[sim.ac]\nextra_maps = [\"ToyTelemetry:5000\", 'Local\\ToyStatus::toys/status']\n");
  GameSetup setup = setup_of(*find_sim("ac"), find_sim("ac")->titles.front());
  setup.arguments.insert(setup.arguments.end(),
                         {"--map", "ToyTelemetry:5000", "--map", "Local\\ToyStatus:100"});
  Process game = start_game(setup);
  Process bridge = start();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  EXPECT_TRUE(is_fed("ToyTelemetry")) << bridge.output();
  EXPECT_TRUE(is_fed("toys/status")) << bridge.output();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_static"); }));
  const MirrorReading now = reading();
  ASSERT_TRUE(now.status);
  ASSERT_NE(now.status->find("toys/status"), nullptr) << "the status page names it";
  EXPECT_EQ(now.status->find("toys/status")->attached, 1U);

  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_EQ(word_of("ToyTelemetry"), 0U);
  EXPECT_EQ(word_of("toys/status"), 0U);
  EXPECT_TRUE(is_clear());
}

TEST_F(ConfiguredBridge, TakesEachValueFromTheNearestPlace) {
  configure("mode = \"640\"\n");
  EXPECT_EQ(mode_with({}), 0640U);
  configure(
      "mode = \"640\"\n[sim.ac]\nmode = \"644\"\n[app.42]\nmode = \"600\"\n[sim.rf2]\nmode = \"666\"\n");
  EXPECT_EQ(mode_with({}), 0644U) << "the sim's table";
  EXPECT_EQ(mode_with({{"SteamAppId", "42"}}), 0600U) << "the app's table";
  EXPECT_EQ(mode_with({{"SteamAppId", "42"}, {"PITBRIDGE_MODE", "604"}}), 0604U) << "a variable";
  EXPECT_EQ(mode_with({{"PITBRIDGE_MODE", "604"}}, {"--mode", "666"}), 0644U)
      << "an option; others never write the page";
}

TEST_F(ConfiguredBridge, ABrokenFileStopsNothing) {
  configure(
      "mode = \"644\"\nstai = true\n[sim.ac]\nextra_maps = [\"ToyTelemetry:5000\", \"Other::acpmf_static\"]\n"
      "profile = 3\n");
  GameSetup setup = setup_of(*find_sim("ac"), find_sim("ac")->titles.front());
  setup.arguments.insert(setup.arguments.end(), {"--map", "ToyTelemetry:5000"});
  Process game = start_game(setup);
  Process bridge = start();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  EXPECT_TRUE(is_fed("ToyTelemetry")) << "the good one of a list";
  EXPECT_EQ(mode_of_page(), 0644U) << "what is good in the file holds";
  for (const char* fault : {":2: unknown key \"stai\"; did you mean \"stay\"?",
                            ":4: two mappings go to the file \"acpmf_static\"; give one of them another",
                            ":5: profile must be a text between quotes"}) {
    const std::string line = "acbridge: error: " + path() + fault;
    const std::string output = bridge.output();
    const auto at = output.find(line);
    ASSERT_NE(at, std::string::npos) << line << "\n" << output;
    EXPECT_EQ(output.find(line, at + 1), std::string::npos) << "once";
  }
  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
}

TEST_F(ConfiguredBridge, AFileThatIsNoTomlStopsNothing) {
  configure("mode = \"644\"\n[sim.ac\nstay = true\n");
  Process game = start_game();
  Process bridge = start();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  EXPECT_NE(bridge.output().find(path() + ":2: "), std::string::npos) << bridge.output();
  EXPECT_EQ(mode_of_page(), 0600U) << "nothing of it holds";
  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
