// SPDX-License-Identifier: MIT
// `pitbridge doctor` over planted files and processes: what it looks up, and that it finds each fault by
// name.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "bridges/doctor/gather.hpp"
#include "bridges/doctor/report.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/own_library.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge::doctor {
namespace {

using Ids = std::set<std::string>;

constexpr pid_t kGame = 100;
constexpr pid_t kServer = 90;
constexpr pid_t kBridge = 200;
constexpr const char* kPrefix = "/home/u/pfx";
constexpr const char* kLibc = "/lib/x86_64-linux-gnu/libc-99.1.so";

/// A game under plain Wine whose bridge has attached, and whose files stand still: only that is broken.
class DoctorTree : public ::testing::Test {
 protected:
  DoctorTree() : bridge_directory_("PITBRIDGE_BRIDGE_DIR", (tree_.root() + "/lib").c_str()) {}

  void SetUp() override {
    tree_.directory("/dev/shm");
    tree_.file(std::string(kPrefix) + "/system.reg", "WINE REGISTRY Version 2\n");
    for (const char* program : {"wine64", "wineserver"})
      tree_.program(std::string("/usr/lib/wine/") + program);
    tree_.file(kLibc, "GNU C Library (planted) stable release version 99.1.\n");
    tree_.link(own_library("libstdc++.so"), "/lib/acbridge.exe.so");
    server_name_ = server_name(kPrefix);
    tree_.socket(server_directory() + "/socket");
    tree_.process(server(kServer));
    tree_.process(game());
    // Every file that readers may expect, as a bridge makes it.
    for (const Mapping& mapping : sim().mappings) {
      if (mapping.min_file_bytes == 0) continue;
      tree_.file(shm(mapping.file_name()), std::string(mapping.min_file_bytes, '\0'), 0600);
      held_.push_back(tree_.root() + shm(mapping.file_name()));
    }
    start_bridge();
  }

  const Sim& sim() const { return *find_sim("ac"); }
  static std::string shm(std::string_view name) { return "/dev/shm/" + std::string(name); }
  std::string outside(std::string_view name) const { return tree_.root() + shm(name); }
  std::string server_name(const std::string& prefix) const {
    const auto found = stat_of(tree_.root() + prefix);
    return server_directory_name(found.st_dev, found.st_ino);
  }
  std::string server_directory() const {
    return "/tmp/.wine-" + std::to_string(::geteuid()) + "/" + server_name_;
  }

  PlantedProcess server(pid_t pid) const {
    return {.pid = pid,
            .comm = "wineserver64",
            .argv = {"/usr/lib/wine/wineserver64"},
            .exe = "/usr/lib/wine/wineserver64",
            .cwd = server_directory()};
  }
  PlantedProcess game() const {
    return {.pid = kGame,
            .environment = {std::string("WINEPREFIX=") + kPrefix, "HOME=/home/u"},
            .maps = std::string("7f00-7f01 r--p 00000000 fe:00 77 ") + kLibc + "\n"};
  }
  PlantedProcess bridge(pid_t pid, const std::string& prefix = kPrefix) const {
    return {.pid = pid,
            .comm = "acbridge.exe.so",
            .argv = {"Z:\\lib\\acbridge.exe"},
            .environment = {"WINEPREFIX=" + prefix},
            .maps = "7f00-7f01 r--p 00000000 fe:00 78 /lib/acbridge.exe.so\n",
            .descriptors = held_};
  }
  /// Lets the game, whose root is /box, see these directories of ours.
  void share(const std::vector<std::string>& directories) const {
    for (const std::string& directory : directories) tree_.link(tree_.root() + directory, "/box" + directory);
  }
  void replace(const PlantedProcess& process) {
    end(process.pid);
    tree_.process(process);
  }
  void end(pid_t pid) { std::filesystem::remove_all(tree_.root() + "/proc/" + std::to_string(pid)); }

