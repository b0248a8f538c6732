// SPDX-License-Identifier: MIT
// The user unit, installed by install.sh and started by a real systemd: its hardening lines are in force, and
// its bridges join games that run outside of it.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/e2e/launch_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class UserUnit : public LaunchRun {
 protected:
  void SetUp() override {
    LaunchRun::SetUp();
    fs::create_directory(runtime());
    ASSERT_EQ(::chmod(runtime().c_str(), 0700), 0);
    install();
    // Others run games on this machine, too.
    write_drop_in("prefix",
                  "ExecStart=\nExecStart=\"" + installed() + "\" watch --prefix " + prefix() + "\n");
    manager_.emplace(Process::Setup{.arguments = {"bash", source("tests/e2e/systemd/user_manager.sh")},
                                    .environment = session(),
                                    .clear_environment = true});
    // systemctl asks the manager alone for a unit; what else it knows is about the machine.
    if (!eventually([&] {
          return !manager_->running() || systemctl({"is-active", "basic.target"}) == "active\n";
        }))
      FAIL() << manager_->output();
    if (!manager_->running()) {
      ASSERT_EQ(manager_->wait(), 77) << manager_->output();
      GTEST_SKIP() << manager_->output();
    }
  }
  void TearDown() override {
    if (manager_) {
      manager_->signal(SIGTERM);
      EXPECT_TRUE(manager_->wait()) << manager_->output();
    }
    LaunchRun::TearDown();
  }

  static std::string source(const std::string& path) {
    return fs::absolute(environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/" + path).string();
  }
  std::string runtime() const { return directory() + "/run"; }
  std::string installed() const { return home() + "/.local/bin/pitbridge"; }
  std::string config_path() const { return home() + "/.config/pitbridge/config.toml"; }

  /// What a login gives, and the run's own directory for the files.
  Variables session() const {
    Variables all = environment();
    for (const char* name : {"WINEPREFIX", "PITBRIDGE_CONFIG_FILE"}) all.erase(name);
    all["PATH"] = environment_or("PATH", "/usr/bin:/bin");
    all["HOME"] = home();
    all["XDG_RUNTIME_DIR"] = runtime();
    return all;
  }

  /// As somebody does who has unpacked the archive; but of the bridges there is only one.
  void install() const {
    const std::string pack = directory() + "/pack";
    for (const auto& [from, to] :
         std::map<std::string, std::string>{{built("bin/pitbridge"), "bin/"},
                                            {built("bin/acbridge.exe.so"), "lib/pitbridge/"},
                                            {source("bridges/systemd/pitbridge.service"), ""},
                                            {source(".ci/install.sh"), ""},
                                            {source(".ci/say_installed.sh"), ""}}) {
      fs::create_directories(pack + "/" + to);
      fs::copy_file(from, pack + "/" + to + fs::path(from).filename().string());
    }
    // To ~/.local also where root runs the tests.
    const std::string script =
        "find * -type f | xargs sha256sum >../sums && mv ../sums SHA256SUMS && exec sh ./install.sh --prefix "
        "\"$HOME/.local\"";
    Process install({.arguments = {"sh", "-c", script},
                     .environment = session(),
                     .clear_environment = true,
                     .working_directory = pack});
    ASSERT_EQ(install.wait(), 0) << install.output();
  }
  void write_drop_in(const std::string& name, const std::string& lines) const {
    const std::string drop_ins = home() + "/.config/systemd/user/pitbridge.service.d";
    fs::create_directories(drop_ins);
    std::ofstream(drop_ins + "/" + name + ".conf") << "[Service]\n" << lines;
  }
  void write_config(const std::string& text) const {
    fs::create_directories(fs::path(config_path()).parent_path());
    std::ofstream(config_path()) << text;
  }

  /// What `systemctl --user` says.
  std::string systemctl(const Words& words) const {
    Process run({.arguments = Words{"systemctl", "--user"} + words,
                 .environment = session(),
                 .clear_environment = true});
    (void)run.wait();
    return run.output();
  }
  std::string property(const std::string& name) const {
    std::string value = systemctl({"show", "--value", "--property=" + name, "pitbridge"});
    if (!value.empty()) value.pop_back();
    return value;
  }
  pid_t main_pid() const { return static_cast<pid_t>(std::atoi(property("MainPID").c_str())); }
  std::string report() const { return systemctl({"status", "pitbridge"}) + log() + manager_->output(); }
  std::string log() const { return state_log(); }

  /// Both lines of the README.
  void start_unit() const {
    EXPECT_EQ(systemctl({"daemon-reload"}), "");
    const std::string said = systemctl({"enable", "--now", "pitbridge"});
    // It returns when the watcher has said that it is ready.
    EXPECT_EQ(property("ActiveState"), "active") << said << report();
  }

  /// A game that is no child of systemd; it shares the manager's /run, and has none of the unit's
  /// restrictions.
  Process game() const {
    auto variables = session();
    variables["WINEPREFIX"] = prefix();
    const std::string manager = small_file(runtime() + "/manager").value_or("");
    Words words = {"nsenter", "--mount=/proc/" + manager.substr(0, manager.find('\n')) + "/ns/mnt"};
    if (fs::read_symlink(words[1].substr(8)) == fs::read_symlink("/proc/self/ns/mnt")) words.clear();
    Process process({.arguments = words + wine_game(), .environment = variables, .clear_environment = true});
    EXPECT_TRUE(process.says("ready")) << process.output();
    return process;
  }
  pid_t bridge_pid() const {
    const MirrorReading now = reading();
    return now.status && now.bridge_runs ? now.status->header.bridge_pid : 0;
  }

 private:
  std::optional<Process> manager_;
};

