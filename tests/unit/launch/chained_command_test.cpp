// SPDX-License-Identifier: MIT
#include "common/posix/launch/chained_command.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

using Words = std::vector<std::string>;
using namespace std::string_literals;

TEST(ChainedCommandTest, WordsBehindTheDashesAreTakenByteForByte) {
  const auto line =
      parse_bridge_command_line("/s/acbridge.exe.so\0--launched\0--\0/\xc3\xa9/x.exe\0a b\0--\0\0z\0\0\0\0"s);
  EXPECT_EQ(line.program, "/s/acbridge.exe.so");
  EXPECT_EQ(line.chained, Words({"/\xc3\xa9/x.exe", "a b", "--", "", "z"}));
}

TEST(ChainedCommandTest, TheLoaderMayStandBeforeUs) {
  EXPECT_EQ(parse_bridge_command_line("/p/wine64\0/s/acbridge.exe.so\0--\0other.exe.so\0"s).program,
            "/s/acbridge.exe.so");
  EXPECT_EQ(parse_bridge_command_line("").program, "");
  EXPECT_TRUE(parse_bridge_command_line("/s/acbridge.exe.so"s).chained.empty());
}

}  // namespace
}  // namespace pitbridge
