// SPDX-License-Identifier: MIT
// Streams as a user of the library has them; tests/unit/stream has what they do.
#include <gtest/gtest.h>

#include "common/pitshm/stream.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitshm {
namespace {

TEST(StreamInterface, AnEndThatIsNoFaultHasNotTheTextOfAnEarlierOne) {
  const pitbridge::TempDirectory directory;
  const ConsumerOptions options = {.directory = directory.path()};
  auto in = Consumer::open("toy", options);
  ASSERT_TRUE(in) << in.error().text;
  const auto wrong = Consumer::open("a/b", options);
  ASSERT_FALSE(wrong);
  EXPECT_FALSE(wrong.error().text.empty());
  const auto none = in->next(Timeout(0));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().result, PITSHM_TIMED_OUT);
  EXPECT_EQ(none.error().text, "");
}

}  // namespace
}  // namespace pitshm
