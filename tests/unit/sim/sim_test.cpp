// SPDX-License-Identifier: MIT
// What holds for every table of sims/, now and when the next one is added.
#include "common/core/sim/sim.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <set>

#include "common/core/decode/telemetry.hpp"
#include "common/core/decode/title.hpp"
#include "common/core/sim/mapping_name.hpp"
#include "common/core/sim/sim_table.hpp"

namespace pitbridge {
namespace {

constexpr FieldType kAllFieldTypes[] = {
    FieldType::kInt8,    FieldType::kUint8,  FieldType::kBool8, FieldType::kInt16,  FieldType::kUint16,
    FieldType::kInt32,   FieldType::kUint32, FieldType::kInt64, FieldType::kUint64, FieldType::kFloat32,
    FieldType::kFloat64, FieldType::kUtf16,  FieldType::kText8, FieldType::kBytes,
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

class EverySim : public testing::TestWithParam<const Sim*> {
 protected:
  const Sim& sim_ = *GetParam();
};

TEST_P(EverySim, HasANameThatMakesAProgramAndAFile) {
  EXPECT_FALSE(sim_.name.empty());
  EXPECT_LT(sim_.name.size(), 32U) << "the status page has no room for more";
  EXPECT_TRUE(std::all_of(sim_.name.begin(), sim_.name.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0;
  })) << sim_.name;
  EXPECT_FALSE(sim_.description.empty());
  EXPECT_FALSE(sim_.start_rule.empty());
  EXPECT_EQ(find_sim(sim_.name), &sim_);
}

TEST_P(EverySim, HasMappingsAndTitles) {
  EXPECT_FALSE(sim_.mappings.empty());
  EXPECT_FALSE(sim_.titles.empty());
  EXPECT_LE(sim_.mappings.size(), 30U) << "kStatusMaxMappings";
}

TEST_P(EverySim, FileNamesAreGoodAndUnique) {
  std::set<std::string_view> names;
  for (const Mapping& mapping : sim_.mappings) {
    EXPECT_TRUE(check_file_name(mapping.file_name())) << mapping.name;
    EXPECT_LT(mapping.file_name().size(), 128U) << "the status page has no room for more";
    EXPECT_TRUE(names.insert(mapping.file_name()).second) << mapping.name << " is there twice";
    for (const std::string_view file : mapping.extra_files) {
      EXPECT_TRUE(check_file_name(file)) << file;
      EXPECT_TRUE(names.insert(file).second) << file << " is there twice";
    }
    EXPECT_EQ(sim_.find_mapping(mapping.file_name()), &mapping);
  }
}

TEST_P(EverySim, MappingNamesHaveAtMostANamespace) {
  for (const Mapping& mapping : sim_.mappings) {
    const auto slash = mapping.name.find('\\');
    EXPECT_EQ(slash, mapping.name.rfind('\\')) << mapping.name;
    if (slash != std::string_view::npos) {
      const std::string_view space = mapping.name.substr(0, slash);
      EXPECT_TRUE(space == "Local" || space == "Global") << mapping.name;
    }
  }
}

TEST_P(EverySim, DetectorsLieInTheMapping) {
  for (const Mapping& mapping : sim_.mappings) {
    const Detector& d = mapping.detector;
    EXPECT_TRUE(std::isfinite(d.nominal_rate_hz) && d.nominal_rate_hz > 0) << mapping.name;
    if (d.rule == Consistency::kNone) continue;
    EXPECT_TRUE(d.width_bytes == 1 || d.width_bytes == 2 || d.width_bytes == 4 || d.width_bytes == 8)
        << mapping.name;
    EXPECT_EQ(d.offset_bytes % d.width_bytes, 0U) << mapping.name << ": a torn counter tells nothing";
    EXPECT_GE(d.count, 1U) << mapping.name;
    if (d.rule == Consistency::kVersionPair) {
      EXPECT_EQ(d.end_offset_bytes % d.width_bytes, 0U) << mapping.name;
      const auto apart = d.end_offset_bytes > d.offset_bytes ? d.end_offset_bytes - d.offset_bytes
                                                             : d.offset_bytes - d.end_offset_bytes;
      EXPECT_GE(apart, d.width_bytes) << mapping.name << ": begin and end overlap";
    }
    if (d.rule == Consistency::kRotating) {
      EXPECT_GE(d.stride_bytes, d.width_bytes) << mapping.name;
    }
    if (mapping.size_bytes == 0) continue;  // only the section knows
    const std::uint64_t last = std::uint64_t{d.offset_bytes} + std::uint64_t{d.count - 1} * d.stride_bytes;
    EXPECT_LE(last + d.width_bytes, mapping.size_bytes) << mapping.name;
    EXPECT_LE(std::uint64_t{d.end_offset_bytes} + d.width_bytes, mapping.size_bytes) << mapping.name;
  }
}

TEST_P(EverySim, LayoutsAreOfMappingsOfTheSim) {
  for (const Title& title : sim_.titles) {
    std::set<std::string_view> seen;
    for (const Layout& layout : title.layouts) {
      const Mapping* mapping = sim_.find_mapping(layout.mapping);
      ASSERT_NE(mapping, nullptr) << title.id << ": " << layout.mapping;
      EXPECT_TRUE(seen.insert(layout.mapping).second) << title.id << ": two layouts of " << layout.mapping;
      if (mapping->size_bytes != 0) {
        EXPECT_LE(layout.size_bytes, mapping->size_bytes) << title.id << ": " << layout.mapping;
      }
      EXPECT_EQ(title.find_layout(layout.mapping), &layout);
    }
  }
}

TEST_P(EverySim, FieldsLieInTheirLayout) {
  for (const Title& title : sim_.titles) {
    for (const Layout& layout : title.layouts) {
      std::set<std::string_view> names;
      for (const Field& field : layout.fields) {
        const std::uint64_t size = std::uint64_t{field.count} * element_size_bytes(field.type);
        EXPECT_GE(field.count, 1U) << title.id << ": " << field.name;
        EXPECT_LE(field.offset_bytes + size, layout.size_bytes) << title.id << ": " << field.name;
        EXPECT_EQ(field.size_bytes(), size) << title.id << ": " << field.name;
        EXPECT_TRUE(names.insert(field.name).second) << title.id << ": " << field.name << " is there twice";
        EXPECT_EQ(find_field(layout.fields, field.name), &field);
      }
    }
  }
}

TEST_P(EverySim, ChannelsNameFieldsThatCanBeDecoded) {
  for (const Title& title : sim_.titles) {
    for (const Channel& channel : title.channels) {
      const QuantityInfo& info = quantity_info(channel.quantity);
      if (title.find_variable != nullptr) continue;  // the map names its fields, and its own test reads them
      const bool is_found = channel.field.empty() && channel.fields.empty();
      if (channel.compute != nullptr || (is_found && title.find_text != nullptr)) continue;
      const auto fields = channel.fields.empty() ? Few<std::string_view, 4>{channel.field} : channel.fields;
      for (const std::string_view name : fields) {
        const auto field = find_title_field(title, Snapshot(), channel.mapping, name);
        ASSERT_TRUE(field) << title.id << ": " << name;
        EXPECT_EQ(is_text(field->type), info.text) << title.id << ": " << name;
        EXPECT_NE(field->type, FieldType::kBytes) << title.id << ": " << name;
        if (info.count > 1 && channel.stride_bytes == 0 && channel.fields.empty()) {
          EXPECT_GE(field->count, info.count) << title.id << ": " << name;
        }
        if (channel.combine == Combine::kMagnitude) {
          EXPECT_EQ(field->count, 3U) << title.id << ": " << name;
        }
      }
      if (!channel.other_field.empty()) {
        EXPECT_TRUE(find_title_field(title, Snapshot(), channel.mapping, channel.other_field)) << title.id;
      }
      if (channel.of_player) {
        EXPECT_NE(title.player_offset_bytes, nullptr) << title.id;
      }
    }
  }
}

TEST_P(EverySim, ActivityRulesNameIntegerFields) {
  for (const Title& title : sim_.titles) {
    for (const ActivityRule& rule : title.activity_rules) {
      if (title.find_variable != nullptr) continue;
      const Layout* layout = title.find_layout(rule.mapping);
      ASSERT_NE(layout, nullptr) << title.id << ": " << rule.mapping;
      const Field* field = find_field(layout->fields, rule.field);
      ASSERT_NE(field, nullptr) << title.id << ": " << rule.field;
      if (rule.changes_within_ms != 0) continue;  // anything that counts will do
      EXPECT_FALSE(is_text(field->type) || field->type == FieldType::kFloat32 ||
                   field->type == FieldType::kFloat64 || field->type == FieldType::kBytes)
          << title.id << ": " << rule.field;
    }
  }
}

TEST_P(EverySim, TitlesAreFoundByTheirExe) {
  std::set<std::string_view> ids;
  std::set<std::string> exes;
  for (const Title& title : sim_.titles) {
    EXPECT_TRUE(ids.insert(title.id).second) << title.id << " is there twice";
    EXPECT_LT(title.id.size(), 64U) << "the status page has no room for more";
    EXPECT_EQ(sim_.find_title(title.id), &title);
    EXPECT_FALSE(title.name.empty()) << title.id;
    EXPECT_FALSE(title.to_switch_on.empty()) << title.id;
    EXPECT_FALSE(title.evidence.empty()) << title.id;
    for (const std::string_view exe : title.exe_names) {
      EXPECT_TRUE(exes.insert(upper(exe)).second) << exe << " belongs to two titles";
      EXPECT_EQ(exe.find_first_of("/\\"), std::string_view::npos) << exe;
      EXPECT_EQ(sim_.title_of_exe(exe), &title);
      EXPECT_EQ(sim_.title_of_exe(upper(exe)), &title);
      EXPECT_EQ(sim_.title_of_exe(std::string(exe) + "x"), nullptr);
      EXPECT_EQ(sim_.title_of_exe(exe.substr(1)), nullptr);
    }
  }
}

TEST_P(EverySim, GivesNullForUnknownNames) {
  for (const std::string_view unknown : {"", "no such name", "../etc/passwd"}) {
    EXPECT_EQ(sim_.find_mapping(unknown), nullptr);
    EXPECT_EQ(sim_.find_title(unknown), nullptr);
    EXPECT_EQ(sim_.title_of_exe(unknown), nullptr);
    for (const Title& title : sim_.titles) {
      EXPECT_EQ(title.find_layout(unknown), nullptr);
      for (const Layout& layout : title.layouts) EXPECT_EQ(find_field(layout.fields, unknown), nullptr);
    }
  }
}

TEST_P(EverySim, DecodesEmptyAndShortSnapshotsWithoutHarm) {
  for (const Title& title : sim_.titles) {
    for (const std::size_t size : {0U, 1U, 7U, 64U, 4096U}) {
      Snapshot snapshot;
      // All ones is the worst for every index, offset and count that a hook may follow.
      for (const Mapping& mapping : sim_.mappings)
        snapshot.set(mapping.file_name(), std::vector<std::byte>(size, std::byte{0xFF}));
      (void)decode(title, snapshot);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EverySim, testing::ValuesIn(all_sims().begin(), all_sims().end()),
                         [](const auto& param) { return std::string(param.param->name); });

TEST(AllSims, AreSortedAndUnique) {
  const auto sims = all_sims();
  EXPECT_FALSE(sims.empty());
  EXPECT_EQ(std::adjacent_find(sims.begin(), sims.end(),
                               [](const Sim* a, const Sim* b) { return a->name >= b->name; }),
            sims.end());
}

/// In a process of its own: what is registered stays for good.
[[noreturn]] void register_in_any_order() {
  static constexpr Sim kLast = {
      .name = "~", .description = "sorts last", .mappings = {}, .titles = {}, .start_rule = {}};
  static constexpr Sim kFirst = {
      .name = "!", .description = "sorts first", .mappings = {}, .titles = {}, .start_rule = {}};
  const std::size_t before = all_sims().size();
  const SimRegistration last(kLast);
  const SimRegistration first(kFirst);
  const auto sims = all_sims();
  std::_Exit(sims.size() == before + 2 && sims.front() == &kFirst && sims.back() == &kLast &&
                     find_sim("!") == &kFirst && find_sim("~") == &kLast
                 ? 0
                 : 1);
}

TEST(AllSims, AreSortedWhateverTheOrderOfTheirRegistration) {
  EXPECT_EXIT(register_in_any_order(), testing::ExitedWithCode(0), "");
}

// Each sim is compiled alone, so only here can two of them be seen to claim the same game.
TEST(AllSims, ShareNoTitleNoExeAndNoSteamNumber) {
  std::set<std::string> ids, exes;
  std::set<std::uint32_t> apps;
  for (const Sim* sim : all_sims()) {
    for (const Title& title : sim->titles) {
      EXPECT_TRUE(ids.insert(std::string(title.id)).second) << title.id << " is a title of two sims";
      for (const std::string_view exe : title.exe_names)
        EXPECT_TRUE(exes.insert(upper(exe)).second)
            << exe << " is an exe of two titles, one of them " << title.id;
      for (const std::uint32_t app : title.app_ids)
        EXPECT_TRUE(apps.insert(app).second)
            << app << " is the Steam app of two titles, one of them " << title.id;
    }
  }
}

TEST(AllSims, UnknownNamesGiveNull) {
  for (const std::string_view name : {"", "AC", "ac ", "no such sim"}) EXPECT_EQ(find_sim(name), nullptr);
}

TEST(FieldType, EveryTypeHasASize) {
  for (const FieldType type : kAllFieldTypes) {
    const std::uint32_t size = element_size_bytes(type);
    EXPECT_TRUE(size == 1 || size == 2 || size == 4 || size == 8);
  }
  EXPECT_EQ(element_size_bytes(FieldType::kUtf16), 2U);
  EXPECT_EQ((Field{"f", 0, FieldType::kUtf16, 15}.size_bytes()), 30U);
  EXPECT_EQ((Field{"f", 0, FieldType::kFloat64, 3}.size_bytes()), 24U);
}

TEST(Mapping, FileNameIsTheNameWithoutItsNamespace) {
  EXPECT_EQ((Mapping{.name = "Local\\acpmf_physics"}.file_name()), "acpmf_physics");
  EXPECT_EQ((Mapping{.name = "Global\\x"}.file_name()), "x");
  EXPECT_EQ((Mapping{.name = "$pcars2$"}.file_name()), "$pcars2$");
  EXPECT_EQ((Mapping{.name = "Local\\SCS/SCSTelemetry"}.file_name()), "SCS/SCSTelemetry");
}

TEST(Quantities, StandInTheOrderOfTheirValues) {
  for (std::size_t i = 0; i < kQuantities.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kQuantities[i].quantity), i) << kQuantities[i].name;
    EXPECT_EQ(&quantity_info(kQuantities[i].quantity), &kQuantities[i]);
  }
}

TEST(Activities, EachHasAName) {
  std::set<std::string_view> names;
  for (const Activity a : {Activity::kUnknown, Activity::kOff, Activity::kMenu, Activity::kReplay,
                           Activity::kPaused, Activity::kLive})
    EXPECT_TRUE(names.insert(activity_name(a)).second);
}

}  // namespace
}  // namespace pitbridge
