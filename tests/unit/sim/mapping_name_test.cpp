// SPDX-License-Identifier: MIT
#include "common/core/sim/mapping_name.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

TEST(CheckFileName, AcceptsWhatSimsUse) {
  for (const std::string_view name :
       {"acpmf_physics", "$pcars2$", "$rFactor2SMMP_Telemetry$", "SCS/SCSTelemetry", "$R3E",
        "IRSDKMemMapFileName", "a", "...", ".hidden", "a b", "N\xC3\xBC"})
    EXPECT_TRUE(check_file_name(name)) << name;
}

TEST(CheckFileName, AcceptsTheLongestParts) {
  const std::string part(255, 'x');
  EXPECT_TRUE(check_file_name(part));
  EXPECT_TRUE(check_file_name(part + "/" + part));
}

TEST(CheckFileName, RefusesWhatWouldLeaveTheDirectoryOrConfuse) {
  const std::string too_long(256, 'x');
  for (const std::string& name : {std::string(),       std::string("."),
                                  std::string(".."),   std::string("../x"),
                                  std::string("x/.."), std::string("./x"),
                                  std::string("x/."),  std::string("/"),
                                  std::string("/x"),   std::string("x/"),
                                  std::string("//"),   std::string("a/b/c"),
                                  std::string("a//b"), too_long,
                                  too_long + "/x",     "x/" + too_long,
                                  std::string("a\nb"), std::string("a\0b", 3),
                                  std::string("\x1F"), std::string("a\x7F")}) {
    const auto result = check_file_name(name);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().code, ExitCode::kUsage) << name;
  }
}

TEST(CheckFileName, TheMessageNamesTheNameAndTheRemedy) {
  const auto result = check_file_name("a/b/c");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("\"a/b/c\""), std::string::npos) << result.error().message;
  EXPECT_NE(result.error().message.find("SCS/SCSTelemetry"), std::string::npos) << result.error().message;
}

}  // namespace
}  // namespace pitbridge
