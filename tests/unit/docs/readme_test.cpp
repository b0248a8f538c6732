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

/// Beside what `make readme` writes, which has a row for each game.
constexpr std::ptrdiff_t kMostLinesOfReadme = 116;

TEST(Readme, IsShort) {
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  const std::string written = block_after(readme(), "<!-- sims: begin -->\n", "<!-- sims: end -->");
  EXPECT_LE(lines(readme()) - lines(written), kMostLinesOfReadme)
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

/// Of a line of commands: "make format lint", "make -s build/bin/x && ...", "MODE=asan make unit".
std::vector<std::string> targets_of(const std::string& words) {
  std::vector<std::string> targets;
  std::istringstream text(words);
  for (std::string word; text >> word;) {
    while (!word.empty() && std::string("`,.;:)").find(word.back()) != std::string::npos) word.pop_back();
    if (!std::regex_match(word, std::regex("[a-z][a-z-]*"))) {
      // A variable may stand between targets; what else is no target ends them.
      if (std::regex_match(word, std::regex("[A-Z_0-9]+=.*|-[a-zA-Z]+"))) continue;
      break;
    }
    targets.push_back(word);
  }
  return targets;
}

/// Indented commands, and what stands in `...`.
std::vector<std::string> targets_named_in(const std::string& text) {
  std::vector<std::string> targets;
  for (const char* pattern : {"\n    make( [^#\n]*)", "`make( [^`\n]*)`"})
    for (const std::string& words : all_matches(text, pattern, 1))
      for (std::string& target : targets_of(words)) targets.push_back(std::move(target));
  return targets;
}

TEST(Documents, NameTargetsOfMakeThatExist) {
  std::string makefile = "\n" + text_of(source_dir() / "Makefile");
  for (const auto& part : fs::directory_iterator(source_dir() / ".ci"))
    if (part.path().extension() == ".mk") makefile += text_of(part.path());
  std::size_t count = 0;
  for (const fs::path& file : texts_of_the_tree(source_dir())) {
    if (file.extension() != ".md" && file.extension() != ".scd") continue;
    for (const std::string& target : targets_named_in("\n" + text_of(source_dir() / file))) {
      ++count;
      EXPECT_TRUE(std::regex_search(makefile, std::regex("\n([a-z-]+ )*" + target + "( [a-z-]+)*:")))
          << file << " names make " << target;
    }
  }
  EXPECT_GE(count, 60U);
}

TEST(Documents, TargetsAreFoundInThem) {
  EXPECT_EQ(
      targets_named_in("\n    make format lint     # clang-format\n see `make MODE=asan unit`, `make`,\n"
                       "`make test-sim SIM=ac` and `make build/bin/pitbridge`."),
      (std::vector<std::string>{"format", "lint", "unit", "test-sim"}));
}

TEST(Readme, NamesCommandsAndAUnitThatExist) {
  const std::string text = readme();
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
  EXPECT_TRUE(lost("// common/win32/README.md, ../../README.md, wine_source.hpp").empty());
}

/// `Suite.Test`, as the documents name them.
TEST(Citations, NameTestsThatExist) {
  std::string tests;
  for (const fs::path& file : texts_of_the_tree(source_dir()))
    if (file.string().starts_with("tests/") && file.extension() == ".cpp")
      tests += text_of(source_dir() / file);
  for (const char* document : {"SECURITY.md", "bridges/ARCHITECTURE.md", "bridges/LAUNCHERS.md"}) {
    const auto named = all_matches(text_of(source_dir() / document), R"(`[A-Z]\w+\.[A-Z]\w+`)");
    EXPECT_GE(named.size(), 10U) << document;
    for (const std::string& test : named) {
      const auto dot = test.find('.');
      const std::string declared =
          "(" + test.substr(1, dot - 1) + ", " + test.substr(dot + 1, test.size() - dot - 2) + ")";
      EXPECT_NE(tests.find(declared), std::string::npos) << document << " names " << test;
    }
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
