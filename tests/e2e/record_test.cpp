// SPDX-License-Identifier: MIT
// A drive under a real Wine is recorded, and played when the game and its bridge have gone: out here, and
// inside of Wine, where a bridge reads it.
#include <csignal>

#include "tests/e2e/wine_run.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge::e2e {
namespace {

class Recorded : public WineRun {
 protected:
  Process start_tool(std::vector<std::string> words) const {
    words.insert(words.begin(), built("bin/pitbridge"));
    return Process({.arguments = std::move(words), .environment = environment()});
  }
};

TEST_F(Recorded, TheLastFrameThatIsPlayedIsTheLastThatTheGameWrote) {
  Process bridge = start_bridge();
  Process game = start_game(setup_of(*find_sim("ac"), find_sim("ac")->titles.front()));
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const std::string path = directory() + "/drive.pbrec";
  Process recorder = start_tool({"record", "ac", path});
  ASSERT_TRUE(eventually([&] { return content_of(path).size() > 10'000; })) << recorder.output();
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  ASSERT_TRUE(eventually([&] { return is_mirrored("acpmf_physics") && is_mirrored("acpmf_graphics"); }));
  const std::string physics = content_of(shm_path("acpmf_physics"));
  const std::string graphics = content_of(shm_path("acpmf_graphics"));
  const auto recorded = [&] { return content_of(path).size(); };
  // What the game wrote last is in the file when the chunk is.
  const auto size = recorded();
  EXPECT_TRUE(eventually([&] { return recorded() > size; })) << recorder.output();
  recorder.signal(SIGINT);
  EXPECT_EQ(recorder.wait(), 0) << recorder.output();
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());

  Process player = start_tool({"replay", path, "--step"});
  std::string last_physics, last_graphics;
  while (player.running()) {
    const std::string shown = content_of(shm_path("acpmf_physics"));
    if (shown.find_first_not_of('\0') != std::string::npos) {
      last_physics = shown;
      last_graphics = content_of(shm_path("acpmf_graphics"));
    }
    const std::string before = player.output();
    player.tell("");
    (void)eventually([&] { return player.output() != before || !player.running(); });
  }
  EXPECT_EQ(player.wait(), 0) << player.output();
  EXPECT_TRUE(last_physics == physics) << "byte for byte";
  EXPECT_TRUE(last_graphics == graphics) << "byte for byte";
  EXPECT_TRUE(is_clear());

  // Once more inside of Wine, where a bridge reads it as a game.
  const std::string raw = directory() + "/drive.raw";
  Process exported = start_tool({"export", path, "--format", "raw", "-o", raw});
  EXPECT_EQ(exported.wait(), 0) << exported.output();
  Process again = start_bridge();
  Process stand_in = start_game({"acs.exe", {"--sim", "ac", "--play", "Z:" + raw}});
  ASSERT_TRUE(stand_in.says("played")) << stand_in.output();
  EXPECT_TRUE(eventually([&] {
    return content_of(shm_path("acpmf_physics")) == physics &&
           content_of(shm_path("acpmf_graphics")) == graphics;
  })) << again.output();
  stand_in.tell("stop");
  EXPECT_EQ(stand_in.wait(), 0);
  EXPECT_EQ(again.wait(), 0) << again.output();
}

}  // namespace
}  // namespace pitbridge::e2e
