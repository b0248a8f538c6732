// SPDX-License-Identifier: MIT
// What others do to the output files while the bridge runs: it repairs or refuses, and the game goes on.
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "common/posix/system/paths.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class Files : public WineRun {
 protected:
  std::string physics() const { return shm_path("acpmf_physics"); }

  static std::int32_t packet_in(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::int32_t packet = 0;
    file.read(reinterpret_cast<char*>(&packet), sizeof packet);
    return packet;
  }
  /// The file at the path is whole, and moves with the game.
  bool is_fed(const std::string& path) const {
    return eventually([&] {
      struct stat file = {};
      if (::stat(path.c_str(), &file) != 0 || file.st_size < 2048) return false;
      const std::int32_t before = packet_in(path);
      return before != 0 && eventually([&] { return packet_in(path) > before; }, Seconds(1));
    });
  }
  Process start_live_game_and_bridge() {
    game_.emplace(start_game());
    Process bridge = start_bridge();
    EXPECT_TRUE(becomes_live()) << bridge.output() << (bridge.running() ? " (runs)" : " (has left)");
    return bridge;
  }
  void expect_game_unharmed() {
    game_->tell("resume");
    EXPECT_TRUE(game_->says("ok resume")) << game_->output();
  }

  std::optional<Process> game_;
};

/// A reader's map of the inode that the file has now.
class Map {
 public:
  explicit Map(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    at_ = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd.get(), 0);
  }
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;
  ~Map() { ::munmap(at_, 4096); }
  bool is_fed() const {
    const std::int32_t before = packet();
    return eventually([&] { return packet() > before; });
  }

 private:
  std::int32_t packet() const {
    std::int32_t value = 0;
    std::memcpy(&value, at_, sizeof value);
    return value;
  }
  void* at_;
};

TEST_F(Files, AnUnlinkedFileIsMadeAgainAndOldReadersAreFedOn) {
  Process bridge = start_live_game_and_bridge();
  const Map old_reader(physics());
  for (int round = 0; round < 3; ++round) {
    fs::remove(physics());
    EXPECT_TRUE(is_fed(physics())) << bridge.output();
  }
  EXPECT_TRUE(old_reader.is_fed()) << "who maps the old inode goes on being fed";
  EXPECT_TRUE(bridge.says("made whole again"));
  expect_game_unharmed();
}

TEST_F(Files, AReplacedFileIsTakenOver) {
  Process bridge = start_live_game_and_bridge();
  const Map old_reader(physics());
  std::ofstream(shm_path("new")) << "something else";
  fs::rename(shm_path("new"), physics());
  EXPECT_TRUE(is_fed(physics())) << bridge.output();
  EXPECT_TRUE(old_reader.is_fed());
}

TEST_F(Files, ACutFileIsMadeWholeAgain) {
  Process bridge = start_live_game_and_bridge();
  for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{100}, std::uintmax_t{2048}}) {
    fs::resize_file(physics(), size);
    EXPECT_TRUE(eventually([&] { return fs::file_size(physics()) == 4096; })) << size;
    EXPECT_TRUE(is_fed(physics())) << size << bridge.output();
  }
  EXPECT_TRUE(bridge.running());
  expect_game_unharmed();
}

TEST_F(Files, TheStatusPageIsRepairedToo) {
  Process bridge = start_live_game_and_bridge();
  fs::resize_file(shm_path("pitbridge.ac"), 0);
  EXPECT_TRUE(eventually([&] { return state() == BridgeState::kAttached; })) << bridge.output();
  fs::remove(shm_path("pitbridge.ac"));
  EXPECT_TRUE(eventually([&] { return state() == BridgeState::kAttached; })) << bridge.output();
  EXPECT_TRUE(eventually([&] { return reading().bridge_runs; })) << "the new page is locked as well";
  EXPECT_TRUE(bridge.running());
}

TEST_F(Files, PermissionsThatWereTakenAwayAreGivenBack) {
  Process bridge = start_live_game_and_bridge();
  fs::permissions(physics(), fs::perms::none);
  EXPECT_TRUE(eventually([&] {
    return (fs::status(physics()).permissions() & fs::perms::owner_all) ==
           (fs::perms::owner_read | fs::perms::owner_write);
  })) << bridge.output();
}

