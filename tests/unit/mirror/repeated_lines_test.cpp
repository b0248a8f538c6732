// SPDX-License-Identifier: MIT
#include "common/core/mirror/repeated_lines.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

constexpr std::int64_t kStart = 1'000 * RepeatedLines::kWindowNs;

TEST(RepeatedLines, OfOneThingSomePassAMinuteAndTheRestIsCounted) {
  RepeatedLines lines;
  std::uint64_t passed = 0;
  for (int i = 0; i < 500; ++i)
    passed += lines.admit(LogLevel::kInfo, "made anew " + std::to_string(i), kStart + i).size();
  EXPECT_EQ(passed, RepeatedLines::kMostOfOneThing);

  const auto next = lines.admit(LogLevel::kWarning, "another", kStart + RepeatedLines::kWindowNs);
  ASSERT_EQ(next.size(), 2U);
  EXPECT_EQ(next[0].text, "490 more lines like this one: made anew 0");
  EXPECT_EQ(next[0].level, LogLevel::kInfo);
  EXPECT_EQ(next[1].text, "another");
  EXPECT_EQ(next[1].level, LogLevel::kWarning);
  EXPECT_EQ(lines.admit(LogLevel::kInfo, "made anew 7", kStart + RepeatedLines::kWindowNs).size(), 1U)
      << "a minute later it is worth a line again";
}

TEST(RepeatedLines, OtherThingsGoOnMeanwhile) {
  RepeatedLines lines;
  for (int i = 0; i < 100; ++i) (void)lines.admit(LogLevel::kInfo, "made anew", kStart);
  const auto other = lines.admit(LogLevel::kInfo, "the game has gone", kStart);
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].text, "the game has gone");
}

TEST(RepeatedLines, OfAllThingsTogetherSomePassToo) {
  RepeatedLines lines;
  std::uint64_t passed = 0;
  for (int i = 0; i < 2000; ++i)
    passed += lines
                  .admit(LogLevel::kInfo,
                         std::string(1, static_cast<char>('a' + i % 26)) +
                             std::string(static_cast<std::size_t>(i / 26), 'z'),
                         kStart)
                  .size();
  EXPECT_EQ(passed, RepeatedLines::kMostOfAll);
  const auto next = lines.admit(LogLevel::kInfo, "next", kStart + RepeatedLines::kWindowNs);
  ASSERT_EQ(next.size(), 2U);
  EXPECT_EQ(next[0].text, "1700 more lines of several kinds were left out");
}

}  // namespace
}  // namespace pitbridge
