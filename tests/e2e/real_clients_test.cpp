// SPDX-License-Identifier: MIT
// Readers of others, as they lie on somebody's disk, on the files of our bridges: `make test-clients`. They
// know no directory but the real /dev/shm, so tests/test_clients.sh gives the run one of its own.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "common/core/model/lap.hpp"
#include "common/posix/system/paths.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

using nlohmann::json;

constexpr double kMoment = 200;
constexpr int kSkipped = 77;

struct Case {
  const char* client;
  const char* driver;  ///< in tests/clients; empty: libsimapi's
  const char* sim;
  const char* title;
  int cars = 0;                         ///< how many the game has; 0: the client does not say
  int first_lap = 0;                    ///< how the client calls the first lap
  const char* fault = "";               ///< what is known to be wrong in the client itself
  std::vector<const char*> wrong = {};  ///< the values that it may have wrong by that
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.client << " on " << c.title;
}

std::vector<Case> all_cases() {
  return {
      {"libsimapi", "", "ac", "assetto_corsa"},
      {"libsimapi", "", "ac", "assetto_corsa_competizione"},
      {"libsimapi", "", "pcars2", "automobilista_2", 3, 1, "fuel is a part of the tank", {"fuel"}},
      {"libsimapi", "", "rf2", "rfactor_2", 4, 1},
      {"libsimapi",
       "",
       "r3e",
       "raceroom",
       0,
       1,
       "takes rad/s for turns a second, and gives no names",
       {"rpm", "max_rpm", "car", "track"}},
      {"libsimapi", "", "lmu", "le_mans_ultimate", 4, 1},
      {"libsimapi", "", "scs", "ets2", 0, 0, "knows the native game only", {"active"}},
      {"pyRfactor2SharedMemory", "sharedmemory.py", "rf2", "rfactor_2", 4},
      {"pyLMUSharedMemory", "sharedmemory.py", "lmu", "le_mans_ultimate", 4},
      {"TinyPedal", "tinypedal.py", "rf2", "rfactor_2", 4},
      {"TinyPedal", "tinypedal.py", "lmu", "le_mans_ultimate", 4},
      {"pyirsdk", "pyirsdk.py", "ir", "iracing", 2},
  };
}

/// What the game has written, by the names that the drivers use.
json expected(const Case& c) {
  const model::LapState wrote = model::lap_state_at(kMoment);
  json all = {{"active", true}};
  for (const QuantityInfo& info : kQuantities)
    if (info.text)
      all[std::string(info.name)] = wrote.text(info.quantity);
    else
      all[std::string(info.name)] = wrote.number(info.quantity);
  all["lap"] = wrote.number(Quantity::kLap) + c.first_lap;
  if (c.cars != 0) all["cars"] = c.cars;
  return all;
}

bool is_right(const std::string& key, const json& seen, const json& wanted) {
  if (!wanted.is_number()) return seen == wanted;
  // Some cut what is measured to whole units.
  const bool is_count = key == "gear" || key == "lap" || key == "position" || key == "cars";
  return seen.is_number() && std::abs(seen.get<double>() - wanted.get<double>()) <= (is_count ? 0 : 1);
}

std::string in_words(const json& values) {
  if (!values.value("active", false)) return "no game that is driven";
  std::string text;
  for (const char* key : {"rpm", "speed", "gear", "fuel", "lap", "position", "cars", "track"})
    if (values.contains(key)) {
      const json& value = values[key];
      const std::string said =
          value.is_number() ? std::to_string(std::lround(value.get<double>())) : value.get<std::string>();
      text += (text.empty() ? "" : ", ") + std::string(key) + " " + said;
    }
  return text;
}

struct Row {
  std::string client, title, expected, saw, verdict;
};

