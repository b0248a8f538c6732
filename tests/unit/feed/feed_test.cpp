// SPDX-License-Identifier: MIT
#include "bridges/feed/feed.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "bridges/command/command.hpp"
#include "bridges/feed/bridge_views.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "tests/unit/support/model_side.hpp"
#include "tests/unit/support/temp_directory.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {
namespace {

using reader::Result;

class FeedOfModel : public testing::Test {
 protected:
  void SetUp() override { begin_command(false); }  // by the environment below

  TempDirectory directory_;
  ScopedEnvironment shm_{"PITBRIDGE_SHM_DIR", directory_.path().c_str()};
  ScopedEnvironment config_{"PITBRIDGE_CONFIG_FILE", "/dev/null"};
};

TEST_F(FeedOfModel, FollowsTheOneThatIsDrivenUntilItHasGone) {
  auto feed = Feed::open("");
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->look().sim, nullptr);
  auto side = std::make_unique<ModelSide>(directory_.path());
  Moment moment;
  ASSERT_TRUE(side->drives_until([&] {
    moment = feed->look();
    return moment.result == Result::kOk && moment.telemetry.number(Quantity::kRpm);
  }));
  EXPECT_EQ(moment.sim, &side->sim());
  EXPECT_EQ(moment.title, &side->title());
  EXPECT_EQ(moment.telemetry.activity, Activity::kLive);
  EXPECT_GT(moment.updated_ns, 0U);
  side->end_game();
  EXPECT_TRUE(soon([&] {
    side->step();
    moment = feed->look();
    return moment.result == Result::kNoGame;
  }));
  EXPECT_EQ(moment.sim, &side->sim()) << "who is shown, and why there is nothing";
  EXPECT_FALSE(moment.telemetry.number(Quantity::kRpm));
}

TEST_F(FeedOfModel, OfANamedSimNeedsNoBridgeYet) {
  auto feed = Feed::open("lmu");
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->look().result, Result::kAbsent);
  EXPECT_FALSE(feed->wait(std::chrono::milliseconds(1)));
  EXPECT_FALSE(Feed::open("nosuchsim"));
}

TEST_F(FeedOfModel, HasWhatTheDecoderHas) {
  for (const char* sim : {"ac", "r3e", "rf2", "ir"}) {
    ModelSide side(directory_.path(), sim);
    auto feed = Feed::open(sim);
    ASSERT_TRUE(feed);
    Moment moment;
    ASSERT_TRUE(side.drives_until([&] {
      moment = feed->look();
      return moment.result == Result::kOk && moment.telemetry.number(Quantity::kRpm);
    })) << sim;
    // The page follows within a moment.
    ASSERT_TRUE(soon([&] {
      side.update(30);
      moment = feed->look();
      const double wanted = model::lap_state_at(30).number(Quantity::kRpm);
      return std::abs(moment.telemetry.number(Quantity::kRpm).value_or(0) - wanted) < 1;
    })) << sim;
    const MirrorReading reading = read_mirror(directory_.path(), side.sim());
    const Telemetry decoded = decode(*reading.title, reading.snapshot);
    for (const QuantityInfo& info : kQuantities) {
      EXPECT_EQ(moment.telemetry[info.quantity].has_value(), decoded[info.quantity].has_value())
          << sim << " " << info.name;
      if (decoded[info.quantity] && moment.telemetry[info.quantity])
        EXPECT_EQ(*moment.telemetry[info.quantity], *decoded[info.quantity]) << sim << " " << info.name;
      else
        EXPECT_EQ(moment.telemetry.reason(info.quantity), decoded.reason(info.quantity))
            << sim << " " << info.name;
    }
    ASSERT_EQ(moment.telemetry.cars.size(), decoded.cars.size()) << sim;
    for (std::size_t i = 0; i < decoded.cars.size(); ++i) {
      EXPECT_EQ(moment.telemetry.cars[i].is_player, decoded.cars[i].is_player);
      EXPECT_EQ(moment.telemetry.cars[i].values, decoded.cars[i].values) << sim << " car " << i;
    }
  }
}

TEST(TelemetryOfAPage, BelievesNoWordThatItDoesNotKnow) {
  auto page = std::make_shared<pitbridge_values>();
  const auto at = static_cast<std::uint32_t>(Quantity::kFlag);
  page->entry_count = PITBRIDGE_FIRST_VALUES;
  page->more_count = at - page->entry_count + 1;
  pitbridge_value& entry = page->more[at - page->entry_count];
  std::snprintf(entry.name, sizeof entry.name, "%s", quantity_info(Quantity::kFlag).name.data());
  entry.kind = entry.count = 1;
  entry.number[0] = 1;
  EXPECT_EQ(telemetry_of(reader::Values(page)).number(Quantity::kFlag), 1);
  entry.number[0] = 1000;
  EXPECT_EQ(telemetry_of(reader::Values(page)).number(Quantity::kFlag), std::nullopt);
  entry.number[0] = 1;
  entry.name[0] = 'x';  // counts its quantities otherwise
  EXPECT_EQ(telemetry_of(reader::Values(page)).number(Quantity::kFlag), std::nullopt);
}

TEST_F(FeedOfModel, BridgesAreSeenWithTheirRates) {
  ModelSide side(directory_.path());
  side.update(1);
  BridgeViews views({directory_.path()});
  auto bridges = views.look();
  ASSERT_EQ(bridges.size(), 1U);
  EXPECT_EQ(bridges.front().state(), "attached");
  EXPECT_EQ(bridges.front().title_name(), side.title().name);
  EXPECT_EQ(bridges.front().mappings.front().rate_hz, 0) << "one look alone shows none";
  side.update(2);
  bridges = views.look();
  EXPECT_GT(bridges.front().mappings.front().rate_hz, 0);
  EXPECT_TRUE(bridges.front().mappings.front().age_s);
}

}  // namespace
}  // namespace pitbridge
