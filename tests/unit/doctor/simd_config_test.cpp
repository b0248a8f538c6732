// SPDX-License-Identifier: MIT
#include "bridges/doctor/simd_config.hpp"

#include <gtest/gtest.h>

namespace pitbridge::doctor {
namespace {

using Line = std::optional<std::size_t>;

// What libconfig 1.5 said of each text.
TEST(SimdConfig, ACommaBeforeTheEndOfAListOrAnArrayIsFound) {
  EXPECT_EQ(line_of_trailing_comma("a=(1,2,);"), Line(1));
  EXPECT_EQ(line_of_trailing_comma("a=[1,2,];"), Line(1));
  EXPECT_EQ(line_of_trailing_comma("sims =\n(\n  { b = 1; },\n\n);\n"), Line(3)) << "as in simd's example";
  EXPECT_EQ(line_of_trailing_comma("a=(1, // ,)\n2,\n);"), Line(2));
  EXPECT_EQ(line_of_trailing_comma("a = ( 1, # the last\r\n /* of\n two */ );"), Line(1));
  EXPECT_EQ(line_of_trailing_comma("/* a\n b */ a = (\"x\",\t)"), Line(2));
}

TEST(SimdConfig, OtherCommasAreNot) {
  for (const char* good : {"", ",", "a=(1,2);", "a={b=1,};", "a=({b=1,},{b=2,});", "a=(\"],)\");",
                           "a=(\"\\\",)\", 1);", "a=(1 /* ,) */ );", "a=(1 # ,)\n);", "a=(1 // ,]\n);",
                           "a=(1, \"x\")", "a=(1, \"", "a=(1, /*", "a=(1, #", "a=(1, \"\\", "a=(1 /"})
    EXPECT_EQ(line_of_trailing_comma(good), std::nullopt) << good;
}

TEST(SimdConfig, TheLibrarySaysWhetherItTakesThem) {
  EXPECT_EQ(takes_trailing_commas({"/usr/bin/simd", "/usr/lib/libconfig.so.9.2.0"}), std::optional(false));
  EXPECT_EQ(takes_trailing_commas({"/usr/lib64/libconfig.so.11.1.0"}), std::optional(true));
  EXPECT_EQ(takes_trailing_commas({"/usr/lib/libconfig.so.11"}), std::optional(true));
  EXPECT_EQ(takes_trailing_commas({"/usr/lib/libconfig++.so.9", "/usr/lib/libconfig.so.x"}), std::nullopt);
}

}  // namespace
}  // namespace pitbridge::doctor
