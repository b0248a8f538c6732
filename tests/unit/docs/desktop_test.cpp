// SPDX-License-Identifier: MIT
// What a desktop and a software centre are told.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "build_info.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/run_program.hpp"

namespace pitbridge {
namespace {

constexpr const char* kId = "io.github.pitbridge.pitbridge";

std::string desktop_file(const std::string& ending) {
  return text_of(source_dir() / "bridges/desktop" / (kId + ending));
}

TEST(Desktop, TheMetainfoTellsOfTheReleasesOfTheChangelog) {
  const auto released = all_matches(text_of(source_dir() / "CHANGELOG.md"),
                                    R"(\n## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)\n)", 1);
  const auto dates = all_matches(text_of(source_dir() / "CHANGELOG.md"),
                                 R"(\n## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)\n)", 2);
  const std::string metainfo = desktop_file(".metainfo.xml");
  EXPECT_EQ(all_matches(metainfo, "<release version=\"([^\"]*)\"", 1), released);
  EXPECT_EQ(all_matches(metainfo, "<release version=\"[^\"]*\" date=\"([^\"]*)\"", 1), dates);
  ASSERT_FALSE(released.empty());
  EXPECT_EQ(released.front(), kVersion) << "the Makefile's VERSION";
}

TEST(Desktop, TheEntryRunsACommandThatExists) {
  const auto commands = all_matches(desktop_file(".desktop"), "\nExec=pitbridge ([^\n]*)\n", 1);
  ASSERT_EQ(commands.size(), 1U);
  const auto options = all_matches(commands.front(), "--[a-z-]+");
  const auto command = commands.front().substr(0, commands.front().find(' '));
  const Outcome help = run_pitbridge({command, "--help"});
  EXPECT_EQ(help.status, 0) << help.output;
  for (const std::string& option : options)
    EXPECT_NE(help.output.find(option + " "), std::string::npos) << option << "\n" << help.output;
}

TEST(Desktop, ItsFilesNameEachOther) {
  const std::string id = kId;
  EXPECT_NE(desktop_file(".desktop").find("\nIcon=" + id + "\n"), std::string::npos);
  EXPECT_NE(desktop_file(".metainfo.xml").find("<id>" + id + "</id>"), std::string::npos);
  EXPECT_NE(desktop_file(".metainfo.xml").find(">" + id + ".desktop</launchable>"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(source_dir() / "bridges/desktop" / (id + ".svg")));
}

}  // namespace
}  // namespace pitbridge
