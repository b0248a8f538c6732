// SPDX-License-Identifier: MIT
// What is wrong in a table does not compile, and the compiler's message holds a sentence that says what. Each
// fault is planted in a sound table; one run of g++ sees them all.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "common/posix/system/paths.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr char kSoundTable[] = R"(
using namespace pitbridge;
using enum FieldType; using enum Quantity; using enum Activity;
constexpr Field kFields[] = {
    {"status", 0, kInt32}, {"tick", 4, kUint32}, {"rpm", 8, kFloat32}, {"car", 12, kText8, 32},
    {"record", 44, kBytes, 16}, {"record.gear", 48, kInt32}, {"wheels", 60, kFloat32, 4}};
constexpr Mapping kMappings[] = {
    {.name = "Local\\toy", .size_bytes = 80, .detector = {.rule = Consistency::kCounter, .offset_bytes = 4}},
    {.name = "Local\\toy_two", .size_bytes = 80,
     .detector = {.rule = Consistency::kVersionPair, .end_offset_bytes = 4}}};
constexpr Layout kLayouts[] = {{"toy", 80, kFields}, {"toy_two", 80, kFields}};
constexpr Code kFlagCodes[] = {{0, Flag::kGreen}, {1, Flag::kBlue}};
constexpr Channel kRows[] = {
    {kRpm, "rpm"}, {kGear, "record.gear"}, {kCar, "car"},
    {.quantity = kTyrePressure, .fields = {"rpm", "rpm", "rpm", "rpm"}},
    {.quantity = kCamber, .field = "wheels", .order = {2, -1, 4, 3}},
    {.quantity = kFlag, .field = "status", .codes = kFlagCodes}};
constexpr Channel kCarRows[] = {{.quantity = kLap, .field = "record.gear", .record_bytes = 16}};
constexpr auto kCarChannels = channels_in("toy", kCarRows);
constexpr CarTable kCars = {.most_cars = 2, .channels = kCarChannels,
                            .count = [](const Snapshot&) -> std::uint32_t { return 2; }};
constexpr auto kChannels = channels_in("toy", kRows);
constexpr auto kActivity = rules_in("toy", {{kOff, "status", 0}, {kLive, "status", 2}});
constexpr Title kTitles[] = {
    {.id = "toy", .name = "Toy", .exe_names = {"toy.exe"}, .app_ids = {1, 2}, .layouts = kLayouts,
     .channels = kChannels, .activity_rules = kActivity, .version = {"toy", {"status"}, {"1..2"}}, .cars = &kCars},
    {.id = "toy_vr", .name = "Toy VR", .exe_names = {"toy_vr.exe"}, .app_ids = {3}, .layouts = kLayouts,
     .channels = kChannels, .activity_rules = kActivity}};
constexpr Sim kSim = {.name = "toy", .description = "Toy", .mappings = kMappings, .titles = kTitles};
const SimRegistration kRegistration(kSim);
)";

