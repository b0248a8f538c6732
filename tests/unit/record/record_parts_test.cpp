// SPDX-License-Identifier: MIT
// What is worked out of a recording: laps, parts, and the files of other programs.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bridges/record/cursor.hpp"
#include "bridges/record/laps.hpp"
#include "bridges/record/summary.hpp"
#include "common/core/model/lap.hpp"
#include "tests/unit/record/recorded_drive.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge::record {
namespace {

using Json = nlohmann::json;

constexpr double kLapSeconds = 92.5;

/// Two laps and a bit of a car of Assetto Corsa.
class RecordParts : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory = new TempDirectory;
    record_model(path(), "ac", 200, 20);
  }
  static void TearDownTestSuite() { delete directory; }

  static std::string path() { return *directory / "drive.pbrec"; }
  static std::string made(std::string_view name) { return *directory / name; }
  static Outcome tool(std::vector<std::string> words) { return run_pitbridge(std::move(words)); }
  static Json info(const std::string& file) {
    const Outcome outcome = run_pitbridge({"record", "info", file, "--json"}, {}, "2>/dev/null");
    EXPECT_EQ(outcome.status, 0);
    return Json::parse(outcome.output);
  }
  /// The lines of a file, and what stands between their commas.
  static std::vector<std::vector<std::string>> csv(const std::string& file) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(content_of(file));
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      std::istringstream cells(line);
      rows.emplace_back();
      for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
  }

  static inline TempDirectory* directory = nullptr;
};

TEST_F(RecordParts, InfoTellsOfTheDrive) {
  const Json json = info(path());
  EXPECT_EQ(json["sim"], "ac");
  EXPECT_EQ(json["title"], "assetto_corsa");
  EXPECT_EQ(json["car"], "ks_porsche_911_gt3_r_2016");
  EXPECT_EQ(json["track"], "spa");
  EXPECT_NEAR(json["length_s"].get<double>(), 200, 0.001);
  EXPECT_EQ(json["lost"], 0);
  EXPECT_TRUE(json["ended"].get<bool>());
  EXPECT_TRUE(json["damage"].empty());
  for (const Json& mapping : json["mappings"]) EXPECT_NEAR(mapping["rate_hz"].get<double>(), 20, 0.1);
  ASSERT_EQ(json["laps"].size(), 3U);
  for (unsigned lap = 0; lap < 2; ++lap) {
    EXPECT_EQ(json["laps"][lap]["lap"], lap + 1);
    EXPECT_NEAR(json["laps"][lap]["begin_s"].get<double>(), lap * kLapSeconds, 0.01);
    EXPECT_NEAR(json["laps"][lap]["time_s"].get<double>(), kLapSeconds, 0.01);
    EXPECT_TRUE(json["laps"][lap]["whole"].get<bool>());
  }
  EXPECT_FALSE(json["laps"][2]["whole"].get<bool>());
  const Outcome table = tool({"record", "info", path()});
  EXPECT_EQ(table.status, 0);
  EXPECT_NE(table.output.find("spa"), std::string::npos) << table.output;
  EXPECT_NE(table.output.find("the fastest"), std::string::npos) << table.output;
}

TEST_F(RecordParts, InfoTellsWhatIsMissing) {
  const std::string whole = content_of(path());
  write_file(made("cut.pbrec"), std::string_view(whole).substr(0, whole.size() / 2));
  const Json json = info(made("cut.pbrec"));
  EXPECT_FALSE(json["ended"].get<bool>());
  ASSERT_EQ(json["damage"].size(), 1U);
  EXPECT_NEAR(json["damage"][0]["after_s"].get<double>(), json["length_s"].get<double>(), 0.001);
  const Outcome table = tool({"record", "info", made("cut.pbrec")});
  EXPECT_NE(table.output.find("it was not ended"), std::string::npos) << table.output;
  EXPECT_NE(table.output.find("the end of the file is cut"), std::string::npos) << table.output;
}

TEST_F(RecordParts, ALapIsCutOut) {
  const Outcome outcome = tool({"record", "cut", path(), "--lap", "2", "-o", made("lap.pbrec")});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  const Json json = info(made("lap.pbrec"));
  EXPECT_NEAR(json["length_s"].get<double>(), kLapSeconds, 0.06);
  EXPECT_EQ(json["car"], "ks_porsche_911_gt3_r_2016");
  ASSERT_GE(json["laps"].size(), 1U);
  EXPECT_EQ(json["laps"][0]["lap"], 2);
  EXPECT_NEAR(json["laps"][0]["begin_s"].get<double>(), 0, 0.06);
  EXPECT_NEAR(
      static_cast<double>(json["start_unix_ns"].get<std::int64_t>() - 1'764'394'563'000'000'000) / 1e9,
      kLapSeconds, 0.01);
  const Outcome none = tool({"record", "cut", path(), "--lap", "9", "-o", made("none.pbrec")});
  EXPECT_EQ(none.status, 2);
  EXPECT_NE(none.output.find("it has 1, 2, 3"), std::string::npos) << none.output;
  EXPECT_NE(::access(made("none.pbrec").c_str(), F_OK), 0);
}

