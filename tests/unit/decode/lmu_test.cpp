// SPDX-License-Identifier: MIT
// Le Mans Ultimate by its own memory, and by the plugin's where only that is there.
#include <gtest/gtest.h>

#include "common/core/decode/telemetry.hpp"
#include "common/core/mirror/derived_files.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kScoringRecord = 584;
constexpr std::size_t kTelemetryRecord = 1888;

const Title& lmu() {
  return find_sim("lmu")->titles.front();
}

std::size_t copy_all(const DerivedMapping& derived, std::span<const std::byte> from,
                     std::span<std::byte> to) {
  std::vector<Run> changed;
  return copy_records(derived, from, to, changed);
}

/// Two cars, of which the second is the player's.
Bytes game() {
  Bytes data(324824);
  put(data, 64, std::int32_t{14200});
  put(data, 1736, std::int32_t{2});    // scored
  put(data, 1747, std::uint8_t{1});    // in realtime
  put(data, 128464, std::uint8_t{2});  // with telemetry
  put(data, 128465, std::uint8_t{1});  // the player's
  put(data, 128466, std::uint8_t{1});
  for (std::size_t i = 0; i < 2; ++i) {
    put(data, 2192 + i * kScoringRecord, static_cast<std::int32_t>(40 + i));
    put(data, 128468 + i * kTelemetryRecord, static_cast<std::int32_t>(40 + i));
    put(data, 128824 + i * kTelemetryRecord, 7000.0 + static_cast<double>(i));
    put(data, 129000 + i * kTelemetryRecord, 9000.0);
    put(data, 128992 + i * kTelemetryRecord, 31.5);
    put(data, 2391 + i * kScoringRecord, static_cast<std::uint8_t>(2 - i));
    std::memcpy(data.data() + 2196 + i * kScoringRecord, "Ann", 3);
  }
  put(data, 2388 + kScoringRecord, std::uint8_t{1});
  std::memcpy(data.data() + 1632, "Spa", 3);
  return data;
}

/// The plugin's files as it would write them beside that game.
void add_plugin(Snapshot& snapshot, const Bytes& data) {
  for (const DerivedMapping& derived : lmu().derived) {
    Bytes bytes(find_sim("lmu")->find_mapping(derived.mapping)->size_bytes);
    copy_all(derived, data, bytes);
    snapshot.set(derived.mapping, std::move(bytes));
  }
}
void add_plugins_version(Snapshot& snapshot, std::string_view version) {
  Bytes extended(10152);
  std::memcpy(extended.data() + 8, version.data(), version.size());
  snapshot.set("$rFactor2SMMP_Extended$", std::move(extended));
}

TEST(LeMansUltimate, GivesTheSameValuesByThePluginAlone) {
  Snapshot own;
  own.set("LMU_Data", game());
  Snapshot plugin;
  plugin.set("LMU_Data", Bytes(324824));  // our file, as long as the game has not made the section
  add_plugin(plugin, game());
  const Telemetry wanted = decode(lmu(), own);
  const Telemetry got = decode(lmu(), plugin);
  EXPECT_EQ(wanted.number(Quantity::kRpm), 7001.0);
  EXPECT_EQ(wanted.number(Quantity::kPosition), 1.0);
  EXPECT_EQ(wanted.text(Quantity::kDriver), "Ann");
  EXPECT_EQ(got.activity, Activity::kLive);
  for (const QuantityInfo& info : kQuantities)
    if (wanted.reason(info.quantity) != AbsentReason::kNotGiven) {
      EXPECT_EQ(got[info.quantity], wanted[info.quantity]) << info.name;
    }
}

TEST(LeMansUltimate, ItsOwnMemoryComesFirst) {
  Bytes other = game();
  put(other, 128824 + kTelemetryRecord, 1234.0);
  Snapshot both;
  both.set("LMU_Data", game());
  add_plugin(both, other);
  add_plugins_version(both, "3.7.15.1");
  const Telemetry got = decode(lmu(), both);
  EXPECT_EQ(got.number(Quantity::kRpm), 7001.0);
  EXPECT_EQ(got.version, "14200");
}

TEST(LeMansUltimate, AnUnknownVersionIsNotMendedByThePlugin) {
  Bytes data = game();
  put(data, 64, std::int32_t{20000});
  Snapshot both;
  both.set("LMU_Data", data);
  add_plugin(both, data);
  const Telemetry got = decode(lmu(), both);
  EXPECT_EQ(got.version_fault, "Le Mans Ultimate: game version 20000 is not known (10000 to 19999)");
  EXPECT_FALSE(got[Quantity::kRpm]);
}

TEST(LeMansUltimate, ThePluginsVersionIsCheckedToo) {
  Snapshot plugin;
  add_plugin(plugin, game());
  add_plugins_version(plugin, "3.7.15.1");
  EXPECT_EQ(decode(lmu(), plugin).version, "3.7.15.1");
  EXPECT_EQ(decode(lmu(), plugin).number(Quantity::kRpm), 7001.0);
  add_plugins_version(plugin, "4.0.0.0");
  EXPECT_EQ(decode(lmu(), plugin).version_fault,
            "Le Mans Ultimate: plugin version 4.0.0.0 is not known (3.0 to 3.7)");
  EXPECT_FALSE(decode(lmu(), plugin)[Quantity::kRpm]);
}

TEST(LeMansUltimate, WithoutAnyDataNothingIsKnown) {
  Snapshot empty;
  empty.set("LMU_Data", Bytes(324824));
  empty.set("$rFactor2SMMP_Scoring$", Bytes(75312));
  EXPECT_EQ(decode(lmu(), empty).activity, Activity::kUnknown);
  for (const QuantityInfo& info : kQuantities)
    EXPECT_EQ(decode(lmu(), empty).reason(info.quantity), AbsentReason::kNotYet) << info.name;
}

}  // namespace
}  // namespace pitbridge