struct Fault {
  std::string_view sentence, sound, broken;
};
constexpr Fault kFaults[] = {
    {"a_mapping_name_is_given_twice", R"("Local\\toy_two")", R"("Local\\toy")"},
    {"a_detector_word_lies_beyond_the_end_of_its_mapping", ".offset_bytes = 4}", ".offset_bytes = 80}"},
    {"a_detector_word_is_not_aligned_to_its_own_width", ".offset_bytes = 4}", ".offset_bytes = 6}"},
    {"the_begin_and_end_version_of_a_detector_overlap", ".end_offset_bytes = 4", ".end_offset_bytes = 0"},
    {"a_title_id_is_given_twice", R"(.id = "toy_vr")", R"(.id = "toy")"},
    {"a_steam_app_id_is_given_twice", ".app_ids = {3}", ".app_ids = {2}"},
    {"a_steam_app_id_is_given_twice", ".app_ids = {1, 2}", ".app_ids = {1, 1}"},
    {"an_exe_name_is_given_twice", R"({"toy_vr.exe"})", R"({"TOY.exe"})"},
    {"a_title_has_no_exe_name", R"({"toy_vr.exe"})", "{}"},
    {"the list has more items than there is room for", ".app_ids = {3}", ".app_ids = {3, 4, 5, 6, 7}"},
    {"a_layout_is_of_a_mapping_that_the_sim_does_not_have", R"({"toy_two", 80)", R"({"toy_too", 80)"},
    {"a_layout_is_larger_than_its_mapping", R"({"toy_two", 80)", R"({"toy_two", 84)"},
    {"a_title_has_two_layouts_of_one_mapping", R"({"toy_two", 80)", R"({"toy", 80)"},
    {"a_field_name_is_given_twice_in_one_layout", R"("record.gear", 48)", R"("rpm", 48)"},
    {"a_field_has_a_count_of_0", "{\"wheels\", 60, kFloat32, 4}", "{\"wheels\", 60, kFloat32, 0}"},
    {"a_field_ends_beyond_its_structure", "{\"wheels\", 60", "{\"wheels\", 68"},
    {"two_fields_overlap_without_one_holding_the_other", R"({"rpm", 8)", R"({"rpm", 6)"},
    {"a_channel_names_a_mapping_that_has_no_layout", R"(channels_in("toy")", R"(channels_in("toi")"},
    {"a_channel_names_a_field_that_does_not_exist", R"({kRpm, "rpm"})", R"({kRpm, "rpms"})"},
    {"a_channel_names_a_field_that_does_not_exist", R"({"rpm", "rpm", "rpm", "rpm"})",
     R"({"rpm", "rpm", "rpm", "pm"})"},
    {"a_channel_names_more_or_fewer_fields_than_its_quantity_has_elements", R"({"rpm", "rpm", "rpm", "rpm"})",
     R"({"rpm", "rpm"})"},
    {"the_order_of_a_channel_is_no_order", "{2, -1, 4, 3}", "{2, -1, 4, 4}"},
    {"the_order_of_a_channel_is_no_order", "{2, -1, 4, 3}", "{2, 1, 3}"},
    {"a_code_of_a_channel_is_no_word_of_its_quantity", "Flag::kBlue", "200"},
    {"a_channel_of_words_has_no_codes", ".codes = kFlagCodes", ".codes = {}"},
    {"a_car_table_has_a_quantity_that_is_not_told_of_cars", "{.quantity = kLap,", "{.quantity = kRpm,"},
    {"a_car_table_has_no_distance_of_its_records", ".record_bytes = 16", ".record_bytes = 0"},
    {"a_car_table_has_no_count", "[](const Snapshot&) -> std::uint32_t { return 2; }", "nullptr"},
    {"a_channel_reads_a_text_as_a_number_or_a_number_as_a_text", R"({kRpm, "rpm"})", R"({kRpm, "car"})"},
    {"a_channel_is_of_the_player_but_the_title_has_no_player_offset_bytes", "channels_in(",
     "player_channels_in("},
    {"the_title_has_no_rule_for_live", R"({kLive, "status", 2})", R"({kMenu, "status", 2})"},
    {"an_activity_rule_names_a_field_that_does_not_exist", R"({kLive, "status", 2})",
     R"({kLive, "state", 2})"},
    {"an_activity_rule_compares_a_field_that_is_no_integer", R"({kLive, "status", 2})",
     R"({kLive, "rpm", 2})"},
    {"an_activity_rule_watches_a_field_that_is_no_number", R"({kLive, "status", 2})",
     R"({kLive, "car", .changes_within_ms = 500})"},
    {"a_rule_that_watches_for_changes_always_decides_so_it_must_stand_last", R"({kOff, "status", 0})",
     R"({.activity = kLive, .field = "tick", .changes_within_ms = 500})"},
    {"the_version_stands_in_a_field_that_does_not_exist", R"({"toy", {"status"})", R"({"toy", {"state"})"},
    {"the_version_stands_in_no_whole_number_and_no_text", R"({"toy", {"status"})", R"({"toy", {"rpm"})"},
    {"a_title_states_its_version_but_no_version_is_known", R"({"1..2"})", "{}"},
};

/// What g++ says of a source that holds `tables` after the header.
std::string compiler_output(const std::string& tables) {
  const TempDirectory directory;
  const std::string source = directory / "tables.cpp";
  std::ofstream(source) << "#include \"common/core/sim/sim_table.hpp\"\n" << tables;
  const std::string command = "LC_ALL=C g++ -std=c++20 -fsyntax-only -I'" +
                              environment_or("PITBRIDGE_SOURCE_DIR", ".") + "' '" + source + "' 2>&1";
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "no g++";
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) != 0;)
    output.append(buffer, got);
  ::pclose(pipe);
  return output;
}

std::string in_namespace(std::size_t number, const std::string& table) {
  return "#line 1 \"fault_" + std::to_string(number) + "\"\nnamespace fault_" + std::to_string(number) +
         " {" + table + "}\n";
}

TEST(TableFaults, ASoundTableCompiles) {
  EXPECT_EQ(compiler_output(in_namespace(0, kSoundTable)), "");
}

TEST(TableFaults, EachIsAnErrorWithASentence) {
  std::string tables;
  for (std::size_t i = 0; i < std::size(kFaults); ++i) {
    std::string table = kSoundTable;
    const auto at = table.find(kFaults[i].sound);
    ASSERT_NE(at, std::string::npos) << kFaults[i].sound;
    table.replace(at, kFaults[i].sound.size(), kFaults[i].broken);
    tables += in_namespace(i, table);
  }
  const std::string output = compiler_output(tables);
  for (std::size_t i = 0; i < std::size(kFaults); ++i) {
    // From the first message about this fault's lines up to the next fault's.
    const auto begin = output.find("fault_" + std::to_string(i) + ":");
    ASSERT_NE(begin, std::string::npos) << kFaults[i].sentence << " compiled:\n" << output;
    const auto end = output.find("fault_" + std::to_string(i + 1) + ":", begin);
    EXPECT_NE(output.substr(begin, end - begin).find(kFaults[i].sentence), std::string::npos)
        << kFaults[i].sentence << " is not in:\n"
        << output.substr(begin, end - begin);
  }
}

}  // namespace
}  // namespace pitbridge
