// SPDX-License-Identifier: MIT
// Which files are at their paths, by the title that runs.
#include "common/core/mirror/title_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/mirror/bridge.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// A bridge of Assetto Corsa and its kin.
class TitleFilesTest : public testing::Test {
 protected:
  void start(BridgeSettings settings = {.stay = true}) {
    std::vector<std::string> names;
    for (const Mapping& mapping : sim_.mappings) names.emplace_back(mapping.file_name());
    status_.start("ac", "/prefix", 1, 1, names);
    bridge_.emplace(sim_, settings, source_, files_, clock_, log_, status_);
    ASSERT_TRUE(bridge_->start());
  }
  void pass(std::int64_t ms) {
    const std::int64_t until = clock_.now + ms * kMs;
    while (clock_.now < until) {
      const std::int64_t next = bridge_->step();
      clock_.now = std::min(until, std::max(next, clock_.now + 1));
    }
  }
  bool is_away(std::string_view name) const { return files_.at(name).aside; }
  bool all_there() const {
    return std::ranges::none_of(files_.files, [](const auto& file) { return file.second->aside; });
  }
  void run_evo() { source_.game = Game{77, "AssettoCorsaEVO.exe"}; }

  const Sim& sim_ = *find_sim("ac");
  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeClock clock_;
  FakeLog log_;
  FakeSinkFactory files_;
  FakeSource source_;
  std::optional<Bridge> bridge_;
};

TEST_F(TitleFilesTest, AllAreThereUntilATitleIsKnown) {
  start();
  EXPECT_TRUE(all_there());
  pass(5000);
  EXPECT_TRUE(all_there());
}

TEST_F(TitleFilesTest, OfAProcessThatHasMadeNothingYet) {
  start();
  run_evo();
  pass(3500);
  for (const char* name : {"acpmf_physics", "acpmf_graphics", "acpmf_static"})
    EXPECT_TRUE(is_away(name)) << name;
  EXPECT_FALSE(is_away("acpmf_crewchief")) << "another program may make it beside any title";
  EXPECT_EQ(bridge_->state(), BridgeState::kWaiting);
  source_.game.reset();
  pass(3500);
  EXPECT_TRUE(all_there());
  source_.game = Game{78, "acs.exe"};
  pass(3500);
  EXPECT_TRUE(all_there());
}

TEST_F(TitleFilesTest, OfAGameThatComesAndGoes) {
  start();
  run_evo();
  source_.make("Local\\acevo_pmf_physics", 800)->bytes[0] = std::byte{1};
  pass(1000);
  ASSERT_EQ(bridge_->state(), BridgeState::kAttached);
  EXPECT_TRUE(is_away("acpmf_static"));
  EXPECT_FALSE(is_away("acevo_pmf_physics"));
  source_.sections.clear();
  source_.game.reset();
  pass(3000);
  EXPECT_TRUE(all_there());
  source_.game = Game{78, "acs.exe"};
  source_.make("Local\\acpmf_physics", 800)->bytes[0] = std::byte{1};
  pass(3000);
  ASSERT_EQ(bridge_->state(), BridgeState::kAttached);
  EXPECT_TRUE(is_away("acevo_pmf_physics")) << "it is of the game before";
  EXPECT_FALSE(is_away("acpmf_static"));
}

TEST_F(TitleFilesTest, OneWhoseSectionIsMadeAllTheSameIsBack) {
  start();
  run_evo();
  source_.make("Local\\acevo_pmf_physics", 800)->bytes[0] = std::byte{1};
  pass(1000);
  ASSERT_TRUE(is_away("acpmf_static"));
  source_.make("Local\\acpmf_static", 820)->bytes[0] = std::byte{1};
  pass(3000);
  EXPECT_FALSE(is_away("acpmf_static"));
  EXPECT_NE(files_.at("acpmf_static").content[0], std::byte{0});
}

TEST_F(TitleFilesTest, AreAwayFromTheStartWhereTheTitleIsExpected) {
  start({.expected_title = "assetto_corsa_evo"});
  EXPECT_TRUE(is_away("acpmf_static"));
  bridge_->stop();
  EXPECT_TRUE(all_there()) << "for those who wait for the next game";
}

TEST_F(TitleFilesTest, WhatTheUserSaysCountsMost) {
  status_.set_title_by_user("assetto_corsa");
  start({.expected_title = "assetto_corsa_evo"});
  EXPECT_TRUE(all_there());
}

TEST_F(TitleFilesTest, NobodyLooksForAProcessWhereAllTitlesHaveTheSameFiles) {
  const Sim& scs = *find_sim("scs");
  std::vector<Mirror> none;
  TitleFiles files(scs, none, "", source_, status_);
  files.choose(true, 1);
  EXPECT_EQ(source_.find_calls, 0);
}

}  // namespace
}  // namespace pitbridge