TEST_F(RecordParts, EachFrameOfAPartIsThatOfTheWhole) {
  const Outcome outcome =
      tool({"record", "cut", path(), "--from", "1:00.5", "--to", "65", "-o", made("part.pbrec")});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  const auto frames = [](const std::string& file, std::int64_t from_ns, std::int64_t to_ns) {
    auto reader = std::move(*RecordingReader::open(file));
    Cursor cursor(*reader);
    std::vector<std::vector<std::byte>> sections(reader->header().mappings.size()), all;
    for (; const Record* record = cursor.peek(); cursor.pop()) {
      if (!record->has_bytes()) continue;
      sections[record->mapping].resize(record->size_bytes);
      show_in(*record, sections[record->mapping]);
      if (record->is_frame() && record->time_ns >= from_ns && record->time_ns <= to_ns)
        all.push_back(sections[record->mapping]);
    }
    return all;
  };
  const auto part = frames(made("part.pbrec"), 0, kMostTimeNs);
  EXPECT_GT(part.size(), 100U);
  EXPECT_EQ(part, frames(path(), 60'500'000'000, 65'000'000'000));
}

TEST_F(RecordParts, ACsvHasTheValuesOfItsMoments) {
  const Outcome outcome = tool({"export", path(), "--format", "csv", "-o", made("drive.csv"), "--rate", "20",
                                "--channels", "speed,tyre_temperature,velocity.x,car"});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  const auto rows = csv(made("drive.csv"));
  EXPECT_EQ(rows[0], (std::vector<std::string>{"time", "activity", "speed", "tyre_temperature.fl",
                                               "tyre_temperature.fr", "tyre_temperature.rl",
                                               "tyre_temperature.rr", "velocity.x", "car"}));
  ASSERT_EQ(rows.size(), 1U + 4001U);
  for (std::size_t i = 1; i < rows.size(); i += 97) {
    const double now = std::stod(rows[i][0]);
    EXPECT_NEAR(now, static_cast<double>(i - 1) / 20, 1e-6);
    EXPECT_NEAR(std::stod(rows[i][2]), model::lap_state_at(now).number(Quantity::kSpeed), 0.01) << now;
    EXPECT_NEAR(std::stod(rows[i][4]), model::lap_state_at(now).number(Quantity::kTyreTemperature, 1), 0.01);
    EXPECT_EQ(rows[i][8], "\"ks_porsche_911_gt3_r_2016\"");
  }
}

TEST_F(RecordParts, RowsOfChangesAreThoseOfChanges) {
  const Outcome outcome = tool(
      {"export", path(), "--format", "jsonl", "-o", made("gears.jsonl"), "--changes", "--channels", "gear"});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  std::istringstream lines(content_of(made("gears.jsonl")));
  std::optional<double> before;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const Json json = Json::parse(line);
    const double gear = json["values"]["gear"];
    EXPECT_NE(gear, before) << line;
    EXPECT_EQ(gear, model::lap_state_at(json["time"].get<double>() + 1e-6).number(Quantity::kGear)) << line;
    before = gear;
  }
  EXPECT_GT(count, 10U);
}

TEST_F(RecordParts, AMotecLogIsReadByOthersRules) {
  const Outcome outcome =
      tool({"export", path(), "--format", "ld", "--output", made("drive.ld"), "--rate", "20", "--force"});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  const Outcome read =
      run({"python3", (source_dir() / "tests/unit/record/read_ld.py").string(), made("drive.ld")});
  ASSERT_EQ(read.status, 0) << read.output;
  const Json json = Json::parse(read.output);
  EXPECT_EQ(json["marker"], 0x40);
  EXPECT_EQ(json["venue"], "spa");
  EXPECT_EQ(json["vehicle"], "ks_porsche_911_gt3_r_2016");
  EXPECT_EQ(json["driver"], "S?ren M?ller") << "the field holds ASCII";
  const auto samples = [&](const char* name) {
    return json["channels"][name]["samples"].get<std::vector<double>>();
  };
  EXPECT_EQ(json["channels"]["Ground Speed"]["unit"], "km/h");
  EXPECT_EQ(json["channels"]["Ground Speed"]["rate"], 20);
  const auto speed = samples("Ground Speed"), throttle = samples("Throttle Pos"),
             tyre = samples("tyre_pressure.rr");
  ASSERT_EQ(speed.size(), 4001U);
  ASSERT_EQ(tyre.size(), 4001U);
  for (std::size_t i = 0; i < speed.size(); i += 111) {
    const auto car = model::lap_state_at(static_cast<double>(i) / 20);
    EXPECT_NEAR(speed[i], car.number(Quantity::kSpeed), 0.01);
    EXPECT_NEAR(throttle[i], 100 * car.number(Quantity::kThrottle), 0.01);
  }
  const auto beacons = json["beacons"].get<std::vector<double>>();
  ASSERT_EQ(beacons.size(), 2U);
  EXPECT_NEAR(beacons[0], 1e6 * kLapSeconds, 1e4);
  EXPECT_NEAR(beacons[1], 2e6 * kLapSeconds, 1e4);
  EXPECT_EQ(json["details"]["Total Laps"], "3");
  EXPECT_EQ(json["details"]["Fastest Time"].get<std::string>().substr(0, 6), "1:32.5");
}