  /// The status page of a bridge that has attached, locked by this very process.
  void start_bridge() {
    tree_.process(bridge(kBridge));
    auto page = StatusFile::open({tree_.root() + "/dev/shm", "ac", 0600});
    ASSERT_TRUE(page) << page.error().message;
    page_ = std::move(*page);
    writer_.emplace(*page_, page_->page());
    std::vector<std::string> names;
    for (const Layout& layout : sim().titles.front().layouts) names.emplace_back(layout.mapping);
    const auto now_ns = static_cast<std::uint64_t>(MonotonicClock().now_ns());
    writer_->start("ac", kPrefix, kBridge, now_ns, names);
    writer_->beat(now_ns);
    for (std::size_t i = 0; i < names.size(); ++i)
      writer_->set_section(i, true, sim().titles.front().layouts[i].size_bytes, 0, 0, -1);
    writer_->set_state(BridgeState::kAttached);
  }
  /// As SIGKILL to the bridge and its janitor leaves it.
  void kill_bridge() {
    writer_.reset();
    page_.reset();
    end(kBridge);
  }

  GatherOptions options() const {
    return {.root = tree_.root(),
            .home = "/home/u",
            .runtime_directory = "/run/user/1000",
            .version = "1",
            .interval_ms = 1};
  }
  Report report() const { return report_with(options()); }
  Report report_with(const GatherOptions& options) const { return report_on(gather(sim(), options)); }
  /// The broken links but for the one that is always broken here.
  static Ids faults_in(const Report& report) {
    Ids ids;
    for (const Result& result : report.results)
      if (result.finding.state == LinkState::kBroken && result.check->id != "section-changing")
        ids.emplace(result.check->id);
    return ids;
  }
  static Finding finding(const Report& report, std::string_view id) {
    for (const Result& result : report.results)
      if (result.check->id == id) return result.finding;
    ADD_FAILURE() << "no link is called " << id;
    return {};
  }
  void expect_faults(const Ids& ids) const {
    const Report found = report();
    EXPECT_EQ(faults_in(found), ids) << text_of(found, {});
  }

