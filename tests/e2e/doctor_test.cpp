// SPDX-License-Identifier: MIT
// `pitbridge doctor` beside a real Wine, a game and a bridge: faults that are really there are found by name.
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "common/core/mirror/status_page.hpp"
#include "common/posix/session/wine_session.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Ids = std::set<std::string>;

/// Readers look in /dev/shm, where no test writes: this link is always broken here.
constexpr const char* kAlways = "shm-readers";
/// How a child of ours ends where it may not mount: most containers allow nobody to.
constexpr int kNotAllowed = 125;

/// What one run of the doctor said.
struct Diagnosis {
  int status = -1;
  Json links = {};
  std::string output;

  const Json& link(const std::string& id) const {
    for (const Json& link : links)
      if (link["id"] == id) return link;
    throw std::runtime_error("no link is called " + id + ":\n" + output);
  }
  bool is(const std::string& id, const char* state) const { return link(id)["state"] == state; }
  std::string found(const std::string& id) const { return link(id)["found"]; }
  Ids broken() const {
    Ids ids;
    for (const Json& link : links)
      if (link["state"] == "broken" && link["id"] != kAlways) ids.insert(link["id"]);
    return ids;
  }
};

class Doctor : public WineRun {
 protected:
  void SetUp() override {
    WineRun::SetUp();
    own_ = shm_path() + "-doctor";
    fs::create_directory(own_);
  }
  void TearDown() override {
    if (mounted_) ::umount2(shm_path().c_str(), MNT_DETACH);
    WineRun::TearDown();
  }

  std::map<std::string, std::string> doctor_environment() const {
    auto all = environment();
    all["XDG_DATA_HOME"] = own_ + "/data";
    all["XDG_CONFIG_HOME"] = own_ + "/config";
    all["XDG_RUNTIME_DIR"] = own_ + "/run";
    return all;
  }
  Process run_doctor(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& more = {}) const {
    std::vector<std::string> all = {built("bin/pitbridge"), "doctor"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    auto variables = doctor_environment();
    for (const auto& [name, value] : more) variables[name] = value;
    Process command({.arguments = all, .environment = variables});
    EXPECT_TRUE(command.wait().has_value());
    return command;
  }
  /// Others may run games on this machine: the test's own is named.
  Diagnosis diagnose(pid_t game, const std::string& sim = "ac",
                     const std::map<std::string, std::string>& more = {}) const {
    std::vector<std::string> arguments = {sim, "--json", "--interval", "1000"};
    if (game != 0) arguments.insert(arguments.end(), {"--pid", std::to_string(game)});
    Process command = run_doctor(arguments, more);
    Diagnosis diagnosis;
    diagnosis.status = command.wait().value_or(-1);
    diagnosis.output = command.output();
    const auto begin = diagnosis.output.find("[\n");
    const auto end = diagnosis.output.rfind("\n]");
    if (begin == std::string::npos || end == std::string::npos) {
      ADD_FAILURE() << diagnosis.output;
      return diagnosis;
    }
    diagnosis.links = Json::parse(diagnosis.output.substr(begin, end + 2 - begin));
    return diagnosis;
  }
  /// No game of the test's own: no process has this pid.
  static constexpr pid_t kNoGame = 4'194'305;

  /// A game whose process has set something up before.
  Process start_game_after(const std::function<void()>& in_child,
                           const std::map<std::string, std::string>& more = {}) const {
    const std::string exe = own_ + "/acs.exe";
    fs::copy_file(built("tests/fake_game.exe"), exe);
    auto variables = environment();
    for (const auto& [name, value] : more) variables[name] = value;
    Process game({.arguments = {"wine", exe}, .environment = variables, .in_child = in_child});
    EXPECT_TRUE(eventually([&] {
      return game.says("ready", Seconds(0)) || game.wait(Seconds(0)) == kNotAllowed;
    })) << game.output();
    return game;
  }
  std::string server_directory() const {
    struct stat prefix_at = {};
    EXPECT_EQ(::stat(prefix().c_str(), &prefix_at), 0);
    return server_directory_name(prefix_at.st_dev, prefix_at.st_ino);
  }
  void mount_shm(const char* options) {
    if (::mount("tmpfs", shm_path().c_str(), "tmpfs", 0, options) != 0)
      GTEST_SKIP() << "mount is not allowed here";
    mounted_ = true;
  }
  const std::string& own() const { return own_; }

 private:
  std::string own_;  ///< beside the files
  bool mounted_ = false;
};

TEST_F(Doctor, SeesDataFlow) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.status, 0) << said.output;
  EXPECT_EQ(said.broken(), Ids{}) << said.output;
  for (const char* id :
       {"game",         "prefix",         "wine-loader", "wineserver",       "wineserver-alone",
        "sync-mode",    "namespaces",     "join",        "bridge-file",      "bridge-staged",
        "glibc",        "glibc-inside",   "winelib",     "bridge",           "bridge-session",
        "bridge-alone", "bridge-version", "status-page", "heartbeat",        "section",
        "section-size", "layout-version", "plausible",   "section-changing", "files-present",
        "files-kind",   "files-owner",    "files-size",  "files-held",       "files-same-inside",
        "data"})
    EXPECT_TRUE(said.is(id, "ok")) << said.link(id);
  EXPECT_NE(said.found("wineserver").find(server_directory()), std::string::npos) << said.found("wineserver");
  EXPECT_NE(said.found("game").find("pid " + std::to_string(game.pid())), std::string::npos);

  Process text = run_doctor({"ac", "--pid", std::to_string(game.pid())});
  EXPECT_EQ(text.wait(), 0);
  EXPECT_TRUE(text.output().starts_with("ac: data flows: ")) << text.output();
  EXPECT_EQ(text.output().find('\033'), std::string::npos) << "no colour but on a terminal";
}

