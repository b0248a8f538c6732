// SPDX-License-Identifier: MIT
// The documents and the scripts beside them: what they name exists, and what exists they name.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "bridges/doctor/checks.hpp"
#include "common/core/mirror/live_page.hpp"
#include "common/core/mirror/status_page.hpp"
#include "common/core/mirror/values_page.hpp"
#include "common/core/settings/bridge_options.hpp"
#include "common/core/settings/map_spec.hpp"
#include "common/core/settings/sim_names.hpp"
#include "common/core/shm/region_header.hpp"
#include "common/core/shm/ring.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/shm/section_server.hpp"
#include "common/posix/stream/stream_protocol.hpp"
#include "common/posix/system/paths.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/run_program.hpp"

namespace pitbridge {
namespace {

namespace fs = std::filesystem;

std::string reader_readme() {
  return text_of(source_dir() / "common" / "reader" / "README.md");
}

std::string man_page(const std::string& name) {
  return text_of(source_dir() / "bridges" / "man" / (name + ".scd"));
}

void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::set<std::string> set_of(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

std::set<std::string> options_in(const std::string& text) {
  return set_of(all_matches(text, "--[a-z][a-z-]*"));
}

std::set<std::string> variables_in(const std::string& text) {
  return set_of(all_matches(text, "PITBRIDGE_[A-Z_]*[A-Z]"));
}

void expect_all_named(const std::set<std::string>& wanted, const std::set<std::string>& named,
                      const char* where) {
  EXPECT_FALSE(wanted.empty());
  for (const std::string& word : wanted)
    EXPECT_TRUE(named.count(word) != 0) << word << " is not described in " << where;
}

std::string bridge_help() {
  const auto options = parse_bridge_options("acbridge", {});
  EXPECT_TRUE(options);
  return options ? options->help : "";
}

std::string shmbridge_help() {
  constexpr const char* kHelp[] = {"--help"};
  const auto options = parse_shmbridge_options(kHelp);
  EXPECT_TRUE(options);
  return options ? options->help : "";
}

/// The text from the line `heading` up to the next heading of the same kind.
std::string section(const std::string& text, const std::string& heading) {
  const auto begin = text.find("\n" + heading + "\n");
  EXPECT_NE(begin, std::string::npos) << "no heading \"" << heading << "\"";
  if (begin == std::string::npos) return "";
  const auto from = begin + heading.size() + 2;
  return text.substr(from, text.find("\n## ", from) - from);
}

/// A directory of its own for one test, removed at its end.
class DocsInDirectory : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = (fs::temp_directory_path() / "pitbridge-docs-XXXXXX").string();
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    directory_ = path;
  }
  void TearDown() override {
    std::error_code ignored;
    if (!directory_.empty()) fs::remove_all(directory_, ignored);
  }

  const fs::path& directory() const { return directory_; }