class RealClients : public WineRun, public ::testing::WithParamInterface<Case> {
 protected:
  static void TearDownTestSuite() {
    std::printf("\n%-23s %-27s %s\n", "client", "game", "verdict");
    for (const Row& row : table) {
      std::printf("%-23s %-27s %s\n", row.client.c_str(), row.title.c_str(), row.verdict.c_str());
      if (row.saw.empty()) continue;
      std::printf("  was to see  %s\n  saw         %s\n", row.expected.c_str(), row.saw.c_str());
    }
  }
  void SetUp() override {
    if (directory_of_clients().empty()) GTEST_SKIP() << "make test-clients runs it";
    WineRun::SetUp();
  }
  void TearDown() override {
    if (!directory_of_clients().empty()) WineRun::TearDown();
  }
  std::string shm_directory() const override { return "/dev/shm"; }

  static std::string directory_of_clients() { return environment_or("PITBRIDGE_CLIENTS", ""); }

  static std::vector<std::string> driver() {
    const Case& c = GetParam();
    const std::string seconds = std::string(c.fault).empty() ? "30" : "8";
    if (c.driver[0] == '\0') return {environment_or("PITBRIDGE_SIMAPI", ""), seconds};
    const std::string source = environment_or("PITBRIDGE_SOURCE_DIR", ".");
    return {"python3", "-B", source + "/tests/clients/" + c.driver, directory_of_clients(), c.title, seconds};
  }

  static std::vector<Row> table;
};
std::vector<Row> RealClients::table;

TEST_P(RealClients, DISABLED_SeeWhatTheGameWrites) {
  const Case& c = GetParam();
  const Sim& sim = *find_sim(c.sim);
  const Title& title = *sim.find_title(c.title);
  const json wanted = expected(c);
  Row& row = table.emplace_back(Row{c.client, std::string(title.name), "", "", ""});
  if (driver().front().empty()) {
    row.verdict = "skipped: no libsimapi.so and simmapper.h there";
    GTEST_SKIP() << row.verdict;
  }
  Process bridge = start_bridge({.sim = c.sim});
  GameSetup setup = setup_of(sim, title);
  setup.arguments.insert(setup.arguments.end(), {"--at", std::to_string(kMoment)});
  Process game = start_game(setup);
  ASSERT_TRUE(becomes_live(c.sim)) << bridge.output();

  Process client({.arguments = driver()});
  const auto status = client.wait();
  std::string said = client.output();
  while (said.ends_with('\n')) said.pop_back();
  said = said.substr(said.rfind('\n') + 1);
  if (status == kSkipped) {
    row.verdict = "skipped: " + said;
    GTEST_SKIP() << row.verdict;
  }
  row.verdict = "WRONG: it ended otherwise than it should";
  ASSERT_EQ(status, 0) << client.output();
  const json seen = json::parse(said, nullptr, false);
  ASSERT_TRUE(seen.is_object()) << client.output();

  std::vector<std::string> wrong;
  for (const auto& [key, value] : seen.items())
    if (wanted.contains(key) && !is_right(key, value, wanted[key])) wrong.push_back(key);
  // Who sees no game has all the rest wrong by that.
  if (!seen.value("active", false)) wrong = {"active"};
  row.expected = in_words(wanted);
  row.saw = in_words(seen);
  const bool is_known = std::all_of(wrong.begin(), wrong.end(), [&](const std::string& key) {
    return std::find(c.wrong.begin(), c.wrong.end(), key) != c.wrong.end();
  });
  const std::string which = fmt::format("{}", fmt::join(wrong, ", "));
  row.verdict = wrong.empty() ? "right"
                : is_known    ? fmt::format("{} wrong, its own fault: {}", which, c.fault)
                              : "WRONG: " + which;
  EXPECT_TRUE(is_known) << which << "\n" << seen << "\n" << wanted;
}

INSTANTIATE_TEST_SUITE_P(Clients, RealClients, ::testing::ValuesIn(all_cases()), [](const auto& test) {
  return std::string(test.param.client) + "_" + test.param.title;
});

}  // namespace
}  // namespace pitbridge::e2e