class DoctorOfTwin : public Doctor {
 protected:
  std::map<std::string, std::string> environment() const override {
    auto all = Doctor::environment();
    all["PITBRIDGE_TWIN"] = "always";
    return all;
  }
  std::string bridge_file(const std::string& sim) const override { return "bin/" + sim + "bridge.exe"; }
};

TEST_F(DoctorOfTwin, SeesItsDataFlowAndSaysWhichItIs) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.broken(), Ids{}) << said.output;
  for (const char* id : {"bridge-file", "bridge-staged", "glibc", "glibc-inside", "winelib", "bridge",
                         "bridge-session", "bridge-alone", "bridge-version", "section", "data"})
    EXPECT_TRUE(said.is(id, "ok")) << said.link(id);
  EXPECT_NE(said.found("bridge-file").find("acbridge.exe, the twin: the setting twin says so"),
            std::string::npos)
      << said.found("bridge-file");
}

TEST_F(DoctorOfTwin, TriesTheTwinWhereNoneRuns) {
  Process game = start_game();
  const Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.broken(), Ids{"bridge"}) << said.output;
  EXPECT_TRUE(said.is("winelib", "ok")) << said.link("winelib");
  EXPECT_TRUE(fs::is_empty(shm_path())) << "the doctor makes no file";
}

TEST_F(Doctor, WithoutAGameStartsNothing) {
  const Diagnosis said = diagnose(kNoGame);
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.broken(), (Ids{"game", "bridge"})) << said.output;
  EXPECT_TRUE(said.is("winelib", "unknown")) << said.link("winelib");
  EXPECT_FALSE(
      fs::exists("/tmp/.wine-" + std::to_string(::geteuid()) + "/" + server_directory() + "/socket"));

  Process wrong = run_doctor({"acx"});
  EXPECT_EQ(wrong.wait(), 2);
  EXPECT_TRUE(wrong.says("no sim is called \"acx\", and no title, exe or app id; did you mean \"ac\"?"));
}

TEST_F(Doctor, GameWithoutABridgeRunsOneForItsVersionOnly) {
  Process game = start_game();
  const Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.broken(), Ids{"bridge"}) << said.output;
  EXPECT_TRUE(said.is("winelib", "ok")) << said.link("winelib");
  EXPECT_NE(said.found("winelib").find("Wine "), std::string::npos) << said.found("winelib");
  EXPECT_TRUE(said.is("join", "ok"));
  EXPECT_TRUE(fs::is_empty(shm_path())) << "the doctor makes no file";
  EXPECT_TRUE(game.running());
}

TEST_F(Doctor, ARemedyThatIsCopiedStartsTheBridge) {
  Process game = start_game();
  const Diagnosis said = diagnose(game.pid());
  const Json commands = said.link("bridge")["commands"];
  ASSERT_EQ(commands.size(), 1U) << said.output;
  Process copied({.arguments = {"/bin/sh", "-c", commands[0]}, .environment = doctor_environment()});
  EXPECT_EQ(copied.wait(), 0) << commands[0] << copied.output();
  EXPECT_TRUE(becomes_live()) << copied.output();
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(becomes(BridgeState::kGone));
}