 private:
  fs::path directory_;
};

TEST(Docs, ManPageNamesEveryOptionAndVariableOfABridge) {
  const std::string help = bridge_help();
  const std::string man = man_page("pitbridge-bridge.1");
  expect_all_named(options_in(help), options_in(man), "pitbridge-bridge.1.scd");
  expect_all_named(variables_in(help), variables_in(man), "pitbridge-bridge.1.scd");
}

TEST(Docs, ManPageNamesEveryOptionAndVariableOfShmbridge) {
  const std::string help = shmbridge_help();
  const std::string man = man_page("shmbridge.1");
  expect_all_named(options_in(help), options_in(man), "shmbridge.1.scd");
  expect_all_named(variables_in(help), variables_in(man), "shmbridge.1.scd");
}

/// The options that have an entry of their own in the page.
std::set<std::string> option_entries_of(const std::string& page) {
  const std::string options = block_after(man_page(page), "\n# OPTIONS\n", "\n# ");
  std::string entries;
  for (const std::string& entry : all_matches(options, "(^|\n)\\*-[^\n]*")) entries += entry;
  return options_in(entries);
}

TEST(Docs, EveryOptionOfTheManPagesOfTheBridgesExists) {
  const std::set<std::string> of_bridge = option_entries_of("pitbridge-bridge.1");
  const std::set<std::string> of_shmbridge = option_entries_of("shmbridge.1");
  EXPECT_EQ(of_bridge, options_in(bridge_help()));
  for (const std::string& option : of_shmbridge)
    EXPECT_TRUE(options_in(shmbridge_help()).count(option) != 0) << "shmbridge has no option " << option;
  EXPECT_FALSE(of_shmbridge.empty());
}

TEST(Docs, ManPageNamesEveryPreset) {
  const std::string rows = block_after(man_page("shmbridge.1"), "\n# PRESETS\n", "\n# ");
  const std::string table = std::regex_replace(rows, std::regex(R"(\\(.))"), "$1");
  std::set<std::string> listed;
  const std::regex row("_([a-z]+)_\n:[< ] ([^\n]+)\n");
  for (std::sregex_iterator it(table.begin(), table.end(), row), end; it != end; ++it)
    listed.insert((*it)[1].str() + " " + (*it)[2].str());
  std::set<std::string> wanted;
  for (const std::string_view preset : preset_names())
    wanted.insert(std::string(preset) + " " + preset_map_spec(preset)->name);
  EXPECT_EQ(listed, wanted);
}

/// Each block of lines of the page that follows `begin` and looks like a configuration file: no fault, and
/// something in it.
void expect_example_of_config(const std::string& page, const std::string& begin, const std::string& end) {
  const std::string example =
      std::regex_replace(block_after(page, begin, end), std::regex("(^|\n)    "), "$1");
  const ConfigFile file = parse_config(example, "example", sim_names());
  for (const ConfigFault& fault : file.faults) ADD_FAILURE() << fault.text() << "\n" << example;
  EXPECT_FALSE(file.entries.empty()) << example;
}

TEST(Docs, ExamplesOfTheConfigurationFileAreGood) {
  expect_example_of_config(man_page("pitbridge.toml.5"), "# EXAMPLES\n\n```\n", "```\n");
}

TEST(Docs, ManPageNamesEveryKeyAndTableOfTheConfigurationFile) {
  const std::string man = man_page("pitbridge.toml.5");
  for (const Setting& setting : kSettings) {
    const std::string key(setting.key);
    const auto at = man.find("\n*" + std::regex_replace(key, std::regex("_"), "\\_") + "*");
    ASSERT_NE(at, std::string::npos) << key << " is not in pitbridge.toml.5.scd";
    const std::string entry = man.substr(at, man.find("\n*", at + 1) - at);
    for (const std::string_view choice : setting.choices)
      EXPECT_NE(entry.find("_" + std::string(choice) + "_"), std::string::npos) << key << ": " << choice;
  }
  for (const ConfigTableInfo& info : kConfigTables) {
    EXPECT_NE(man.find("*" + std::string(info.example) + "*"), std::string::npos) << info.example;
  }
}

TEST_F(DocsInDirectory, WhatPitbridgeConfigPrintsIsAConfigurationFile) {
  const fs::path path = directory() / "config.toml";
  write_file(
      path,
      "mode = \"640\"\n[sim.rf2]\nextra_maps = ['Local\\Toy:10']\n[app.42]\nsim = \"rf2\"\nstay = true\n"
      "[app.43]\nenabled = false\n");
  const Outcome outcome = run_pitbridge({"config"}, {"PITBRIDGE_CONFIG_FILE=" + path.string()});
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  const ConfigFile file = parse_config(outcome.output, "printed", sim_names());
  for (const ConfigFault& fault : file.faults) ADD_FAILURE() << fault.text() << "\n" << outcome.output;
  std::size_t keys = 0;
  const auto count = [&](ConfigTable table) {
    for (const Setting& setting : kSettings) keys += setting.may_stand_in(table) ? 1 : 0;
  };
  for (const ConfigTable table :
       {ConfigTable::kTop, ConfigTable::kShmbridge, ConfigTable::kSim, ConfigTable::kApp, ConfigTable::kApp})
    count(table);
  EXPECT_EQ(file.entries.size(), keys);
  const auto has_line = [&](const std::string& text) {
    return outcome.output.find("\n" + text) != std::string::npos;
  };
  EXPECT_TRUE(has_line("[sim.rf2]\n")) << outcome.output;
  EXPECT_NE(outcome.output.find("# " + path.string() + ":1\n"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("# " + path.string() + ":3 [sim.rf2]\n"), std::string::npos);

  const Outcome app = run_pitbridge({"config", "--app", "42"}, {"PITBRIDGE_CONFIG_FILE=" + path.string()});
  EXPECT_EQ(app.status, 0);
  EXPECT_NE(app.output.find("stay = true"), std::string::npos) << app.output;
  EXPECT_NE(app.output.find("extra_maps = [\"Local\\\\Toy:10\"]"), std::string::npos)
      << "by the sim that the file gives it\n"
      << app.output;
}

TEST_F(DocsInDirectory, PitbridgeConfigListsEachFaultAndEndsWith2) {
  const fs::path path = directory() / "config.toml";
  const std::vector<std::string> variable = {"PITBRIDGE_CONFIG_FILE=" + path.string()};
  write_file(path, "mde = \"640\"\n[sim.rf2]\nstay = 1\nextra_maps = [\"A\", \"B::A\"]\nmode = \"644\"\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"config"}, {"config", "rf2"}, {"config", "rf2", "--json"}}) {
    const Outcome outcome = run_pitbridge(arguments, variable);
    EXPECT_EQ(outcome.status, 2);
    for (const char* fault : {":1: unknown key \"mde\"; did you mean \"mode\"?",
                              ":3: stay must be true or false", ":4: two mappings go to the file \"A\""})
      EXPECT_NE(outcome.output.find("error: " + path.string() + fault), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("644"), std::string::npos) << "the rest holds\n" << outcome.output;
  }
  const Outcome list = run_pitbridge({"list"}, variable);
  EXPECT_EQ(list.status, 0) << "other commands go on";
  EXPECT_NE(list.output.find(":1: unknown key \"mde\""), std::string::npos);
  EXPECT_NE(list.output.find("`pitbridge config` lists all"), std::string::npos);

  EXPECT_EQ(run_pitbridge({"config", "rf3"}).status, 2);
  EXPECT_NE(run_pitbridge({"config", "rf3"}).output.find("did you mean \"rf2\""), std::string::npos);
  EXPECT_EQ(run_pitbridge({"config", "--app", "x"}).status, 2);
  EXPECT_EQ(run_pitbridge({"config"}, {"PITBRIDGE_MODE=12"}).status, 2);
  EXPECT_EQ(run_pitbridge({"config"}).status, 0);
}

TEST_F(DocsInDirectory, PitbridgeLooksWhereTheConfigurationPutsTheFiles) {
  const fs::path path = directory() / "config.toml";
  const fs::path shm = directory() / "shm";
  fs::create_directories(shm);
  write_file(path, "[sim.ac]\nshm_dir = \"" + shm.string() + "\"\n");
  const Outcome outcome = run_pitbridge({"read", "ac", "--once"}, {"PITBRIDGE_CONFIG_FILE=" + path.string()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.output.find("in " + shm.string()), std::string::npos) << outcome.output;
  const Outcome other = run_pitbridge({"read", "ac", "--once", "--shm-dir", "/nowhere"},
                                      {"PITBRIDGE_CONFIG_FILE=" + path.string()});
  EXPECT_NE(other.output.find("in /nowhere"), std::string::npos) << other.output;
  const Outcome status = run_pitbridge({"status"}, {"PITBRIDGE_CONFIG_FILE=" + path.string()});
  EXPECT_NE(status.output.find("/dev/shm, " + shm.string()), std::string::npos) << status.output;
}

/// The commands that `pitbridge --help` names.
std::set<std::string> commands_of_pitbridge() {
  const Outcome top = run_pitbridge({"--help"});
  EXPECT_EQ(top.status, 0) << top.output;
  auto at = top.output.find("Subcommands:");
  if (at == std::string::npos) at = top.output.find("SUBCOMMANDS:");  // CLI11 from 2.5 on
  EXPECT_NE(at, std::string::npos) << top.output;
  if (at == std::string::npos) return {};
  return set_of(all_matches(top.output.substr(at), "\n  ([a-z][a-z-]*)", 1));
}

TEST(Docs, ManPageNamesEveryCommandAndOptionOfPitbridge) {
  const auto commands = commands_of_pitbridge();
  ASSERT_FALSE(commands.empty());
  std::string help = run_pitbridge({"--help"}).output;
  const std::string man = man_page("pitbridge.1");
  for (const std::string& command : commands) {
    const Outcome sub = run_pitbridge({command, "--help"});
    EXPECT_EQ(sub.status, 0) << sub.output;
    help += sub.output;
    EXPECT_TRUE(std::regex_search(man, std::regex("\n## " + command + "( |\n)"))) << command;
  }
  expect_all_named(options_in(help), options_in(man), "pitbridge.1.scd");
  expect_all_named(variables_in(help), variables_in(man), "pitbridge.1.scd");
}

TEST(Docs, ManPageListsTheLinksOfTheDoctorInTheirOrder) {
  const std::string table =
      block_after(man_page("pitbridge.1"), "The links, in the order of the chain:\n", "\n\nColour");
  std::string wanted;
  for (const doctor::Check& check : doctor::all_checks()) wanted += std::string(check.id) + " ";
  std::string listed;
  const std::regex row("\n\\|.. ?\\*([a-z-]+)\\*");
  for (std::sregex_iterator it(table.begin(), table.end(), row), end; it != end; ++it)
    listed += (*it)[1].str() + " ";
  EXPECT_EQ(listed, wanted);
  const Outcome list = run_pitbridge({"doctor", "--list"});
  EXPECT_EQ(list.status, 0);
  for (const doctor::Check& check : doctor::all_checks())
    EXPECT_NE(("\n" + list.output).find("\n" + std::string(check.id) + " "), std::string::npos) << check.id;
}

TEST(Docs, TableOfSimsInTheReadmeIsUpToDate) {
  const Outcome table = run_pitbridge({"list", "--markdown"});
  ASSERT_EQ(table.status, 0) << table.output;
  EXPECT_EQ(block_after(readme(), "<!-- sims: begin -->\n", "<!-- sims: end -->"), table.output)
      << "run: make readme";
}

TEST(Docs, ManPagesNameEveryExitCode) {
  for (const char* page : {"pitbridge.1", "pitbridge-bridge.1", "shmbridge.1"}) {
    const std::string codes = block_after(man_page(page), "\n# EXIT STATUS\n", "\n# ");
    for (const ExitCode code : {ExitCode::kOk, ExitCode::kFailure, ExitCode::kUsage,
                                ExitCode::kAlreadyRunning, ExitCode::kOutputRefused})
      EXPECT_NE(codes.find("*" + std::to_string(static_cast<int>(code)) + "*"), std::string::npos)
          << page << " " << static_cast<int>(code);
  }
}

/// One row of a layout table in the man page.
struct LayoutRow {
  std::size_t offset;
  const char* type;
  const char* field;
};

void expect_rows(const std::string& man, std::string_view heading, std::size_t size_bytes,
                 const std::vector<LayoutRow>& rows) {
  const auto at = man.find(heading);
  ASSERT_NE(at, std::string::npos) << heading;
  const std::string table = man.substr(at, man.find("\n## ", at + 1) - at);
  std::size_t end = 0;  // the rows must leave no gap, or the page says nothing about some bytes
  for (const LayoutRow& row : rows) {
    std::string text = "|  " + std::to_string(row.offset) + "\n:  " + row.type + "\n:  " + row.field + "\n";
    EXPECT_NE(table.find(text), std::string::npos) << "not in the man page:\n" << text;
    EXPECT_EQ(row.offset, end) << row.field;
    const std::string type = row.type;
    const auto bracket = type.find('[');
    const std::size_t count = bracket == std::string::npos ? 1 : std::stoul(type.substr(bracket + 1));
    end += count * (type.starts_with("char") ? 1 : std::stoul(type.substr(1)) / 8);
  }
  EXPECT_EQ(end, size_bytes) << heading;
}

#define PITBRIDGE_ROW(type, record, field) \
  LayoutRow {                              \
    offsetof(record, field), type, #field  \
  }

TEST(Docs, ManPageGivesTheLayoutOfTheStatusPage) {
  const std::string man = man_page("pitbridge-shm.7");
  expect_rows(
      man, "\n## Header\n", sizeof(StatusHeader),
      {PITBRIDGE_ROW("char[8]", StatusHeader, magic), PITBRIDGE_ROW("u32", StatusHeader, version),
       PITBRIDGE_ROW("u32", StatusHeader, header_bytes), PITBRIDGE_ROW("u32", StatusHeader, mapping_bytes),
       PITBRIDGE_ROW("u32", StatusHeader, mapping_count), PITBRIDGE_ROW("u32", StatusHeader, sequence),
       PITBRIDGE_ROW("u32", StatusHeader, state), PITBRIDGE_ROW("i32", StatusHeader, bridge_pid),
       PITBRIDGE_ROW("u32", StatusHeader, game_pid), PITBRIDGE_ROW("u64", StatusHeader, bridge_start_ns),
       PITBRIDGE_ROW("u64", StatusHeader, heartbeat_ns), PITBRIDGE_ROW("u32", StatusHeader, futex_word),
       PITBRIDGE_ROW("u32", StatusHeader, packets_offset), PITBRIDGE_ROW("char[32]", StatusHeader, sim),
       PITBRIDGE_ROW("char[64]", StatusHeader, title), PITBRIDGE_ROW("char[256]", StatusHeader, message),
       PITBRIDGE_ROW("char[96]", StatusHeader, prefix)});
  expect_rows(
      man, "\n## Record of a mapping\n", sizeof(StatusMapping),
      {PITBRIDGE_ROW("u32", StatusMapping, sequence), PITBRIDGE_ROW("u32", StatusMapping, attached),
       PITBRIDGE_ROW("u64", StatusMapping, size_bytes), PITBRIDGE_ROW("u64", StatusMapping, last_change_ns),
       PITBRIDGE_ROW("u64", StatusMapping, updates), PITBRIDGE_ROW("u64", StatusMapping, retries),
       PITBRIDGE_ROW("u64", StatusMapping, torn), PITBRIDGE_ROW("u64", StatusMapping, repairs),
       PITBRIDGE_ROW("u64", StatusMapping, section_device),
       PITBRIDGE_ROW("u64", StatusMapping, section_inode), PITBRIDGE_ROW("i32", StatusMapping, section_fd),
       PITBRIDGE_ROW("u32", StatusMapping, reserved), PITBRIDGE_ROW("char[128]", StatusMapping, file_name),
       PITBRIDGE_ROW("char[48]", StatusMapping, padding)});
  expect_rows(
      man, "\n## Packets\n", sizeof(StatusPackets),
      {PITBRIDGE_ROW("u64", StatusPackets, taken), PITBRIDGE_ROW("u64[16]", StatusPackets, junk),
       PITBRIDGE_ROW("u32", StatusPackets, junk_count), PITBRIDGE_ROW("u32", StatusPackets, port),
       PITBRIDGE_ROW("char[64]", StatusPackets, sender), PITBRIDGE_ROW("char[48]", StatusPackets, padding)});
  for (std::size_t reason = 0; reason < kJunkReasonNames.size(); ++reason)
    EXPECT_NE(
        man.find("\n|  " + std::to_string(reason) + "\n:  " + std::string(kJunkReasonNames[reason]) + "\n"),
        std::string::npos)
        << kJunkReasonNames[reason];
}

TEST(Docs, ManPageGivesTheLayoutOfTheOtherPages) {
  const std::string man = man_page("pitbridge-shm.7");
  expect_rows(
      man, "\n## Values header\n", sizeof(ValuesHeader),
      {PITBRIDGE_ROW("char[8]", ValuesHeader, magic), PITBRIDGE_ROW("u32", ValuesHeader, version),
       PITBRIDGE_ROW("u32", ValuesHeader, header_bytes), PITBRIDGE_ROW("u32", ValuesHeader, entry_bytes),
       PITBRIDGE_ROW("u32", ValuesHeader, entry_count), PITBRIDGE_ROW("u32", ValuesHeader, sequence),
       PITBRIDGE_ROW("u32", ValuesHeader, activity), PITBRIDGE_ROW("u64", ValuesHeader, updated_ns),
       PITBRIDGE_ROW("u32", ValuesHeader, details_offset), PITBRIDGE_ROW("u32", ValuesHeader, details_bytes),
       PITBRIDGE_ROW("u32", ValuesHeader, more_offset), PITBRIDGE_ROW("u32", ValuesHeader, more_count),
       PITBRIDGE_ROW("char[8]", ValuesHeader, reserved)});
  expect_rows(man, "\n## Values entry\n", sizeof(ValuesEntry),
              {PITBRIDGE_ROW("char[24]", ValuesEntry, name), PITBRIDGE_ROW("char[24]", ValuesEntry, unit),
               PITBRIDGE_ROW("u32", ValuesEntry, kind), PITBRIDGE_ROW("u32", ValuesEntry, count),
               PITBRIDGE_ROW("f64[4]", ValuesEntry, number), PITBRIDGE_ROW("char[104]", ValuesEntry, text)});
  for (std::uint32_t reason = 0; reason <= static_cast<std::uint32_t>(AbsentReason::kCutOff); ++reason) {
    std::string name(reason_name(static_cast<AbsentReason>(reason)));
    if (const auto line = name.find('_'); line != std::string::npos) name.insert(line, 1, '\\');
    EXPECT_NE(man.find("\n|  " + std::to_string(reason) + "\n:  _" + name + "_\n"), std::string::npos)
        << name;
  }
  expect_rows(
      man, "\n## Values details\n", sizeof(ValuesDetails),
      {PITBRIDGE_ROW("char[64]", ValuesDetails, title), PITBRIDGE_ROW("char[32]", ValuesDetails, version),
       PITBRIDGE_ROW("char[256]", ValuesDetails, fault),
       PITBRIDGE_ROW("u32", ValuesDetails, implausible_count),
       PITBRIDGE_ROW("u32", ValuesDetails, cars_offset), PITBRIDGE_ROW("u32", ValuesDetails, car_bytes),
       PITBRIDGE_ROW("u32", ValuesDetails, car_count), PITBRIDGE_ROW("char[144]", ValuesDetails, reserved)});
  expect_rows(man, "\n## Car\n", sizeof(CarEntry),
              {PITBRIDGE_ROW("u32", CarEntry, present), PITBRIDGE_ROW("u32", CarEntry, is_player),
               PITBRIDGE_ROW("char[8]", CarEntry, car_number), PITBRIDGE_ROW("char[64]", CarEntry, driver),
               PITBRIDGE_ROW("char[64]", CarEntry, car), PITBRIDGE_ROW("char[32]", CarEntry, car_class),
               PITBRIDGE_ROW("f64", CarEntry, position), PITBRIDGE_ROW("f64", CarEntry, class_position),
               PITBRIDGE_ROW("f64", CarEntry, lap), PITBRIDGE_ROW("f64", CarEntry, lap_distance),
               PITBRIDGE_ROW("f64", CarEntry, last_lap_time), PITBRIDGE_ROW("f64", CarEntry, best_lap_time),
               PITBRIDGE_ROW("f64", CarEntry, gap_ahead), PITBRIDGE_ROW("f64", CarEntry, pit_state),
               PITBRIDGE_ROW("f64[3]", CarEntry, world_position), PITBRIDGE_ROW("f64", CarEntry, heading),
               PITBRIDGE_ROW("char[8]", CarEntry, reserved)});
  expect_rows(
      man, "\n## Live page\n", sizeof(LivePage),
      {PITBRIDGE_ROW("char[8]", LivePage, magic), PITBRIDGE_ROW("u32", LivePage, version),
       PITBRIDGE_ROW("u32", LivePage, page_bytes), PITBRIDGE_ROW("u32", LivePage, sequence),
       PITBRIDGE_ROW("u32", LivePage, is_live), PITBRIDGE_ROW("i32", LivePage, bridge_pid),
       PITBRIDGE_ROW("u32", LivePage, reserved), PITBRIDGE_ROW("u64", LivePage, since_ns),
       PITBRIDGE_ROW("u64", LivePage, heartbeat_ns), PITBRIDGE_ROW("char[32]", LivePage, sim),
       PITBRIDGE_ROW("char[64]", LivePage, title), PITBRIDGE_ROW("char[48]", LivePage, status_file),
       PITBRIDGE_ROW("char[48]", LivePage, values_file), PITBRIDGE_ROW("char[16]", LivePage, padding)});
  expect_rows(man, "\n# WITHOUT A COPY\n", sizeof(SectionReply),
              {PITBRIDGE_ROW("u32", SectionReply, version), PITBRIDGE_ROW("u32", SectionReply, outcome),
               PITBRIDGE_ROW("u64", SectionReply, size_bytes), PITBRIDGE_ROW("u64", SectionReply, device),
               PITBRIDGE_ROW("u64", SectionReply, inode)});
}

TEST(Docs, ManPageGivesTheLayoutOfSharedMemory) {
  const std::string man = man_page("pitshm.7");
  expect_rows(man, "\n# SEQUENCE LOCK\n", sizeof(SequenceLock),
              {PITBRIDGE_ROW("u32", SequenceLock, sequence), PITBRIDGE_ROW("u32", SequenceLock, news)});
  constexpr std::size_t kLock = offsetof(RegionHeader, lock);
  expect_rows(man, "\n# REGIONS\n", sizeof(RegionHeader),
              {PITBRIDGE_ROW("char[8]", RegionHeader, magic),
               PITBRIDGE_ROW("u32", RegionHeader, version),
               PITBRIDGE_ROW("u32", RegionHeader, header_bytes),
               PITBRIDGE_ROW("u64", RegionHeader, data_bytes),
               PITBRIDGE_ROW("u64", RegionHeader, generation),
               {kLock + offsetof(SequenceLock, sequence), "u32", "sequence"},
               {kLock + offsetof(SequenceLock, news), "u32", "news"},
               PITBRIDGE_ROW("i32", RegionHeader, publisher_pid),
               PITBRIDGE_ROW("u32", RegionHeader, state),
               PITBRIDGE_ROW("u64", RegionHeader, published_since_ns),
               PITBRIDGE_ROW("u64", RegionHeader, reserved)});
  expect_rows(man, "\nThe request:\n", sizeof(StreamRequest),
              {PITBRIDGE_ROW("char[8]", StreamRequest, magic), PITBRIDGE_ROW("u32", StreamRequest, version),
               PITBRIDGE_ROW("u32", StreamRequest, last_frames)});
  expect_rows(man, "\nThe reply:\n", sizeof(StreamReply),
              {PITBRIDGE_ROW("u32", StreamReply, version), PITBRIDGE_ROW("u32", StreamReply, outcome),
               PITBRIDGE_ROW("u64", StreamReply, stream_id), PITBRIDGE_ROW("u64", StreamReply, position),
               PITBRIDGE_ROW("u64", StreamReply, first_sequence), PITBRIDGE_ROW("u32", StreamReply, flags),
               PITBRIDGE_ROW("u32", StreamReply, reserved)});
  // What moves has a cache line for itself.
  const auto padding_after = [](std::size_t offset) {
    return LayoutRow{offset + sizeof(std::uint64_t), "char[56]", "padding"};
  };
  expect_rows(
      man, "\n## Ring\n", sizeof(RingControl),
      {PITBRIDGE_ROW("char[8]", RingControl, magic), PITBRIDGE_ROW("u32", RingControl, version),
       PITBRIDGE_ROW("u32", RingControl, control_bytes), PITBRIDGE_ROW("u64", RingControl, capacity_bytes),
       PITBRIDGE_ROW("u64", RingControl, stream_id), PITBRIDGE_ROW("char[32]", RingControl, reserved),
       PITBRIDGE_ROW("u64", RingControl, head), padding_after(offsetof(RingControl, head)),
       PITBRIDGE_ROW("u64", RingControl, tail), padding_after(offsetof(RingControl, tail)),
       PITBRIDGE_ROW("u64", RingControl, writer_waits), padding_after(offsetof(RingControl, writer_waits))});
  expect_rows(man, "\nPositions count bytes", sizeof(RecordHeader),
              {PITBRIDGE_ROW("u64", RecordHeader, sequence), PITBRIDGE_ROW("i64", RecordHeader, time_ns),
               PITBRIDGE_ROW("u64", RecordHeader, size_bytes), PITBRIDGE_ROW("u32", RecordHeader, tag),
               PITBRIDGE_ROW("u32", RecordHeader, kind)});
  expect_rows(
      man, "\n## Page of a consumer\n", sizeof(ConsumerPage),
      {PITBRIDGE_ROW("u64", ConsumerPage, waits), padding_after(offsetof(ConsumerPage, waits)),
       PITBRIDGE_ROW("u64", ConsumerPage, position), padding_after(offsetof(ConsumerPage, position))});
}

TEST(Docs, ManPageGivesEveryResult) {
  const std::string man = man_page("pitshm.7");
  const auto results =
      all_matches(text_of(source_dir() / "common/pitshm/result.h"), "(PITSHM_[A-Z_]+) = ([0-9]+)");
  EXPECT_GE(results.size(), 12U);
  for (const std::string& result : results) {
    const auto equals = result.find(" = ");
    const std::string row = "|  " + result.substr(equals + 3) + "\n:  " + result.substr(0, equals) + "\n";
    EXPECT_NE(man.find(row), std::string::npos) << row;
  }
}

#undef PITBRIDGE_ROW

TEST(Docs, ManPageGivesEveryState) {
  const std::string man = man_page("pitbridge-shm.7");
  for (std::uint32_t value = 0; value <= static_cast<std::uint32_t>(BridgeState::kGone); ++value) {
    const std::string name(state_name(static_cast<BridgeState>(value)));
    EXPECT_NE(man.find("|  " + std::to_string(value) + "\n:  " + name + "\n"), std::string::npos) << name;
  }
}

TEST_F(DocsInDirectory, InstallationSaysWhereThingsAreAndWhatToPaste) {
  const std::string script = (source_dir() / ".ci" / "say_installed.sh").string();
  const std::string prefix = (directory() / "a prefix").string();
  write_file(directory() / "a prefix/bin/pitbridge", "#!/bin/sh\n");
  fs::permissions(directory() / "a prefix/bin/pitbridge", fs::perms::owner_all);
  const std::string usual = "PATH=/usr/bin:/bin";
  const Outcome absent = run({"sh", script, prefix, "make uninstall"}, {usual});
  EXPECT_EQ(absent.status, 0);
  for (const std::string& part : {"installed below " + prefix, std::string("make uninstall"),
                                  "is not in PATH; for this shell: export PATH=\"" + prefix,
                                  "launch options in Steam: '" + prefix + "/bin/pitbridge' %command%"})
    EXPECT_NE(absent.output.find(part), std::string::npos) << part << "\n" << absent.output;
  const Outcome there = run({"sh", script, prefix, "x"}, {"PATH=" + prefix + "/bin:/usr/bin:/bin"});
  EXPECT_EQ(there.output.find("not in PATH"), std::string::npos) << there.output;
  EXPECT_NE(there.output.find("Steam: '" + prefix), std::string::npos) << "Steam's PATH may be another\n"
                                                                       << there.output;
  write_file(directory() / "older/pitbridge", "#!/bin/sh\n");
  fs::permissions(directory() / "older/pitbridge", fs::perms::owner_all);
  const std::string older = (directory() / "older").string();
  const Outcome hidden =
      run({"sh", script, prefix, "x"}, {"PATH=" + older + ":" + prefix + "/bin:/usr/bin:/bin"});
  EXPECT_NE(hidden.output.find("another one first: " + older + "/pitbridge"), std::string::npos)
      << hidden.output;
}

TEST(Docs, AnUnknownCommandIsNamedWithTheNearestOne) {
  const Outcome unknown = run_pitbridge({"raed", "ac"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_NE(unknown.output.find("no command is called \"raed\"; did you mean \"read\"?"), std::string::npos)
      << unknown.output;
  const Outcome wrapper = run_pitbridge({"gamemodrun", "--", "game.exe"});
  EXPECT_EQ(wrapper.status, 127) << "as a game's command";
  EXPECT_NE(wrapper.output.find("cannot run \"gamemodrun\": No such file or directory; did you mean "
                                "\"gamemoderun\"?"),
            std::string::npos)
      << wrapper.output;
}

TEST(Docs, EveryDirectoryWithSourcesHasAReadme) {
  std::set<fs::path> directories;
  for (const char* top : {"bridges", "common", "sims", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() / top)) {
      const auto extension = entry.path().extension();
      if (extension == ".cpp" || extension == ".hpp" || extension == ".c" || extension == ".h")
        directories.insert(entry.path().parent_path());
    }
  }
  EXPECT_GE(directories.size(), 7U);
  for (const fs::path& directory : directories) {
    if (fs::exists(directory / "README.md")) continue;
    // A room of core, posix or the unit tests has its paragraph in the README of the layer.
    const std::string layer = text_of(directory.parent_path() / "README.md");
    EXPECT_NE(layer.find("`" + directory.filename().string() + "/`"), std::string::npos)
        << directory << " needs a README.md, or a paragraph in the one above it";
  }
}

constexpr std::int32_t kRpm = 7123;
constexpr std::int32_t kRawGear = 4;  // third: 0 is reverse, 1 neutral
constexpr const char* kExpectedLine = "rpm 7123 gear 3\n";

/// The examples of common/reader/README.md: given `program`, what they print for a file that is there, absent
/// or short.
void expect_reads_physics(const fs::path& directory, const std::vector<std::string>& program) {
  const std::string environment = "PITBRIDGE_SHM_DIR=" + directory.string();
  const fs::path file = directory / "acpmf_physics";

  const Outcome absent = run(program, {environment});
  EXPECT_EQ(absent.status, 1) << absent.output;
  EXPECT_NE(absent.output.find("not there yet"), std::string::npos) << absent.output;

  for (const std::size_t too_short : {std::size_t{0}, std::size_t{20}}) {
    write_file(file, std::string(too_short, '\0'));
    const Outcome cut = run(program, {environment});
    EXPECT_EQ(cut.status, 1) << too_short << " bytes: " << cut.output;
  }

  std::string bytes(2048, '\0');
  std::memcpy(bytes.data() + 16, &kRawGear, sizeof kRawGear);
  std::memcpy(bytes.data() + 20, &kRpm, sizeof kRpm);
  write_file(file, bytes);
  const Outcome there = run(program, {environment});
  EXPECT_EQ(there.status, 0);
  EXPECT_EQ(there.output, kExpectedLine);
}

TEST_F(DocsInDirectory, CppExampleWithoutOurHeadersCompilesAndReads) {
  if (run({"g++", "--version"}).status != 0) GTEST_SKIP() << "g++ is not installed";
  const fs::path source = directory() / "example.cpp";
  const fs::path program = directory() / "example";
  write_file(source, block_after(reader_readme(), "```cpp\n", "```\n"));
  const Outcome compiled = run({"g++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o",
                                program.string(), source.string()});
  ASSERT_EQ(compiled.status, 0) << compiled.output;
  expect_reads_physics(directory(), {program.string()});
}

TEST_F(DocsInDirectory, ExampleWithOurHeadersCompilesAndSaysWhyThereIsNoData) {
  if (run({"g++", "--version"}).status != 0) GTEST_SKIP() << "g++ is not installed";
  const fs::path source = directory() / "example.cpp";
  const fs::path program = directory() / "example";
  write_file(source,
             block_after(section(reader_readme(), "## The same with our headers"), "```cpp\n", "```\n"));
  const Outcome compiled =
      run({"g++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", program.string(),
           "-I" + (build_dir() / "include").string(), source.string()});
  ASSERT_EQ(compiled.status, 0) << compiled.output;
  const Outcome outcome = run({program.string()}, {"PITBRIDGE_SHM_DIR=" + directory().string()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(outcome.output.starts_with("no data: no bridge of this sim")) << outcome.output;
}

TEST_F(DocsInDirectory, PythonExampleWithoutOurHeadersReads) {
  if (run({"python3", "--version"}).status != 0) GTEST_SKIP() << "python3 is not installed";
  const fs::path source = directory() / "example.py";
  write_file(source, block_after(reader_readme(), "```python\n", "```\n"));
  expect_reads_physics(directory(), {"python3", source.string()});
}

Outcome check_layers(const fs::path& root) {
  return run({"bash", (source_dir() / "tests" / "check_layers.sh").string(), root.string()});
}

TEST(Layers, TheRepositoryHasNoFault) {
  const Outcome outcome = check_layers(source_dir());
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(std::regex_match(outcome.output, std::regex("layers: [0-9]+ files, no fault\n")))
      << outcome.output;
}

struct PlantedLine {
  const char* file;
  const char* line;
};

constexpr const char* kSpdxLine = "// SPDX-License-Identifier: MIT\n";

class PlantedFault : public DocsInDirectory, public ::testing::WithParamInterface<PlantedLine> {};

TEST_P(PlantedFault, IsFoundAtItsLine) {
  const auto& [file, line] = GetParam();
  write_file(directory() / "common/core/sim/sound.hpp", std::string(kSpdxLine) + "#include <string>\n");
  write_file(directory() / file, std::string(kSpdxLine) + "\n" + line + "\n");
  const Outcome outcome = check_layers(directory());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.output.find(std::string(file) + ":3: "), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("layers: 2 files, 1 fault\n"), std::string::npos) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(
    Layers, PlantedFault,
    ::testing::Values(
        PlantedLine{"common/core/sim/a.cpp", "#include <unistd.h>"},
        PlantedLine{"common/core/sim/a.cpp", "  # include <sys/mman.h>"},
        PlantedLine{"common/core/sim/a.cpp", "#include <stdint.h>"},
        PlantedLine{"common/core/sim/a.cpp", "#include <windows.h>"},
        PlantedLine{"common/core/sim/a.hpp", "#include <nlohmann/json.hpp>"},
        PlantedLine{"common/core/sim/a.hpp", "#include <thread>"},
        PlantedLine{"common/core/sim/a.hpp", "#include \"common/posix/system/fd.hpp\""},
        PlantedLine{"common/core/sim/a.hpp", "#include \"sound.hpp\""},
        PlantedLine{"common/core/sim/a.hpp", "#include \"../posix/fd.hpp\""},
        PlantedLine{"common/core/sim/a.cpp", "#include \"bridges/command/command.hpp\""},
        PlantedLine{"common/core/sim/a.cpp", "std::filesystem::path p;"},
        PlantedLine{"tests/unit/a_test.cpp", "const int most = std::max(1, 2);"},
        PlantedLine{"common/posix/system/a.cpp", "#include <windows.h>"},
        PlantedLine{"common/posix/system/a.cpp", "#include <Windows.h>"},
        PlantedLine{"common/posix/system/a.cpp", "#include \"common/win32/shm/handle.hpp\""},
        PlantedLine{"common/posix/system/a.cpp", "#include \"tests/e2e/process.hpp\""},
        PlantedLine{"common/posix/system/a.cpp", "#include <filesystem>"},
        PlantedLine{"common/posix/system/a.cpp", "std::thread t;"},
        PlantedLine{"common/win32/a.cpp", "std::jthread t;"},
        PlantedLine{"common/reader/a.h", "#include <fmt/format.h>"},
        PlantedLine{"common/reader/a.h", "#include <sys/inotify.h>"},
        PlantedLine{"common/reader/a.hpp", "#include \"common/core/sim/sim.hpp\""},
        PlantedLine{"common/reader/examples/a.c", "#include \"other.h\""},
        PlantedLine{"bridges/bridge_main.cpp", "std::thread t;"},
        PlantedLine{"bridges/pitbridge/a.cpp", "#include <windows.h>"},
        PlantedLine{"bridges/pitbridge/a.cpp", "#include \"common/win32/shm/handle.hpp\""},
        PlantedLine{"tests/unit/a_test.cpp", "#include \"common/win32/shm/handle.hpp\""},
        PlantedLine{"tests/e2e/a_test.cpp", "#include <windows.h>"},
        PlantedLine{"common/core/sim/a.cpp", "#include \"common/core/mirror/mirror.hpp\""},
        PlantedLine{"common/core/mirror/a.cpp", "#include \"common/core/launch/launch_plan.hpp\""},
        PlantedLine{"common/core/settings/a.cpp", "#include \"common/core/launch/process_id.hpp\""},
        PlantedLine{"common/posix/shm/a.cpp", "#include \"common/posix/session/processes.hpp\""},
        PlantedLine{"common/posix/shm/a.cpp", "small_file(root + \"/proc/\" + pid);"},
        PlantedLine{"common/posix/session/a.cpp", "#include \"common/posix/launch/child_work.hpp\""},
        PlantedLine{"common/win32/a.cpp", "#include \"common/posix/session/processes.hpp\""},
        PlantedLine{"bridges/bridge_run.cpp", "#include \"common/posix/session/steam.hpp\""},
        PlantedLine{"bridges/doctor/a.cpp", "#include \"bridges/command/command.hpp\""},
        PlantedLine{"sims/a.cpp", "#include \"common/core/mirror/ports.hpp\""},
        PlantedLine{"sims/a.cpp", "#include <fmt/format.h>"},
        PlantedLine{"sims/a.cpp", "#include \"common/posix/system/fd.hpp\""},
        PlantedLine{"sims/a.cpp", "#include \"common/core/model/lap.hpp\""}));

TEST_F(DocsInDirectory, LayersFindARoomWithoutAFloor) {
  write_file(directory() / "common/core/attic/a.hpp", kSpdxLine);
  write_file(directory() / "common/core/a.hpp", kSpdxLine);
  const Outcome outcome = check_layers(directory());
  EXPECT_EQ(outcome.status, 1);
  for (const char* fault :
       {"common/core/attic/a.hpp:1: common/core/attic/ is no room", "common/core/a.hpp:1: "})
    EXPECT_NE(outcome.output.find(fault), std::string::npos) << outcome.output;
}

TEST_F(DocsInDirectory, LayersFindFilesWithoutTheirLicenceLine) {
  write_file(directory() / "common/core/sim/a.hpp", "#pragma once\n");
  write_file(directory() / "common/core/sim/empty.cpp", "");
  write_file(directory() / "tests/a.sh", "#!/bin/sh\n");
  const Outcome outcome = check_layers(directory());
  EXPECT_EQ(outcome.status, 1);
  for (const char* file : {"common/core/sim/a.hpp:1:", "common/core/sim/empty.cpp:1:", "tests/a.sh:1:"})
    EXPECT_NE(outcome.output.find(file), std::string::npos) << outcome.output;
}

TEST_F(DocsInDirectory, LayersAllowWhatEachLayerMayUse) {
  const std::string spdx = kSpdxLine;
  write_file(directory() / "common/core/sim/a.hpp",
             spdx +
                 "#include <atomic>\n#include <fmt/format.h>\n#include <tl/expected.hpp>\n#include "
                 "<CLI/CLI.hpp>\n#include \"common/core/sim/b.hpp\"\n// no std::thread, no <windows.h>\n");
  write_file(directory() / "common/posix/system/a.cpp", spdx + "#include <sys/mman.h>\n");
  write_file(directory() / "common/win32/a.hpp", spdx + "#include <windows.h>\n");
  write_file(directory() / "common/reader/examples/a.c",
             spdx + "#include \"pitbridge.h\"\n#include <sys/mman.h>\n");
  write_file(directory() / "bridges/winelib_session.cpp", spdx + "#include \"common/win32/a.hpp\"\n");
  write_file(directory() / "tests/e2e/game/fake_game.cpp", spdx + "#include <windows.h>\n");
  write_file(directory() / "tests/unit/a_test.cpp", spdx + "#include <filesystem>\nstd::thread t;\n");
  write_file(directory() / "sims/a.cpp", spdx + "#include \"common/core/sim/a.hpp\"\n");
  const Outcome outcome = check_layers(directory());
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.output, "layers: 8 files, no fault\n");
}

TEST_F(DocsInDirectory, LayersRefuseATreeWithoutSources) {
  EXPECT_EQ(check_layers(directory()).status, 1);
}

TEST_F(DocsInDirectory, UpdateReadmeReplacesTheBlockAndNothingElse) {
  const fs::path script = directory() / "tests/update_readme.sh";
  fs::create_directories(script.parent_path());
  fs::copy_file(source_dir() / "tests/update_readme.sh", script);
  const fs::path text = directory() / "README.md";
  const std::string head = "before\n<!-- sims: begin -->\n";
  const std::string tail = "<!-- sims: end -->\nafter \\n & | \n";
  write_file(text, head + "old\nolder\n" + tail);
  const fs::path program = directory() / "pitbridge";
  write_file(program, "#!/bin/sh\n[ \"$*\" = 'list --markdown' ] && printf '| a\\\\b & |\\n'\n");
  fs::permissions(program, fs::perms::owner_all);
  EXPECT_EQ(run({"bash", script.string(), program.string()}).status, 0);
  EXPECT_EQ(text_of(text), head + "| a\\b & |\n" + tail);

  write_file(program, "#!/bin/sh\nexit 2\n");
  EXPECT_EQ(run({"bash", script.string(), program.string()}).status, 1);
  EXPECT_EQ(text_of(text), head + "| a\\b & |\n" + tail);

  write_file(text, "no markers\n");
  EXPECT_EQ(run({"bash", script.string(), program.string()}).status, 1);
  EXPECT_EQ(text_of(text), "no markers\n");
}

}  // namespace
}  // namespace pitbridge
