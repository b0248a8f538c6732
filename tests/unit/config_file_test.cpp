// SPDX-License-Identifier: MIT
#include "common/posix/config_file.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

Expected<Config> parse(const std::string& text) {
  return parse_config(text, "config.toml");
}

TEST(ConfigFile, GivesTheMappings) {
  const auto config = parse("# mine\n[shmbridge]\nmaps = [\"Toy:10\", 'Local\\Other']\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->shmbridge_maps, (std::vector<std::string>{"Toy:10", "Local\\Other"}));
}

TEST(ConfigFile, MayBeEmpty) {
  for (const char* text : {"", "\n", "[shmbridge]\n", "[shmbridge]\nmaps = []\n"}) {
    const auto config = parse(text);
    ASSERT_TRUE(config) << text;
    EXPECT_TRUE(config->shmbridge_maps.empty()) << text;
  }
}

TEST(ConfigFile, HoldsAnyLetterAsAnEscape) {
  const auto config = parse("[shmbridge]\nmaps = [\"\\u00E9\"]\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->shmbridge_maps, std::vector<std::string>{"\u00E9"});
}

struct Fault {
  const char* text;
  const char* message;
};
class FaultyConfig : public testing::TestWithParam<Fault> {};

TEST_P(FaultyConfig, IsAnErrorThatNamesThePlace) {
  const auto config = parse(GetParam().text);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ExitCode::kUsage);
  EXPECT_NE(config.error().message.find("config.toml"), std::string::npos) << config.error().message;
  EXPECT_NE(config.error().message.find(GetParam().message), std::string::npos) << config.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultyConfig,
    testing::Values(Fault{"\n[shmbrige]\n", "line 2: unknown key \"shmbrige\"; did you mean \"shmbridge\""},
                    Fault{"[shmbridge]\nmap = []\n", "line 2: unknown key \"map\"; did you mean \"maps\""},
                    Fault{"shmbridge = 1\n", "must be a table"},
                    Fault{"[shmbridge]\nmaps = \"Toy\"\n", "line 2: maps must be a list"},
                    Fault{"[shmbridge]\nmaps = [1]\n", "line 2: each of maps must be a text"},
                    Fault{"[shmbridge\n", "line 1"}, Fault{"maps = [", "line 1"},
                    Fault{"\n[shmbr\u0432]\n", "line 2: a letter beyond ASCII"},
                    Fault{"# \u00E9\n", "line 1: a letter beyond ASCII"},
                    Fault{"[shmbridge]\nmaps = [\"\u00E9\"]\n", "line 2: a letter beyond ASCII"},
                    Fault{"a = \"\"\"x\"\"\"\"\n\n\u00E9 = 1\n", "line 3: a letter beyond ASCII"},
                    // toml++ 3.3.0 ended the program at these; found by fuzzing.
                    Fault{"[=mh [\"A:1\",\002\004\"]\n", "malformed"}, Fault{"[=]\n", "malformed"}));

}  // namespace
}  // namespace pitbridge