TEST_F(Doctor, BridgeThatNeedsANewerGlibcOrIsNoProgram) {
  Process game = start_game();
  std::string program = small_file(built("bin/acbridge.exe.so"), std::size_t{64} << 20U).value();
  for (const char* name : {"GLIBC_2.14", "GLIBC_2.17"})
    for (auto at = program.find(name); at != std::string::npos; at = program.find(name, at + 1))
      program.replace(at, 10, "GLIBC_9.98");
  const auto plant = [&](const std::string& bytes) {
    std::ofstream(own() + "/acbridge.exe.so", std::ios::binary) << bytes;
    return diagnose(game.pid(), "ac", {{"PITBRIDGE_BRIDGE_DIR", own()}});
  };
  Diagnosis said = plant(program);
  EXPECT_EQ(said.broken(), (Ids{"glibc", "glibc-inside", "winelib", "bridge"})) << said.output;
  said = plant("#!/bin/sh\nexec wine \"$0.so\"\n");
  EXPECT_EQ(said.broken(), (Ids{"bridge-file", "winelib", "bridge"})) << said.output;
  said = plant(program.substr(0, program.size() / 2));
  EXPECT_EQ(said.broken(), (Ids{"bridge-file", "winelib", "bridge"})) << said.output;
}

TEST_F(Doctor, BridgeKilledWithItsJanitor) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  for (const ProcessInfo& process : own_processes())
    if (process.parent == bridge.pid()) ::kill(process.id.pid, SIGKILL);
  bridge.signal(SIGKILL);
  ASSERT_TRUE(bridge.wait());
  const Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.broken(), Ids{"bridge"}) << said.output;
  EXPECT_NE(said.found("bridge").find("was killed: the status page still says"), std::string::npos)
      << said.found("bridge");
  EXPECT_FALSE(is_clear()) << "the doctor clears nothing";
}

TEST_F(Doctor, BridgeOfAnotherPrefix) {
  const std::string other = own() + "/prefix";
  PrefixTemplate::copy_to(other);
  Process game = start_game();
  Process bridge = start_bridge({.environment = {{"WINEPREFIX", other}}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  const Diagnosis said = diagnose(game.pid());
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0);
  auto variables = environment();
  variables["WINEPREFIX"] = other;
  Process server({.arguments = {wineserver(), "-k"}, .environment = variables});
  (void)server.wait();
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.broken(), Ids{"bridge-session"}) << said.output;
  EXPECT_NE(said.found("bridge-session").find(other), std::string::npos) << said.found("bridge-session");
}

TEST_F(Doctor, SecondBridgeAndOneThatWritesElsewhere) {
  Process game = start_game();
  const std::string elsewhere = own() + "/elsewhere";
  fs::create_directory(elsewhere);
  Process lost = start_bridge({.environment = {{"PITBRIDGE_SHM_DIR", elsewhere}}});
  ASSERT_TRUE(lost.says("attached")) << lost.output();
  Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.broken(), (Ids{"bridge", "bridge-dir"})) << said.output;
  EXPECT_NE(said.found("bridge-dir").find(elsewhere), std::string::npos);

  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  said = diagnose(game.pid());
  EXPECT_EQ(said.broken(), Ids{"bridge-alone"}) << said.output;
  EXPECT_EQ(said.status, 0) << "data flows all the same";
  EXPECT_NE(said.link("bridge-alone")["remedy"].get<std::string>().find("kill " + std::to_string(lost.pid())),
            std::string::npos);
}

TEST_F(Doctor, GameThatWritesNothing) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  const Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.broken(), Ids{"section-changing"}) << said.output;
}

TEST_F(Doctor, OptionOfTheGameThatIsOff) {
  Process game = start_game({"AMS2AVX.exe", {"--sim", "none"}});
  Process bridge = start_bridge({"pcars2"});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "pcars2")) << bridge.output();
  const Diagnosis said = diagnose(game.pid(), "pcars2");
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.broken(), (Ids{"section", "in-game-option"})) << said.output;
}

