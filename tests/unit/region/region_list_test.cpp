// SPDX-License-Identifier: MIT
#include "common/posix/region/region_list.hpp"

#include "tests/unit/support/held_child.hpp"
#include "tests/unit/support/region_room.hpp"

namespace pitbridge {
namespace {

class RegionList : public RegionRoom {
 protected:
  std::vector<std::string> listed() const {
    std::vector<std::string> all;
    for (const RegionEntry& entry : regions_in(*shm())) all.push_back(entry.name);
    return all;
  }
  std::optional<RegionEntry> entry(std::string_view name = "toy") const { return region_entry(*shm(), name); }
  void kill_a_publisher(const RegionRequest& request = {}) const {
    const HeldChild child([&] { return publisher(8, request); });
    ASSERT_TRUE(child.is_there());
  }
};

TEST_F(RegionList, TellsOfRegionsAndOfNothingElse) {
  write_file(directory_ / "other", std::string(5000, 'x'));
  write_file(directory_ / "pitbridge.ac", "a bridge's");
  write_file(directory_ / "pitbridge.ac.lock", "");
  write_file(directory_ / ".new", "");
  write_file(directory_ / ".hidden", "");
  EXPECT_TRUE(listed().empty());
  const auto out = publisher(100);
  publish_text(*out, "x");
  EXPECT_EQ(listed(), std::vector<std::string>{"toy"});
  const auto found = entry();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->publisher, ::getpid());
  EXPECT_FALSE(found->is_abandoned());
  EXPECT_EQ(found->stamp.data_bytes, 100U);
  EXPECT_EQ(found->stamp.generation, 1U);
  EXPECT_TRUE(found->is_there);
}

TEST_F(RegionList, TellsAbandonedFromLeft) {
  publisher().reset();
  ASSERT_TRUE(entry());
  EXPECT_FALSE(entry()->is_abandoned());
  EXPECT_TRUE(entry()->stamp.has_left);
  kill_a_publisher();
  ASSERT_TRUE(entry());
  EXPECT_TRUE(entry()->is_abandoned());
  EXPECT_EQ(entry()->stamp.generation, 2U);
}

TEST_F(RegionList, ABareOneIsKnownByItsLock) {
  auto out = publisher(8, {.is_bare = true});
  ASSERT_TRUE(entry());
  EXPECT_TRUE(entry()->is_bare);
  EXPECT_FALSE(entry()->is_abandoned());
  out.reset();
  EXPECT_FALSE(entry()) << "a file like others";
  kill_a_publisher({.is_bare = true});
  ASSERT_TRUE(entry());
  EXPECT_TRUE(entry()->is_abandoned());
}

TEST_F(RegionList, RemovesWhatNobodyPublishes) {
  kill_a_publisher();
  const auto holding = reader();
  RegionStamp stamp = stamp_in(*holding);
  const auto removed = remove_region(shm(), "toy");
  ASSERT_TRUE(removed) << removed.error().message;
  ASSERT_TRUE(*removed);
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(holding->wait_news(stamp.news, kNow, stamp), RegionAnswer::kDone);
  EXPECT_TRUE(stamp.has_left) << "its readers are told";
  const auto again = remove_region(shm(), "toy");
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
}

TEST_F(RegionList, LeavesAloneWhatLivesAndWhatIsNoRegion) {
  auto out = publisher();
  const auto living = remove_region(shm(), "toy");
  ASSERT_FALSE(living);
  EXPECT_EQ(living.error().code, ExitCode::kAlreadyRunning);
  out.reset();
  write_file(directory_ / "other", "precious");
  const auto other = remove_region(shm(), "other");
  ASSERT_TRUE(other);
  EXPECT_FALSE(*other);
  write_file(directory_ / "pitbridge.ac", "a bridge's");
  EXPECT_FALSE(remove_region(shm(), "pitbridge.ac"));
  EXPECT_FALSE(remove_region(shm(), "../toy"));
  EXPECT_EQ(names(), (std::vector<std::string>{"other", "pitbridge.ac", "toy"}));
}

TEST_F(RegionList, ALockAloneIsRemovedToo) {
  write_file(directory_ / "toy.lock", "");
  write_file(directory_ / ".toy.new", "unfinished");
  ASSERT_TRUE(entry());
  EXPECT_FALSE(entry()->is_there);
  EXPECT_TRUE(entry()->is_abandoned());
  EXPECT_TRUE(remove_region(shm(), "toy"));
  EXPECT_TRUE(names().empty());
}

class ForeignList : public RegionList {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can act as another user; run the tests as root for this";
  }
};

TEST_F(ForeignList, OnlyNamesThoseOfAnotherUser) {
  const HeldChild other([&]() -> std::unique_ptr<RegionPublisher> {
    return become_other_user() ? publisher(8, {.mode = 0600}) : nullptr;
  });
  ASSERT_TRUE(other.is_there());
  const auto found = entry();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->is_foreign);
  EXPECT_EQ(found->owner, kOtherUser);
  EXPECT_FALSE(found->publisher);
  EXPECT_EQ(found->stamp.data_bytes, 0U) << "nothing of it is believed";
  EXPECT_FALSE(found->is_abandoned());
  EXPECT_FALSE(remove_region(shm(), "toy"));
  EXPECT_EQ(names(), (std::vector<std::string>{"toy", "toy.lock"}));
}

TEST_F(ForeignList, AnyOtherFileOfAnotherUserIsNone) {
  ASSERT_EQ(as_other_user([&] {
              write_file(path_, "no region");
              return 0;
            }),
            0);
  EXPECT_FALSE(entry());
}

TEST_F(ForeignList, APlantedLockIsNamed) {
  ASSERT_EQ(as_other_user([&] {
              write_file(directory_ / "toy.lock", "");
              return 0;
            }),
            0);
  ASSERT_TRUE(entry());
  EXPECT_TRUE(entry()->is_foreign);
  EXPECT_FALSE(remove_region(shm(), "toy"));
}

}  // namespace
}  // namespace pitbridge
