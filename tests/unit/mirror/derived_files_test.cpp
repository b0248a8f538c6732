// SPDX-License-Identifier: MIT
// The files that a bridge makes of the records of another mapping, by the table of Le Mans Ultimate.
#include "common/core/mirror/derived_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/decode/telemetry.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kDataBytes = 324824;
constexpr std::size_t kScoringBytes = 75312;
constexpr std::size_t kTelemetryBytes = 241680;
constexpr std::size_t kScoringRecord = 584;
constexpr std::size_t kTelemetryRecord = 1888;
constexpr std::string_view kScoring = "$rFactor2SMMP_Scoring$";
constexpr std::string_view kTelemetry = "$rFactor2SMMP_Telemetry$";

const Sim& lmu() {
  return *find_sim("lmu");
}
const DerivedMapping& scoring() {
  return lmu().titles.front().derived[0];
}
const DerivedMapping& telemetry() {
  return lmu().titles.front().derived[1];
}

/// What the game holds with so many cars: every byte random but those that count.
Bytes game_with(std::int32_t scored, std::uint8_t driven, std::uint32_t seed = 1) {
  Bytes data = Dice(seed).bytes(kDataBytes);
  put(data, 64, std::int32_t{14200});
  put(data, 1736, scored);
  put(data, 128464, driven);
  return data;
}

std::size_t copy_all(const DerivedMapping& derived, std::span<const std::byte> from,
                     std::span<std::byte> to) {
  std::vector<Run> changed;
  return copy_records(derived, from, to, changed);
}

std::span<const std::byte> part(const Bytes& bytes, std::size_t from, std::size_t size) {
  return std::span(bytes).subspan(from, size);
}
bool equal(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::ranges::equal(a, b);
}

TEST(CopyRecords, PutsEachRecordWhereThePluginHasIt) {
  const Bytes data = game_with(20, 21);
  Bytes scored(kScoringBytes);
  Bytes driven(kTelemetryBytes);
  EXPECT_EQ(copy_all(scoring(), data, scored), 560 + 20 * kScoringRecord);
  EXPECT_EQ(copy_all(telemetry(), data, driven), 16 + 21 * kTelemetryRecord);
  EXPECT_TRUE(equal(part(scored, 12, 548), part(data, 1632, 548)));
  EXPECT_TRUE(equal(part(scored, 560, 20 * kScoringRecord), part(data, 2192, 20 * kScoringRecord)));
  EXPECT_TRUE(equal(part(driven, 16, 21 * kTelemetryRecord), part(data, 128468, 21 * kTelemetryRecord)));
  EXPECT_EQ(get<std::int32_t>(scored, 116), 20);
  EXPECT_EQ(get<std::int32_t>(driven, 12), 21);
  EXPECT_TRUE(all_zero(part(scored, 560 + 20 * kScoringRecord, 108 * kScoringRecord))) << "no car there";
  EXPECT_TRUE(all_zero(part(driven, 16 + 21 * kTelemetryRecord, 107 * kTelemetryRecord)));
}

TEST(CopyRecords, SaysHowManyBytesAreInUseAsThePluginCountsThem) {
  // From behind the pair of versions.
  const Bytes data = game_with(3, 2);
  Bytes scored(kScoringBytes);
  Bytes driven(kTelemetryBytes);
  copy_all(scoring(), data, scored);
  copy_all(telemetry(), data, driven);
  EXPECT_EQ(get<std::uint32_t>(scored, 8), 4 + 548 + 3 * kScoringRecord);
  EXPECT_EQ(get<std::uint32_t>(driven, 8), 8 + 2 * kTelemetryRecord);
}

TEST(CopyRecords, TakesAsManyCarsAsTheGameHasRoomFor) {
  const Bytes data = game_with(104, 104);
  Bytes scored(kScoringBytes);
  Bytes driven(kTelemetryBytes);
  EXPECT_EQ(copy_all(scoring(), data, scored), 560 + 104 * kScoringRecord);
  EXPECT_EQ(copy_all(telemetry(), data, driven), 16 + 104 * kTelemetryRecord);
  EXPECT_TRUE(equal(part(driven, 16, 104 * kTelemetryRecord), part(data, 128468, 104 * kTelemetryRecord)));
}

