// SPDX-License-Identifier: MIT
#include "common/core/mirror/mirror.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::size_t kSize = 256;

constexpr Mapping kPlain = {.name = "Local\\toy", .size_bytes = kSize, .min_file_bytes = 64};
constexpr Mapping kCounted = {.name = "Local\\toy",
                              .size_bytes = kSize,
                              .min_file_bytes = 1024,
                              .detector = {.rule = Consistency::kCounter, .offset_bytes = 0}};
constexpr Mapping kLocked = {.name = "Local\\toy",
                             .size_bytes = kSize,
                             .detector = {.rule = Consistency::kSequence, .offset_bytes = 128},
                             .extra_files = {"toy_copy"}};

class MirrorTest : public testing::Test {
 protected:
  explicit MirrorTest(const Mapping& mapping = kPlain) : mapping_(mapping) {
    const std::vector<std::string> names = {"toy"};
    status_.start("toy", "/prefix", 1, 1, names);
    section_->id = {1, 50};
    section_->bytes.resize(kSize);
  }

  void open_and_attach() {
    ASSERT_TRUE(mirror_.open_files(files_, kSize));
    ASSERT_TRUE(mirror_.attach(std::make_unique<FakeView>(section_), now_));
  }
  Mirror::Look look() {
    now_ = std::max(now_ + 1, mirror_.next_look_ns());
    return mirror_.look(now_);
  }
  /// Looks until the next update is seen; fails when there is none.
  void look_until_changed() {
    for (int i = 0; i < 1000; ++i)
      if (look() == Mirror::Look::kChanged) return;
    ADD_FAILURE() << "no change was seen";
  }
  Bytes file(std::string_view name = "toy") const {
    const Bytes& content = files_.at(name).content;
    return {content.begin(), content.begin() + static_cast<std::ptrdiff_t>(std::min(kSize, content.size()))};
  }
  StatusMapping status() const { return read_status(page_.bytes)->mappings.at(0); }

  const Mapping& mapping_;
  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeSinkFactory files_;
  std::shared_ptr<FakeSection> section_ = std::make_shared<FakeSection>();
  Mirror mirror_{mapping_, 0, status_, kDefaultProfile};
  std::int64_t now_ = 1'000'000'000'000;
};

class LockedMirror : public MirrorTest {
 protected:
  LockedMirror() : MirrorTest(kLocked) {}
  void write_update(std::uint32_t generation) {
    std::fill(section_->bytes.begin(), section_->bytes.end(), static_cast<std::byte>(generation));
    put(section_->bytes, 128, generation * 2);
  }
  std::uint32_t sequence() const { return get<std::uint32_t>(section_->bytes, 128); }
};

class CountedMirror : public MirrorTest {
 protected:
  CountedMirror() : MirrorTest(kCounted) {}
};

TEST_F(MirrorTest, ASectionThatTellsOfItsUpdatesIsLookedAtThenAndNeverElse) {
  section_->updates = 1;
  open_and_attach();
  ASSERT_EQ(look(), Mirror::Look::kUnchanged) << "all zeros, as the file";
  now_ += 3600'000 * kMs;
  EXPECT_GT(mirror_.next_look_ns(), now_) << "an hour in silence";
  section_->bytes[7] = std::byte{1};
  EXPECT_GT(mirror_.next_look_ns(), now_) << "not told yet";
  ++*section_->updates;
  EXPECT_LE(mirror_.next_look_ns(), now_);
  EXPECT_TRUE(mirror_.is_nearly_due(now_));
  EXPECT_EQ(mirror_.look(now_), Mirror::Look::kChanged);
  EXPECT_EQ(file(), section_->bytes);
  EXPECT_GT(mirror_.next_look_ns(), now_);
  EXPECT_FALSE(mirror_.is_nearly_due(now_));
}

TEST_F(MirrorTest, FilesHaveRoomForKnownReadersAndAreCleared) {
  files_.files["toy"] = std::make_shared<FakeFile>();
  files_.files["toy"]->content = bytes_of("left by a killed bridge");
  EXPECT_FALSE(mirror_.has_files());
  ASSERT_TRUE(mirror_.open_files(files_, 0));
  EXPECT_TRUE(mirror_.has_files());
  EXPECT_EQ(files_.at("toy").content.size(), 64U);
  EXPECT_TRUE(all_zero(files_.at("toy").content));
  EXPECT_FALSE(mirror_.attached());
}

