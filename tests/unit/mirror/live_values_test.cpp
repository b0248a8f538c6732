// SPDX-License-Identifier: MIT
// Decoded values: what the page says, and that nothing is decoded unless somebody asks.
#include "common/core/mirror/live_values.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

constexpr std::string_view kName = "toy_car";
constexpr Field kFields[] = {
    {"rpm", 0, FieldType::kFloat32}, {"live", 4, FieldType::kInt32}, {"driver", 8, FieldType::kText8, 120}};
constexpr Layout kLayouts[] = {{kName, 128, kFields}};
constexpr Channel kChannels[] = {{.quantity = Quantity::kRpm, .field = "rpm", .mapping = kName},
                                 {.quantity = Quantity::kDriver, .field = "driver", .mapping = kName}};
constexpr ActivityRule kRules[] = {
    {.activity = Activity::kLive, .field = "live", .value = 1, .mapping = kName},
    {.activity = Activity::kOff, .field = "live", .value = 0, .mapping = kName}};
constexpr Title kTitles[] = {{.id = "toy",
                              .name = "Toy",
                              .exe_names = {},
                              .app_ids = {},
                              .layouts = kLayouts,
                              .channels = kChannels,
                              .activity_rules = kRules}};
constexpr Mapping kMappings[] = {{.name = kName, .size_bytes = 128, .min_file_bytes = 128}};
constexpr Sim kSim = {.name = "toy", .description = "Toy", .mappings = kMappings, .titles = kTitles};
/// The same, with no word for what it does: the engine tells.
constexpr ActivityRule kMovement[] = {
    {.activity = Activity::kLive, .field = "rpm", .changes_within_ms = 500, .mapping = kName}};
constexpr Title kCountingTitles[] = {{.id = "toy",
                                      .name = "Toy",
                                      .exe_names = {},
                                      .app_ids = {},
                                      .layouts = kLayouts,
                                      .channels = kChannels,
                                      .activity_rules = kMovement}};
constexpr Sim kCounting = {
    .name = "toy", .description = "Toy", .mappings = kMappings, .titles = kCountingTitles};
constexpr Sim kUnknown = {.name = "shm", .description = "Any", .mappings = kMappings, .titles = {}};

class LiveValuesTest : public testing::Test {
 protected:
  void SetUp() override {
    status_.start("toy", "/prefix", 1, 1, std::vector<std::string>{std::string(kName)});
    section_ = source_.make(kName, 128);
    mirrors_.emplace_back(kMappings[0], 0, status_, kDefaultProfile);
    ASSERT_TRUE(mirrors_[0].open_files(files_, 128));
    ASSERT_TRUE(mirrors_[0].attach(std::move(*source_.open(kName)), now_));
    ASSERT_TRUE(values_.open(files_, now_));
  }
  void drive(float rpm, std::string_view driver = "Ann") {
    put(section_->bytes, 0, rpm);
    put(section_->bytes, 4, std::int32_t{1});
    std::copy(driver.begin(), driver.end(), reinterpret_cast<char*>(section_->bytes.data() + 8));
    ASSERT_EQ(mirrors_[0].look(now_), Mirror::Look::kChanged);
    values_.mark_changed();
  }
  void ask() {
    ++page_file_.requests;
    values_.watch_requests(now_);
  }
  void publish() { values_.publish(mirrors_, now_); }
  ValuesHeader header() const { return get<ValuesHeader>(files_.at("pitbridge.toy.values").content, 0); }
  ValuesEntry entry(Quantity quantity) const {
    return get<ValuesEntry>(files_.at("pitbridge.toy.values").content,
                            sizeof(ValuesHeader) + static_cast<std::size_t>(quantity) * sizeof(ValuesEntry));
  }

  std::int64_t now_ = 1000 * kSecond;
  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeSource source_;
  FakeSinkFactory files_;
  std::shared_ptr<FakeSection> section_;
  std::vector<Mirror> mirrors_;
  LiveValues values_{kSim, status_};
};

TEST_F(LiveValuesTest, NothingIsDecodedUntilSomebodyAsks) {
  drive(6000);
  values_.watch_requests(now_);
  publish();
  EXPECT_TRUE(all_zero(files_.at("pitbridge.toy.values").content));
}

TEST_F(LiveValuesTest, WhoAsksGetsTheValuesAndIsWoken) {
  drive(6000, "Zo\xC3\xAB");
  ask();
  const int wakes = page_file_.wakes;
  publish();
  EXPECT_EQ(page_file_.wakes, wakes + 1);
  EXPECT_EQ(std::string_view(header().magic, 8), "PITBVAL1");
  EXPECT_EQ(header().version, 1U);
  EXPECT_EQ(header().header_bytes, 64U);
  EXPECT_EQ(header().entry_bytes, 192U);
  EXPECT_EQ(header().entry_count, kFirstEntries);
  EXPECT_EQ(header().more_count, kQuantities.size() - kFirstEntries);
  EXPECT_EQ(header().sequence % 2, 0U);
  EXPECT_EQ(header().activity, static_cast<std::uint32_t>(Activity::kLive));
  EXPECT_EQ(header().updated_ns, static_cast<std::uint64_t>(now_));
  EXPECT_EQ(fixed_text(entry(Quantity::kRpm).name), "rpm");
  EXPECT_EQ(fixed_text(entry(Quantity::kRpm).unit), "rpm");
  EXPECT_EQ(entry(Quantity::kRpm).kind, static_cast<std::uint32_t>(ValueKind::kNumber));
  EXPECT_EQ(entry(Quantity::kRpm).count, 1U);
  EXPECT_EQ(entry(Quantity::kRpm).number[0], 6000);
  EXPECT_EQ(fixed_text(entry(Quantity::kDriver).text), "Zo\xC3\xAB");
  EXPECT_EQ(entry(Quantity::kDriver).kind, static_cast<std::uint32_t>(ValueKind::kText));
  EXPECT_EQ(entry(Quantity::kFuel).kind, static_cast<std::uint32_t>(ValueKind::kAbsent));
}

