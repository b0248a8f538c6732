// SPDX-License-Identifier: MIT
// Packets through the bridge's own state machine, in a world without real time.
#include "common/core/packets/packet_sections.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/mirror/bridge.hpp"
#include "common/core/sim/describe.hpp"
#include "tests/unit/support/toy_packets.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMs;

class PacketSectionsTest : public testing::Test {
 protected:
  PacketSectionsTest() {
    status_.start("toypackets", "", 1, 1, file_names(toy::kSim));
    EXPECT_TRUE(bridge_.start());
  }

  void send(const Bytes& packet, const PacketSender& sender = toy::sender()) {
    PacketSections* const all[] = {&sections_};
    deliver(all, packet, sender);
  }
  /// Sends, and lets the bridge do what is due at once.
  void send_and_step(const Bytes& packet, const PacketSender& sender = toy::sender()) {
    send(packet, sender);
    next_ns_ = bridge_.step();
  }
  void run(std::int64_t duration_ns) {
    const std::int64_t end = clock_.now + duration_ns;
    for (next_ns_ = bridge_.step(); next_ns_ <= end; next_ns_ = bridge_.step()) {
      ASSERT_GT(next_ns_, clock_.now) << "the bridge would spin";
      clock_.now = next_ns_;
      ++wake_ups_;
    }
    clock_.now = end;
  }
  void launch() { games_.game = Game{42, "toypackets.exe"}; }

  Status status() const { return *read_status(page_.bytes); }
  std::uint64_t updates(std::string_view file = toy::kCarFile) const {
    const Status now = status();
    return now.find(file)->updates;
  }
  bool is_attached(std::string_view file = toy::kCarFile) const {
    const Status now = status();
    return now.find(file)->attached != 0;
  }
  std::string_view state() const { return state_name(bridge_.state()); }
  bool shows(const Bytes& packet, std::string_view file = toy::kCarFile) const {
    const Bytes& content = files_.at(file).content;
    return content.size() >= packet.size() && std::equal(packet.begin(), packet.end(), content.begin());
  }

  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeClock clock_;
  FakeLog log_;
  FakeSinkFactory files_;
  toy::FakeGames games_;
  PacketSections sections_{toy::kSim, games_, clock_, log_};
  Bridge bridge_{toy::kSim, {.stay = true}, sections_, files_, clock_, log_, status_};
  std::int64_t next_ns_ = 0;
  int wake_ups_ = 0;
};

TEST_F(PacketSectionsTest, APacketOfAGameIsShownWhenItArrives) {
  launch();
  run(5 * kSecond);
  EXPECT_EQ(state(), "waiting");
  send_and_step(toy::car(1));
  EXPECT_EQ(state(), "attached") << "the first, too, waits for no look";
  EXPECT_TRUE(shows(toy::car(1)));
  for (std::uint32_t order = 2; order < 50; ++order) {
    clock_.now += kMs;
    send_and_step(toy::car(order));
    ASSERT_TRUE(shows(toy::car(order)));
  }
  EXPECT_EQ(updates(), 49U) << "none was lost";
  EXPECT_EQ(status().header.game_pid, 42U);
}

TEST_F(PacketSectionsTest, NothingWakesItUpButItsChores) {
  launch();
  send_and_step(toy::car(1));
  run(kSecond);
  wake_ups_ = 0;
  run(kSecond);
  EXPECT_LE(wake_ups_, 16) << "10 looks at the process, 4 at the names, 2 at the files";
}

TEST_F(PacketSectionsTest, EachKindIsAFileOfItsOwn) {
  launch();
  send(toy::car(1));
  send(toy::event(2));
  send_and_step(toy::dash(99));
  EXPECT_TRUE(shows(toy::car(1), toy::kCarFile));
  EXPECT_TRUE(shows(toy::event(2), toy::kEventFile));
  EXPECT_TRUE(shows(toy::dash(99), toy::kDashFile));
  EXPECT_EQ(sections_.counts().taken, 3U);
}

TEST_F(PacketSectionsTest, OnePacketOfAnUnknownSenderIsNotShown) {
  send_and_step(toy::car(1));
  run(kSecond);
  EXPECT_EQ(state(), "waiting") << "no game is known to run, and nothing has followed";
  send_and_step(toy::car(2));
  run(kSecond);
  EXPECT_EQ(state(), "attached") << "whoever sends on is a game: a console's, or another PC's";
  EXPECT_TRUE(shows(toy::car(2)));
}

TEST_F(PacketSectionsTest, JunkIsCountedAndNeverShown) {
  launch();
  send_and_step(toy::car(1));
  Dice dice(5);
  for (int i = 0; i < 1000; ++i) send(dice.bytes(dice.below(200)));
  send(toy::year_packet(toy::kCarBytes, 0, 7, 2, 2020));
  send(Bytes(4000));
  run(kSecond);
  EXPECT_EQ(updates(), 1U);
  EXPECT_TRUE(shows(toy::car(1)));
  EXPECT_EQ(sections_.counts().taken + sections_.counts().all_junk(), 1003U);
  EXPECT_GE(sections_.counts().of(JunkReason::kOtherFormat), 1U);
}

TEST_F(PacketSectionsTest, ALatePacketIsRefused) {
  launch();
  send(toy::car(10));
  send_and_step(toy::car(9));
  EXPECT_TRUE(shows(toy::car(10)));
  EXPECT_EQ(sections_.counts().of(JunkReason::kLate), 1U);
  send_and_step(toy::event(9));
  EXPECT_TRUE(shows(toy::event(9), toy::kEventFile)) << "each kind has an order of its own";
}

