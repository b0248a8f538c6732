// SPDX-License-Identifier: MIT
#include "common/core/map_spec.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

TEST(MapSpecs, HaveANameAndMayHaveASizeAndAFile) {
  EXPECT_EQ(parse_map_spec("Toy"), (MapSpec{"Toy", 0, "Toy"}));
  EXPECT_EQ(parse_map_spec("Local\\Toy:100"), (MapSpec{"Local\\Toy", 100, "Toy"}));
  EXPECT_EQ(parse_map_spec("Toy:100:toys/one"), (MapSpec{"Toy", 100, "toys/one"}));
  EXPECT_EQ(parse_map_spec("Toy::one"), (MapSpec{"Toy", 0, "one"}));
}

TEST(MapSpecs, StandBetweenCommasAndBlanks) {
  const auto specs = parse_map_specs(" A:1,B \n\tC::d ");
  ASSERT_TRUE(specs);
  EXPECT_EQ(*specs, (std::vector<MapSpec>{{"A", 1, "A"}, {"B", 0, "B"}, {"C", 0, "d"}}));
  EXPECT_TRUE(parse_map_specs(" , ")->empty());
}

class BadMapSpec : public testing::TestWithParam<const char*> {};

TEST_P(BadMapSpec, IsRefused) {
  const auto spec = parse_map_spec(GetParam());
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().code, ExitCode::kUsage);
  EXPECT_FALSE(spec.error().message.empty());
}

// The first four have no name; a file name of their own let some of them through.
INSTANTIATE_TEST_SUITE_P(Specs, BadMapSpec,
                         testing::Values("", ":10", ":10:file", "Local\\:10:file", "Toy:", "Toy:0", "Toy:-1",
                                         "Toy:1x", "Toy:268435457", "Toy:99999999999999999999",
                                         "Toy:1:", "Toy:1:..", "Toy:1:a/b/c", "Toy:1:/etc", "To\ny"));

TEST(MapSpecs, AMistypedPresetNamesTheNearest) {
  const auto spec = preset_map_spec("mumbel");
  ASSERT_FALSE(spec);
  EXPECT_NE(spec.error().message.find("did you mean mumble"), std::string::npos) << spec.error().message;
  for (const std::string_view name : preset_names()) EXPECT_TRUE(preset_map_spec(name)) << name;
}

}  // namespace
}  // namespace pitbridge