TEST_F(Doctor, ANativeGameNeedsNoBridge) {
  fs::copy_file("/bin/sleep", own() + "/eurotrucks2");
  Process game({.arguments = {own() + "/eurotrucks2", "600"}, .environment = doctor_environment()});
  const auto is_found = [&] { return diagnose(game.pid(), "scs").is("game", "ok"); };
  EXPECT_TRUE(eventually(is_found));
  const Diagnosis said = diagnose(game.pid(), "scs");
  EXPECT_TRUE(said.is("bridge", "ok")) << said.output;
  EXPECT_NE(said.found("bridge").find("no bridge is needed"), std::string::npos) << said.output;
  EXPECT_FALSE(said.broken().contains("prefix")) << said.output;
  game.signal(SIGTERM);
  EXPECT_TRUE(game.wait());
}

TEST_F(Doctor, GameThatIsSwitchedToAnothersFormat) {
  Process game = start_game({"AMS2AVX.exe", {"--sim", "pcars2", "--title", "project_cars_1"}});
  Process bridge = start_bridge({"pcars2"});
  ASSERT_TRUE(becomes(BridgeState::kAttached, "pcars2")) << bridge.output();
  const Diagnosis said = diagnose(game.pid(), "pcars2");
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.broken(), Ids{"in-game-option"}) << said.output;
  EXPECT_NE(said.found("in-game-option").find("it writes $pcars$, and not $pcars2$"), std::string::npos)
      << said.found("in-game-option");
}

TEST_F(Doctor, BridgeThatHangsAndAFileThatIsGone) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  bridge.signal(SIGSTOP);
  fs::remove(shm_path("acpmf_static"));
  fs::rename(shm_path("acpmf_physics"), shm_path("acpmf_physics.old"));
  fs::create_directory(shm_path("acpmf_physics"));
  fs::resize_file(shm_path("acpmf_graphics"), 16);
  const auto all_are_found = [&] {
    return diagnose(game.pid()).broken() ==
           Ids{"heartbeat", "files-present", "files-kind", "files-size", "files-held", "data"};
  };
  EXPECT_TRUE(eventually(all_are_found)) << diagnose(game.pid()).output;
  fs::remove(shm_path("acpmf_physics"));
  bridge.signal(SIGCONT);
  EXPECT_TRUE(eventually([&] { return diagnose(game.pid()).broken().empty(); }))
      << diagnose(game.pid()).output;
}

TEST_F(Doctor, FilesThatABridgeRefuses) {
  fs::create_symlink("/etc/passwd", shm_path("acpmf_physics"));
  ASSERT_EQ(::mkfifo(shm_path("acpmf_graphics").c_str(), 0600), 0);
  std::ofstream(shm_path("acpmf_static")) << "x";
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(shm_path("acpmf_static").c_str(), 12345, 12345), 0);
  }
  std::ofstream(shm_path("pitbridge.ac")) << "garbage";
  const Diagnosis said = diagnose(kNoGame);
  Ids wanted = {"game", "bridge", "status-page", "files-present", "files-kind", "files-size"};
  if (::geteuid() == 0) wanted.insert("files-owner");
  EXPECT_EQ(said.broken(), wanted) << said.output;
  EXPECT_NE(said.found("files-kind").find("acpmf_physics is a symbolic link"), std::string::npos);
  EXPECT_NE(said.found("files-kind").find("acpmf_graphics is a FIFO"), std::string::npos);
}

TEST_F(Doctor, SocketAndPrefixTakenFromARunningGame) {
  Process game = start_game();
  Diagnosis said = diagnose(game.pid());
  ASSERT_TRUE(said.is("wineserver", "ok")) << said.output;
  const std::string found = said.found("wineserver");
  const std::string socket = found.substr(0, found.find(", pid")) + "/socket";
  ASSERT_TRUE(fs::exists(socket)) << socket;
  fs::rename(socket, socket + "-away");
  said = diagnose(game.pid());
  fs::rename(socket + "-away", socket);
  EXPECT_EQ(said.broken(), (Ids{"wineserver", "join", "bridge"})) << said.output;
  EXPECT_TRUE(said.is("winelib", "unknown")) << "a Wine that found no socket would start a second server";

  fs::rename(prefix(), prefix() + "-away");
  said = diagnose(game.pid());
  fs::rename(prefix() + "-away", prefix());
  EXPECT_EQ(said.broken(), (Ids{"prefix", "join", "bridge"})) << said.output;
}