TEST_F(MirrorTest, ClearingWhatAKilledBridgeLeftShowsInTheStatusPage) {
  const std::uint32_t before = status().sequence;
  ASSERT_TRUE(mirror_.open_files(files_, 0));
  EXPECT_GT(status().sequence, before) << "who reads meanwhile must not take the mixture for a state";
  EXPECT_EQ(status().sequence % 2, 0U);
}

TEST_F(MirrorTest, ARefusedFileIsAnErrorAndNothingIsOpen) {
  files_.refused.insert("toy");
  const auto opened = mirror_.open_files(files_, 0);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ExitCode::kOutputRefused);
  EXPECT_FALSE(mirror_.has_files());
}

TEST_F(LockedMirror, ARefusedExtraFileIsAnErrorAndNothingIsOpen) {
  files_.refused.insert("toy_copy");
  EXPECT_FALSE(mirror_.open_files(files_, kSize));
  EXPECT_FALSE(mirror_.has_files());
}

TEST_F(MirrorTest, WhatTheGameWroteBeforeUsIsPublishedAtTheFirstLook) {
  section_->bytes = Dice(1).bytes(kSize);
  open_and_attach();
  EXPECT_TRUE(mirror_.attached());
  EXPECT_EQ(mirror_.section(), section_->id);
  EXPECT_EQ(mirror_.next_look_ns(), now_);
  EXPECT_EQ(look(), Mirror::Look::kChanged);
  EXPECT_EQ(file(), section_->bytes);
  EXPECT_EQ(mirror_.updates(), 1U);
  EXPECT_EQ(mirror_.last_change_ns(), now_);
  EXPECT_EQ(look(), Mirror::Look::kUnchanged);
}

TEST_F(MirrorTest, AttachingIsInTheStatusPage) {
  open_and_attach();
  const StatusMapping m = status();
  EXPECT_EQ(m.attached, 1U);
  EXPECT_EQ(m.size_bytes, kSize);
  EXPECT_EQ(m.section_device, 1U);
  EXPECT_EQ(m.section_inode, 50U);
  EXPECT_EQ(m.section_fd, 7);
}

TEST_F(MirrorTest, ALargerSectionMakesTheFileGrow) {
  ASSERT_TRUE(mirror_.open_files(files_, 0));
  section_->bytes.resize(4096, std::byte{9});
  ASSERT_TRUE(mirror_.attach(std::make_unique<FakeView>(section_), now_));
  look();
  EXPECT_EQ(files_.at("toy").content, section_->bytes);
}

TEST_F(MirrorTest, WithoutRoomNothingIsAttached) {
  ASSERT_TRUE(mirror_.open_files(files_, 0));
  files_.files["toy"]->fail_grow = true;
  const auto attached = mirror_.attach(std::make_unique<FakeView>(section_), now_);
  ASSERT_FALSE(attached);
  EXPECT_FALSE(mirror_.attached());
  EXPECT_EQ(status().attached, 0U);
  files_.files["toy"]->fail_grow = false;
  EXPECT_TRUE(mirror_.attach(std::make_unique<FakeView>(section_), now_));
}

TEST_F(LockedMirror, EveryFileHoldsTheSameBytes) {
  open_and_attach();
  write_update(3);
  look_until_changed();
  EXPECT_EQ(file("toy"), section_->bytes);
  EXPECT_EQ(file("toy_copy"), section_->bytes);
}

TEST_F(LockedMirror, IsPublishedByTheSimsRule) {
  open_and_attach();
  for (std::uint32_t generation = 1; generation < 20; ++generation) {
    write_update(generation);
    look_until_changed();
  }
  mirror_.detach();
  for (const auto& stored : files_.at("toy").stores) {
    const Bytes& state = stored.content_after;
    const auto word = get<std::uint32_t>(state, 128);
    if (word % 2 != 0) continue;
    // At rest: all bytes but the word are of the generation that the word tells.
    for (std::size_t i = 0; i < kSize; ++i)
      if (i < 128 || i >= 132) {
        ASSERT_EQ(state[i], static_cast<std::byte>(word / 2)) << i;
      }
  }
}

