// SPDX-License-Identifier: MIT
// `pitbridge dump`: which fields stand where, what a dump shows, and how a hunt narrows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "bridges/dump/fields.hpp"
#include "bridges/dump/hex.hpp"
#include "bridges/dump/hunt.hpp"
#include "bridges/host/host_bridge.hpp"
#include "common/core/model/game.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/model_truth.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr FieldType kFloatAndInt[] = {FieldType::kFloat32, FieldType::kInt32};

HuntLook look(std::string_view word) {
  const auto parsed = parse_look(word);
  EXPECT_TRUE(parsed) << word;
  return parsed.value_or(HuntLook());
}
std::vector<std::uint32_t> offsets_of(const Hunt& hunt) {
  std::vector<std::uint32_t> offsets;
  for (const HuntPlace& place : hunt.places()) offsets.push_back(place.offset_bytes);
  return offsets;
}

TEST(Hunts, FindWhatADisplayHasRounded) {
  Bytes bytes(64);
  put(bytes, 7, 187.23F);  // packets are not aligned
  put(bytes, 20, 187.26F);
  put(bytes, 40, std::int32_t{187});
  EXPECT_EQ(offsets_of(*Hunt::begin(bytes, kFloatAndInt, look("187.2"))), std::vector<std::uint32_t>{7});
  EXPECT_EQ(offsets_of(*Hunt::begin(bytes, kFloatAndInt, look("187"))),
            (std::vector<std::uint32_t>{7, 20, 40}));
  EXPECT_EQ(offsets_of(*Hunt::begin(bytes, kFloatAndInt, look("1.87e2"))),
            (std::vector<std::uint32_t>{7, 20, 40}));
}

TEST(Hunts, NarrowByWhatComesNext) {
  Bytes bytes(32);
  put(bytes, 0, 5.0F);
  put(bytes, 8, 5.0F);
  put(bytes, 16, 5.0F);
  Hunt hunt = *Hunt::begin(bytes, kFloatAndInt, look("5"));
  ASSERT_EQ(hunt.places().size(), 3U);
  put(bytes, 0, 6.0F);
  put(bytes, 8, 4.0F);
  Hunt changed = hunt, unchanged = hunt, increased = hunt, decreased = hunt;
  changed.narrow(bytes, look("changed"));
  unchanged.narrow(bytes, look("unchanged"));
  increased.narrow(bytes, look("increased"));
  decreased.narrow(bytes, look("decreased"));
  EXPECT_EQ(offsets_of(changed), (std::vector<std::uint32_t>{0, 8}));
  EXPECT_EQ(offsets_of(unchanged), std::vector<std::uint32_t>{16});
  EXPECT_EQ(offsets_of(increased), std::vector<std::uint32_t>{0});
  EXPECT_EQ(offsets_of(decreased), std::vector<std::uint32_t>{8});
  hunt.narrow(bytes, look("4"));
  EXPECT_EQ(offsets_of(hunt), std::vector<std::uint32_t>{8});
  hunt.narrow(Bytes(4), look("any"));
  EXPECT_TRUE(hunt.places().empty()) << "the section has become shorter";
}

TEST(Hunts, GoOnFromWhatWasSaved) {
  Bytes bytes(32);
  put(bytes, 4, 0.1F);
  const Hunt hunt = *Hunt::begin(bytes, kFloatAndInt, look("0.1"));
  const std::string saved = hunt.saved("map");
  auto loaded = Hunt::loaded(saved, "map");
  ASSERT_TRUE(loaded) << loaded.error().message;
  loaded->narrow(bytes, look("unchanged"));
  EXPECT_EQ(offsets_of(*loaded), std::vector<std::uint32_t>{4}) << "the value is exact";
  EXPECT_NE(Hunt::loaded(saved, "other").error().message.find("of the mapping map"), std::string::npos);
  EXPECT_NE(Hunt::loaded("something", "map").error().message.find("none that --find has written"),
            std::string::npos);
  EXPECT_NE(Hunt::loaded(saved + "4 flout 1\n", "map").error().message.find("line 3 is damaged"),
            std::string::npos);
  EXPECT_NE(Hunt::loaded(saved + "-4 float 1\n", "map").error().message.find("line 3"), std::string::npos);
}

TEST(Hunts, RefuseWhatIsNoLook) {
  EXPECT_FALSE(parse_look("fast"));
  EXPECT_FALSE(parse_look("nan"));
  EXPECT_FALSE(parse_look("inf"));
  EXPECT_FALSE(parse_look(""));
  EXPECT_FALSE(Hunt::begin(Bytes(8), kFloatAndInt, look("changed"))) << "nothing was before";
  EXPECT_NE(parse_types("floot").error().message.find("did you mean \"float\"?"), std::string::npos);
  EXPECT_FALSE(parse_types(""));
  EXPECT_EQ(parse_types("int,float,int")->size(), 2U);
}

