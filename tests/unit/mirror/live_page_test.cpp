// SPDX-License-Identifier: MIT
// Which of several bridges the live page names.
#include "common/core/mirror/live_page.hpp"

#include <gtest/gtest.h>

#include "common/core/mirror/mirror.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kTick = kSecond / 10;

constexpr std::string_view kName = "toy_car";
constexpr Field kFields[] = {{"live", 0, FieldType::kInt32}};
constexpr Layout kLayouts[] = {{kName, 16, kFields}};
constexpr ActivityRule kRules[] = {
    {.activity = Activity::kLive, .field = "live", .value = 1, .mapping = kName},
    {.activity = Activity::kMenu, .field = "live", .value = 2, .mapping = kName}};
constexpr Title kTitles[] = {{.id = "toy_title",
                              .name = "Toy",
                              .exe_names = {},
                              .app_ids = {},
                              .layouts = kLayouts,
                              .channels = {},
                              .activity_rules = kRules}};
constexpr Mapping kMappings[] = {{.name = kName, .size_bytes = 16, .min_file_bytes = 16}};
constexpr Sim kOne = {.name = "one", .description = "One", .mappings = kMappings, .titles = kTitles};
constexpr Sim kTwo = {.name = "two", .description = "Two", .mappings = kMappings, .titles = kTitles};

/// A bridge's part in it: a sim with one mapping, and what its game does.
class Driven {
 public:
  Driven(const Sim& sim, std::int32_t pid, FakeSinkFactory& files) : claim_(sim, status_) {
    status_.start(sim.name, "/prefix", pid, 1, std::vector<std::string>{std::string(kName)});
    section_ = source_.make(kName, 16);
    mirrors_.emplace_back(kMappings[0], 0, status_, kDefaultProfile);
    EXPECT_TRUE(mirrors_[0].open_files(own_files_, 16));
    EXPECT_TRUE(mirrors_[0].attach(std::move(*source_.open(kName)), 0));
    EXPECT_TRUE(claim_.open(files));
  }
  void does(int what, std::int64_t now) {
    put(section_->bytes, 0, what);
    (void)mirrors_[0].look(now);
    follow(now);
  }
  void follow(std::int64_t now) { claim_.follow(mirrors_, now); }
  void leave() { claim_.leave(); }

 private:
  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeSource source_;
  FakeSinkFactory own_files_;
  std::shared_ptr<FakeSection> section_;
  std::vector<Mirror> mirrors_;
  LiveClaim claim_;
};

class LivePageTest : public testing::Test {
 protected:
  static constexpr int kLive = 1, kMenu = 2;

  std::string_view named() const { return fixed_text(page().sim); }
  const LivePage& page() const { return *files_.live_page; }

  std::int64_t now_ = 1000 * kSecond;
  FakeSinkFactory files_;
  Driven one_{kOne, 11, files_};
  Driven two_{kTwo, 22, files_};
};

TEST_F(LivePageTest, NamesNobodyBeforeACarIsDriven) {
  one_.does(kMenu, now_);
  EXPECT_EQ(named(), "");
}

TEST_F(LivePageTest, NamesTheSimItsTitleAndItsPages) {
  one_.does(kLive, now_);
  EXPECT_EQ(std::string_view(page().magic, 8), "PITBLIV1");
  EXPECT_EQ(page().version, 1U);
  EXPECT_EQ(page().page_bytes, 256U);
  EXPECT_EQ(page().is_live, 1U);
  EXPECT_EQ(page().bridge_pid, 11);
  EXPECT_EQ(page().since_ns, static_cast<std::uint64_t>(now_));
  EXPECT_EQ(named(), "one");
  EXPECT_EQ(fixed_text(page().status_file), "pitbridge.one");
  EXPECT_EQ(fixed_text(page().values_file), "pitbridge.one.values");
}

TEST_F(LivePageTest, AGameInItsMenuKeepsItAndSaysSo) {
  one_.does(kLive, now_);
  one_.does(kMenu, now_ += kTick);
  EXPECT_EQ(named(), "one");
  EXPECT_EQ(page().is_live, 0U);
}

TEST_F(LivePageTest, OfTwoThatAreDrivenTheOneThatBeganLastHasIt) {
  one_.does(kLive, now_);
  two_.does(kLive, now_ += kTick);
  EXPECT_EQ(named(), "two");
  for (int i = 0; i < 30; ++i) {
    one_.follow(now_ += kTick);
    two_.follow(now_);
    ASSERT_EQ(named(), "two") << "the first does not take it back";
  }
}

TEST_F(LivePageTest, GoesToTheOneThatIsDrivenWhenTheOtherPauses) {
  one_.does(kLive, now_);
  two_.does(kLive, now_ += kTick);
  two_.does(kMenu, now_ += kTick);
  one_.follow(now_ += kTick);
  EXPECT_EQ(named(), "one");
  two_.does(kLive, now_ += kTick);
  EXPECT_EQ(named(), "two") << "it went live last";
}

TEST_F(LivePageTest, OneThatLeavesGivesItBack) {
  one_.does(kLive, now_);
  two_.does(kLive, now_ += kTick);
  two_.leave();
  EXPECT_EQ(named(), "");
  one_.follow(now_ += kTick);
  EXPECT_EQ(named(), "one");
  two_.leave();
  EXPECT_EQ(named(), "one") << "it is not the other's to clear";
}

TEST_F(LivePageTest, AKilledBridgeLosesIt) {
  one_.does(kLive, now_);
  two_.does(kLive, now_ += kTick);
  one_.follow(now_ += kSecond);
  EXPECT_EQ(named(), "two");
  one_.follow(now_ += 2 * kSecond);
  EXPECT_EQ(named(), "one");
}

TEST_F(LivePageTest, IsBeatenAtLeastOnceASecond) {
  one_.does(kLive, now_);
  for (int i = 0; i < 30; ++i) {
    one_.follow(now_ += kTick);
    ASSERT_LE(static_cast<std::uint64_t>(now_) - page().heartbeat_ns, 1'000'000'000U);
  }
}

}  // namespace
}  // namespace pitbridge
