// SPDX-License-Identifier: MIT
#include "common/core/twin/messages.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

using twin::Message;
using twin::MessageReader;

TEST(TwinMessages, ComeOutAsTheyWentIn) {
  const Message question = {"own", "Local\\a name", "/dev/shm/with\nline", ""};
  MessageReader reader;
  reader.add(twin::packed(question) + twin::packed({"yes"}));
  EXPECT_EQ(reader.next(), question);
  EXPECT_EQ(reader.next(), Message{"yes"});
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_FALSE(reader.is_broken());
}

TEST(TwinMessages, MayComeInPieces) {
  MessageReader reader;
  for (const char byte : twin::packed({"view", "65536", "4096"})) {
    EXPECT_EQ(reader.next(), std::nullopt);
    reader.add({&byte, 1});
  }
  EXPECT_EQ(reader.next(), (Message{"view", "65536", "4096"}));
}

TEST(TwinMessages, ThatAreNoneEndIt) {
  for (const std::string& bytes :
       {std::string("\xff\xff\xff\xff rest", 9), std::string("\0\0\0\0", 4), std::string("\3\0\0\0abc", 7)}) {
    MessageReader reader;
    reader.add(bytes);
    EXPECT_EQ(reader.next(), std::nullopt);
    EXPECT_TRUE(reader.is_broken());
    reader.add(twin::packed({"yes"}));
    EXPECT_EQ(reader.next(), std::nullopt);
  }
}

TEST(TwinMessages, HoldNumbersThatAreNothingElse) {
  const Message message = {"view", "18446744073709551615", "-1", "12 ", "", "18446744073709551616"};
  EXPECT_EQ(twin::number_in(message, 1), 18446744073709551615U);
  for (std::size_t at = 2; at < 8; ++at) EXPECT_EQ(twin::number_in(message, at), std::nullopt) << at;
}

}  // namespace
}  // namespace pitbridge
