// SPDX-License-Identifier: MIT
#include "common/core/decode/version.hpp"

#include <gtest/gtest.h>

#include "common/core/decode/telemetry.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

TEST(Versions, OneIsItselfAndWhatItLeavesOpen) {
  EXPECT_TRUE(is_in_versions("3.7", "3.7"));
  EXPECT_TRUE(is_in_versions("3.7.15.1", "3.7"));
  EXPECT_TRUE(is_in_versions("14", "14"));
  EXPECT_FALSE(is_in_versions("3.70", "3.7"));
  EXPECT_FALSE(is_in_versions("3", "3.7"));
  EXPECT_FALSE(is_in_versions("13", "14"));
}

TEST(Versions, ARangeHoldsBothEnds) {
  for (const char* version : {"2.6", "2.10", "2.16", "2.16.3"})
    EXPECT_TRUE(is_in_versions(version, "2.6..2.16")) << version;
  for (const char* version : {"2.5", "2.17", "3.6", "1.9", "26", ""})
    EXPECT_FALSE(is_in_versions(version, "2.6..2.16")) << version;
}

TEST(Versions, WhatIsNoNumberIsNone) {
  for (const char* version : {"", "x", "v3", " 3", "-3", ".3", "99999999999"})
    EXPECT_FALSE(is_in_versions(version, "0..4000000000")) << version;
}

const Title& title(std::string_view sim, std::string_view id) {
  return *find_sim(sim)->find_title(id);
}

Snapshot raceroom(std::int32_t major, std::int32_t minor) {
  Bytes bytes(43996);
  put(bytes, 0, major);
  put(bytes, 4, minor);
  bytes.back() = std::byte{1};
  Snapshot snapshot;
  snapshot.set("$R3E", std::move(bytes));
  return snapshot;
}

TEST(TitleVersions, AKnownOneChoosesItsLayout) {
  const Title& raceroom_title = title("r3e", "raceroom");
  // Where r3e.h of that version has engine_rps.
  const struct {
    std::int32_t major, minor;
    std::uint32_t engine_rps;
  } kCases[] = {{2, 6, 1340}, {2, 16, 1340}, {3, 1, 1372}, {3, 2, 1384},
                {3, 3, 1388}, {3, 4, 1396},  {3, 5, 1396}};
  for (const auto& c : kCases) {
    const TitleVersion version = version_of(raceroom_title, raceroom(c.major, c.minor));
    ASSERT_NE(version.by, nullptr) << c.major << "." << c.minor;
    EXPECT_EQ(find_field(version.by->layouts.front().fields, "engine_rps")->offset_bytes, c.engine_rps)
        << c.major << "." << c.minor;
    EXPECT_EQ(version.fault, "");
  }
}

TEST(TitleVersions, AnUnknownOneDecodesNothingAndSaysWhy) {
  for (const auto& [major, minor] : {std::pair{2, 5}, {2, 17}, {3, 0}, {3, 6}, {4, 0}, {-1, 5}}) {
    const Telemetry got = decode(title("r3e", "raceroom"), raceroom(major, minor));
    const std::string stated = std::to_string(major) + "." + std::to_string(minor);
    EXPECT_EQ(got.version, stated);
    EXPECT_EQ(got.version_fault, "RaceRoom Racing Experience: version " + stated +
                                     " is not known (3.4 to 3.5, 3.3, 3.2, 3.1, 2.6 to 2.16)");
    EXPECT_EQ(got.activity, Activity::kUnknown);
    for (const QuantityInfo& info : kQuantities) {
      EXPECT_FALSE(got[info.quantity]) << info.name;
      EXPECT_EQ(got.reason(info.quantity), AbsentReason::kUnknownVersion) << info.name;
    }
  }
}

TEST(TitleVersions, OneThatIsNotStatedYetIsNoFault) {
  const Telemetry got = decode(title("r3e", "raceroom"), raceroom(0, 0));
  EXPECT_EQ(got.version_fault, "");
  EXPECT_EQ(got.reason(Quantity::kRpm), AbsentReason::kNotYet);
}

/// The version word of a title, as a whole number at `at` or a text.
struct Word {
  const char* sim;
  const char* id;
  const char* mapping;
  std::size_t at, bytes;
};

class TitleVersionWords : public testing::TestWithParam<Word> {
 protected:
  static std::string fault_of(std::int32_t number) {
    Bytes bytes(GetParam().bytes);
    bytes.back() = std::byte{1};
    put(bytes, GetParam().at, number);
    return fault(std::move(bytes));
  }
  static std::string fault(Bytes bytes) {
    Snapshot snapshot;
    snapshot.set(GetParam().mapping, std::move(bytes));
    return version_of(title(GetParam().sim, GetParam().id), snapshot).fault;
  }
};

TEST_P(TitleVersionWords, OfAnotherGenerationIsNotKnown) {
  EXPECT_NE(fault_of(0x39393939), "") << "\"9999\" as a text, and no number of a version";
}

INSTANTIATE_TEST_SUITE_P(Sims, TitleVersionWords,
                         testing::Values(Word{"r3e", "raceroom", "$R3E", 0, 43996},
                                         Word{"pcars2", "automobilista_2", "$pcars2$", 0, 20700},
                                         Word{"pcars2", "project_cars_2", "$pcars2$", 0, 20576},
                                         Word{"pcars2", "project_cars_1", "$pcars$", 0, 7316},
                                         Word{"scs", "ets2", "SCSTelemetry", 40, 32768},
                                         Word{"scs", "ats", "SCSTelemetry", 40, 32768},
                                         Word{"rf2", "rfactor_2", "$rFactor2SMMP_Extended$", 8, 10152},
                                         Word{"lmu", "le_mans_ultimate", "LMU_Data", 64, 324824},
                                         Word{"ir", "iracing", "IRSDKMemMapFileName", 0, 4096},
                                         Word{"ac", "assetto_corsa_evo", "acevo_pmf_static", 0, 208}),
                         [](const auto& test) { return std::string(test.param.id); });

/// Of titles with a number as their version.
void expect_known(const char* sim, const char* id, const char* mapping, std::size_t at,
                  std::initializer_list<std::int32_t> known, std::initializer_list<std::int32_t> unknown) {
  const auto fault_of = [&](std::int32_t number) {
    Bytes bytes(at + 8);
    bytes.back() = std::byte{1};
    put(bytes, at, number);
    Snapshot snapshot;
    snapshot.set(mapping, std::move(bytes));
    return version_of(title(sim, id), snapshot).fault;
  };
  for (const std::int32_t number : known) EXPECT_EQ(fault_of(number), "") << id;
  for (const std::int32_t number : unknown) EXPECT_NE(fault_of(number), "") << id << " " << number;
}

TEST(TitleVersions, AreThoseThatTheLayoutsWereMadeFor) {
  expect_known("pcars2", "automobilista_2", "$pcars2$", 0, {9, 10, 14}, {5, 8, 15, -1});
  expect_known("pcars2", "project_cars_2", "$pcars2$", 0, {9}, {8, 10});
  expect_known("pcars2", "project_cars_1", "$pcars$", 0, {5}, {4, 6});
  expect_known("scs", "ets2", "SCSTelemetry", 40, {10, 11, 12}, {9, 13});
  expect_known("lmu", "le_mans_ultimate", "LMU_Data", 64, {12000, 14200}, {9000, 20000});
  expect_known("ir", "iracing", "IRSDKMemMapFileName", 0, {1, 2}, {3});
}

}  // namespace
}  // namespace pitbridge
