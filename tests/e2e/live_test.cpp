// SPDX-License-Identifier: MIT
// Whichever is driven: readers that name no sim follow the player from game to game, under a real Wine.
#include <nlohmann/json.hpp>

#include "common/posix/shm/live_file.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

using nlohmann::json;

class Driven : public WineRun {
 protected:
  Process start_title(const char* sim) {
    return start_game(setup_of(*find_sim(sim), find_sim(sim)->titles.front()));
  }
  bool is_driven(const std::string& sim) const {
    return eventually([&] { return live_sim(shm_path()).value_or("") == sim; });
  }
};

TEST_F(Driven, IsFollowedFromGameToGameWithoutItsName) {
  Process none = run_pitbridge({"read", "--once"});
  EXPECT_EQ(none.wait(), 1);
  EXPECT_TRUE(none.says("no sim is driven now")) << none.output();

  Process first_bridge = start_bridge({.sim = "ac"});
  Process second_bridge = start_bridge({.sim = "r3e"});
  Process first = start_title("ac");
  ASSERT_TRUE(is_driven("ac")) << first_bridge.output();
  Process read = run_pitbridge({"read", "--once", "--json"});
  EXPECT_EQ(read.wait(), 0) << read.output();
  EXPECT_EQ(json::parse(read.output())["sim"], "ac");

  Process second = start_title("r3e");
  ASSERT_TRUE(is_driven("r3e")) << "it went live last\n" << second_bridge.output();
  Process status = run_pitbridge({"status"});
  EXPECT_TRUE(status.says("driven: r3e")) << status.output();

  second.tell("stop");
  EXPECT_EQ(second.wait(), 0);
  EXPECT_TRUE(is_driven("ac")) << "the first is driven still";
  first.tell("stop");
  EXPECT_EQ(first.wait(), 0);
  EXPECT_TRUE(is_driven("")) << first_bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