TEST_F(LockedMirror, AnUnchangedWordSparesTheCopy) {
  write_update(1);
  open_and_attach();
  look_until_changed();
  const int copies = section_->body_reads;
  const std::int64_t until = now_ + 90 * kMs;
  while (mirror_.next_look_ns() < until) EXPECT_EQ(look(), Mirror::Look::kUnchanged);
  EXPECT_EQ(section_->body_reads, copies);
}

TEST_F(LockedMirror, BytesThatChangeWithoutTheWordAreSeenSoon) {
  write_update(1);
  open_and_attach();
  look_until_changed();
  section_->bytes[5] = std::byte{0x77};  // a status in a menu
  const std::int64_t written = now_;
  look_until_changed();
  EXPECT_EQ(file(), section_->bytes);
  EXPECT_LE(now_ - written, 400 * kMs);
}

TEST_F(LockedMirror, AStateThatIsBeingWrittenIsPassedOver) {
  write_update(1);
  open_and_attach();
  look_until_changed();
  const Bytes whole = section_->bytes;
  put(section_->bytes, 128, sequence() + 1);  // the game stopped in the middle of an update
  std::fill_n(section_->bytes.begin(), 64, std::byte{0xEE});
  for (int i = 0; i < 50; ++i) EXPECT_EQ(look(), Mirror::Look::kUnchanged);
  EXPECT_EQ(file(), whole);
  EXPECT_GE(status().torn, 50U);
  EXPECT_GT(status().retries, 0U);
  std::fill(section_->bytes.begin(), section_->bytes.end(), std::byte{2});
  put(section_->bytes, 128, std::uint32_t{4});
  EXPECT_EQ(look(), Mirror::Look::kChanged);
  EXPECT_EQ(file(), section_->bytes);
}

TEST_F(CountedMirror, AGameThatWritesAllTheTimeIsShownInTheEnd) {
  open_and_attach();
  std::uint32_t n = 0;
  section_->on_read = [&](FakeSection& s) { put(s.bytes, 100, ++n); };
  look_until_changed();
  EXPECT_GE(status().torn, 2U) << "a mixed state only when there is no other";
  EXPECT_NE(get<std::uint32_t>(files_.at("toy").content, 100), 0U);
}

TEST_F(CountedMirror, ACounterStandsForTheState) {
  open_and_attach();
  for (std::uint32_t i = 1; i < 10; ++i) {
    put(section_->bytes, 0, i);
    put(section_->bytes, 200, i * 7);
    look_until_changed();
    EXPECT_EQ(file(), section_->bytes);
  }
  EXPECT_EQ(status().updates, 9U);
  EXPECT_EQ(mirror_.updates(), 9U);
}

TEST_F(MirrorTest, APublicationIsOneUpdateAndWakesReaders) {
  open_and_attach();
  const std::uint32_t before = status().sequence;
  section_->bytes[0] = std::byte{1};
  look_until_changed();
  EXPECT_EQ(status().sequence, before + 2);
  EXPECT_EQ(status().updates, 1U);
  EXPECT_EQ(status().last_change_ns, static_cast<std::uint64_t>(now_));
}

TEST_F(MirrorTest, AFaultIsTold) {
  open_and_attach();
  section_->faulty = true;
  EXPECT_EQ(look(), Mirror::Look::kFault);
  EXPECT_EQ(status().updates, 0U);
}

TEST_F(LockedMirror, AFaultIsTold) {
  open_and_attach();
  section_->faulty = true;
  EXPECT_EQ(look(), Mirror::Look::kFault);
}

TEST_F(LockedMirror, DetachingClearsEveryFile) {
  write_update(5);
  open_and_attach();
  look_until_changed();
  mirror_.detach();
  EXPECT_FALSE(mirror_.attached());
  EXPECT_TRUE(mirror_.has_files());
  EXPECT_TRUE(all_zero(files_.at("toy").content));
  EXPECT_TRUE(all_zero(files_.at("toy_copy").content));
  EXPECT_EQ(status().attached, 0U);
  EXPECT_EQ(status().section_fd, -1);
  EXPECT_EQ(mirror_.section(), SectionId{});
}

