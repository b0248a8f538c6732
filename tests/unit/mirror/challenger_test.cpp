// SPDX-License-Identifier: MIT
// A bridge that waits for the place of another one (bridges/ARCHITECTURE.md, "Two prefixes").
#include "common/core/mirror/challenger.hpp"

#include <gtest/gtest.h>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kBytes = 64;
constexpr std::string_view kCar = "Local\\toy_car";
constexpr std::string_view kVoice = "Voice";
constexpr Mapping kMappings[] = {{.name = kCar, .size_bytes = kBytes, .min_file_bytes = kBytes},
                                 {.name = kVoice, .size_bytes = kBytes, .by_user = true}};
constexpr Title kTitles[] = {{.id = "toy_one",
                              .name = "Toy One",
                              .exe_names = {"toy.exe"},
                              .app_ids = {},
                              .layouts = {},
                              .channels = {},
                              .activity_rules = {}}};
constexpr Sim kSim = {.name = "toy", .description = "Toy", .mappings = kMappings, .titles = kTitles};
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20U;

class ChallengerTest : public testing::Test {
 protected:
  ChallengerTest() { make({}); }
  struct How {
    bool stay = false;
    bool guest = false;
  };
  void make(How how) { challenger_.emplace(kSim, how.stay, how.guest, kMostBytes, source_, log_); }
  void write(std::string_view name = kCar) {
    std::byte& byte = source_.sections.find(name)->second->bytes[9];
    byte = static_cast<std::byte>(static_cast<int>(byte) + 1);
  }
  bool has_data() {
    challenger_->look();
    return challenger_->has_data();
  }
  /// The game is there and writes.
  void see_game() {
    source_.make(kCar, kBytes);
    EXPECT_FALSE(has_data());
    write();
    EXPECT_TRUE(has_data());
  }

  FakeSource source_;
  FakeLog log_;
  std::optional<Challenger> challenger_;
};

TEST_F(ChallengerTest, DataIsASectionThatChanges) {
  EXPECT_FALSE(has_data());
  source_.game = Game{10, "toy.exe"};
  EXPECT_FALSE(has_data()) << "a name is no data";
  source_.make(kCar, kBytes);
  write();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(has_data()) << "it may be old";
  write();
  EXPECT_TRUE(has_data());
  EXPECT_TRUE(has_data()) << "a pause is no end";
}

TEST_F(ChallengerTest, AUsersMappingAndASectionThatNoBridgeWouldMirrorAreNoData) {
  source_.make(kVoice, kBytes);
  (void)has_data();
  write(kVoice);
  EXPECT_FALSE(has_data());
  source_.make(kCar, kMappings[0].most_section_bytes() + 1);
  (void)has_data();
  write();
  EXPECT_FALSE(has_data());
}

TEST_F(ChallengerTest, ASectionThatIsMadeAnewHasToChangeAgain) {
  see_game();
  source_.make(kCar, kBytes);
  EXPECT_FALSE(has_data());
  EXPECT_FALSE(challenger_->must_leave()) << "a game may make its mappings anew";
  write();
  EXPECT_TRUE(has_data());
}

TEST_F(ChallengerTest, ItLeavesWithItsGame) {
  see_game();
  source_.sections.clear();
  EXPECT_FALSE(has_data());
  EXPECT_TRUE(challenger_->must_leave());
  EXPECT_TRUE(log_.has("the game has gone"));
}

TEST_F(ChallengerTest, ToldToStayItStays) {
  make({.stay = true});
  see_game();
  source_.sections.clear();
  EXPECT_FALSE(has_data());
  EXPECT_FALSE(challenger_->must_leave());
}

TEST_F(ChallengerTest, ALauncherThatClosesItsMappingsWasNoGame) {
  source_.make(kCar, kBytes);
  EXPECT_FALSE(has_data());
  source_.sections.clear();
  EXPECT_FALSE(has_data());
  EXPECT_FALSE(challenger_->must_leave());
}

TEST_F(ChallengerTest, TheSessionIsHeldUntilAGameWrites) {
  source_.others = true;
  EXPECT_FALSE(has_data());
  EXPECT_EQ(source_.leave_calls, 0);
  see_game();
  (void)has_data();
  EXPECT_EQ(source_.leave_calls, 1);
  source_.session_over = true;
  (void)has_data();
  EXPECT_TRUE(challenger_->must_leave());
}

TEST_F(ChallengerTest, AGuestReleasesTheSessionForAnyProgramAndLeavesWhereThatIsRefused) {
  make({.guest = true});
  EXPECT_FALSE(has_data());
  EXPECT_EQ(source_.leave_calls, 0);
  source_.others = true;
  EXPECT_FALSE(has_data());
  EXPECT_EQ(source_.leave_calls, 1);
  EXPECT_FALSE(challenger_->must_leave());
  make({.guest = true});
  source_.leave_error = Error{ExitCode::kFailure, "not supported by this Wine"};
  EXPECT_FALSE(has_data());
  EXPECT_TRUE(challenger_->must_leave());
  EXPECT_TRUE(log_.has("not supported by this Wine"));
}

}  // namespace
}  // namespace pitbridge