std::string line_of(pid_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":")) return line.substr(line.find_first_not_of("\t ", name.size() + 1));
  return "";
}

TEST_F(UserUnit, JoinsAGameThatRunsOutsideOfItAndStops) {
  start_unit();
  EXPECT_EQ(property("StatusText"), "watching for games");
  const pid_t watcher = main_pid();
  ASSERT_GT(watcher, 0);
  EXPECT_EQ(line_of(watcher, "NoNewPrivs"), "1");
  EXPECT_EQ(line_of(watcher, "Seccomp"), "2");
  Process outside = game();
  EXPECT_EQ(line_of(outside.pid(), "NoNewPrivs"), line_of(::getpid(), "NoNewPrivs"));
  ASSERT_TRUE(becomes_live()) << report();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); })) << "between two updates";
  const auto bridge = find_process(bridge_pid());
  ASSERT_TRUE(bridge);
  EXPECT_EQ(bridge->parent, watcher);
  // A bridge adds no filter of its own.
  for (const char* line : {"NoNewPrivs", "Seccomp", "Seccomp_filters"})
    EXPECT_EQ(line_of(bridge_pid(), line), line_of(watcher, line)) << line;
  EXPECT_TRUE(eventually([&] { return property("StatusText") == "1 game, 1 with a bridge"; })) << report();

  EXPECT_EQ(systemctl({"stop", "pitbridge"}), "");
  EXPECT_EQ(property("Result"), "success") << report();
  EXPECT_FALSE(is_alive(bridge->id));
  EXPECT_TRUE(is_clear());
  EXPECT_TRUE(outside.running());
}

TEST_F(UserUnit, ReadsItsConfigurationAgainOnReload) {
  write_config("[sim.ac]\nenabled = false\n");
  start_unit();
  const pid_t watcher = main_pid();
  Process outside = game();
  ASSERT_TRUE(eventually([&] { return property("StatusText") == "1 game, 0 with a bridge"; })) << report();
  write_config("[sim.ac]\nenabled = true\n");
  EXPECT_EQ(systemctl({"reload", "pitbridge"}), "");
  EXPECT_TRUE(becomes_live()) << report();
  EXPECT_EQ(main_pid(), watcher);
}

TEST_F(UserUnit, ComesBackAfterAKillAndTakesUpItsBridge) {
  start_unit();
  Process outside = game();
  ASSERT_TRUE(becomes_live()) << report();
  const pid_t bridge = bridge_pid();
  const pid_t watcher = main_pid();
  ::kill(watcher, SIGKILL);
  ASSERT_TRUE(eventually([&] { return property("NRestarts") == "1" && main_pid() != 0; })) << report();
  EXPECT_NE(main_pid(), watcher);
  EXPECT_TRUE(eventually([&] { return property("StatusText") == "1 game, 1 with a bridge"; })) << report();
  EXPECT_EQ(bridge_pid(), bridge);
  EXPECT_TRUE(becomes_live()) << report();
}

TEST_F(UserUnit, IsStartedAnewWhenItHangs) {
  write_drop_in("watchdog", "WatchdogSec=5\n");
  start_unit();
  const pid_t watcher = main_pid();
  ::kill(watcher, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return property("NRestarts") == "1" && main_pid() != 0; })) << report();
  EXPECT_NE(main_pid(), watcher);
  EXPECT_TRUE(eventually([&] { return property("ActiveState") == "active"; })) << report();
}

TEST_F(UserUnit, IsNotTriedAgainWhereAWatcherRunsAlready) {
  Process first({.arguments = {installed(), "watch", "--prefix", prefix()},
                 .environment = session(),
                 .clear_environment = true});
  ASSERT_TRUE(first.says("watching for games")) << first.output();
  (void)systemctl({"start", "pitbridge"});
  EXPECT_EQ(property("ActiveState"), "failed") << report();
  EXPECT_EQ(property("ExecMainStatus"), "3");
  EXPECT_EQ(property("NRestarts"), "0");
}

}  // namespace
}  // namespace pitbridge::e2e
