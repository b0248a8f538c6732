// SPDX-License-Identifier: MIT
// `pitbridge protontricks`: the command that it prints is the one that works.
#include <filesystem>
#include <fstream>

#include "common/posix/system/small_file.hpp"
#include "tests/e2e/steam_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class Protontricks : public SteamRun {
 protected:
  void SetUp() override {
    SteamRun::SetUp();
    fs::create_directories(bin());
    variables_ = desktop();
    variables_["PATH"] = "/usr/bin:/bin";
  }
  std::string bin() const { return home() + "/bin"; }
  /// Writes its arguments down, and starts the exe in the prefix of the app id, as protontricks does with
  /// --no-bwrap.
  void install_protontricks() {
    std::ofstream(bin() + "/protontricks-launch")
        << "#!/bin/sh\n"
           "printf '%s\\n' \"$@\" > \"$HOME/arguments\"\n"
           "[ \"$1\" = --no-bwrap ] && [ \"$2\" = --appid ] || exit 9\n"
           "WINEPREFIX=\"$HOME/.steam/steamapps/compatdata/$3/pfx\" exec wine \"$4\"\n";
    fs::permissions(bin() + "/protontricks-launch", fs::perms::owner_all);
    variables_["PATH"] = bin() + ":/usr/bin:/bin";
  }
  Process run(const Words& words) const {
    return launch(Words{built("bin/pitbridge"), "protontricks"} + words, variables_);
  }
  std::string command_line(const std::string& id) const {
    return "protontricks-launch --no-bwrap --appid " + id + " " + staged() + "\n";
  }

  Variables variables_;
};

TEST_F(Protontricks, PrintsTheExactCommand) {
  install_protontricks();
  for (const char* which : {"244210", "assetto_corsa"}) {
    Process print = run({which});
    EXPECT_EQ(print.wait(), 0);
    EXPECT_EQ(print.output(), command_line("244210")) << which;
  }
  EXPECT_TRUE(fs::exists(staged())) << "what it names is there";
  Process family = run({"ac"});
  EXPECT_EQ(family.wait(), 0);
  for (const char* id : {"244210", "805550", "3058630", "3917090"})
    EXPECT_NE(family.output().find(command_line(id)), std::string::npos) << family.output();
  Process unknown = run({"nonsense"});
  EXPECT_EQ(unknown.wait(), 2);
  EXPECT_TRUE(unknown.says("no sim is called \"nonsense\", and no title, exe or app id")) << unknown.output();
}

TEST_F(Protontricks, NamesOnlyTheTitlesThatSteamHas) {
  install_protontricks();
  const std::string apps = home() + "/.local/share/Steam/steamapps";
  fs::create_directories(apps);
  std::ofstream(apps + "/appmanifest_805550.acf")
      << "\"AppState\"\n{\n\"appid\" \"805550\"\n\"name\" \"ACC\"\n\"installdir\" \"acc\"\n}\n";
  for (const Words& words : {Words{"ac"}, Words{}}) {
    Process print = run(words);
    EXPECT_EQ(print.wait(), 0);
    EXPECT_EQ(print.output(), command_line("805550"));
  }
}

TEST_F(Protontricks, RunsItInTheGamesPrefix) {
  install_protontricks();
  Process chain = launch(command_without_container(), steam());
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  Process bridge = run({"244210", "--run"});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  EXPECT_EQ(reading().status->header.bridge_pid, bridge.pid()) << "it becomes the command";
  EXPECT_EQ(small_file(home() + "/arguments"), "--no-bwrap\n--appid\n244210\n" + staged() + "\n");
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
  Process several = run({"ac", "--run"});
  EXPECT_EQ(several.wait(), 2);
  EXPECT_TRUE(several.says("name one app id: 244210 (Assetto Corsa), ")) << several.output();
}

TEST_F(Protontricks, ExplainsWhatIsMissing) {
  Process missing = run({"244210", "--run"});
  EXPECT_EQ(missing.wait(), 1);
  EXPECT_TRUE(missing.says("protontricks-launch is not in PATH; install protontricks")) << missing.output();
  fs::create_directories(home() + "/.local/share/flatpak/app/com.github.Matoking.protontricks");
  for (const Words& words : {Words{"244210"}, Words{"244210", "--run"}}) {
    Process flatpak = run(words);
    EXPECT_EQ(flatpak.wait(), words.size() == 1 ? 0 : 1);
    EXPECT_TRUE(flatpak.says("only the Flatpak of protontricks is installed, which cannot serve"))
        << flatpak.output();
    EXPECT_TRUE(flatpak.says("pipx install protontricks")) << "the remedy";
  }
}

}  // namespace
}  // namespace pitbridge::e2e
