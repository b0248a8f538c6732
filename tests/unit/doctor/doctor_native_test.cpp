// SPDX-License-Identifier: MIT
// Games that need a plugin, and those that run without Wine: the truck simulators, in planted trees.
#include <gtest/gtest.h>

#include "bridges/doctor/gather.hpp"
#include "bridges/doctor/report.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge::doctor {
namespace {

constexpr const char* kLibrary = "/home/u/.local/share/Steam";
constexpr const char* kGameDirectory = "/home/u/.local/share/Steam/steamapps/common/Euro Truck Simulator 2";
const std::string kPlugins = std::string(kGameDirectory) + "/bin/win_x64/plugins";

class DoctorTrucks : public ::testing::Test {
 protected:
  void SetUp() override {
    tree_.directory("/dev/shm");
    tree_.file(std::string(kLibrary) + "/steamapps/appmanifest_227300.acf",
               "\"AppState\" { \"name\" \"ETS2\" \"installdir\" \"Euro Truck Simulator 2\" }");
  }
  void install_for_windows() const {
    tree_.file(std::string(kGameDirectory) + "/bin/win_x64/eurotrucks2.exe", "MZ");
  }
  void install_for_linux() const {
    tree_.program(std::string(kGameDirectory) + "/bin/linux_x64/eurotrucks2");
  }
  void start_native_game() const {
    tree_.process({.comm = "eurotrucks2",
                   .argv = {"./eurotrucks2"},
                   .exe = std::string(kGameDirectory) + "/bin/linux_x64/eurotrucks2"});
  }
  Facts facts() const {
    return gather(*find_sim("scs"), {.root = tree_.root(),
                                     .home = "/home/u",
                                     .version = "1",
                                     .program = "/home/u/.local/bin/pitbridge",
                                     .interval_ms = 1});
  }
  static Finding finding(const Report& report, std::string_view id) {
    for (const Result& result : report.results)
      if (result.check->id == id) return result.finding;
    ADD_FAILURE() << "no link is called " << id;
    return {};
  }
  Finding plugin() const { return finding(report_on(facts()), "plugin"); }

  PlantedTree tree_;
};

TEST_F(DoctorTrucks, APluginThatIsMissingIsNamedWithItsDirectory) {
  install_for_windows();
  Finding found = plugin();
  EXPECT_EQ(found.state, LinkState::kBroken);
  EXPECT_EQ(found.found, "there is no scs-telemetry.dll in " + kPlugins);
  EXPECT_NE(found.remedy.advice.find("put scs-telemetry.dll into " + kPlugins), std::string::npos);
  EXPECT_EQ(found.remedy.commands, std::vector<std::string>{"mkdir -p '" + kPlugins + "'"});

  tree_.file(kPlugins + "/trucky.DLL", "MZ");
  found = plugin();
  EXPECT_EQ(found.state, LinkState::kUnknown) << "it may bear another name: " << found.found;
  EXPECT_NE(found.found.find("trucky.DLL"), std::string::npos) << found.found;
}

TEST_F(DoctorTrucks, APluginThatLiesThereIsFoundInWhateverLetters) {
  install_for_windows();
  tree_.file(std::string(kGameDirectory) + "/bin/win_x64/Plugins/SCS-Telemetry.dll", "MZ");
  const Finding found = plugin();
  EXPECT_EQ(found.state, LinkState::kOk) << found.found;
}

TEST_F(DoctorTrucks, ANativeGameThatIsInstalledNeedsNone) {
  install_for_linux();
  const Finding found = plugin();
  EXPECT_EQ(found.state, LinkState::kOk) << found.found;
  EXPECT_NE(found.found.find("is a native game and needs no bridge"), std::string::npos) << found.found;
}

TEST_F(DoctorTrucks, WithoutSteamTheDirectoryIsNotKnown) {
  std::filesystem::remove_all(tree_.root() + kLibrary);
  EXPECT_EQ(plugin().state, LinkState::kUnknown);
}

TEST_F(DoctorTrucks, ANativeGameThatRunsNeedsNoBridge) {
  install_for_linux();
  start_native_game();
  EXPECT_EQ(running_sims({.root = tree_.root()}), std::vector<const Sim*>{find_sim("scs")});
  Report report = report_on(facts());
  EXPECT_EQ(finding(report, "game").found, "Euro Truck Simulator 2, eurotrucks2, pid 100: a native game");
  EXPECT_EQ(finding(report, "bridge").found,
            "no bridge is needed: the plugin of a native game writes /dev/shm/SCS/SCSTelemetry itself");
  EXPECT_EQ(finding(report, "data").state, LinkState::kBroken) << "its plugin has made no file";
  EXPECT_EQ(verdict(report, 80), "no bridge is needed: the game is a native one; broken: data");
  EXPECT_FALSE(data_flows(report));

  tree_.file("/dev/shm/SCS/SCSTelemetry", std::string(32768, '\0'));
  Facts seen = facts();
  EXPECT_EQ(finding(report_on(seen), "data").state, LinkState::kUnknown) << "it stands still";
  EXPECT_FALSE(data_flows(report_on(seen)));
  seen.native->has_changed = true;
  report = report_on(seen);
  EXPECT_TRUE(data_flows(report));
  EXPECT_TRUE(text_of(report, {})
                  .starts_with("scs: no bridge is needed: the game is a native one\n"
                               "next: nothing: drive, and read what the game's own plugin writes\n"))
      << text_of(report, {});
  for (const Result& result : report.results)
    EXPECT_NE(result.finding.state, LinkState::kBroken) << result.check->id << result.finding.found;
}

TEST_F(DoctorTrucks, AProgramOfThatNameUnderWineIsNoNativeGame) {
  tree_.process({.comm = "eurotrucks2", .argv = {"Z:\\bin\\helper.exe"}});
  EXPECT_FALSE(facts().native);
}

}  // namespace
}  // namespace pitbridge::doctor