TEST_F(Files, ADirectoryInTheFilesPlaceIsRefusedAndTheOthersGoOn) {
  Process bridge = start_live_game_and_bridge();
  fs::remove(physics());
  // The bridge may be quicker than we are, so the trap is set until it stands.
  EXPECT_TRUE(eventually([&] {
    std::error_code ignored;
    fs::remove(physics(), ignored);
    return fs::create_directory(physics(), ignored);
  }));
  EXPECT_TRUE(bridge.says("is a directory")) << bridge.output();
  EXPECT_TRUE(eventually([&] { return telemetry().activity == Activity::kLive; }));
  fs::remove(physics());
  EXPECT_TRUE(is_fed(physics())) << "and takes the path again when it is free" << bridge.output();
}

TEST_F(Files, PlantedFifoAndHardLinkAreRefusedAtTheStart) {
  ASSERT_EQ(::mkfifo(physics().c_str(), 0600), 0);
  Process first = start_bridge();
  EXPECT_EQ(first.wait(), 4);
  EXPECT_TRUE(first.says("FIFO")) << first.output();
  fs::remove(physics());
  std::ofstream(shm_path("precious")) << "do not touch";
  fs::create_hard_link(shm_path("precious"), physics());
  Process second = start_bridge();
  EXPECT_EQ(second.wait(), 4);
  EXPECT_TRUE(second.says("hard links")) << second.output();
  EXPECT_EQ(fs::file_size(shm_path("precious")), 12U);
}

