// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <numeric>

#include "tests/bench/statistics.hpp"

namespace pitbridge::bench {
namespace {

TEST(BenchStatistics, PercentileIsTheNearestRankOfWhatWasMeasured) {
  std::vector<double> hundred(100);
  std::iota(hundred.rbegin(), hundred.rend(), 1);  // 100 .. 1: the order does not matter
  EXPECT_EQ(percentile(hundred, 0.5), 50);
  EXPECT_EQ(percentile(hundred, 0.99), 99);
  EXPECT_EQ(percentile(hundred, 0.991), 100);
  EXPECT_EQ(percentile(hundred, 1), 100);
  EXPECT_EQ(percentile(hundred, 0), 1);
}

TEST(BenchStatistics, OneValueIsEveryPercentile) {
  EXPECT_EQ(percentile({7}, 0.5), 7);
  EXPECT_EQ(percentile({7}, 0.99), 7);
}

TEST(BenchStatistics, NothingMeasuredGivesNothing) {
  EXPECT_FALSE(percentile({}, 0.5).has_value());
  EXPECT_FALSE(spread_of({}).has_value());
}

TEST(BenchStatistics, SpreadOfAnOddNumberOfRoundsHasTheMiddleOne) {
  const auto spread = spread_of({30, 10, 20});
  ASSERT_TRUE(spread.has_value());
  EXPECT_EQ(spread->median, 20);
  EXPECT_EQ(spread->min, 10);
  EXPECT_EQ(spread->max, 30);
}

TEST(BenchStatistics, SpreadOfAnEvenNumberOfRoundsHasTheMeanOfTheMiddleTwo) {
  const auto spread = spread_of({4, 1, 100, 2});
  ASSERT_TRUE(spread.has_value());
  EXPECT_EQ(spread->median, 3);
  EXPECT_EQ(spread->min, 1);
  EXPECT_EQ(spread->max, 100);
}

}  // namespace
}  // namespace pitbridge::bench
