// SPDX-License-Identifier: MIT
// A 32-bit game, and the 64-bit bridge beside it: Assetto Corsa has such a build, and the oldest sims no
// other.
#include <filesystem>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

class Game32 : public WineRun {
 protected:
  bool wine_runs_32_bit() const {
    Process probe({.arguments = {"wine", "C:\\windows\\syswow64\\cmd.exe", "/c", "exit 7"},
                   .environment = environment()});
    return probe.wait() == 7;
  }
};

TEST_F(Game32, IsMirroredLikeAnyOther) {
  if (!std::filesystem::exists(built("tests/fake_game32.exe")))
    GTEST_SKIP()
        << "no 32-bit fake game: i686-w64-mingw32-g++ was not installed when it should have been built";
  if (!wine_runs_32_bit()) GTEST_SKIP() << "this Wine runs no 32-bit programs; install wine32";
  Process bridge = start_bridge();
  Process game = start_game(
      {.exe_name = "acs_x86.exe", .arguments = {"--at", "20", "--stamp"}, .program = "fake_game32.exe"});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  EXPECT_EQ(reading().title, find_sim("ac")->find_title("assetto_corsa"));
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); }));
  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