  PlantedTree tree_;
  ScopedEnvironment bridge_directory_;
  std::string server_name_;
  std::vector<std::string> held_;
  std::unique_ptr<StatusFile> page_;
  std::optional<StatusWriter> writer_;
};

TEST_F(DoctorTree, WithoutAFaultHasNone) {
  const Report found = report();
  EXPECT_EQ(faults_in(found), Ids{}) << text_of(found, {});
  EXPECT_EQ(finding(found, "section-changing").state, LinkState::kBroken);
  EXPECT_EQ(finding(found, "wineserver").found, server_directory() + ", pid 90");
  EXPECT_EQ(finding(found, "glibc-inside").state, LinkState::kOk);
  const std::string files = finding(found, "files-present").found;
  const auto physics = stat_of(outside("acpmf_physics"));
  EXPECT_NE(files.find("inode " + std::to_string(physics.st_ino) + ", " + std::to_string(physics.st_size) +
                       " bytes"),
            std::string::npos)
      << files;
}

TEST_F(DoctorTree, NoGame) {
  end(kGame);
  expect_faults({"game"});
}

TEST_F(DoctorTree, NoGameNoBridgeNoTrace) {
  kill_bridge();
  end(kGame);
  std::filesystem::remove_all(tree_.root() + "/dev/shm");
  tree_.directory("/dev/shm");
  expect_faults({"game", "bridge"});
  EXPECT_TRUE(running_sims(options()).empty());
  EXPECT_FALSE(has_traces(sim(), options()));
}

TEST_F(DoctorTree, SimsAreFoundByTheirTraces) {
  EXPECT_EQ(running_sims(options()), std::vector<const Sim*>{&sim()});
  EXPECT_TRUE(has_traces(sim(), options()));
  EXPECT_FALSE(has_traces(*find_sim("lmu"), options()));
  GatherOptions other = options();
  other.game = kServer;
  EXPECT_TRUE(running_sims(other).empty());
  tree_.file("/home/u/.local/share/Steam/steamapps/appmanifest_2399420.acf",
             "\"AppState\" { \"name\" \"Le Mans Ultimate\" \"installdir\" \"LMU\" }");
  EXPECT_TRUE(has_traces(*find_sim("lmu"), options()));
}

TEST_F(DoctorTree, UnknownExeOfAKnownApp) {
  PlantedProcess strange = game();
  strange.comm = "acs_pro.exe";
  strange.argv = {"Z:\\games\\acs_pro.exe"};
  strange.environment.push_back("SteamAppId=244210");
  replace(strange);
  PlantedProcess helper = strange;
  helper.pid = 101;
  helper.argv = {"C:\\windows\\system32\\services.exe"};
  tree_.process(helper);
  helper.pid = 102;
  helper.argv = {"D:\\Windows\\system32\\services.exe"};
  tree_.process(helper);
  expect_faults({"game", "game-exe"});
  EXPECT_NE(finding(report(), "game-exe").found.find("acs_pro.exe (pid 100)"), std::string::npos);
  EXPECT_EQ(finding(report(), "game-exe").found.find("services"), std::string::npos);
  GatherOptions other = options();
  other.game = kServer;
  EXPECT_EQ(finding(report_with(other), "game-exe").state, LinkState::kUnknown)
      << "another one was asked for";
}

TEST_F(DoctorTree, ALauncherIsNoUnknownExe) {
  PlantedProcess launcher = game();
  launcher.comm = "AssettoCorsa.ex";
  launcher.argv = {"Z:\\games\\AssettoCorsa.exe"};
  launcher.environment.push_back("SteamAppId=244210");
  replace(launcher);
  expect_faults({"game"});
  EXPECT_EQ(finding(report(), "game").found, "only its launcher runs: AssettoCorsa.exe (pid 100)");
  EXPECT_EQ(running_sims(options()), std::vector<const Sim*>{&sim()});
}

TEST_F(DoctorTree, TheGameOfTheBridgeIsLookedAt) {
  tree_.file("/home/u/other/system.reg", "");
  PlantedProcess other = game();
  other.pid = 50;
  other.environment = {"WINEPREFIX=/home/u/other"};
  tree_.process(other);
  EXPECT_NE(finding(report(), "game").found.find("pid 100; also runs: pid 50"), std::string::npos);
  GatherOptions asked = options();
  asked.game = 50;
  const Report found = report_with(asked);
  EXPECT_NE(finding(found, "game").found.find("pid 50"), std::string::npos);
  EXPECT_EQ(finding(found, "bridge-session").state, LinkState::kBroken) << text_of(found, {});
  asked.game = 7777;
  EXPECT_EQ(finding(report_with(asked), "game").state, LinkState::kBroken);
}

TEST_F(DoctorTree, PrefixMissing) {
  std::filesystem::remove_all(tree_.root() + kPrefix);
  expect_faults({"prefix"});
}

TEST_F(DoctorTree, PrefixThatIsNone) {
  std::filesystem::remove(tree_.root() + kPrefix + "/system.reg");
  expect_faults({"prefix"});
}

TEST_F(DoctorTree, PrefixOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a directory away";
  ASSERT_EQ(::chown((tree_.root() + kPrefix).c_str(), 12345, 12345), 0);
  expect_faults({"prefix"});
  EXPECT_NE(finding(report(), "prefix").found.find("belongs to user 12345"), std::string::npos);
}

TEST_F(DoctorTree, NoWine) {
  std::filesystem::remove_all(tree_.root() + "/usr/lib/wine");
  expect_faults({"wine-loader"});
}

TEST_F(DoctorTree, WineserverWithoutASocket) {
  std::filesystem::remove(tree_.root() + server_directory() + "/socket");
  expect_faults({"wineserver"});
  kill_bridge();
  end(kServer);
  const Report found = report();
  EXPECT_EQ(faults_in(found), (Ids{"wineserver", "join", "bridge"})) << text_of(found, {});
}

TEST_F(DoctorTree, TwoWineserversOfOnePrefix) {
  tree_.process(server(91));
  expect_faults({"wineserver-alone"});
}

TEST_F(DoctorTree, SyncModeThatIsNotInUse) {
  PlantedProcess process = game();
  process.environment.push_back("WINEFSYNC=1");
  replace(process);
  expect_faults({"sync-mode"});
  process.descriptors = {"/dev/shm/wine-4d-fsync (deleted)"};
  replace(process);
  expect_faults({});
}

TEST_F(DoctorTree, ShmOfItsOwnInside) {
  PlantedProcess process = game();
  process.mount_namespace = 7;
  process.sandbox_root = "/box";
  replace(process);
  share({"/home", "/tmp", "/usr", "/lib"});
  tree_.file("/box/dev/shm/acpmf_physics", "x");
  expect_faults({"namespaces", "bridge-staged", "files-same-inside"});
  const std::string found = finding(report(), "files-same-inside").found;
  EXPECT_NE(found.find("acpmf_physics: outside device"), std::string::npos) << found;
  EXPECT_NE(found.find("inside device"), std::string::npos) << found;
  EXPECT_NE(found.find("1 bytes"), std::string::npos) << found;
  EXPECT_NE(found.find("inside absent"), std::string::npos) << found;

  std::filesystem::remove_all(tree_.root() + "/box/dev/shm");
  tree_.link(tree_.root() + "/dev/shm", "/box/dev/shm");
  expect_faults({"bridge-staged"});
}

TEST_F(DoctorTree, BridgeThatTheContainerCannotRead) {
  PlantedProcess process = game();
  process.mount_namespace = 7;
  process.sandbox_root = "/box";
  replace(process);
  share({"/home", "/tmp", "/usr", "/dev"});
  const Report found = report();
  EXPECT_EQ(finding(found, "bridge-staged").state, LinkState::kBroken) << text_of(found, {});
  EXPECT_EQ(finding(found, "glibc-inside").state, LinkState::kUnknown) << "its libc is not there";
  // The same path inside: below the /dev or /tmp that is shared.
  tree_.link(tree_.root() + "/lib", tree_.root() + "/lib");
  expect_faults({});
}

TEST_F(DoctorTree, FlatpakWithPerAppShm) {
  PlantedProcess process = game();
  process.mount_namespace = 7;
  process.sandbox_root = "/box";
  replace(process);
  tree_.file("/box/.flatpak-info", "[Application]\nname=com.valvesoftware.Steam\n");
  share({"/home", "/tmp", "/usr", "/lib"});
  const std::string host = "/run/user/1000/.flatpak/com.valvesoftware.Steam/dev-shm";
  tree_.directory(host);
  tree_.link(tree_.root() + host, "/box/dev/shm");
  expect_faults({"namespaces", "flatpak-shm", "bridge-staged", "files-same-inside"});
  EXPECT_NE(finding(report(), "flatpak-shm").remedy.text().find("--shm-dir " + host), std::string::npos);
  GatherOptions there = options();
  there.shm_directory = host;
  const Report found = report_with(there);
  EXPECT_EQ(finding(found, "flatpak-shm").state, LinkState::kOk) << text_of(found, {});
  EXPECT_EQ(finding(found, "shm-readers").state, LinkState::kOk);

  std::filesystem::remove_all(tree_.root() + host);
  EXPECT_NE(finding(report(), "flatpak-shm").remedy.text().find("flatpak override --user --device=shm"),
            std::string::npos);
}

TEST_F(DoctorTree, DirectoryThatNobodyReads) {
  GatherOptions elsewhere = options();
  elsewhere.shm_directory = "/run/elsewhere";
  tree_.directory("/run/elsewhere");
  const Report found = report_with(elsewhere);
  EXPECT_EQ(faults_in(found), (Ids{"shm-readers", "bridge", "bridge-dir"})) << text_of(found, {});
  elsewhere.shm_directory = "/run/nowhere";
  EXPECT_EQ(finding(report_with(elsewhere), "shm-dir").state, LinkState::kBroken);
}

TEST_F(DoctorTree, BridgeThatIsNoProgram) {
  std::filesystem::remove(tree_.root() + "/lib/acbridge.exe.so");
  tree_.program("/lib/acbridge.exe.so");
  expect_faults({"bridge-file"});
}

TEST_F(DoctorTree, BridgeThatIsNotInstalled) {
  std::filesystem::remove(tree_.root() + "/lib/acbridge.exe.so");
  expect_faults({"bridge-file"});
  EXPECT_NE(finding(report(), "bridge-file").found.find("PITBRIDGE_BRIDGE_DIR"), std::string::npos);
}

TEST_F(DoctorTree, BridgeThatNeedsANewerGlibc) {
  std::string program = content_of(own_library("libstdc++.so"));
  const std::string name = "GLIBC_" + text_of(*elf_needs(program).glibc) + '\0';
  const std::string newer = (name.size() == 11 ? "GLIBC_9.98" : "GLIBC_9.9") + std::string(1, '\0');
  for (auto at = program.find(name); at != std::string::npos; at = program.find(name, at + 1))
    program.replace(at, name.size(), newer);
  std::filesystem::remove(tree_.root() + "/lib/acbridge.exe.so");
  tree_.file("/lib/acbridge.exe.so", program);
  expect_faults({"glibc"});
  std::filesystem::remove(tree_.root() + kLibc);
  tree_.file(kLibc, "GNU C Library (planted) stable release version 2.9.\n");
  expect_faults({"glibc", "glibc-inside"});
}

TEST_F(DoctorTree, StagedBridgeOfAnotherBuildOrVersion) {
  GatherOptions staged = options();
  staged.data_directory = tree_.root() + "/home/u/data";
  EXPECT_EQ(finding(report_with(staged), "bridge-staged").state, LinkState::kOk) << "not staged, not needed";
  tree_.file("/home/u/data/1/acbridge.exe.so", "older");
  EXPECT_EQ(faults_in(report_with(staged)), Ids{"bridge-staged"});
  EXPECT_NE(finding(report_with(staged), "bridge-staged").found.find("is another build"), std::string::npos);
}

TEST_F(DoctorTree, RunningBridgeOfAnotherBuild) {
  PlantedProcess old = bridge(kBridge);
  tree_.file("/home/u/old/acbridge.exe.so", "older");
  old.maps = "7f00-7f01 r--p 00000000 fe:00 78 /home/u/old/acbridge.exe.so\n";
  replace(old);
  expect_faults({"bridge-version"});
  old.maps = "7f00-7f01 r--p 00000000 fe:00 78 /lib/acbridge.exe.so (deleted)\n";
  replace(old);
  expect_faults({"bridge-version"});
}

TEST_F(DoctorTree, BridgeKilled) {
  kill_bridge();
  expect_faults({"bridge"});
  const std::string found = finding(report(), "bridge").found;
  EXPECT_NE(found.find("pid 200 was killed: the status page still says \"attached\""), std::string::npos)
      << found;
}

TEST_F(DoctorTree, BridgeOfAnotherPrefix) {
  tree_.file("/home/u/other/system.reg", "");
  tree_.directory("/tmp/.wine-" + std::to_string(::geteuid()) + "/" + server_name("/home/u/other"));
  replace(bridge(kBridge, "/home/u/other"));
  expect_faults({"bridge-session"});
}

TEST_F(DoctorTree, SecondBridgeInTheSession) {
  PlantedProcess second = bridge(201);
  second.argv.push_back("--shm-dir=/run/elsewhere");
  tree_.process(second);
  expect_faults({"bridge-alone"});
  EXPECT_NE(finding(report(), "bridge-alone").found.find("pid 201 in /home/u/pfx writes to /run/elsewhere"),
            std::string::npos);
}

TEST_F(DoctorTree, BridgeThatStandsInForADebugCommandIsNoSecondOne) {
  PlantedProcess stand_in = bridge(201);
  stand_in.argv.insert(stand_in.argv.end(), {"--launched", "--", "cheatengine.exe"});
  tree_.process(stand_in);
  expect_faults({});
}

TEST_F(DoctorTree, BridgeThatWritesElsewhere) {
  kill_bridge();
  std::filesystem::remove(outside("pitbridge.ac"));
  PlantedProcess lost = bridge(201);
  lost.environment.push_back("PITBRIDGE_SHM_DIR=/run/elsewhere");
  tree_.process(lost);
  expect_faults({"bridge", "bridge-dir"});
}

/// Of a config.toml: all files in /run/top, those of this app in /run/app.
constexpr const char* kDirectories = "shm_dir = \"/run/top\"\n[app.244210]\nshm_dir = \"/run/app\"\n";

TEST_F(DoctorTree, ABridgesDirectoryIsWhatTheBridgeItselfHasMadeOfItsSettings) {
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::string directory;
  };
  const Case cases[] = {
      {{}, {}, "/run/top"},
      {{}, {"SteamAppId=244210"}, "/run/app"},
      {{}, {"SteamAppId=805550"}, "/run/top"},
      {{}, {"SteamAppId=244210", "PITBRIDGE_SHM_DIR=/run/said"}, "/run/said"},
      {{"--launched", "--shm-dir", "/run/given"}, {"PITBRIDGE_SHM_DIR=/run/said"}, "/run/given"},
      {{"--shm-dir=/run/given"}, {"SteamAppId=244210"}, "/run/given"},
      {{}, {"SteamAppId=244210", "PITBRIDGE_CONFIG_FILE=/home/u/one.toml"}, "/run/one"},
      // It has refused its options, and ends.
      {{"--no-such-option"}, {"SteamAppId=244210"}, "/run/app"},
  };
  tree_.file("/home/u/.config/pitbridge/config.toml", kDirectories);
  tree_.file("/home/u/one.toml", "shm_dir = \"/run/one\"\n");
  for (const Case& c : cases) {
    PlantedProcess second = bridge(201);
    second.environment.push_back("HOME=/home/u");
    second.argv.insert(second.argv.end(), c.arguments.begin(), c.arguments.end());
    second.environment.insert(second.environment.end(), c.environment.begin(), c.environment.end());
    replace(second);
    const std::string found = finding(report(), "bridge-alone").found;
    EXPECT_NE(found.find("pid 201 in /home/u/pfx writes to " + c.directory), std::string::npos)
        << found << ", not " << c.directory;
  }
}

