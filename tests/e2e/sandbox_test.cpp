// SPDX-License-Identifier: MIT
// A hostile program in a sandbox of bubblewrap looks like a game, and shares one directory with us. Nothing
// of it may run out here.
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "common/posix/session/wine_session.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/e2e/steam_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class SandboxedGame : public SteamRun {
 protected:
  void SetUp() override {
    if (!no_container().empty()) GTEST_SKIP() << no_container();
    SteamRun::SetUp();
    fs::create_directories(trap_prefix());
    // What the process executes, what lies beside it, and what it claims.
    fs::create_directories(shared("bin"));
    fs::copy_file("/bin/sleep", shared("bin/wine64-preloader"), fs::copy_options::overwrite_existing);
    for (const char* name : {"bin/wine", "bin/wine64", "bin/wineserver", "claimed/wine", "claimed/wine64"})
      set_trap(shared(name));
    const auto at = stat_of(trap_prefix());
    server_ = shared(server_directory_name(at.st_dev, at.st_ino));
    fs::create_directories(server_);
    ASSERT_EQ(::mknod((server_ + "/socket").c_str(), S_IFSOCK | 0600, 0), 0);
  }
  void TearDown() override {
    EXPECT_EQ(small_file(trace()).value_or(""), "") << "it ran outside of its sandbox";
    // What starts it may go and leave it behind.
    if (const pid_t left = found(); left != 0) ::kill(left, SIGKILL);
    if (no_container().empty()) SteamRun::TearDown();
  }

  /// The directory that both sides know by one path. It passes for one of Steam, so that protontricks finds
  /// the prefix in it.
  std::string shared(const std::string& name) const { return home() + "/.local/share/Steam/" + name; }
  std::string trap_prefix() const { return shared("steamapps/compatdata/244210/pfx"); }
  std::string trace() const { return home() + "/trace"; }
  void set_trap(const std::string& path) const {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "#!/bin/sh\necho \"$0 $*\" >> '" << trace() << "'\n";
    fs::permissions(path, fs::perms::owner_all);
  }
  static struct stat stat_of(const std::string& path) {
    struct stat found = {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    return found;
  }

  /// Has the name of a game, a file open that looks like the wineserver's, and says whatever helps.
  Words command() const {
    const std::string script = "exec 9<>" + server_ + "/tmpmap-1; echo inside; exec -a acs.exe '" +
                               shared("bin/wine64-preloader") + "' 600";
    return {"bwrap",
            "--unshare-user",
            "--die-with-parent",
            "--ro-bind",
            "/",
            "/",
            "--dev-bind",
            "/dev",
            "/dev",
            "--bind",
            shared(""),
            shared(""),
            "--setenv",
            "WINELOADER",
            shared("claimed/wine"),
            "--setenv",
            "WINEPREFIX",
            trap_prefix(),
            "bash",
            "-c",
            script};
  }
  Process start(const Words& before = {}) const {
    Process sandbox({.arguments = before + command(), .environment = steam()});
    EXPECT_TRUE(sandbox.says("inside")) << sandbox.output();
    EXPECT_TRUE(eventually([&] { return found() != 0; })) << sandbox.output();
    return sandbox;
  }
  /// The pid of the game's process; 0: it is not there.
  pid_t found() const {
    for (const RunningGame& game : running_games()) {
      const auto variables = environment_of(game.process.id);
      if (variables && value_or_empty(*variables, "WINEPREFIX") == trap_prefix()) return game.process.id.pid;
    }
    return 0;
  }
  Process ask(const Words& words) const {
    auto variables = desktop();
    variables["XDG_RUNTIME_DIR"] = home() + "/run";
    Process asked({.arguments = Words{built("bin/pitbridge")} + words, .environment = variables});
    EXPECT_TRUE(asked.wait()) << asked.output();
    return asked;
  }

 private:
  std::string server_;
};

constexpr const char* kNothingIsRun = "nothing of a sandbox is run outside of it";

TEST_F(SandboxedGame, IsNotJoinedByTheWatcher) {
  Process sandbox = start();
  Process watch = ask({"watch", "--once", "--prefix", trap_prefix()});
  EXPECT_TRUE(watch.says(kNothingIsRun)) << watch.output();
  EXPECT_TRUE(sandbox.running());
}

TEST_F(SandboxedGame, IsNotJoinedByTheDoctor) {
  Process sandbox = start();
  Process doctor = ask({"doctor", "ac", "--json", "--pid", std::to_string(found()), "--interval", "1"});
  EXPECT_TRUE(doctor.says(kNothingIsRun)) << doctor.output();
}

TEST_F(SandboxedGame, IsNotJoinedByTheAttendantOfItsCommand) {
  Process sandbox = start({built("bin/pitbridge"), "run", "--sim", "ac", "--"});
  EXPECT_TRUE(eventually([&] { return state_log().find(kNothingIsRun) != std::string::npos; }))
      << state_log();
}

TEST_F(SandboxedGame, IsNotJoinedByProtontricks) {
  set_trap(home() + "/bin/protontricks-launch");
  auto variables = desktop();
  variables["PATH"] = home() + "/bin:/usr/bin:/bin";
  Process sandbox = start();
  Process asked(
      {.arguments = {built("bin/pitbridge"), "protontricks", "244210", "--run"}, .environment = variables});
  EXPECT_EQ(asked.wait(), 1);
  EXPECT_TRUE(asked.says(kNothingIsRun)) << asked.output();
}

/// The reaper is inside, where every process is of the sandbox's making.
TEST_F(SandboxedGame, MakesNoReaperOfItsOwn) {
  const std::string reaper = steam_path("ubuntu12_32/reaper");
  auto words = command();
  const auto bash = std::find(words.begin(), words.end(), "bash");
  words.insert(bash, {reaper, "SteamLaunch", "AppId=244210", "--", "env", "-u", "_v2-entry-point"});
  Process sandbox({.arguments = words, .environment = steam()});
  EXPECT_TRUE(eventually([&] { return found() != 0; })) << sandbox.output();
  Process watch = ask({"watch", "--once", "--prefix", trap_prefix()});
  EXPECT_TRUE(watch.says(kNothingIsRun)) << watch.output();
}

}  // namespace
}  // namespace pitbridge::e2e