TEST_F(Doctor, SyncModeThatIsNotInUse) {
  Process game = start_game_after({}, {{"WINEFSYNC", "1"}});
  const Diagnosis said = diagnose(game.pid());
  if (said.found("sync-mode").find("seen in use") != std::string::npos) GTEST_SKIP() << "this Wine has fsync";
  EXPECT_EQ(said.broken(), (Ids{"sync-mode", "bridge"})) << said.output;
}

TEST_F(Doctor, GameWithAShmOfItsOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "a mount namespace needs root";
  const std::string shm = shm_path();
  Process game = start_game_after([shm] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", "/dev/shm", "tmpfs", 0, nullptr) != 0 ||
        ::mount("tmpfs", shm.c_str(), "tmpfs", 0, nullptr) != 0)
      ::_exit(kNotAllowed);
  });
  if (game.wait(Seconds(0)) == kNotAllowed) GTEST_SKIP() << "mount is not allowed here";
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const Diagnosis said = diagnose(game.pid());
  EXPECT_EQ(said.broken(), (Ids{"namespaces", "files-same-inside"})) << said.output;
  EXPECT_EQ(said.status, 0) << "out here the data flows";
  EXPECT_NE(said.found("files-same-inside").find("acpmf_physics: outside device"), std::string::npos);
}

TEST_F(Doctor, TwoWineserversOfOnePrefix) {
  if (::geteuid() != 0) GTEST_SKIP() << "a mount namespace needs root";
  Process game = start_game();
  const std::string found = diagnose(game.pid()).found("wineserver");
  const std::string directory = fs::path(found.substr(0, found.find(", pid"))).parent_path().string();
  Process other = start_game_after([directory] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", directory.c_str(), "tmpfs", 0, "mode=700") != 0)
      ::_exit(kNotAllowed);
  });
  if (other.wait(Seconds(0)) == kNotAllowed) GTEST_SKIP() << "mount is not allowed here";
  const Diagnosis said = diagnose(game.pid());
  other.tell("stop");
  EXPECT_EQ(other.wait(), 0);
  EXPECT_TRUE(said.broken().contains("wineserver-alone")) << said.output;
  EXPECT_NE(said.found("wineserver-alone").find("2 wineservers"), std::string::npos);
  // The second server outlives its game for some seconds, and no option of wineserver reaches it from here.
  const auto is_alone = [&] { return diagnose(game.pid()).is("wineserver-alone", "ok"); };
  EXPECT_TRUE(eventually(is_alone, Seconds(60)));
}

TEST_F(Doctor, OutputDirectoryThatIsFullOrReadOnly) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may mount";
  mount_shm("size=64k");
  std::ofstream(shm_path("ballast")) << std::string(60 << 10, 'x');
  Diagnosis said = diagnose(kNoGame);
  EXPECT_EQ(said.broken(), (Ids{"shm-space", "game", "bridge"})) << said.output;
  fs::remove(shm_path("ballast"));
  ASSERT_EQ(::mount("none", shm_path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  said = diagnose(kNoGame);
  EXPECT_EQ(said.broken(), (Ids{"shm-dir", "game", "bridge"})) << said.output;
}

TEST_F(Doctor, ConfigurationThatIsBroken) {
  const std::string path = own() + "/config.toml";
  std::ofstream(path) << "mode = \"600\"\nshm_dirr = \"/x\"\n";
  const Diagnosis said = diagnose(kNoGame, "ac", {{"PITBRIDGE_CONFIG_FILE", path}});
  EXPECT_EQ(said.broken(), (Ids{"config", "game", "bridge"})) << said.output;
  EXPECT_NE(said.found("config").find("config.toml:2: "), std::string::npos) << said.found("config");
}

TEST_F(Doctor, StagedBridgeOfAnotherBuild) {
  Process version({.arguments = {built("bin/pitbridge"), "--version"}});
  ASSERT_EQ(version.wait(), 0);
  const std::string text = version.output();
  const auto begin = text.find(' ') + 1;
  const std::string staged = own() + "/data/pitbridge/" + text.substr(begin, text.find(' ', begin) - begin);
  fs::create_directories(staged);
  std::ofstream(staged + "/acbridge.exe.so") << "an older build";
  const Diagnosis said = diagnose(kNoGame);
  EXPECT_EQ(said.broken(), (Ids{"bridge-staged", "game", "bridge"})) << said.output;
}

}  // namespace
}  // namespace pitbridge::e2e