TEST_F(LiveValuesTest, AbsentOnesHaveAReasonAndThePageItsTitle) {
  drive(6000);
  put(section_->bytes, 0, 1e9F);
  ASSERT_EQ(mirrors_[0].look(now_), Mirror::Look::kChanged);
  ask();
  publish();
  const auto reason = [&](Quantity q) { return static_cast<AbsentReason>(entry(q).count); };
  EXPECT_EQ(reason(Quantity::kFuel), AbsentReason::kNotGiven);
  EXPECT_EQ(reason(Quantity::kRpm), AbsentReason::kImplausible);
  EXPECT_EQ(header().details_offset, kValuesDetailsOffset);
  const auto details = get<ValuesDetails>(files_.at("pitbridge.toy.values").content, kValuesDetailsOffset);
  EXPECT_EQ(fixed_text(details.title), "toy");
  EXPECT_EQ(details.implausible_count, 1U);
}

TEST_F(LiveValuesTest, TheSequenceIsOddWhileThePageIsWritten) {
  drive(6000);
  ask();
  publish();
  const auto& stores = files_.at("pitbridge.toy.values").stores;
  ASSERT_GE(stores.size(), 3U);
  const auto sequence_after = [&](std::size_t i) { return get<std::uint32_t>(stores[i].content_after, 24); };
  for (std::size_t i = 0; i + 1 < stores.size(); ++i) EXPECT_EQ(sequence_after(i) % 2, 1U) << i;
  EXPECT_EQ(sequence_after(stores.size() - 1) % 2, 0U);
}

TEST_F(LiveValuesTest, OnlyAChangeIsPublished) {
  drive(6000);
  ask();
  publish();
  const std::uint32_t sequence = header().sequence;
  publish();
  EXPECT_EQ(header().sequence, sequence);
  drive(6100);
  publish();
  EXPECT_NE(header().sequence, sequence);
  EXPECT_EQ(entry(Quantity::kRpm).number[0], 6100);
}

TEST_F(LiveValuesTest, WhoGoesOnAskingIsServedAndElseItEnds) {
  drive(6000);
  ask();
  publish();
  now_ += 1 * kSecond;
  ask();
  now_ += 1'500'000'000;
  values_.watch_requests(now_);
  EXPECT_EQ(entry(Quantity::kRpm).number[0], 6000);
  now_ += 1 * kSecond;
  values_.watch_requests(now_);
  EXPECT_EQ(entry(Quantity::kRpm).kind, static_cast<std::uint32_t>(ValueKind::kAbsent));
  EXPECT_EQ(header().activity, static_cast<std::uint32_t>(Activity::kUnknown));
  drive(6100);
  publish();
  EXPECT_EQ(entry(Quantity::kRpm).kind, static_cast<std::uint32_t>(ValueKind::kAbsent));
  ask();
  publish();
  EXPECT_EQ(entry(Quantity::kRpm).number[0], 6100) << "asked again, without a change since";
}

TEST_F(LiveValuesTest, AGameThatWritesNoMoreIsPausedWhenItsRuleSaysSo) {
  LiveValues counting(kCounting, status_);
  ASSERT_TRUE(counting.open(files_, now_));
  ++page_file_.requests;
  counting.watch_requests(now_);
  const auto activity = [&] {
    counting.publish(mirrors_, now_);
    return static_cast<Activity>(header().activity);
  };
  drive(6000);
  EXPECT_EQ(activity(), Activity::kUnknown);
  now_ += kSecond / 10;
  drive(6100);
  counting.mark_changed();
  EXPECT_EQ(activity(), Activity::kLive);
  now_ += kSecond / 2 - 1;
  EXPECT_EQ(activity(), Activity::kLive);
  now_ += 1;
  EXPECT_EQ(activity(), Activity::kPaused) << "though nothing was written";
  EXPECT_EQ(entry(Quantity::kRpm).number[0], 6100);
  const std::uint32_t sequence = header().sequence;
  now_ += 1;
  EXPECT_EQ(activity(), Activity::kPaused);
  EXPECT_EQ(header().sequence, sequence) << "said once";
}

TEST_F(LiveValuesTest, AGameThatHasGoneLeavesNoValues) {
  drive(6000);
  ask();
  publish();
  values_.clear(now_);
  EXPECT_EQ(entry(Quantity::kRpm).kind, static_cast<std::uint32_t>(ValueKind::kAbsent));
}

TEST_F(LiveValuesTest, ASimWithoutTitlesHasNoPage) {
  LiveValues none(kUnknown, status_);
  ASSERT_TRUE(none.open(files_, now_));
  EXPECT_FALSE(files_.files.contains("pitbridge.shm.values"));
  ++page_file_.requests;
  none.watch_requests(now_);
  none.mark_changed();
  none.publish(mirrors_, now_);
  EXPECT_TRUE(none.check());
}

TEST_F(LiveValuesTest, ALongTextIsCutBetweenCharacters) {
  std::string name(102, 'a');
  name += "\xC3\xAB\xC3\xAB";  // the first of them would end one byte behind the last that fits
  drive(6000, name);
  ask();
  publish();
  EXPECT_EQ(fixed_text(entry(Quantity::kDriver).text), std::string(102, 'a'));
}

}  // namespace
}  // namespace pitbridge
