// SPDX-License-Identifier: MIT
#include "common/core/mirror/made_sections.hpp"

#include <gtest/gtest.h>

#include <array>

namespace pitbridge {
namespace {

constexpr Mapping kMappings[] = {{.name = "Local\\car", .size_bytes = 8}, {.name = "race", .size_bytes = 8}};
constexpr Sim kSim = {.name = "made", .description = "Made", .mappings = kMappings, .titles = {}};

class MadeSectionsTest : public testing::Test {
 protected:
  MadeSections sections_{kSim};
};

TEST_F(MadeSectionsTest, HaveTheNameOfTheMappingAndAreFilledByThatOfTheFile) {
  EXPECT_EQ(*sections_.open("Local\\car"), nullptr);
  const auto bytes = sections_.section("car", 8);
  ASSERT_EQ(bytes.size(), 8U);
  bytes[3] = std::byte{7};
  sections_.updated("car");
  const auto view = sections_.open("Local\\car");
  ASSERT_NE(*view, nullptr);
  std::array<std::byte, 2> read = {};
  EXPECT_TRUE((*view)->read(2, read));
  EXPECT_EQ(read[1], std::byte{7});
  EXPECT_EQ((*view)->holds(2, read), true);
  EXPECT_EQ((*view)->updates(), 1U);
  EXPECT_EQ(sections_.updates(), 1U);
  EXPECT_EQ((*view)->id(), sections_.identify("Local\\car"));
}

TEST_F(MadeSectionsTest, TellWhenANameIsMadeOrClosed) {
  EXPECT_FALSE(sections_.takes_new_names());
  (void)sections_.section("car", 8);
  EXPECT_TRUE(sections_.takes_new_names());
  (void)sections_.section("car", 8);
  EXPECT_FALSE(sections_.takes_new_names()) << "it is the same";
  sections_.close("car");
  EXPECT_TRUE(sections_.takes_new_names());
  EXPECT_FALSE(sections_.identify("Local\\car"));
  sections_.close("car");
  EXPECT_FALSE(sections_.takes_new_names());
}

TEST_F(MadeSectionsTest, OfAnotherSizeAreOthersAndTheOldViewStays) {
  sections_.section("car", 8)[0] = std::byte{1};
  const auto before = sections_.open("Local\\car");
  const auto bytes = sections_.section("car", 16);
  EXPECT_EQ(bytes[0], std::byte{0});
  EXPECT_NE(sections_.identify("Local\\car"), (*before)->id());
  std::array<std::byte, 1> read = {};
  EXPECT_TRUE((*before)->read(0, read));
  EXPECT_EQ(read[0], std::byte{1});
}

TEST_F(MadeSectionsTest, AreThoseOfTheSimAlone) {
  EXPECT_TRUE(sections_.section("boat", 8).empty());
  sections_.updated("boat");
  sections_.updated("race");  // was never made
  EXPECT_EQ(sections_.updates(), 0U);
  EXPECT_FALSE(sections_.own("race", "/dev/shm/race"));
}

TEST_F(MadeSectionsTest, AreClosedTogether) {
  (void)sections_.section("car", 8);
  (void)sections_.section("race", 8);
  sections_.close_all();
  EXPECT_FALSE(sections_.identify("Local\\car"));
  EXPECT_FALSE(sections_.identify("race"));
}

TEST_F(MadeSectionsTest, HaveTheGameThatIsSet) {
  EXPECT_FALSE(sections_.game_runs());
  sections_.set_game(Game{4, "a.exe"});
  EXPECT_TRUE(sections_.game_runs());
  EXPECT_EQ(sections_.find_game(kSim)->pid, 4U);
}

}  // namespace
}  // namespace pitbridge