TEST_F(RecordParts, MistakesAreNamed) {
  const auto refused = [&](std::vector<std::string> words, int status, const char* part) {
    const Outcome outcome = tool(std::move(words));
    EXPECT_EQ(outcome.status, status) << outcome.output;
    EXPECT_NE(outcome.output.find(part), std::string::npos) << outcome.output;
  };
  write_file(made("diary"), "a diary");
  refused({"record", "info", made("diary")}, 1, "no recording of pitbridge");
  refused({"replay", made("diary")}, 1, "no recording of pitbridge");
  refused({"replay", made("no such")}, 1, "No such file");
  refused({"replay", path(), "--from", "9:00"}, 2, "ends at 3:20");
  refused({"replay", path(), "--from", "x"}, 2, "--from");
  refused({"export", path(), "--format", "csv", "-o", made("diary")}, 4, "--force");
  refused({"export", path(), "--format", "csv", "-o", path(), "--force"}, 4, "it is the recording itself");
  refused({"record", "cut", path(), "--lap", "1", "-o", path(), "--force"}, 4, "it is the recording itself");
  refused({"export", path(), "--format", "csv", "-o", made("x.csv"), "--channels", "sped"}, 2,
          "did you mean \"speed\"");
  refused({"export", path(), "--format", "ld", "-o", made("x.ld"), "--changes"}, 2, "--rate");
  refused({"export", path(), "--format", "xls", "-o", made("x")}, 2, "xls");
  refused({"record", "cut", path()}, 2, "--lap");
  EXPECT_EQ(content_of(made("diary")), "a diary");
}

TEST_F(RecordParts, ADiskThatFillsLeavesNoHalfExport) {
  const std::string program = (build_dir() / "bin" / "pitbridge").string();
  const Outcome outcome = run({"bash", "-c", "ulimit -f 100; exec \"$@\"", "-", program, "export", path(),
                               "--format", "csv", "-o", made("big.csv")});
  EXPECT_EQ(outcome.status, 4) << outcome.output;
  EXPECT_NE(outcome.output.find("File too large"), std::string::npos) << outcome.output;
  EXPECT_NE(::access(made("big.csv").c_str(), F_OK), 0);
}

/// The values of a moment, as a sim without a count of laps gives them where `lap` is none.
Telemetry telemetry(std::optional<double> lap, double lap_time, std::optional<double> last = {}) {
  Telemetry out;
  out.activity = Activity::kLive;
  const auto set = [&](Quantity quantity, double value) {
    out.values[static_cast<std::size_t>(quantity)] = value;
  };
  if (lap) set(Quantity::kLap, *lap);
  set(Quantity::kLapTime, lap_time);
  if (last) set(Quantity::kLastLapTime, *last);
  return out;
}

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(RecordLaps, TheSimSaysHowLongALapWas) {
  LapFinder finder;
  finder.look(0, telemetry(3, 0));
  finder.look(80 * kSecond, telemetry(3, 80, 91));
  finder.look(90 * kSecond + kSecond / 2, telemetry(4, 0.25, 91));
  finder.look(92 * kSecond, telemetry(4, 1.75, 90.125));
  const auto laps = finder.finish(95 * kSecond);
  ASSERT_EQ(laps.size(), 2U);
  EXPECT_EQ(laps[0].number, 4);
  EXPECT_EQ(laps[0].end_ns, 90 * kSecond + kSecond / 4) << "the line was crossed before it was seen";
  EXPECT_EQ(laps[0].seconds, 90.125);
  EXPECT_TRUE(laps[0].is_whole);
  EXPECT_FALSE(laps[1].is_whole);
}

TEST(RecordLaps, WithoutACountTheTimeThatBeginsAnewTells) {
  LapFinder finder;
  for (int i = 0; i < 200; ++i) finder.look(i * kSecond, telemetry({}, i % 60));
  const auto laps = finder.finish(200 * kSecond);
  ASSERT_EQ(laps.size(), 4U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(laps[static_cast<std::size_t>(i)].number, i + 1);
    EXPECT_EQ(laps[static_cast<std::size_t>(i)].seconds, 60);
  }
}

TEST(RecordLaps, ALapThatBeganBeforeIsNotWhole) {
  LapFinder finder;
  finder.look(0, telemetry(0, 50));
  finder.look(50 * kSecond, telemetry(1, 0));
  finder.look(60 * kSecond, telemetry(0, 0));  // the session begins anew
  const auto laps = finder.finish(70 * kSecond);
  ASSERT_EQ(laps.size(), 3U);
  for (const Lap& lap : laps) EXPECT_FALSE(lap.is_whole) << lap.number;
  EXPECT_EQ(fastest(laps), nullptr);
}

}  // namespace
}  // namespace pitbridge::record
