// SPDX-License-Identifier: MIT
#include "common/core/launch/command_line.hpp"

#include <gtest/gtest.h>

#include <array>

namespace pitbridge {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 3> kSubcommands = {"list", "read", "run"};

CommandLine split(const Words& words) {
  return split_command_line(
      words, kSubcommands, [](const std::string& program) { return program == "wine" || program == "stat"; });
}

void expect_split(const Words& words, const Words& own, const Words& command) {
  const CommandLine line = split(words);
  EXPECT_EQ(line.own, own);
  EXPECT_EQ(line.command, command);
}

TEST(CommandLineTest, OurOwnCommandsStayOurs) {
  expect_split({}, {}, {});
  expect_split({"--help"}, {"--help"}, {});
  expect_split({"list", "--json"}, {"list", "--json"}, {});
  expect_split({"--shm-dir", "/x", "read", "ac"}, {"--shm-dir", "/x", "read", "ac"}, {});
  expect_split({"--shm-dir"}, {"--shm-dir"}, {});
}

TEST(CommandLineTest, ACommandOfSteamsMeansRun) {
  const Words steam = {"/s/reaper", "SteamLaunch",       "AppId=1", "--",
                       "/s/proton", "waitforexitandrun", "a.exe",   "--"};
  expect_split(steam, {"run"}, steam);
  expect_split({"./game", "list"}, {"run"}, {"./game", "list"});
  expect_split({"gamemoderun", "mangohud", "/s/reaper", "--", "list"}, {"run"},
               {"gamemoderun", "mangohud", "/s/reaper", "--", "list"});
  expect_split({"wine", "acs.exe"}, {"run"}, {"wine", "acs.exe"});
  expect_split({"--shm-dir", "/x", "/s/reaper", "--shm-dir", "y"}, {"--shm-dir", "/x", "run"},
               {"/s/reaper", "--shm-dir", "y"});
  expect_split({"--", "list"}, {"run"}, {"list"});
}

TEST(CommandLineTest, ATypingErrorIsNoCommand) {
  expect_split({"raed", "ac"}, {"raed", "ac"}, {});
  expect_split({"stat"}, {"stat"}, {});  // status was meant, perhaps
}

TEST(CommandLineTest, TheWordThatIsNoSubcommandIsFound) {
  const auto unknown = [](const Words& words) { return unknown_subcommand(split(words), kSubcommands); };
  EXPECT_EQ(unknown({"raed", "ac"}), "raed");
  EXPECT_EQ(unknown({"--shm-dir", "/x", "raed"}), "raed");
  EXPECT_EQ(unknown({}), std::nullopt);
  EXPECT_EQ(unknown({"--help"}), std::nullopt);
  EXPECT_EQ(unknown({"--shm-dir", "/x"}), std::nullopt);
  EXPECT_EQ(unknown({"read", "raed"}), std::nullopt);
  EXPECT_EQ(unknown({"wine", "a.exe"}), std::nullopt);
}

TEST(CommandLineTest, RunEndsOurOptionsAtTheFirstWordThatIsNone) {
  expect_split({"run"}, {"run"}, {});
  expect_split({"run", "--"}, {"run"}, {});
  expect_split({"run", "--help"}, {"run", "--help"}, {});
  expect_split({"run", "--dry-run", "--sim", "ac", "--", "--odd", "--", "-h"},
               {"run", "--dry-run", "--sim", "ac"}, {"--odd", "--", "-h"});
  expect_split({"run", "--sim=ac", "wine", "--help"}, {"run", "--sim=ac"}, {"wine", "--help"});
  expect_split({"run", "list"}, {"run"}, {"list"});
  expect_split({"run", "", "-x"}, {"run"}, {"", "-x"});
}

TEST(CommandLineTest, QuotingIsReadBackByTheShell) {
  EXPECT_EQ(shell_quoted("/a b/c"), "'/a b/c'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted(""), "''");
}

}  // namespace
}  // namespace pitbridge