TEST(CopyRecords, ANumberThatNoGameHasIsNoCar) {
  for (const std::uint32_t hostile : {105U, 128U, 4'000'000'000U, 0xFFFFFFFFU, 0x80000000U, 0x7FFFFFFFU}) {
    const Bytes data =
        game_with(static_cast<std::int32_t>(hostile), static_cast<std::uint8_t>(hostile | 0x80U));
    Bytes scored(kScoringBytes);
    Bytes driven(kTelemetryBytes);
    EXPECT_EQ(copy_all(scoring(), data, scored), 560U) << hostile;
    EXPECT_EQ(get<std::uint32_t>(scored, 116), 0U) << "also in the head: readers count by it";
    EXPECT_TRUE(equal(part(scored, 12, 104), part(data, 1632, 104)));
    EXPECT_EQ(copy_all(telemetry(), data, driven), 16U);
    EXPECT_EQ(get<std::uint32_t>(driven, 12), 0U);
  }
}

TEST(CopyRecords, OfASmallerSectionOnlyWholeRecordsAreTaken) {
  Bytes data = game_with(50, 50);
  Bytes scored(kScoringBytes);
  Bytes driven(kTelemetryBytes);
  for (const std::size_t size : {std::size_t{0}, std::size_t{65}, std::size_t{1700}, std::size_t{128465}}) {
    const auto small = std::span<const std::byte>(data).first(size);
    EXPECT_EQ(copy_all(telemetry(), small, driven), 16U) << size;
    EXPECT_EQ(get<std::uint32_t>(driven, 12), 0U);
  }
  EXPECT_EQ(copy_all(scoring(), std::span(data).first(2192 + 2 * kScoringRecord + 500), scored),
            560 + 2 * kScoringRecord);
  EXPECT_EQ(get<std::uint32_t>(scored, 116), 2U);
  EXPECT_EQ(copy_all(telemetry(), std::span(data).first(128468 + kTelemetryRecord), driven),
            16 + kTelemetryRecord);
}

/// The mirrors of lmubridge, the game's sections, and time.
class DerivedFilesTest : public testing::Test {
 protected:
  DerivedFilesTest() {
    std::vector<std::string> names;
    for (const Mapping& mapping : lmu().mappings) names.emplace_back(mapping.file_name());
    status_.start("lmu", "/prefix", 1, 1, names);
    for (std::size_t i = 0; i < lmu().mappings.size(); ++i)
      mirrors_.emplace_back(lmu().mappings[i], i, status_, kDefaultProfile);
    derived_.emplace(lmu(), mirrors_, files_, Voice(log_, status_));
    section_ = source_.make("LMU_Data", kDataBytes);
    section_->bytes = game_with(2, 2);
  }
  Mirror& mirror(std::string_view file_name) {
    return *std::ranges::find_if(mirrors_,
                                 [&](const Mirror& m) { return m.mapping().file_name() == file_name; });
  }
  void attach(std::string_view name) {
    if (!mirror(name).has_files()) {
      ASSERT_TRUE(mirror(name).open_files(files_, 0));
    }
    ASSERT_TRUE(mirror(name).attach(std::move(*source_.open(name)), now_));
  }
  void step() {
    for (Mirror& each : mirrors_)
      if (each.attached()) {
        now_ = std::max(now_ + 1, each.next_look_ns());
        each.look_soon();
        each.look(now_);
      }
    derived_->follow(now_);
  }
  /// A whole update of the game.
  void drive(std::uint32_t seed, std::int32_t scored = 2, std::uint8_t driven = 2) {
    section_->bytes = game_with(scored, driven, seed);
    step();
  }
  const Bytes& file(std::string_view name) const { return files_.at(name).content; }
  std::uint32_t begin(std::string_view name) const { return get<std::uint32_t>(file(name), 0); }
  std::uint32_t end(std::string_view name) const { return get<std::uint32_t>(file(name), 4); }
  StatusMapping status(std::string_view name) const { return *read_status(page_.bytes)->find(name); }

  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeLog log_;
  FakeSinkFactory files_;
  FakeSource source_;
  std::vector<Mirror> mirrors_;
  std::shared_ptr<FakeSection> section_;
  std::int64_t now_ = 1'000'000'000'000;
  std::optional<DerivedFiles> derived_;
};

TEST_F(DerivedFilesTest, AreMadeOfTheFirstStateThatIsMirrored) {
  step();
  EXPECT_TRUE(files_.files.empty()) << "no game, no file";
  attach("LMU_Data");
  step();
  ASSERT_EQ(file(kScoring).size(), kScoringBytes);
  ASSERT_EQ(file(kTelemetry).size(), kTelemetryBytes) << "as long as the plugin's: readers map all of it";
  EXPECT_TRUE(equal(part(file(kTelemetry), 16, 2 * kTelemetryRecord),
                    part(section_->bytes, 128468, 2 * kTelemetryRecord)));
  EXPECT_TRUE(
      equal(part(file(kScoring), 560, 2 * kScoringRecord), part(section_->bytes, 2192, 2 * kScoringRecord)));
  for (const std::string_view name : {kScoring, kTelemetry}) {
    EXPECT_EQ(begin(name), 1U);
    EXPECT_EQ(end(name), 1U);
    EXPECT_EQ(status(name).attached, 1U);
    EXPECT_EQ(status(name).updates, 1U);
    EXPECT_EQ(status(name).section_fd, -1) << "there are no pages of a game to hand out";
    EXPECT_FALSE(mirror(name).attached()) << "it tells nothing of a game";
  }
}

TEST_F(DerivedFilesTest, AReaderOfThePluginsRuleNeverSeesAMixture) {
  attach("LMU_Data");
  for (std::uint32_t seed = 1; seed < 30; ++seed)
    drive(seed, static_cast<std::int32_t>(seed % 7), static_cast<std::uint8_t>(seed % 5));
  mirror(kTelemetry).detach();
  std::map<std::uint32_t, Bytes> whole;
  for (std::uint32_t seed = 1; seed < 30; ++seed) {
    Bytes state(kTelemetryBytes);
    copy_all(telemetry(), game_with(0, static_cast<std::uint8_t>(seed % 5), seed), state);
    whole.emplace(seed, Bytes(state.begin() + 8, state.end()));
  }
  whole.emplace(0, Bytes(kTelemetryBytes - 8));
  for (const auto& stored : files_.at(kTelemetry).stores) {
    const auto begin = get<std::uint32_t>(stored.content_after, 0);
    if (begin != get<std::uint32_t>(stored.content_after, 4)) continue;
    ASSERT_TRUE(equal(part(stored.content_after, 8, kTelemetryBytes - 8), whole.at(begin))) << begin;
  }
}

TEST_F(DerivedFilesTest, NothingStaysOfACarThatHasLeft) {
  attach("LMU_Data");
  drive(2, 60, 60);
  drive(3, 4, 4);
  EXPECT_TRUE(all_zero(part(file(kTelemetry), 16 + 4 * kTelemetryRecord, 124 * kTelemetryRecord)));
  EXPECT_TRUE(all_zero(part(file(kScoring), 560 + 4 * kScoringRecord, 124 * kScoringRecord)));
  drive(4, 5, 5);
  files_.files[std::string(kTelemetry)]->cut = true;
  mirror(kTelemetry).check_files();
  EXPECT_TRUE(equal(part(file(kTelemetry), 16, 5 * kTelemetryRecord),
                    part(section_->bytes, 128468, 5 * kTelemetryRecord)))
      << "made whole again, with all that it held";
  EXPECT_TRUE(all_zero(part(file(kTelemetry), 16 + 5 * kTelemetryRecord, 123 * kTelemetryRecord)));
}

TEST_F(DerivedFilesTest, TheVersionsMoveOnlyWithTheRecords) {
  attach("LMU_Data");
  step();
  section_->bytes[128468 + 100] ^= std::byte{1};
  step();
  EXPECT_EQ(end(kTelemetry), 2U);
  EXPECT_EQ(end(kScoring), 1U) << "its records are as they were";
  EXPECT_EQ(status(kScoring).updates, 1U);
}

TEST_F(DerivedFilesTest, AMixedStateIsPassedOver) {
  attach("LMU_Data");
  step();
  const Bytes before = file(kTelemetry);
  std::uint8_t n = 0;
  section_->on_read = [&](FakeSection& s) { s.bytes[200'000] = s.bytes[128'900] = std::byte{++n}; };
  for (int i = 0; i < 20; ++i) step();
  EXPECT_GT(status("LMU_Data").updates, 1U) << "a game that never rests is shown in the end";
  EXPECT_EQ(file(kTelemetry), before) << "but who reads by a rule gets no mixture";
  section_->on_read = nullptr;
  drive(9);
  EXPECT_TRUE(
      equal(part(file(kTelemetry), 16, kTelemetryRecord), part(section_->bytes, 128468, kTelemetryRecord)));
}

TEST_F(DerivedFilesTest, ALayoutOfAnUnknownVersionIsNotCopied) {
  attach("LMU_Data");
  step();
  put(section_->bytes, 64, std::int32_t{20000});
  step();
  EXPECT_TRUE(all_zero(file(kTelemetry)));
  EXPECT_EQ(status(kTelemetry).attached, 0U);
  put(section_->bytes, 64, std::int32_t{0});
  step();
  EXPECT_TRUE(all_zero(file(kTelemetry))) << "nor of one that is not stated";
  put(section_->bytes, 64, std::int32_t{14200});
  step();
  EXPECT_EQ(begin(kTelemetry), 2U);
}

TEST_F(DerivedFilesTest, ThePluginsOwnSectionTakesThePlaceAndGivesItBack) {
  attach("LMU_Data");
  step();
  auto real = source_.make(kTelemetry, kTelemetryBytes);
  put(real->bytes, 0, std::uint32_t{77});
  put(real->bytes, 4, std::uint32_t{77});
  put(real->bytes, 5000, std::uint32_t{42});
  attach(kTelemetry);
  EXPECT_TRUE(all_zero(file(kTelemetry)));
  drive(2);
  EXPECT_EQ(file(kTelemetry), real->bytes);
  drive(3);
  EXPECT_EQ(file(kTelemetry), real->bytes);
  EXPECT_EQ(end(kScoring), 3U) << "which the plugin does not make here";
  mirror(kTelemetry).detach();
  derived_->follow(now_);
  EXPECT_EQ(end(kTelemetry), 2U) << "goes on where it was";
  EXPECT_TRUE(
      equal(part(file(kTelemetry), 16, kTelemetryRecord), part(section_->bytes, 128468, kTelemetryRecord)));
}

TEST_F(DerivedFilesTest, AreClearedWhenTheirSourceIsClosed) {
  attach("LMU_Data");
  step();
  mirror("LMU_Data").detach();
  derived_->follow(now_);
  EXPECT_TRUE(all_zero(file(kTelemetry)));
  EXPECT_TRUE(all_zero(file(kScoring)));
  EXPECT_EQ(status(kTelemetry).attached, 0U);
  attach("LMU_Data");
  step();
  EXPECT_EQ(end(kTelemetry), 2U);
}

TEST_F(DerivedFilesTest, AFileThatIsRefusedIsSaidOnce) {
  files_.refused.insert(std::string(kTelemetry));
  attach("LMU_Data");
  for (std::uint32_t seed = 2; seed < 6; ++seed) drive(seed);
  EXPECT_EQ(log_.count("is a symbolic link"), 1U);
  EXPECT_EQ(end(kScoring), 4U) << "the other one goes on";
}

}  // namespace
}  // namespace pitbridge