TEST_F(DoctorTree, AGamesDirectoryIsWhatABridgeWouldMakeOfItsSettings) {
  kill_bridge();
  EXPECT_EQ(finding(report(), "bridge-dir").state, LinkState::kUnknown) << "nobody has chosen a directory";
  tree_.file("/home/u/.config/pitbridge/config.toml", kDirectories);
  PlantedProcess of_steam = game();
  of_steam.environment.push_back("SteamAppId=244210");
  replace(of_steam);
  EXPECT_NE(finding(report(), "bridge-dir").found.find("writes to /run/app, looked at"), std::string::npos);
  of_steam.environment.push_back("PITBRIDGE_SHM_DIR=/run/said");
  replace(of_steam);
  EXPECT_NE(finding(report(), "bridge-dir").found.find("writes to /run/said, looked at"), std::string::npos);
}

TEST_F(DoctorTree, StatusPageThatIsNone) {
  kill_bridge();
  const std::string page = content_of(outside("pitbridge.ac"));
  const auto plant = [&](std::string_view text) {
    std::filesystem::remove_all(outside("pitbridge.ac"));
    write_file(outside("pitbridge.ac"), text);
    const Report found = report();
    EXPECT_EQ(faults_in(found), (Ids{"bridge", "status-page"})) << text_of(found, {});
    return finding(found, "status-page").found;
  };
  EXPECT_NE(plant("garbage").find("has 7 bytes"), std::string::npos);
  EXPECT_NE(plant(std::string(kStatusPageBytes, 'x')).find("is no status page"), std::string::npos);
  std::string newer = page;
  newer[offsetof(StatusHeader, version)] = 77;
  EXPECT_NE(plant(newer).find("version 77"), std::string::npos);
  std::string endless = page;
  endless[offsetof(StatusHeader, mapping_count) + 1] = 77;
  EXPECT_NE(plant(endless).find("makes no sense"), std::string::npos);

  std::filesystem::remove(outside("pitbridge.ac"));
  std::filesystem::create_directory(outside("pitbridge.ac"));
  EXPECT_EQ(finding(report(), "status-page").state, LinkState::kBroken);
}

