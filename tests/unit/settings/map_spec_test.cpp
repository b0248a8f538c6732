// SPDX-License-Identifier: MIT
#include "common/core/settings/map_spec.hpp"

#include <gtest/gtest.h>

#include "common/core/mirror/status_page.hpp"

namespace pitbridge {
namespace {

TEST(MapSpecs, HaveANameAndMayHaveASizeAndAFile) {
  EXPECT_EQ(parse_map_spec("Toy"), (MapSpec{"Toy", 0, "Toy"}));
  EXPECT_EQ(parse_map_spec("Local\\Toy:100"), (MapSpec{"Local\\Toy", 100, "Toy"}));
  EXPECT_EQ(parse_map_spec("Toy:100:toys/one"), (MapSpec{"Toy", 100, "toys/one"}));
  EXPECT_EQ(parse_map_spec("Toy::one"), (MapSpec{"Toy", 0, "one"}));
}

TEST(MapSpecs, MayHaveAColonInTheName) {
  const MapSpec spec = {"my:tele map", 100, "my:tele map"};
  EXPECT_EQ(parse_map_spec("my\\:tele map:100"), spec);
  EXPECT_EQ(map_spec_text(spec), "my\\:tele map:100");
  EXPECT_EQ(parse_map_spec("Local\\a\\:b\\:c::file"), (MapSpec{"Local\\a:b:c", 0, "file"}));
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

TEST(MapSpecs, AreSaidAsTheyAreUnderstood) {
  for (const char* text : {"Toy", "Local\\Toy:100", "Toy:100:toys/one", "Toy::one"})
    EXPECT_EQ(map_spec_text(*parse_map_spec(text)), text);
  EXPECT_EQ(map_spec_text({"Local\\Toy", 7, "Toy"}), "Local\\Toy:7");
}

constexpr Mapping kOwn[] = {{.name = "Local\\own", .size_bytes = 10, .extra_files = {"second"}}};
constexpr Sim kSim = {.name = "toy", .description = "a toy", .mappings = kOwn, .titles = {}};

std::vector<MapSpec> specs_of(std::string_view text) {
  return *parse_map_specs(text);
}

TEST(ExtraMaps, NeedAFileOfTheirOwn) {
  const AcceptedMaps accepted =
      accept_maps(kSim, specs_of("A:1 Local\\own B::own C::second A2::A D::pitbridge.toy E:5"));
  EXPECT_EQ(accepted.specs, specs_of("A:1 E:5"));
  ASSERT_EQ(accepted.faults.size(), 5U);
  EXPECT_NE(accepted.faults[0].find("mirrored by toybridge anyway"), std::string::npos) << accepted.faults[0];
  for (const std::size_t i : {1U, 2U, 3U})
    EXPECT_NE(accepted.faults[i].find("two mappings go to the file"), std::string::npos)
        << accepted.faults[i];
  EXPECT_NE(accepted.faults[4].find("status page"), std::string::npos) << accepted.faults[4];
}

TEST(ExtraMaps, AreNoMoreThanAStatusPageHolds) {
  std::string text;
  for (std::uint32_t i = 0; i < kStatusMaxMappings; ++i) text += "Map" + std::to_string(i) + " ";
  const AcceptedMaps accepted = accept_maps(kSim, specs_of(text));
  EXPECT_EQ(accepted.specs.size(), kStatusMaxMappings - 1) << "one is the sim's";
  ASSERT_EQ(accepted.faults.size(), 1U);
  EXPECT_NE(accepted.faults[0].find("\"Map29\" is one more than the 30"), std::string::npos)
      << accepted.faults[0];
}

TEST(ExtraMaps, StandBehindTheSimsOwn) {
  const ExtendedSim extended(kSim, specs_of("Local\\A:7:a/b B"));
  const Sim& sim = extended.sim();
  EXPECT_EQ(sim.name, "toy");
  ASSERT_EQ(sim.mappings.size(), 3U);
  EXPECT_EQ(sim.mappings[0].name, "Local\\own");
  EXPECT_FALSE(sim.mappings[0].by_user);
  EXPECT_EQ(sim.mappings[1].name, "Local\\A");
  EXPECT_EQ(sim.mappings[1].file_name(), "a/b");
  EXPECT_EQ(sim.mappings[1].min_file_bytes, 7U);
  EXPECT_TRUE(sim.mappings[1].by_user);
  EXPECT_EQ(sim.mappings[2].file_name(), "B");
}

}  // namespace
}  // namespace pitbridge