TEST(Hunts, KeepNoMoreThanTheirBound) {
  const Bytes zeros(Hunt::kMostPlaces + 8);
  const auto hunt = Hunt::begin(zeros, kFloatAndInt, look("0"));
  ASSERT_FALSE(hunt);
  EXPECT_NE(hunt.error().message.find("more than 2000000 places"), std::string::npos);
}

TEST(HexLines, ShowNamesChangesAndNoZeros) {
  Bytes before(96), now(96);
  put(before, 0, std::int32_t{3});
  put(now, 0, std::int32_t{4});
  put(now, 4, 0.25F);
  put(before, 4, 0.25F);
  put(now, 80, std::uint8_t{7});
  put(before, 80, std::uint8_t{7});
  const std::vector<NamedField> fields = {{"gear", {"", 0, FieldType::kInt32}},
                                          {"gas", {"", 4, FieldType::kFloat32}}};
  EXPECT_EQ(hex_lines({now}, fields, {}),
            "  000000  04 00 00 00 00 00 80 3e  00 00 00 00 00 00 00 00  gear=4  gas=0.25\n  ...\n"
            "  000050  07 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00\n");
  EXPECT_EQ(hex_lines({now, before}, fields, {.changed_only = true}),
            "> 000000  04 00 00 00 00 00 80 3e  00 00 00 00 00 00 00 00  gear=4 (was 3)  gas=0.25\n");
  EXPECT_NE(hex_lines({now, before}, fields, {.with_colour = true}).find("\033[1;33m04\033[0m"),
            std::string::npos);
  EXPECT_EQ(changed_bytes({now, before}), 1U);
  EXPECT_EQ(changed_bytes({now, std::span<const std::byte>(before).first(90)}), 7U)
      << "what was not there is new";
}

TEST(FieldTexts, ArePrintableAndBounded) {
  Bytes bytes(400);
  std::memcpy(bytes.data(), "a\033[31mb", 7);
  EXPECT_EQ(field_text(bytes, {"", 0, FieldType::kText8, 16}).find('\033'), std::string::npos);
  std::memset(bytes.data(), 'x', 300);
  EXPECT_LT(field_text(bytes, {"", 0, FieldType::kText8, 300}).size(), 100U);
  EXPECT_LT(field_text(bytes, {"", 0, FieldType::kUint8, 400}).size(), 100U);
}

/// The bytes of a game on its lap.
Snapshot snapshot_of(const Sim& sim, const Title& title) {
  std::map<std::string, Bytes> all;
  model::ModelGame game(sim, title, 0, 1);
  game.start(10);
  const auto moment = model::moment_of(title, model::free_drive(131.7), {.cars = 8}, Activity::kLive, 131.7);
  game.update_due(
      10, moment,
      [&](std::string_view mapping, std::size_t size) -> std::span<std::byte> {
        all[std::string(mapping)].resize(size);
        return all[std::string(mapping)];
      },
      [](std::string_view) {});
  Snapshot snapshot;
  for (auto& [name, bytes] : all) snapshot.set(name, std::move(bytes));
  return snapshot;
}

TEST(Fields, OfEveryTitleLieWithinTheBytesInTheirOrder) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles) {
      const Snapshot snapshot = snapshot_of(*sim, title);
      std::size_t count = 0;
      for (const Layout& layout : title.layouts) {
        const auto* bytes = snapshot.bytes(layout.mapping);
        const auto fields = fields_of(&title, snapshot, layout.mapping);
        count += fields.size();
        EXPECT_TRUE(std::ranges::is_sorted(fields, {}, [](const auto& f) { return f.field.offset_bytes; }));
        for (const NamedField& each : fields)
          EXPECT_LE(each.field.offset_bytes + each.field.size_bytes(), bytes->size()) << each.name;
      }
      EXPECT_GT(count, 0U) << title.id;
    }
}

TEST(Fields, OfAMapThatDescribesItselfAreItsVariables) {
  const Sim& sim = *find_sim("ir");
  const Snapshot snapshot = snapshot_of(sim, sim.titles.front());
  const auto fields = fields_of(&sim.titles.front(), snapshot, sim.titles.front().layouts.front().mapping);
  const auto rpm = std::ranges::find(fields, "RPM", &NamedField::name);
  ASSERT_NE(rpm, fields.end());
  EXPECT_NE(field_text(*snapshot.bytes("IRSDKMemMapFileName"), rpm->field), "0");
}

