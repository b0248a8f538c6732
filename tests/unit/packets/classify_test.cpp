// SPDX-License-Identifier: MIT
#include "common/core/packets/classify.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/support/toy_packets.hpp"

namespace pitbridge {
namespace {

PacketClass classify(const Bytes& packet) {
  return pitbridge::classify(toy::kKinds, packet);
}
std::string_view mapping_of(const Bytes& packet) {
  const PacketClass found = classify(packet);
  return found.kind != nullptr ? found.kind->mapping : "";
}
/// Why it is junk, in words; empty: it is none.
std::string_view fault_of(const Bytes& packet) {
  const PacketClass found = classify(packet);
  return found.kind != nullptr ? "" : kJunkReasonNames[static_cast<std::size_t>(found.reason)];
}

TEST(Classify, ByMarksAndByBounds) {
  EXPECT_EQ(mapping_of(toy::car(1)), toy::kCarFile);
  EXPECT_EQ(mapping_of(toy::event(1)), toy::kEventFile);
  EXPECT_EQ(mapping_of(toy::dash(88)), toy::kDashFile);
  EXPECT_EQ(mapping_of(toy::dash(88, toy::kDashBytes + 4)), toy::kDashFile) << "each size of a kind";
}

TEST(Classify, TheSizeAloneDecidesNothing) {
  EXPECT_EQ(fault_of(toy::year_packet(toy::kCarBytes, 1, 7, 1)), "of an unknown kind")
      << "an event of a car's size";
  EXPECT_EQ(fault_of(Bytes(toy::kCarBytes)), "of an unknown kind");
}

TEST(Classify, AnotherYearIsNoUnknownKind) {
  EXPECT_EQ(fault_of(toy::year_packet(toy::kCarBytes, 0, 7, 1, 2020)), "of another format");
  EXPECT_EQ(fault_of(toy::year_packet(1000, 0, 7, 1, 2025)), "of another format") << "whatever its size";
  EXPECT_EQ(fault_of(toy::year_packet(toy::kCarBytes, 0, 7, 1, 1999)), "of an unknown kind");
}

TEST(Classify, SizesThatNoKindHas) {
  EXPECT_EQ(fault_of({}), "too short");
  EXPECT_EQ(fault_of(Bytes(toy::kEventBytes - 1)), "too short");
  EXPECT_EQ(fault_of(Bytes(toy::kCarBytes + 1)), "too long");
  EXPECT_EQ(fault_of(Bytes(4096)), "too long");
  EXPECT_EQ(fault_of(Bytes(toy::kDashBytes + 1)), "of another size");
}

TEST(Classify, NumbersThatNoCarCanHave) {
  for (const float speed : {501.0F, -11.0F, std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()})
    EXPECT_EQ(fault_of(toy::dash(speed)), "implausible") << speed;
  EXPECT_EQ(mapping_of(toy::dash(500)), toy::kDashFile) << "the bound itself is within";
}

TEST(Classify, NothingIsReadBeyondThePacket) {
  constexpr PacketKind kWrong[] = {{.mapping = "x",
                                    .sizes = {4},
                                    .marks = {PacketMark{2, 4, 0}},
                                    .bounds = {PacketBound{0xFFFFFFFF, 0, 0}}}};
  EXPECT_EQ(pitbridge::classify(kWrong, Bytes(4)).kind, nullptr);
  EXPECT_EQ(packet_word(Bytes(4), 2, 4), 0U);
  EXPECT_EQ(packet_word(Bytes(4), 0xFFFFFFFF, 8), 0U);
}

TEST(Classify, WordsAreLittleEndian) {
  EXPECT_EQ(packet_word(bytes_of("\x01\x02\x03"), 1, 2), 0x0302U);
}

}  // namespace
}  // namespace pitbridge
