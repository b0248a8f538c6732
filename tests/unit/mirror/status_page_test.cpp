// SPDX-License-Identifier: MIT
#include "common/core/mirror/status_page.hpp"

#include <gtest/gtest.h>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

const std::vector<std::string> kNames = {"toy_car", "SCS/toy_race"};

class StatusPage : public testing::Test {
 protected:
  PageMemory memory_;
  MemorySink file_{memory_.bytes};
  StatusWriter writer_{file_, memory_.bytes};

  void start() { writer_.start("toy", "/prefix", 1234, 5'000, kNames); }
  std::optional<Status> read() const { return read_status(memory_.bytes); }
  template <typename T>
  void poke(std::size_t offset, T value) {
    put<T>(memory_.bytes, offset, value);
  }
  std::uint32_t header_sequence() const {
    return get<std::uint32_t>(memory_.bytes, offsetof(StatusHeader, sequence));
  }
  static constexpr std::size_t mapping_at(std::size_t index) {
    return sizeof(StatusHeader) + index * sizeof(StatusMapping);
  }
  std::uint32_t mapping_sequence(std::size_t index) const {
    return get<std::uint32_t>(memory_.bytes, mapping_at(index));
  }
  std::uint32_t futex_word() const {
    return get<std::uint32_t>(memory_.bytes, offsetof(StatusHeader, futex_word));
  }
};

TEST_F(StatusPage, TheUsersTitleStays) {
  start();
  writer_.set_title_by_user("toy_two");
  EXPECT_EQ(writer_.title(), "toy_two");
  writer_.set_game(77, "toy_one");
  writer_.set_game(0, "");
  EXPECT_EQ(fixed_text(read()->header.title), "toy_two");
}

TEST_F(StatusPage, ComesBackAsItWasWritten) {
  start();
  writer_.set_state(BridgeState::kAttached);
  writer_.set_game(77, "toy_one");
  writer_.set_message("a line for people");
  writer_.beat(6'000);
  writer_.set_section(1, true, 4096, 3, 9, 12);
  writer_.begin_publish(1);
  writer_.end_publish(1, 7'000);
  writer_.count(1, 5, 2, 1);
  const auto status = read();
  ASSERT_TRUE(status);
  const StatusHeader& h = status->header;
  EXPECT_EQ(h.version, kStatusVersion);
  EXPECT_EQ(h.state, static_cast<std::uint32_t>(BridgeState::kAttached));
  EXPECT_EQ(h.bridge_pid, 1234);
  EXPECT_EQ(h.bridge_start_ns, 5'000U);
  EXPECT_EQ(h.heartbeat_ns, 6'000U);
  EXPECT_EQ(h.game_pid, 77U);
  EXPECT_EQ(fixed_text(h.sim), "toy");
  EXPECT_EQ(fixed_text(h.title), "toy_one");
  EXPECT_EQ(fixed_text(h.message), "a line for people");
  ASSERT_EQ(status->mappings.size(), 2U);
  const StatusMapping* m = status->find("SCS/toy_race");
  ASSERT_EQ(m, &status->mappings[1]);
  EXPECT_EQ(m->attached, 1U);
  EXPECT_EQ(m->size_bytes, 4096U);
  EXPECT_EQ(m->section_device, 3U);
  EXPECT_EQ(m->section_inode, 9U);
  EXPECT_EQ(m->section_fd, 12);
  EXPECT_EQ(m->last_change_ns, 7'000U);
  EXPECT_EQ(m->updates, 1U);
  EXPECT_EQ(m->retries, 5U);
  EXPECT_EQ(m->torn, 2U);
  EXPECT_EQ(m->repairs, 1U);
  EXPECT_EQ(status->find("toy_car")->section_fd, -1);
  EXPECT_EQ(status->find("nothing"), nullptr);
}

TEST_F(StatusPage, StartsInStarting) {
  start();
  const auto status = read();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->header.state, static_cast<std::uint32_t>(BridgeState::kStarting));
  EXPECT_EQ(status->header.game_pid, 0U);
  for (const StatusMapping& m : status->mappings) EXPECT_EQ(m.attached, 0U);
}

TEST_F(StatusPage, IsRefusedWhenItIsNone) {
  EXPECT_FALSE(read()) << "all zeros";
  start();
  ASSERT_TRUE(read());
  EXPECT_FALSE(read_status(std::span(memory_.bytes).first(kStatusPageBytes - 1))) << "short";
  EXPECT_FALSE(read_status({})) << "empty";
}

TEST_F(StatusPage, IsRefusedWhenAHeaderFieldIsForeign) {
  const struct {
    std::size_t offset;
    std::uint32_t value;
    const char* what;
  } kCases[] = {
      {offsetof(StatusHeader, magic), 0x1234, "magic"},
      {offsetof(StatusHeader, magic) + 4, 0x1234, "end of magic"},
      {offsetof(StatusHeader, version), kStatusVersion + 1, "version"},
      {offsetof(StatusHeader, version), 0, "version 0"},
      {offsetof(StatusHeader, header_bytes), sizeof(StatusHeader) + 8, "header size"},
      {offsetof(StatusHeader, mapping_bytes), 0, "mapping size"},
      {offsetof(StatusHeader, mapping_count), kStatusMaxMappings + 1, "one mapping too many"},
      {offsetof(StatusHeader, mapping_count), 0xFFFF'FFFF, "far too many mappings"},
  };
  for (const auto& c : kCases) {
    start();
    ASSERT_TRUE(read());
    poke(c.offset, c.value);
    EXPECT_FALSE(read()) << c.what;
  }
}

TEST_F(StatusPage, IsReadUpToTheLargestNumberOfMappings) {
  start();
  poke(offsetof(StatusHeader, mapping_count), kStatusMaxMappings);
  ASSERT_TRUE(read());
  EXPECT_EQ(read()->mappings.size(), kStatusMaxMappings);
}

TEST_F(StatusPage, KeepsNoMoreMappingsThanItHasRoomFor) {
  const std::vector<std::string> many(kStatusMaxMappings + 5, "x");
  writer_.start("toy", "/prefix", 1, 1, many);
  writer_.set_section(kStatusMaxMappings + 1, true, 1, 1, 1, 1);
  writer_.begin_publish(kStatusMaxMappings + 1);
  writer_.end_publish(kStatusMaxMappings + 1, 9);
  writer_.count(kStatusMaxMappings + 1, 1, 1, 1);
  ASSERT_TRUE(read());
  EXPECT_EQ(read()->mappings.size(), kStatusMaxMappings);
  EXPECT_TRUE(all_zero(std::span(memory_.bytes).subspan(mapping_at(kStatusMaxMappings))));
}

TEST_F(StatusPage, IsRefusedWhileItsHeaderIsBeingWritten) {
  start();
  poke(offsetof(StatusHeader, sequence), header_sequence() + 1);
  EXPECT_FALSE(read());
}

TEST_F(StatusPage, SequencesAreEvenAtRestAndMoveWithEachChange) {
  start();
  std::uint32_t before = header_sequence();
  EXPECT_EQ(before % 2, 0U);
  const auto moved = [&] {
    const bool good = header_sequence() != before && header_sequence() % 2 == 0;
    before = header_sequence();
    return good;
  };
  writer_.set_state(BridgeState::kWaiting);
  EXPECT_TRUE(moved());
  writer_.set_game(1, "x");
  EXPECT_TRUE(moved());
  writer_.set_message("x");
  EXPECT_TRUE(moved());
  writer_.beat(1);
  EXPECT_TRUE(moved());
}

TEST_F(StatusPage, AMappingsSequenceIsOddWhileItIsPublished) {
  start();
  const std::uint32_t other = mapping_sequence(1);
  const std::uint32_t at_rest = mapping_sequence(0);
  EXPECT_EQ(at_rest % 2, 0U);
  writer_.begin_publish(0);
  EXPECT_EQ(mapping_sequence(0) % 2, 1U);
  // Whoever reads the page meanwhile is told so, and is not kept from the rest.
  ASSERT_TRUE(read());
  EXPECT_EQ(read()->mappings[0].sequence % 2, 1U);
  writer_.end_publish(0, 9);
  EXPECT_EQ(mapping_sequence(0), at_rest + 2);
  EXPECT_EQ(mapping_sequence(1), other);
}

TEST_F(StatusPage, EachPublicationRaisesTheFutexWordAndWakesOnce) {
  start();
  const std::uint32_t before = futex_word();
  const int wakes = file_.wakes;
  writer_.begin_publish(0);
  EXPECT_EQ(futex_word(), before) << "too early: a woken reader would find the old state";
  writer_.end_publish(0, 9);
  EXPECT_EQ(futex_word(), before + 1);
  EXPECT_EQ(file_.wakes, wakes + 1);
  writer_.beat(10);
  writer_.count(0, 1, 1, 1);
  EXPECT_EQ(futex_word(), before + 1) << "a header change must not take it back";
  EXPECT_EQ(file_.wakes, wakes + 1) << "no news";
}

TEST_F(StatusPage, AChangeOfStateIsNewsToo) {
  start();
  const std::uint32_t before = futex_word();
  const int wakes = file_.wakes;
  writer_.set_state(BridgeState::kPaused);
  EXPECT_EQ(futex_word(), before + 1);
  EXPECT_EQ(file_.wakes, wakes + 1);
}

TEST_F(StatusPage, ARepairIsNoUpdate) {
  start();
  for (const std::uint64_t at :
       {std::uint64_t{100}, kNoUpdate, std::uint64_t{200}, std::uint64_t{300}, kNoUpdate}) {
    writer_.begin_publish(0);
    writer_.end_publish(0, at);
  }
  EXPECT_EQ(read()->mappings[0].updates, 3U);
  writer_.set_section(0, false, 0, 0, 0, -1);
  EXPECT_EQ(read()->mappings[0].updates, 3U);
  EXPECT_EQ(read()->mappings[0].last_change_ns, 300U);
}

TEST_F(StatusPage, CountsAddUpAndLeaveTheRestAlone) {
  start();
  writer_.set_section(0, true, 64, 3, 4, 5);
  const std::uint32_t sequence = mapping_sequence(0);
  writer_.count(0, 1, 0, 0);
  writer_.count(0, 2, 1, 1);
  const StatusMapping m = read()->mappings[0];
  EXPECT_EQ(m.retries, 3U);
  EXPECT_EQ(m.torn, 1U);
  EXPECT_EQ(m.repairs, 1U);
  EXPECT_EQ(m.section_device, 3U);
  EXPECT_EQ(m.updates, 0U);
  EXPECT_EQ(m.sequence, sequence);
}

TEST_F(StatusPage, LongTextsAreCutAndStillEnd) {
  const std::string text(1000, 'x');
  const std::vector<std::string> names = {text};
  writer_.start(text, "/prefix", 1, 1, names);
  writer_.set_game(1, text);
  writer_.set_message(text);
  const auto status = read();
  ASSERT_TRUE(status);
  EXPECT_EQ(fixed_text(status->header.sim), text.substr(0, 31));
  EXPECT_EQ(fixed_text(status->header.title), text.substr(0, 63));
  EXPECT_EQ(fixed_text(status->header.message), text.substr(0, 255));
  EXPECT_EQ(fixed_text(status->mappings[0].file_name), text.substr(0, 127));
  EXPECT_EQ(status->header.message[255], '\0');
  EXPECT_EQ(status->mappings[0].file_name[127], '\0');
}

TEST_F(StatusPage, AShorterTextLeavesNothingOfTheLongerOne) {
  start();
  writer_.set_message("a long message");
  writer_.set_message("short");
  EXPECT_EQ(fixed_text(read()->header.message), "short");
  EXPECT_EQ(read()->header.message[7], '\0');
}

TEST(FixedText, NeedsNoNul) {
  const char full[4] = {'a', 'b', 'c', 'd'};
  EXPECT_EQ(fixed_text(full), "abcd");
  const char none[4] = {};
  EXPECT_EQ(fixed_text(none), "");
}

TEST_F(StatusPage, ARestartGoesOnWithTheSequences) {
  start();
  for (int i = 0; i < 5; ++i) {
    writer_.begin_publish(0);
    writer_.end_publish(0, static_cast<std::uint64_t>(i + 1));
    writer_.beat(1);
  }
  const std::uint32_t header_before = header_sequence();
  const std::uint32_t mapping_before = mapping_sequence(0);
  const std::uint32_t futex_before = futex_word();
  StatusWriter second(file_, memory_.bytes);
  second.start("toy", "/prefix", 99, 9'000, kNames);
  EXPECT_GT(header_sequence(), header_before);
  EXPECT_GE(mapping_sequence(0), mapping_before);
  EXPECT_EQ(mapping_sequence(0) % 2, 0U);
  EXPECT_GE(futex_word(), futex_before);
  const auto status = read();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->header.bridge_pid, 99);
  EXPECT_EQ(status->mappings[0].updates, 0U) << "counts are of this bridge";
}

TEST_F(StatusPage, ARestartAfterAKillInTheMiddleOfAHeaderIsReadable) {
  start();
  poke(offsetof(StatusHeader, sequence), header_sequence() + 1);
  const std::uint32_t odd = header_sequence();
  StatusWriter second(file_, memory_.bytes);
  second.start("toy", "/prefix", 99, 9'000, kNames);
  ASSERT_TRUE(read());
  EXPECT_GT(header_sequence(), odd);
}

// A reader that took the even number before the killed bridge raised it must not meet it again.
TEST_F(StatusPage, ARestartAfterAKillInTheMiddleOfAPublicationMovesOn) {
  start();
  writer_.begin_publish(0);
  const std::uint32_t odd = mapping_sequence(0);
  StatusWriter second(file_, memory_.bytes);
  second.start("toy", "/prefix", 99, 9'000, kNames);
  EXPECT_GT(mapping_sequence(0), odd);
  EXPECT_EQ(mapping_sequence(0) % 2, 0U);
}

TEST_F(StatusPage, GarbageIsMadeIntoAGoodPage) {
  const Bytes garbage = Dice(1).bytes(kStatusPageBytes);
  std::memcpy(memory_.bytes, garbage.data(), garbage.size());
  EXPECT_FALSE(read());
  start();
  const auto status = read();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->mappings.size(), kNames.size());
  EXPECT_EQ(fixed_text(status->header.message), "");
}

TEST(BridgeStates, EachHasAName) {
  std::set<std::string_view> names;
  for (std::uint32_t i = 0; i <= 5; ++i)
    EXPECT_TRUE(names.insert(state_name(static_cast<BridgeState>(i))).second) << i;
  EXPECT_EQ(state_name(static_cast<BridgeState>(77)), "unknown") << "a page may hold anything";
}

}  // namespace
}  // namespace pitbridge