TEST_F(DoctorTree, BridgeThatHangs) {
  writer_->beat(1);
  expect_faults({"heartbeat"});
}

TEST_F(DoctorTree, SectionsMissingOrTooSmall) {
  writer_->set_section(0, true, 16, 0, 0, -1);
  expect_faults({"section-size"});
  for (std::size_t i = 0; i < sim().titles.front().layouts.size(); ++i)
    writer_->set_section(i, false, 0, 0, 0, -1);
  writer_->set_state(BridgeState::kWaiting);
  expect_faults({"section"});
}

TEST_F(DoctorTree, FilesOfEveryWrongKind) {
  const std::string path = outside("acpmf_physics");
  const auto replace_by = [&](auto make) {
    std::filesystem::remove_all(path);
    make();
  };
  replace_by([&] { std::filesystem::create_symlink("/etc/passwd", path); });
  expect_faults({"files-kind", "files-held"});
  replace_by([&] { ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0); });
  EXPECT_TRUE(faults_in(report()).contains("files-kind"));
  replace_by([&] { std::filesystem::create_directory(path); });
  EXPECT_TRUE(faults_in(report()).contains("files-kind"));
  replace_by([] {});
  expect_faults({"files-present"});
  replace_by([&] { tree_.file(shm("acpmf_physics"), "short", 0600); });
  EXPECT_TRUE(faults_in(report()).contains("files-size"));
}

