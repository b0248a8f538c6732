// SPDX-License-Identifier: MIT
// The README for the person who drives, and every file that a comment or a document cites.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/core/launch/tools.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

namespace fs = std::filesystem;

constexpr std::ptrdiff_t kMostLinesOfReadme = 150;

TEST(Readme, IsShort) {
  const std::string text = readme();
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), kMostLinesOfReadme)
      << "what a reader looks up belongs into bridges/man";
}

TEST(Readme, TellsOfBothCommandsAndOfBothWaysToStart) {
  const std::string text = readme();
  for (const char* line :
       {"\n    make demo ", "\n    make test ", "\n    make install PREFIX=$HOME/.local\n",
        "\n    ~/.local/bin/pitbridge %command%\n", "\n    systemctl --user enable --now pitbridge\n",
        "\n    pitbridge read ", "\n    pitbridge doctor\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}

TEST(Readme, NamesTargetsCommandsAndAUnitThatExist) {
  const std::string text = readme();
  std::string makefile;
  for (const char* part : {"Makefile", ".ci/measure.mk", ".ci/ship.mk"})
    makefile += text_of(source_dir() / part);
  const auto targets = all_matches(text, "\n    make ([a-z-]+)", 1);
  EXPECT_GE(targets.size(), 4U);
  for (const std::string& target : targets)
    EXPECT_NE(("\n" + makefile).find("\n" + target + ":"), std::string::npos) << "make " << target;
  const auto commands = all_matches(text, "[`/ ]pitbridge ([a-z]+)[ `\n]", 1);
  EXPECT_GE(commands.size(), 4U);
  for (const std::string& command : commands) {
    // What stands behind `pitbridge` without being a command of ours is the command of a game.
    if (command == "wine" || command == "mangohud" || command == "brings") continue;
    EXPECT_TRUE(find_tool(command) != nullptr ||
                fs::exists(source_dir() / "bridges/pitbridge" / (command + ".cpp")))
        << "pitbridge " << command;
  }
  EXPECT_TRUE(fs::exists(source_dir() / "bridges/systemd/pitbridge.service"));
}

/// Runs the line beside the tree, as a reader of the document does, and then the program that it makes.
void expect_makes_an_example(const std::string& line) {
  const TempDirectory directory;
  fs::create_directory_symlink(fs::absolute(source_dir()) / "common", directory / "common");
  for (const char* file : {"dashboard.c", "dashboard.cpp"})
    fs::create_symlink(fs::absolute(source_dir()) / "common/reader/examples" / file, directory / file);
  const Outcome compiled = run({"sh", "-c", "cd " + directory.path() + " && " + line});
  EXPECT_EQ(compiled.status, 0) << line << "\n" << compiled.output;
  EXPECT_EQ(compiled.output, "") << line;
  const Outcome asked = run({directory / "dashboard"});
  EXPECT_EQ(asked.status, 2) << asked.output;
  EXPECT_TRUE(asked.output.starts_with("usage: dashboard SIM")) << asked.output;
}

TEST(Readme, TheLineThatCompilesTheExampleDoes) {
  const auto lines = all_matches(readme(), "\n    (cc [^\n]*)", 1);
  ASSERT_EQ(lines.size(), 1U);
  expect_makes_an_example(lines.front());
}

TEST(Readme, TheLinesThatCompileTheExamplesDo) {
  const auto lines =
      all_matches(text_of(source_dir() / "common/reader/examples/README.md"), "`((cc|g\\+\\+) [^`]*)`", 1);
  ASSERT_EQ(lines.size(), 2U);
  const std::string installed = "-I/usr/local/include/pitbridge";
  for (std::string line : lines) {
    const auto at = line.find(installed);
    ASSERT_NE(at, std::string::npos) << line;
    expect_makes_an_example(line.replace(at, installed.size(), "-Icommon/reader"));
  }
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
  static const std::set<std::string> kProse = {".md", ".scd", ".py", ".csv", ".service"};
  static const std::set<std::string> kCode = {".cpp", ".hpp", ".h", ".c"};
  const std::string extension = path.extension().string();
  if (kProse.count(extension) != 0) return text;
  const char* mark = kCode.count(extension) != 0 ? "//" : "# ";
  std::string comments;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (const auto at = line.find(mark); at != std::string::npos) comments += line.substr(at) + "\n";
  return comments;
}

/// What is cited and does not belong to this tree, with the reason.
const std::map<std::string, std::string>& foreign_files() {
  static const std::map<std::string, std::string> kForeign = {
      {"windows.h", "Wine"},
      {"winternl.h", "Wine"},
      {"winsock.h", "Wine"},
      {"socket.h", "the C library"},
      {"curses.h", "ncurses"},
      {"term.h", "ncurses"},
      {"dlfcn.h", "the C library"},
      {"acdata.h", "simapi: the records of Assetto Corsa"},
      {"outgauge.h", "simapi: the packets of Live for Speed"},
      {"dirt2data.h", "simapi: the packet of DiRT Rally 2.0"},
      {"forza.h", "simapi: the packets of Forza"},
      {"rbrdata.h", "simapi: the packet of Richard Burns Rally"},
      {"wreckfest2data.h", "simapi: the packets of Wreckfest 2"},
      {"TelemetryDataFormatPino.h", "Bugbear: the packets of Wreckfest 2"},
      {"udp_data.py", "dr2_logger: the packet of DiRT Rally 2.0"},
      {"r3e.h", "sector3studios/r3e-api: the layout of RaceRoom"},
      {"irsdk_defines.h", "the SDK of iRacing"},
      {"MappedBuffer.h", "rF2SharedMemoryMapPlugin"},
      {"InternalsPlugin.hpp", "rF2SharedMemoryMapPlugin"},
      {"rF2State.h", "rF2SharedMemoryMapPlugin"},
      {"user_settings.py", "Proton"},
      {"rF2MMap.py", "pyRfactor2SharedMemory"},
      {"lmu_mmap.py", "pyLMUSharedMemory"},
      {"_reader.py", "TinyPedal"},
      {"irsdk.py", "pyirsdk"},
      {"build_info.hpp", "generated by the Makefile"},
      {"snake_case.cpp", "the pattern of a name"},
      {"name.cpp", "the pattern of a name"},
      {"name.hpp", "the pattern of a name"},
      {"name_test.cpp", "the pattern of a name"},
      {"NAME.SECTION.scd", "the pattern of a name"},
      {"NAME.cpp", "the pattern of a name"},
      {"mygame.cpp", "the sim that a reader of sims/README.md adds"},
      {"program.cpp", "a file of the user's"},
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

/// `Suite.Test`, as the documents name them.
TEST(Citations, NameTestsThatExist) {
  std::string tests;
  for (const fs::path& file : texts_of_the_tree(source_dir()))
    if (file.string().starts_with("tests/") && file.extension() == ".cpp")
      tests += text_of(source_dir() / file);
  for (const char* document : {"SECURITY.md", "bridges/ARCHITECTURE.md"}) {
    const auto named = all_matches(text_of(source_dir() / document), R"(`[A-Z]\w+\.([A-Z]\w+)`)", 1);
    EXPECT_GE(named.size(), 10U) << document;
    for (const std::string& test : named)
      EXPECT_NE(tests.find(", " + test + ")"), std::string::npos) << document << " names " << test;
  }
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
