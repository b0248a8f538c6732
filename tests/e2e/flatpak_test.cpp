// SPDX-License-Identifier: MIT
// `pitbridge install --flatpak`, with bubblewrap in the place of Flatpak: of the home only the app's own
// directory is visible, under its own path and as the home, as Steam's manifest has it (--persist=.).
#include <filesystem>

#include "tests/e2e/steam_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class Flatpak : public SteamRun {
 protected:
  void SetUp() override {
    if (!no_container().empty()) GTEST_SKIP() << no_container();
    SteamRun::SetUp();
    fs::create_directories(app());
    steams_words_ = command_without_container();  // which puts the game there
    move_steam(home(), app());
  }
  void TearDown() override {
    // Out here the prefix has its usual path again, by which its wineserver is found.
    if (fs::exists(app() + "/.steam")) move_steam(app(), home());
    SteamRun::TearDown();
  }
  static void move_steam(const std::string& from, const std::string& to) {
    fs::rename(from + "/.steam", to + "/.steam");
  }

  std::string app() const { return home() + "/.var/app/com.valvesoftware.Steam"; }

  Process on_the_host(const Words& arguments) const {
    Process command({.arguments = pitbridge(arguments), .environment = desktop()});
    (void)command.wait();
    return command;
  }
  /// The line that was printed, with Steam's own words in it.
  Process in_flatpak(const std::string& line) {
    Variables environment = steam();
    environment["XDG_DATA_HOME"] = app() + "/data";
    environment["XDG_STATE_HOME"] = app() + "/.local/state";
    environment["XDG_CONFIG_HOME"] = app() + "/config";
    return launch(Words{"bwrap",      "--unshare-user",
                        "--ro-bind",  "/",
                        "/",          "--proc",
                        "/proc",      "--dev-bind",
                        "/dev",       "/dev",
                        "--bind",     "/tmp",
                        "/tmp",       "--tmpfs",
                        built("bin"), "--bind",
                        app(),        home(),
                        "--bind",     app(),
                        app(),        "sh",
                        "-c",         line.substr(0, line.find("%command%")) + "\"$@\"",
                        "sh"} +
                      steams_words_,
                  environment);
  }
  std::string log() const { return app() + "/.local/state/pitbridge/acbridge.log"; }

 private:
  Words steams_words_;
};

std::string line_to_paste(const std::string& output) {
  constexpr std::string_view kBefore = "launch options in Steam: ";
  const auto at = output.find(kBefore);
  if (at == std::string::npos) return "";
  return output.substr(at + kBefore.size(), output.find('\n', at) - at - kBefore.size());
}

TEST_F(Flatpak, SeesTheCopyAndRunsTheLineThatWasPrinted) {
  Process missing = in_flatpak("'" + built("bin/pitbridge") + "' %command%");
  EXPECT_EQ(missing.wait(), 127) << "the model must hide what is outside\n" << missing.output();
  Process install = on_the_host({"install", "--flatpak"});
  ASSERT_EQ(install.wait(), 0) << install.output();
  const std::string line = line_to_paste(install.output());
  ASSERT_NE(line.find(app() + "/pitbridge/pitbridge"), std::string::npos) << install.output();
  Process chain = in_flatpak(line);
  ASSERT_TRUE(becomes_live()) << chain.output();
  EXPECT_TRUE(fs::exists(log()));
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
  EXPECT_TRUE(has_gone("acbridge.exe.so") && has_gone("pb-attendant"));

  EXPECT_EQ(on_the_host({"install", "--flatpak"}).wait(), 0) << "again, over the first";
  Process clean = on_the_host({"clean", "--flatpak"});
  EXPECT_EQ(clean.wait(), 0) << clean.output();
  for (const auto& entry : fs::recursive_directory_iterator(app()))
    EXPECT_EQ(entry.path().string().find("/pitbridge"), std::string::npos) << entry.path();
}

TEST_F(Flatpak, ThatIsNotThereIsAnErrorWithTheRemedy) {
  move_steam(app(), home());
  fs::remove_all(home() + "/.var");
  Process install = on_the_host({"install", "--flatpak"});
  EXPECT_EQ(install.wait(), 1);
  EXPECT_TRUE(install.says("this user has no Steam as a Flatpak")) << install.output();
  Process without = on_the_host({"install"});
  EXPECT_EQ(without.wait(), 2);
  EXPECT_TRUE(without.says("say --flatpak")) << without.output();
}

}  // namespace
}  // namespace pitbridge::e2e