TEST_F(DoctorTree, FileReplaced) {
  const std::string path = outside("acpmf_physics");
  std::filesystem::rename(path, path + ".old");
  for (std::string& file : held_)
    if (file == path) file += ".old";
  std::filesystem::copy_file(path + ".old", path);
  replace(bridge(kBridge));
  expect_faults({"files-held"});
}

TEST_F(DoctorTree, FileOfAnotherUserOrWithoutRights) {
  const std::string path = outside("acpmf_physics");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  expect_faults({"files-owner"});
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a file away";
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
  expect_faults({"files-owner"});
}

TEST_F(DoctorTree, SimdAndItsPidFile) {
  tree_.file("/tmp/simd.pid", "");
  expect_faults({"simd-pid-file"});
  PlantedProcess simd = {.pid = 400, .comm = "simd", .argv = {"simd"}, .exe = "/usr/bin/simd"};
  tree_.process(simd);
  expect_faults({"simd"});
}

TEST_F(DoctorTree, SimdThatCannotReadItsConfiguration) {
  PlantedProcess simd = {.pid = 400,
                         .comm = "simd",
                         .argv = {"simd"},
                         .exe = "/usr/bin/simd",
                         .maps = "7f00-7f01 r--p 00000000 fe:00 90 /usr/lib/libconfig.so.9.2.0\n"};
  tree_.process(simd);
  tree_.file("/home/u/.config/simd/simd.config", "sims =\n(\n  { gameid = 244210; },\n);\n");
  expect_faults({"simd", "simd-config"});
  EXPECT_NE(finding(report(), "simd-config").found.find("in line 3:"), std::string::npos);
  simd.maps = "7f00-7f01 r--p 00000000 fe:00 90 /usr/lib/libconfig.so.11\n";
  replace(simd);
  expect_faults({"simd"});
}

TEST_F(DoctorTree, ProtonThatWasRemoved) {
  end(kGame);
  const std::string steam = "/home/u/.local/share/Steam/steamapps/";
  tree_.file(steam + "appmanifest_244210.acf",
             "\"AppState\" { \"name\" \"Assetto Corsa\" \"installdir\" \"assettocorsa\" }");
  tree_.directory(steam + "compatdata/244210/pfx");
  tree_.file(steam + "compatdata/244210/config_info", "9.0-203\n/opt/Proton 9.0/files/share/fonts/\n");
  expect_faults({"game", "proton"});
  tree_.directory("/opt/Proton 9.0");
  expect_faults({"game"});
  EXPECT_NE(finding(report(), "app-id").found.find("244210: Assetto Corsa"), std::string::npos);
}

TEST_F(DoctorTree, IsOnlyLookedAt) {
  kill_bridge();
  const std::string before = content_of(outside("pitbridge.ac"));
  (void)report();
  EXPECT_EQ(content_of(outside("pitbridge.ac")), before) << "what a killed bridge left is what is to be seen";
}

}  // namespace
}  // namespace pitbridge::doctor