TEST_F(LockedMirror, DetachingFollowsTheSimsRule) {
  write_update(5);
  open_and_attach();
  look_until_changed();
  const std::size_t before = files_.at("toy").stores.size();
  mirror_.detach();
  const auto& stores = files_.at("toy").stores;
  ASSERT_GE(stores.size(), before + 3) << "odd, body, even";
  EXPECT_EQ(get<std::uint32_t>(stores[before].content_after, 128) % 2, 1U);
  EXPECT_TRUE(all_zero(std::span(stores.back().content_after).first(kSize)));
}

TEST_F(MirrorTest, DetachingClearsWhatStandsBehindTheSection) {
  ASSERT_TRUE(mirror_.open_files(files_, 4 * kSize));
  ASSERT_TRUE(mirror_.attach(std::make_unique<FakeView>(section_), now_));
  files_.files["toy"]->content[3 * kSize] = std::byte{1};  // by another program
  mirror_.detach();
  EXPECT_TRUE(all_zero(files_.at("toy").content));
}

TEST_F(MirrorTest, CanBeAttachedAgainToAnotherSection) {
  section_->bytes = Dice(1).bytes(kSize);
  open_and_attach();
  look_until_changed();
  mirror_.detach();
  auto second = std::make_shared<FakeSection>();
  second->id = {1, 51};
  second->bytes = Dice(2).bytes(kSize / 2);
  ASSERT_TRUE(mirror_.attach(std::make_unique<FakeView>(second), now_));
  look_until_changed();
  EXPECT_EQ(mirror_.section(), second->id);
  const Bytes content = file();
  EXPECT_TRUE(std::equal(second->bytes.begin(), second->bytes.end(), content.begin()));
  EXPECT_TRUE(all_zero(std::span(content).subspan(kSize / 2))) << "nothing of the larger one is left";
}

TEST_F(LockedMirror, TheSameStateOfANewGameIsPublishedAgain) {
  write_update(5);
  open_and_attach();
  look_until_changed();
  const Bytes state = section_->bytes;
  mirror_.detach();
  ASSERT_TRUE(mirror_.attach(std::make_unique<FakeView>(section_), now_));
  look_until_changed();
  EXPECT_EQ(file(), state);
}

TEST_F(LockedMirror, ACutFileIsRepairedAndHoldsTheWholeStateAgain) {
  write_update(5);
  open_and_attach();
  look_until_changed();
  EXPECT_FALSE(mirror_.files_hurt());
  files_.files["toy"]->cut = true;
  write_update(6);
  look_until_changed();
  EXPECT_TRUE(mirror_.files_hurt());
  EXPECT_EQ(file("toy_copy"), section_->bytes) << "the other file goes on";
  const auto news = mirror_.check_files();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].level, LogLevel::kWarning);
  EXPECT_NE(news[0].message.find("/fake/toy"), std::string::npos) << news[0].message;
  EXPECT_FALSE(mirror_.files_hurt());
  EXPECT_EQ(file("toy"), section_->bytes);
  EXPECT_EQ(file("toy_copy"), section_->bytes);
  EXPECT_EQ(status().repairs, 1U);
  EXPECT_TRUE(mirror_.check_files().empty());
}

/// Readers of a file that was cut and made whole again still hold it, and follow the sim's rule.
TEST_F(LockedMirror, ARepairIsPublishedByTheSimsRuleToo) {
  write_update(5);
  open_and_attach();
  look_until_changed();
  files_.files["toy"]->cut = true;
  const std::size_t before = files_.at("toy").stores.size();
  mirror_.check_files();
  const auto& stores = files_.at("toy").stores;
  ASSERT_GE(stores.size(), before + 3) << "odd, body, even";
  EXPECT_EQ(get<std::uint32_t>(stores[before].content_after, 128) % 2, 1U);
  for (std::size_t i = before; i + 1 < stores.size(); ++i)
    EXPECT_TRUE(stores[i].bytes.size() <= 4 || stores[i].offset_bytes + stores[i].bytes.size() <= 128 ||
                stores[i].offset_bytes >= 132)
        << "a body store may not touch the word";
}

