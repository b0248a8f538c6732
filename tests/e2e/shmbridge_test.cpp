// SPDX-License-Identifier: MIT
// The generic bridge under a real Wine: any mapping to a file, and a file to a mapping.
#include <fcntl.h>
#include <sys/mman.h>

#include <csignal>
#include <cstring>
#include <fstream>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

class Shmbridge : public WineRun {
 protected:
  Process start(const std::vector<std::string>& arguments,
                const std::map<std::string, std::string>& environment = {}) {
    return start_bridge({.sim = "shm", .arguments = arguments, .environment = environment});
  }
  /// The first 8 bytes of a mirrored file.
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
  GameSetup toy() const {
    return {"toy.exe", {"--sim", "none", "--map", "ToyTelemetry:5000", "--map", "Local\\ToyStatus:100"}};
  }
};

TEST_F(Shmbridge, MirrorsAnyMapping) {
  Process game = start_game(toy());
  Process bridge = start({"ToyTelemetry", "Local\\ToyStatus:100:toys/status"});
  EXPECT_TRUE(is_fed("ToyTelemetry")) << bridge.output();
  EXPECT_TRUE(is_fed("toys/status")) << bridge.output();
  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_EQ(word_of("ToyTelemetry"), 0U);
}

TEST_F(Shmbridge, TakesMappingsFromTheEnvironmentAndTheConfigFile) {
  Process game = start_game(toy());
  Process by_environment = start({"--name", "a"}, {{"PITBRIDGE_MAP", "ToyTelemetry:5000"}});
  EXPECT_TRUE(is_fed("ToyTelemetry")) << by_environment.output();
  std::ofstream(shm_path("config.toml")) << "[shmbridge]\nmaps = [\"Local\\\\ToyStatus:100\"]\n";
  Process by_config = start({"--name", "b"}, {{"PITBRIDGE_CONFIG_FILE", shm_path("config.toml")}});
  EXPECT_TRUE(is_fed("ToyStatus")) << by_config.output();
}

TEST_F(Shmbridge, AFileBecomesAMapping) {
  // The native side's file, then the game's view of the same pages, both ways at once.
  Process bridge = start({"--to-wine", "ToyTelemetry:5000"});
  ASSERT_TRUE(bridge.says("is now the mapping")) << bridge.output();
  Process game = start_game(toy());  // its CreateFileMapping gets ours
  EXPECT_TRUE(is_fed("ToyTelemetry")) << "what the game writes is in the file itself";
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0);
  EXPECT_TRUE(is_fed("ToyTelemetry")) << "the game goes on with the pages";
}

TEST_F(Shmbridge, ALateFileIsRefused) {
  Process game = start_game(toy());
  Process bridge = start({"--to-wine", "ToyTelemetry:5000"});
  EXPECT_EQ(bridge.wait(), 1);
  EXPECT_TRUE(bridge.says("before it")) << bridge.output();
}

struct BadCase {
  const char* name;
  std::vector<std::string> arguments;
  const char* message;
};
class BadMap : public Shmbridge, public ::testing::WithParamInterface<BadCase> {};

TEST_P(BadMap, IsRefusedWithTheRemedy) {
  Process bridge = start(GetParam().arguments);
  EXPECT_EQ(bridge.wait(), 2) << bridge.output();
  EXPECT_NE(bridge.output().find(GetParam().message), std::string::npos) << bridge.output();
}

INSTANTIATE_TEST_SUITE_P(Shmbridge, BadMap,
                         ::testing::Values(BadCase{"Nothing", {}, "PITBRIDGE_MAP"},
                                           BadCase{"NoNumber", {"Toy:big"}, "number of bytes"},
                                           BadCase{"TooMuch", {"Toy:99999999999"}, "number of bytes"},
                                           BadCase{"TwoSlashes", {"Toy:10:a/b/c"}, "more than one slash"},
                                           BadCase{"Parent", {"Toy:10:../x"}, "\"..\""},
                                           BadCase{
                                               "SameFileTwice", {"Toy", "Local\\Toy"}, "two mappings go to"},
                                           BadCase{"StatusPage", {"Toy:10:pitbridge.shm"}, "status page"},
                                           BadCase{"Preset", {"--preset", "mumbel"}, "did you mean mumble"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(Shmbridge, ATypoInTheConfigFileNamesTheLineAndTheKeyAndHindersNothing) {
  std::ofstream(shm_path("config.toml")) << "\n[shmbrige]\nmaps = []\n";
  const std::string fault =
      shm_path("config.toml") + ":2: unknown key \"shmbrige\"; did you mean \"shmbridge\"";
  const std::map<std::string, std::string> environment = {{"PITBRIDGE_CONFIG_FILE", shm_path("config.toml")}};
  Process without_maps = start({}, environment);
  EXPECT_EQ(without_maps.wait(), 2) << "there is nothing to do";
  EXPECT_NE(without_maps.output().find(fault), std::string::npos) << without_maps.output();
  Process game = start_game(toy());
  Process bridge = start({"ToyTelemetry"}, environment);
  EXPECT_TRUE(is_fed("ToyTelemetry")) << bridge.output();
  EXPECT_NE(bridge.output().find(fault), std::string::npos) << bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