TEST_F(Files, ALongerOldFileKeepsItsSizeAndLosesItsContent) {
  std::ofstream(physics()) << std::string(20000, 'x');
  Process bridge = start_live_game_and_bridge();
  EXPECT_EQ(fs::file_size(physics()), 20000U);
  std::ifstream file(physics(), std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(content.substr(4096).find_first_not_of('\0'), std::string::npos);
}

TEST_F(Files, ManyFilesThatLookLikeOursAreLeftAlone) {
  for (int i = 0; i < 200; ++i) std::ofstream(shm_path("acpmf_other" + std::to_string(i))) << "not ours";
  Process bridge = start_live_game_and_bridge();
  EXPECT_TRUE(is_fed(physics())) << bridge.output();
  EXPECT_EQ(fs::file_size(shm_path("acpmf_other199")), 8U);
}

TEST_F(Files, ADirectoryThatGoesAwayStopsNobody) {
  Process bridge = start_live_game_and_bridge();
  const Map old_reader(physics());
  fs::rename(shm_path(), shm_path() + ".gone");
  EXPECT_TRUE(bridge.says("cannot open the directory")) << bridge.output();
  EXPECT_TRUE(old_reader.is_fed());
  fs::rename(shm_path() + ".gone", shm_path());
  EXPECT_TRUE(is_fed(physics())) << bridge.output();
}

// --- A /dev/shm of its own: a small tmpfs in a mount namespace of the bridge and the game ---

class SmallShm : public Files {
 protected:
  void SetUp() override {
    Files::SetUp();
    if (::geteuid() != 0) GTEST_SKIP() << "only root may mount";
    if (::mount("tmpfs", shm_path().c_str(), "tmpfs", 0, "size=160k") != 0)
      GTEST_SKIP() << "mount is not allowed here";
    mounted_ = true;
  }
  void TearDown() override {
    kill_wineserver();
    game_.reset();
    if (mounted_) ::umount2(shm_path().c_str(), MNT_DETACH);
    Files::TearDown();
  }
  void fill() const {
    std::ofstream file(shm_path("filler"), std::ios::binary);
    const std::string page(4096, 'x');
    while (file.write(page.data(), 4096) && file.flush()) {
    }
  }

 private:
  bool mounted_ = false;
};

TEST_F(SmallShm, FullFromTheStartIsARefusalWithTheRemedy) {
  fill();
  Process bridge = start_bridge();
  EXPECT_EQ(bridge.wait(), 4);
  EXPECT_TRUE(bridge.says("free space")) << bridge.output();
  EXPECT_EQ(std::distance(fs::directory_iterator(shm_path()), {}), 1) << "no empty page stays";
}

TEST_F(SmallShm, FillingUpDuringTheRunHurtsNobody) {
  Process bridge = start_live_game_and_bridge();
  fill();
  EXPECT_TRUE(is_fed(physics())) << "the space was reserved" << bridge.output();
  fs::resize_file(physics(), 0);  // frees one page
  fill();                         // and somebody else takes it
  EXPECT_TRUE(bridge.says("cannot reserve")) << bridge.output();
  EXPECT_TRUE(bridge.running());
  fs::remove(shm_path("filler"));
  EXPECT_TRUE(is_fed(physics())) << "repaired when there is room again" << bridge.output();
  expect_game_unharmed();
}

// --- simd, played exactly (common/posix/session/README.md, "simd") ---

class SimdItself : public WineRun {
 protected:
  void SetUp() override {
    WineRun::SetUp();
    if (::geteuid() != 0) GTEST_SKIP() << "a /dev/shm of its own needs a mount namespace, and that root";
  }
  /// fork, setsid, fds 0-2 /dev/null read-only, two variables, no argument, cwd /, umask 0; and, which simd
  /// does not do, a mount namespace in which /dev/shm and the log's directory are the test's.
  Process start_as_simd_does() {
    const std::string shm = shm_path();
    const std::string logs = state_directory();
    if (!fs::exists(logs)) made_ = logs;
    EXPECT_TRUE(make_directories(logs));
    // Not Debian's wine: that is a script which dies when it cannot print a hint; Proton's is a program.
    return Process({.arguments = {wine_loader(), built("bin/acbridge.exe.so")},
                    .environment = {{"WINEPREFIX", prefix()}, {"WINEFSYNC", "1"}},
                    .clear_environment = true,
                    .working_directory = "/",
                    .in_child = [=] {
                      if (::unshare(CLONE_NEWNS) != 0 ||
                          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                          ::mount(shm.c_str(), "/dev/shm", nullptr, MS_BIND, nullptr) != 0 ||
                          ::mount(shm.c_str(), logs.c_str(), nullptr, MS_BIND, nullptr) != 0)
                        ::_exit(99);
                      ::setsid();
                      ::umask(0);
                      const int null = ::open("/dev/null", O_RDONLY);
                      for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
                    }});
  }
  void TearDown() override {
    if (!made_.empty()) fs::remove(made_);
    WineRun::TearDown();
  }
  /// simapi_compatmap_*: made, or forced to this size, with contents and inode kept.
  void make_stubs() const {
    for (const auto& [name, size] : kStubs) {
      const UniqueFd fd(::open(shm_path(name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
      ASSERT_TRUE(fd);
      ASSERT_EQ(::ftruncate(fd.get(), size), 0);
    }
  }
  void zero_stubs() const {
    for (const auto& [name, size] : kStubs) {
      const UniqueFd fd(::open(shm_path(name).c_str(), O_RDWR | O_CLOEXEC));
      void* at =
          ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
      ASSERT_NE(at, MAP_FAILED);
      std::memset(at, 0, static_cast<std::size_t>(size));
      ::munmap(at, static_cast<std::size_t>(size));
    }
  }
  void unlink_stubs() const {
    for (const auto& [name, size] : kStubs) ::unlink(shm_path(name).c_str());
  }
  std::string log() const {
    std::ifstream file(shm_path("acbridge.log"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool stays_live() const {
    return eventually([&] {
      return telemetry().activity == Activity::kLive && *telemetry().number(Quantity::kRpm) > 0 &&
             telemetry().text(Quantity::kTrack) == "spa";
    });
  }

 private:
  static constexpr std::pair<const char*, off_t> kStubs[] = {
      {"acpmf_physics", 2048}, {"acpmf_graphics", 2048}, {"acpmf_static", 2048}, {"acpmf_crewchief", 16000}};
  std::string made_;
};

TEST_F(SimdItself, TheMirrorSurvivesAndRepairsEachStep) {
  make_stubs();
  Process game = start_game();
  Process bridge = start_as_simd_does();
  ASSERT_TRUE(becomes_live()) << bridge.output() << log() << bridge.wait(Seconds(0)).value_or(-1);
  std::ifstream comm("/proc/" + std::to_string(bridge.pid()) + "/comm");
  std::string name;
  std::getline(comm, name);
  EXPECT_EQ(name.rfind("acbridge", 0), 0U) << "never a game's exe name: " << name;

  unlink_stubs();  // simd ends
  EXPECT_TRUE(stays_live());
  make_stubs();  // and starts again, which cuts our pages
  EXPECT_TRUE(stays_live());
  zero_stubs();  // it takes the game for ended
  EXPECT_TRUE(stays_live());
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));

  bridge.signal(SIGTERM);  // one, to the pid of the fork
  EXPECT_EQ(bridge.wait(), 0);
  EXPECT_TRUE(is_clear());
  EXPECT_TRUE(fs::exists(shm_path("acbridge.log"))) << "nobody could read its stderr";
}

}  // namespace
}  // namespace pitbridge::e2e
