// SPDX-License-Identifier: MIT
#include "common/core/packets/packet_sender.hpp"

#include <gtest/gtest.h>

#include "tests/unit/support/toy_packets.hpp"

namespace pitbridge {
namespace {

using Standing = NewestOrigin::Standing;
constexpr std::int64_t kMs = 1'000'000;

TEST(PacketSender, IsToldAsPeopleWriteIt) {
  EXPECT_EQ(toy::sender(4444).text(), "127.0.0.1:4444");
  PacketSender six;
  six.address[15] = 1;
  six.port = 20'777;
  EXPECT_EQ(six.text(), "[0:0:0:0:0:0:0:1]:20777");
}

TEST(NewestOriginTest, TheOneThatBeganLastIsBelieved) {
  NewestOrigin origins;
  const PacketOrigin first = {toy::sender(1), 0};
  const PacketOrigin second = {toy::sender(2), 0};
  EXPECT_EQ(origins.judge(first, 0), Standing::kTakesOver);
  EXPECT_EQ(origins.judge(first, 10 * kMs), Standing::kCurrent);
  EXPECT_EQ(origins.judge(second, 20 * kMs), Standing::kTakesOver);
  EXPECT_EQ(origins.judge(first, 30 * kMs), Standing::kOlder);
  EXPECT_EQ(origins.judge(second, 40 * kMs), Standing::kCurrent);
}

TEST(NewestOriginTest, AnotherSessionOfTheSameSenderIsAnother) {
  NewestOrigin origins;
  (void)origins.judge({toy::sender(), 1}, 0);
  EXPECT_EQ(origins.judge({toy::sender(), 2}, 1), Standing::kTakesOver);
  EXPECT_EQ(origins.judge({toy::sender(), 1}, 2), Standing::kOlder);
}

TEST(NewestOriginTest, AnOlderOneIsBackWhenTheNewerIsSilent) {
  NewestOrigin origins;
  (void)origins.judge({toy::sender(1), 0}, 0);
  (void)origins.judge({toy::sender(2), 0}, 0);
  EXPECT_EQ(origins.judge({toy::sender(1), 0}, 1999 * kMs), Standing::kOlder);
  EXPECT_EQ(origins.judge({toy::sender(1), 0}, 2000 * kMs), Standing::kTakesOver);
  EXPECT_EQ(origins.judge({toy::sender(2), 0}, 2001 * kMs), Standing::kOlder);
}

TEST(NewestOriginTest, TwoAtTheSameTimeAreToldOnce) {
  NewestOrigin origins;
  (void)origins.judge({toy::sender(1), 0}, 0);
  (void)origins.judge({toy::sender(2), 0}, 0);
  (void)origins.judge({toy::sender(1), 0}, 1);
  EXPECT_FALSE(origins.takes_conflict()) << "it was only on its way";
  for (int i = 0; i < 100; ++i) (void)origins.judge({toy::sender(1), 0}, 2 + i);
  EXPECT_TRUE(origins.takes_conflict());
  for (int i = 0; i < 100; ++i) (void)origins.judge({toy::sender(1), 0}, 200 + i);
  EXPECT_FALSE(origins.takes_conflict());
}

TEST(NewestOriginTest, EverNewSendersTakeNoMemory) {
  NewestOrigin origins;
  for (std::uint16_t port = 1; port < 1000; ++port)
    EXPECT_EQ(origins.judge({toy::sender(port), 0}, port), Standing::kTakesOver);
  EXPECT_EQ(origins.judge({toy::sender(1), 0}, 1000), Standing::kTakesOver) << "forgotten long ago";
}

TEST(LatePacketsTest, WhatWasOvertakenIsRefused) {
  LatePackets late;
  EXPECT_FALSE(late.is_late(100, 0));
  EXPECT_FALSE(late.is_late(102, 10 * kMs));
  EXPECT_TRUE(late.is_late(101, 11 * kMs));
  EXPECT_FALSE(late.is_late(102, 12 * kMs)) << "two of one frame are both news";
}

TEST(LatePacketsTest, AGameThatIsWoundBackGoesOn) {
  LatePackets late;
  EXPECT_FALSE(late.is_late(10'000, 0));
  EXPECT_TRUE(late.is_late(400, 249 * kMs));
  EXPECT_FALSE(late.is_late(401, 250 * kMs));
  EXPECT_FALSE(late.is_late(402, 251 * kMs));
}

}  // namespace
}  // namespace pitbridge
