// SPDX-License-Identifier: MIT
// The README for the person who drives, and every file that a comment or a document cites.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

namespace fs = std::filesystem;

constexpr std::ptrdiff_t kMostLinesOfReadme = 150;

fs::path source_dir() {
  return fs::absolute(environment_or("PITBRIDGE_SOURCE_DIR", "."));
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path << " cannot be read; set PITBRIDGE_SOURCE_DIR to the root of the repository";
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> all_matches(const std::string& text, const char* pattern, std::size_t group) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it)
    found.push_back((*it)[group].str());
  return found;
}

TEST(Readme, IsShort) {
  const std::string text = text_of(source_dir() / "README.md");
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), kMostLinesOfReadme)
      << "what a reader looks up belongs into bridges/man";
}

TEST(Readme, TellsOfBothCommandsAndOfBothWaysToStart) {
  const std::string text = text_of(source_dir() / "README.md");
  for (const char* line :
       {"\n    make demo ", "\n    make test ", "\n    make install PREFIX=$HOME/.local\n",
        "\n    ~/.local/bin/pitbridge %command%\n", "\n    systemctl --user enable --now pitbridge\n",
        "\n    pitbridge read ac\n", "\n    pitbridge doctor\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}

TEST(Readme, NamesTargetsCommandsAndAUnitThatExist) {
  const std::string text = text_of(source_dir() / "README.md");
  const std::string makefile = text_of(source_dir() / "Makefile");
  const auto targets = all_matches(text, "\n    make ([a-z-]+)", 1);
  EXPECT_GE(targets.size(), 4U);
  for (const std::string& target : targets)
    EXPECT_NE(("\n" + makefile).find("\n" + target + ":"), std::string::npos) << "make " << target;
  const auto commands = all_matches(text, "[`/ ]pitbridge ([a-z]+)[ `\n]", 1);
  EXPECT_GE(commands.size(), 4U);
  for (const std::string& command : commands) {
    // What stands behind `pitbridge` without being a command of ours is the command of a game.
    if (command == "wine" || command == "mangohud" || command == "brings") continue;
    EXPECT_TRUE(fs::exists(source_dir() / "bridges/pitbridge" / (command + ".cpp")))
        << "pitbridge " << command;
  }
  EXPECT_TRUE(fs::exists(source_dir() / "bridges/systemd/pitbridge.service"));
}

bool is_text(const fs::path& path) {
  static const std::set<std::string> kEndings = {".cpp", ".hpp", ".h",   ".c",       ".md",
                                                 ".py",  ".sh",  ".scd", ".service", ".csv"};
  return kEndings.count(path.extension().string()) != 0 || path.filename() == "Makefile" ||
         path.parent_path().filename() == ".ci";
}

/// The files of the tree that people write, below the root.
std::vector<fs::path> texts_of_the_tree(const fs::path& root) {
  std::vector<fs::path> found;
  for (const char* top : {"bridges", "common", "sims", "tests", ".ci", ".github"})
    if (fs::exists(root / top))
      for (const auto& entry : fs::recursive_directory_iterator(root / top))
        if (entry.is_regular_file() && is_text(entry.path()))
          found.push_back(fs::relative(entry.path(), root));
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.is_regular_file() && is_text(entry.path())) found.push_back(fs::relative(entry.path(), root));
  return found;
}

/// Of a program the comments, of everything else the whole text.
std::string what_people_read(const fs::path& path, const std::string& text) {
  static const std::set<std::string> kCode = {".cpp", ".hpp", ".h", ".c"};
  if (kCode.count(path.extension().string()) == 0) return text;
  std::string comments;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (const auto at = line.find("//"); at != std::string::npos) comments += line.substr(at) + "\n";
  return comments;
}

/// What is cited and does not belong to this tree, with the reason.
const std::map<std::string, std::string>& foreign_files() {
  static const std::map<std::string, std::string> kForeign = {
      {"windows.h", "Wine"},
      {"winternl.h", "Wine"},
      {"winsock.h", "Wine"},
      {"acdata.h", "simapi: the records of Assetto Corsa"},
      {"r3e.h", "sector3studios/r3e-api: the layout of RaceRoom"},
      {"irsdk_defines.h", "the SDK of iRacing"},
      {"MappedBuffer.h", "rF2SharedMemoryMapPlugin"},
      {"rF2State.h", "rF2SharedMemoryMapPlugin"},
      {"SharedMemory.h", "CREST2-AMS2"},
      {"unistd.h", "the C library"},
      {"stdint.h", "the C library"},
      {"user_settings.py", "Proton"},
      {"thread.h", "the C library"},
      {"build_info.hpp", "generated by the Makefile"},
      {"sim_names.hpp", "generated by the Makefile"},
      {"snake_case.cpp", "the pattern of a name"},
      {"name.cpp", "the pattern of a name"},
      {"name.hpp", "the pattern of a name"},
      {"name_test.cpp", "the pattern of a name"},
      {"program.cpp", "a file of the user's"},
      {"empty.cpp", "planted by a test"},
  };
  return kForeign;
}

/// The names of files that `text` cites and that exist neither beside `path`, nor at the root, nor anywhere.
std::vector<std::string> citations_that_lead_nowhere(const fs::path& root, const fs::path& path,
                                                     const std::string& text,
                                                     const std::set<std::string>& names_in_the_tree) {
  std::vector<std::string> lost;
  for (const std::string& cited : all_matches(
           text, R"((^|[^\w./<>*+$@%{}-])((\.\./)*[A-Za-z][\w./+-]*\.(md|cpp|hpp|h|py|scd|csv))(?![\w/*]))",
           2)) {
    const fs::path file = cited;
    if (foreign_files().count(file.filename().string()) != 0) continue;
    const bool has_directory = file.has_parent_path();
    const bool is_there = fs::exists(root / file) || fs::exists(root / path.parent_path() / file) ||
                          (!has_directory && names_in_the_tree.count(cited) != 0);
    if (!is_there) lost.push_back(cited);
  }
  return lost;
}

std::set<std::string> names_of(const std::vector<fs::path>& files) {
  std::set<std::string> names;
  for (const fs::path& file : files) names.insert(file.filename().string());
  return names;
}

TEST(Citations, LeadToFilesOfTheTree) {
  const auto files = texts_of_the_tree(source_dir());
  ASSERT_GE(files.size(), 300U);
  const auto names = names_of(files);
  for (const fs::path& file : files) {
    // These plant trees with invented files in them.
    if (file.filename() == "docs_test.cpp" || file.filename() == "readme_test.cpp") continue;
    const std::string text = what_people_read(file, text_of(source_dir() / file));
    for (const std::string& cited : citations_that_lead_nowhere(source_dir(), file, text, names))
      ADD_FAILURE()
          << file << " cites " << cited
          << ", which a clone does not hold: bring the fact in, or name the project it belongs to in "
             "foreign_files()";
  }
}

TEST(Citations, AreFoundWhenTheyLeadNowhere) {
  const std::set<std::string> names = {"README.md", "bridge.cpp"};
  const auto lost = [&](const std::string& text) {
    return citations_that_lead_nowhere(source_dir(), "common/win32/a.hpp", text, names);
  };
  EXPECT_EQ(lost("// see PLATFORM.md 2.\n"), std::vector<std::string>{"PLATFORM.md"});
  EXPECT_EQ(lost("/// (bridges/NOWHERE.md)"), std::vector<std::string>{"bridges/NOWHERE.md"});
  EXPECT_TRUE(lost("// see README.md and bridge.cpp; <windows.h>; r3e.h of r3e-api; build/x.cpp*").empty());
  EXPECT_TRUE(lost("// common/win32/README.md, ../../README.md, handle.hpp").empty());
}

TEST(Citations, LinksOfTheDocumentsExist) {
  std::size_t count = 0;
  for (const fs::path& file : texts_of_the_tree(source_dir())) {
    if (file.extension() != ".md") continue;
    for (const std::string& target : all_matches(text_of(source_dir() / file), R"(\]\(([^)#]+)[^)]*\))", 1)) {
      if (target.find("://") != std::string::npos) continue;
      ++count;
      EXPECT_TRUE(fs::exists(source_dir() / file.parent_path() / target)) << file << " links to " << target;
    }
  }
  EXPECT_GE(count, 10U);
}

}  // namespace
}  // namespace pitbridge
