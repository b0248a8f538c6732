// SPDX-License-Identifier: MIT
// A car drives a left-hand circle: decoded, all sims must tell the same drive. A sim that gives one of these
// quantities has a row in circle_memory.cpp or circle_packets.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "common/core/decode/telemetry.hpp"
#include "tests/unit/decode/circle.hpp"
#include "tests/unit/support/planted_values.hpp"

namespace pitbridge {
namespace {

using namespace circle;
using enum Quantity;

std::vector<Convention> all_conventions() {
  std::vector<Convention> all = memory_conventions();
  std::ranges::copy(packet_conventions(), std::back_inserter(all));
  return all;
}

class LeftHandCircle : public testing::TestWithParam<Convention> {
 protected:
  Telemetry at(int number) const {
    const Convention& given = GetParam();
    PlantedMemory memory(*title_by_id(given.title), given.raws[0].mapping, given.size_bytes);
    const Moment moment{.angle = kRate * kStep * number};
    for (const Raw& raw : given.raws)
      memory.plant(raw.mapping, raw.offset_bytes, raw.type, raw.value(moment));
    return decode(memory.version(), memory.snapshot());
  }
  bool gives(Quantity quantity) const {
    return std::ranges::find(GetParam().not_given, quantity) == GetParam().not_given.end();
  }
  static std::vector<double> vector_of(const Telemetry& got, Quantity quantity) {
    const auto& value = got[quantity];
    return value ? std::get<std::vector<double>>(*value) : std::vector<double>(3);
  }
  static void expect_vector(const Telemetry& got, Quantity quantity, const std::array<double, 3>& expected) {
    const auto vector = vector_of(got, quantity);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(vector[i], expected[i], 2e-3) << quantity_info(quantity).name << " " << i;
  }
};

TEST_P(LeftHandCircle, GivesWhatTheRowSays) {
  const Telemetry got = at(1);
  for (const Quantity quantity : kFrames)
    EXPECT_EQ(got[quantity].has_value(), gives(quantity)) << quantity_info(quantity).name;
}

TEST_P(LeftHandCircle, TellsWhatTheDriverFeels) {
  for (const int i : {0, 5, 20}) {
    const Telemetry got = at(i);
    if (gives(kVelocity)) expect_vector(got, kVelocity, {kMps, 0, 0});
    if (gives(kAcceleration)) expect_vector(got, kAcceleration, {0, kPull / kGravity, 0});
    if (gives(kAngularVelocity)) expect_vector(got, kAngularVelocity, {0, 0, kRate});
  }
}

TEST_P(LeftHandCircle, TellsAHeadingThatRises) {
  if (!gives(kHeading)) return;
  for (int i = 0; i < 60; ++i) {  // more than a lap, so past the place where the angle jumps
    const double before = at(i).number(kHeading).value_or(-99);
    const double after = at(i + 1).number(kHeading).value_or(99);
    EXPECT_NEAR(std::remainder(after - before, 2 * kPi), kRate * kStep, 1e-4) << i;
  }
}

TEST_P(LeftHandCircle, TellsAWayToTheLeftInAWorldWhoseZIsUp) {
  if (!gives(kWorldPosition)) return;
  const auto a = vector_of(at(0), kWorldPosition);
  const auto b = vector_of(at(1), kWorldPosition);
  const auto c = vector_of(at(2), kWorldPosition);
  EXPECT_GT((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]), 0);
  EXPECT_NEAR(a[2], kHeight, 1e-5);
}

TEST_P(LeftHandCircle, TellsAHeadingAndAVelocityThatPointWhereItGoes) {
  for (const int i : {1, 7, 20}) {
    const auto before = vector_of(at(i - 1), kWorldPosition);
    const auto after = vector_of(at(i + 1), kWorldPosition);
    if (!gives(kWorldPosition)) return;
    const double way = std::atan2(after[1] - before[1], after[0] - before[0]);
    const Telemetry got = at(i);
    if (gives(kHeading)) {
      EXPECT_NEAR(std::remainder(way - got.number(kHeading).value_or(99), 2 * kPi), 0, 1e-3) << i;
    }
    if (!gives(kWorldVelocity)) continue;
    const auto velocity = vector_of(got, kWorldVelocity);
    EXPECT_NEAR(std::remainder(way - std::atan2(velocity[1], velocity[0]), 2 * kPi), 0, 1e-3) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Titles, LeftHandCircle, testing::ValuesIn(all_conventions()),
                         [](const auto& test) { return std::string(test.param.name); });

/// A map that describes itself has no offsets to write at; its own test drives it. Titles of one sim that
/// sends packets have the same conventions.
TEST(Frames, EveryTitleThatGivesThemHasARow) {
  std::set<std::string_view> titles;
  std::set<const Sim*> sims;
  for (const Convention& each : all_conventions()) {
    titles.insert(each.title);
    sims.insert(title_by_id(each.title)->sim);
  }
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles) {
      if (sim->packets != nullptr) {
        EXPECT_EQ(sims.count(sim), 1U) << sim->name;
        continue;
      }
      if (title.find_variable != nullptr || titles.count(title.id) != 0) continue;
      for (const Channel& channel : title.channels)
        EXPECT_EQ(std::ranges::find(kFrames, channel.quantity), kFrames.end())
            << title.id << " " << quantity_info(channel.quantity).name;
    }
}

}  // namespace
}  // namespace pitbridge