TEST_F(MirrorTest, ARepairIsNoUpdateOfTheGame) {
  section_->bytes[0] = std::byte{1};
  open_and_attach();
  look_until_changed();
  files_.files["toy"]->cut = true;
  mirror_.check_files();
  EXPECT_EQ(status().updates, 1U);
  EXPECT_EQ(mirror_.updates(), 1U);
}

TEST_F(MirrorTest, NeitherARepairNorDetachingIsAnUpdateOfAGameThatWroteNothing) {
  open_and_attach();
  look();
  files_.files["toy"]->cut = true;
  mirror_.check_files();
  EXPECT_EQ(status().updates, 0U);
  mirror_.detach();
  EXPECT_EQ(status().updates, 0U);
  EXPECT_EQ(status().last_change_ns, 0U);
}

TEST_F(MirrorTest, AFailedRepairIsToldAndTriedAgain) {
  section_->bytes[0] = std::byte{1};
  open_and_attach();
  look_until_changed();
  files_.files["toy"]->fail_check = true;
  for (int i = 0; i < 2; ++i) {
    const auto news = mirror_.check_files();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_NE(news[0].message.find("is a directory now"), std::string::npos);
  }
  EXPECT_EQ(status().repairs, 0U);
  files_.files["toy"]->fail_check = false;
  EXPECT_TRUE(mirror_.check_files().empty());
}

/// Keeps what it gets.
class FakeFrames final : public FrameSink {
 public:
  struct Got {
    std::uint32_t mapping;
    std::int64_t time_ns;
    Bytes bytes;
    bool is_torn, is_repeated;
  };
  bool wants_frames() const override { return wants; }
  void publish(const MirrorFrame& frame) override {
    got.push_back({frame.mapping, frame.time_ns, Bytes(frame.bytes.begin(), frame.bytes.end()), frame.is_torn,
                   frame.is_repeated});
  }
  bool wants = true;
  std::vector<Got> got;
};

class MirrorFrames : public MirrorTest {
 protected:
  MirrorFrames() { mirror_.stream_to(frames_); }
  FakeFrames frames_;
};

TEST_F(MirrorFrames, EachStateThatIsPublishedIsAFrame) {
  open_and_attach();
  for (std::uint32_t i = 1; i <= 3; ++i) {
    put(section_->bytes, 8, i);
    look_until_changed();
    EXPECT_EQ(look(), Mirror::Look::kUnchanged);
    ASSERT_EQ(frames_.got.size(), i);
    EXPECT_EQ(frames_.got.back().bytes, section_->bytes);
    EXPECT_EQ(frames_.got.back().time_ns, mirror_.last_change_ns());
    EXPECT_FALSE(frames_.got.back().is_torn || frames_.got.back().is_repeated);
  }
  EXPECT_EQ(frames_.got.back().mapping, 0U);
}

TEST_F(MirrorFrames, WhereNobodyWantsThemThereAreNone) {
  frames_.wants = false;
  open_and_attach();
  put(section_->bytes, 8, 1U);
  look_until_changed();
  mirror_.repeat_frame();
  mirror_.detach();
  EXPECT_TRUE(frames_.got.empty());
}

TEST_F(MirrorFrames, WhoComesLaterGetsWhatThereIsAndWhoStaysLearnsThatItWent) {
  mirror_.repeat_frame();
  EXPECT_TRUE(frames_.got.empty()) << "nothing is attached";
  open_and_attach();
  mirror_.repeat_frame();
  EXPECT_TRUE(frames_.got.empty()) << "nothing is published yet";
  put(section_->bytes, 8, 1U);
  look_until_changed();
  mirror_.repeat_frame();
  ASSERT_EQ(frames_.got.size(), 2U);
  EXPECT_TRUE(frames_.got.back().is_repeated);
  EXPECT_EQ(frames_.got.back().bytes, section_->bytes);
  EXPECT_EQ(frames_.got.back().time_ns, mirror_.last_change_ns());
  mirror_.detach();
  ASSERT_EQ(frames_.got.size(), 3U);
  EXPECT_TRUE(frames_.got.back().bytes.empty());
}

}  // namespace
}  // namespace pitbridge