TEST_F(PacketSectionsTest, TheNewestSessionWinsForAllKindsAndIsToldOnce) {
  launch();
  send(toy::car(1000, 7));
  send(toy::event(1000, 7));
  send(toy::car(1, 8));
  send_and_step(toy::event(1001, 7));
  EXPECT_TRUE(shows(toy::car(1, 8))) << "its numbers begin anew";
  EXPECT_TRUE(shows(toy::event(1000, 7), toy::kEventFile));
  for (std::uint32_t i = 0; i < 50; ++i) send(toy::car(1001 + i, 7));
  EXPECT_EQ(sections_.counts().of(JunkReason::kOtherSender), 51U);
  EXPECT_EQ(log_.count("send at the same time"), 1U);
}

TEST_F(PacketSectionsTest, TwoSendersOfDifferentKindsAreNoConflict) {
  launch();
  for (std::uint32_t i = 1; i <= 10; ++i) {
    send(toy::dash(static_cast<float>(i)), toy::sender(1));
    send(toy::car(i), toy::sender(2));
  }
  EXPECT_EQ(sections_.counts().all_junk(), 0U) << "a game may have a socket for each kind";
}

TEST_F(PacketSectionsTest, AnotherSizeIsAnotherSection) {
  launch();
  send_and_step(toy::dash(10));
  const Status before = status();
  send_and_step(toy::dash(11, toy::kDashBytes + 4));
  const Status after = status();
  EXPECT_EQ(before.find(toy::kDashFile)->size_bytes, toy::kDashBytes);
  EXPECT_EQ(after.find(toy::kDashFile)->size_bytes, toy::kDashBytes + 4);
  EXPECT_NE(before.find(toy::kDashFile)->section_inode, after.find(toy::kDashFile)->section_inode);
  EXPECT_TRUE(shows(toy::dash(11, toy::kDashBytes + 4), toy::kDashFile)) << "at once";
  send_and_step(toy::dash(12));
  EXPECT_TRUE(shows(toy::dash(12), toy::kDashFile));
}

TEST_F(PacketSectionsTest, AGameThatIsSilentIsPausedAsLongAsItLives) {
  launch();
  for (std::uint32_t i = 1; i < 20; ++i) send_and_step(toy::car(i));
  run(60 * kSecond);
  EXPECT_EQ(state(), "paused");
  EXPECT_TRUE(shows(toy::car(19)));
  send_and_step(toy::car(20));
  EXPECT_EQ(state(), "attached");
}

TEST_F(PacketSectionsTest, TheFilesAreClearedWhenTheProcessEnds) {
  launch();
  for (std::uint32_t i = 1; i < 20; ++i) send_and_step(toy::car(i));
  games_.game.reset();
  run(kSecond);
  EXPECT_EQ(state(), "waiting");
  EXPECT_TRUE(all_zero(files_.at(toy::kCarFile).content));
  EXPECT_FALSE(is_attached());
  EXPECT_TRUE(log_.has("the game has gone"));
}

TEST_F(PacketSectionsTest, ASilentConsoleIsGoneAfterTenSeconds) {
  for (std::uint32_t i = 1; i < 20; ++i) {
    send_and_step(toy::car(i));
    run(50 * kMs);
  }
  EXPECT_EQ(state(), "attached");
  run(9 * kSecond);
  EXPECT_EQ(state(), "paused");
  run(2 * kSecond);
  EXPECT_EQ(state(), "waiting");
  EXPECT_TRUE(all_zero(files_.at(toy::kCarFile).content));
}

TEST_F(PacketSectionsTest, TheNextGameIsShown) {
  launch();
  for (std::uint32_t i = 1; i < 20; ++i) send_and_step(toy::car(i));
  games_.game.reset();
  run(2 * kSecond);
  games_.game = Game{43, "toypackets.exe"};
  send_and_step(toy::car(1, 9), toy::sender(2));
  EXPECT_TRUE(shows(toy::car(1, 9)));
  EXPECT_EQ(state(), "attached");
}

TEST_F(PacketSectionsTest, OfTwoSimsOnOnePortMarksGoBeforeBounds) {
  static constexpr PacketKind kAnyKinds[] = {{.mapping = toy::kCarFile, .sizes = {toy::kCarBytes, 20}}};
  static constexpr PacketSource kAnySource = {.port = 1, .kinds = kAnyKinds};
  Sim any = toy::kSim;
  any.packets = &kAnySource;
  PacketSections others(any, games_, clock_, log_);
  PacketSections* const all[] = {&others, &sections_};
  deliver(all, toy::car(1), toy::sender());
  EXPECT_EQ(sections_.counts().taken, 1U);
  EXPECT_EQ(others.counts().taken, 0U);
  deliver(all, Bytes(20), toy::sender());
  EXPECT_EQ(others.counts().taken, 1U);
  EXPECT_EQ(sections_.counts().all_junk(), 0U) << "it is another sim's";
  deliver(all, Bytes(10), toy::sender());
  EXPECT_EQ(sections_.counts().of(JunkReason::kTooShort), 1U);
  EXPECT_EQ(others.counts().of(JunkReason::kTooShort), 1U);
}

}  // namespace
}  // namespace pitbridge