/// Files of a sim that the program reads.
class DumpProgram : public testing::Test {
 protected:
  DumpProgram() : sections_(*find_sim("ac")) {
    user_.options[&setting("shm_dir")] = directory_.path();
    auto bridge = LoneHostBridge::open(sections_, user_, "assetto_corsa", "a test", clock_, log_);
    if (bridge) bridge_.emplace(std::move(*bridge));
    sections_.set_game(Game{1, "acs.exe"});
    rpm_is(7000);
  }
  void rpm_is(std::int32_t rpm) {
    const auto physics = sections_.section("acpmf_physics", 592);
    put(physics, 0, ++packet_);
    put(physics, 20, rpm);
    sections_.updated("acpmf_physics");
    for (int i = 0; i < 3; ++i) (*bridge_)->step();
  }
  Outcome dump(std::vector<std::string> words, const std::string& redirection = "2>&1") {
    words.insert(words.begin(), "dump");
    return run_pitbridge(words, {"PITBRIDGE_SHM_DIR=" + directory_.path()}, redirection);
  }

  TempDirectory directory_;
  TempDirectory own_;
  UserSettings user_;
  FakeLog log_;
  MonotonicClock clock_;
  MadeSections sections_;
  std::optional<LoneHostBridge> bridge_;
  std::int32_t packet_ = 0;
};

TEST_F(DumpProgram, ShowsHexWithNames) {
  const Outcome done = dump({"ac"});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_NE(done.output.find("acpmf_physics: 592 bytes, Assetto Corsa\n"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("  rpms=7000"), std::string::npos) << done.output;
}

TEST_F(DumpProgram, GivesTheBytesAloneAndWhatHasChangedSince) {
  const std::string old = own_ / "old";
  ASSERT_EQ(dump({"ac", "acpmf_physics", "--raw"}, "> " + quoted(old)).status, 0);
  EXPECT_EQ(content_of(old).size(), 592U);
  rpm_is(7100);
  const Outcome done = dump({"ac", "acpmf_physics", "--diff", old});
  EXPECT_EQ(done.status, 0);
  EXPECT_NE(done.output.find("2 changed"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("rpms=7100 (was 7000)"), std::string::npos) << done.output;
  EXPECT_EQ(done.output.find("airTemp"), std::string::npos) << "what has not changed is left out";
  const auto json = nlohmann::json::parse(dump({"ac", "acpmf_physics", "--json", "--diff", old}).output);
  ASSERT_EQ(json["fields"].size(), 2U) << "the counter, and the revs";
  EXPECT_EQ(json["fields"][1]["name"], "rpms");
  EXPECT_EQ(json["fields"][1]["value"], 7100);
  EXPECT_EQ(json["fields"][1]["offset"], 20);
  EXPECT_EQ(json["changed"].back(), nlohmann::json::array({20, 1}));
}

TEST_F(DumpProgram, HuntsOverSeveralLooks) {
  const std::string state = own_ / "state";
  const auto find = [&](const std::string& what) {
    return dump({"ac", "acpmf_physics", "--find", what, "--as", "int,float", "--state", state});
  };
  EXPECT_NE(find("7000").output.find("1 place:"), std::string::npos);
  rpm_is(7100);
  const Outcome second = find("increased");
  EXPECT_EQ(second.status, 0);
  EXPECT_NE(second.output.find("000014       20  int32"), std::string::npos) << second.output;
  EXPECT_NE(second.output.find("rpms"), std::string::npos) << second.output;
  EXPECT_NE(find("unchanged").output.find("1 place:"), std::string::npos);
  EXPECT_NE(find("7000").output.find("0 places"), std::string::npos);
}

TEST_F(DumpProgram, RefusesWithTheRemedy) {
  const auto refused = [&](const std::vector<std::string>& words, int status, const std::string& says) {
    const Outcome done = dump(words);
    EXPECT_EQ(done.status, status) << done.output;
    EXPECT_NE(done.output.find(says), std::string::npos) << done.output;
  };
  refused({"ac", "acpmf_fysics"}, 2, "did you mean \"acpmf_physics\"?");
  refused({"ir"}, 1, "pitbridge simulate ir");
  refused({"ac", "acpmf_physics", "--diff", "/nonexistent"}, 2, "cannot read /nonexistent: No such file");
  refused({"ac", "acpmf_physics", "--find", "quick"}, 2, "no value to look for");
  refused({"ac", "acpmf_physics", "--find", "changed"}, 2, "begin with a value");
  refused({"ac", "acpmf_physics", "--find", "7", "--as", "floot"}, 2, "did you mean \"float\"?");
  refused({"ac", "acpmf_physics", "--find", "7", "--raw"}, 2, "excludes");
  refused({"ac", "acpmf_physics", "--find", "7000", "--state", "/nonexistent/state"}, 4, "cannot write");
}

TEST_F(DumpProgram, AsksForOneMappingWhereItNeedsOne) {
  put(sections_.section("acpmf_static", 684), 0, 'x');
  sections_.updated("acpmf_static");
  for (int i = 0; i < 3; ++i) (*bridge_)->step();
  const Outcome done = dump({"ac", "--raw"});
  EXPECT_EQ(done.status, 2);
  EXPECT_NE(done.output.find("name one mapping, of acpmf_physics, acpmf_static"), std::string::npos)
      << done.output;
}

}  // namespace
}  // namespace pitbridge
