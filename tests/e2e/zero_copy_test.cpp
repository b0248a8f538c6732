// SPDX-License-Identifier: MIT
// The game's own pages in a native reader: by the bridge's socket, and by --own.
#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

constexpr std::size_t kBytes = 4096;

std::int32_t packet_id(const void* section) {
  std::int32_t value = 0;
  load_relaxed({reinterpret_cast<std::byte*>(&value), sizeof value}, static_cast<const std::byte*>(section));
  return value;
}

class ZeroCopy : public WineRun {
 protected:
  /// The section as a reader gets it by the socket, mapped read-only.
  const void* map_section() {
    EXPECT_TRUE(eventually(
        [&] { return pitbridge_section_open(&reader_, "acpmf_physics", &section_) == PITBRIDGE_OK; }));
    return section_.data;
  }
  bool moves(const void* section) const {
    const std::int32_t before = packet_id(section);
    return eventually([&] { return packet_id(section) != before; });
  }
  void SetUp() override {
    WineRun::SetUp();
    ASSERT_EQ(pitbridge_open(&reader_, "ac", shm_path().c_str()), PITBRIDGE_OK);
  }
  void TearDown() override {
    pitbridge_section_close(&section_);
    pitbridge_close(&reader_);
    WineRun::TearDown();
  }

  pitbridge_reader reader_ = {};
  pitbridge_section section_ = {};
};

TEST_F(ZeroCopy, TheSocketGivesTheLivingPages) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const void* section = map_section();
  ASSERT_NE(section, nullptr);
  EXPECT_TRUE(moves(section));
}

TEST_F(ZeroCopy, NoReaderCanWriteToThem) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const void* section = map_section();
  ASSERT_NE(section, nullptr);
  void* pages = const_cast<void*>(section);
  EXPECT_EQ(::mprotect(pages, kBytes, PROT_READ | PROT_WRITE), -1);
  EXPECT_EQ(errno, EACCES);

  // Also not after the bridge, whose descriptor it was, has gone.
  bridge.signal(SIGKILL);
  ASSERT_TRUE(bridge.wait().has_value());
  EXPECT_EQ(::mprotect(pages, kBytes, PROT_READ | PROT_WRITE), -1);
  EXPECT_EQ(errno, EACCES);
  EXPECT_TRUE(moves(section)) << "the game goes on, and its pages with it";
}

TEST_F(ZeroCopy, TheSocketGoesWithTheBridge) {
  const std::string socket = shm_path("pitbridge.ac.sock");
  {
    Process bridge = start_bridge();
    ASSERT_TRUE(eventually([&] { return ::access(socket.c_str(), F_OK) == 0; })) << bridge.output();
    bridge.signal(SIGTERM);
    ASSERT_EQ(bridge.wait(), 0);
    EXPECT_NE(::access(socket.c_str(), F_OK), 0);
  }
  Process bridge = start_bridge();
  ASSERT_TRUE(eventually([&] { return ::access(socket.c_str(), F_OK) == 0; })) << bridge.output();
  bridge.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return ::access(socket.c_str(), F_OK) != 0; })) << "the janitor takes it away";
}

class Own : public ZeroCopy {
 protected:
  /// The file at the path, mapped as any reader does.
  const void* map_file() const {
    const UniqueFd fd(::open(shm_path("acpmf_physics").c_str(), O_RDONLY | O_CLOEXEC));
    void* at = ::mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, fd.get(), 0);
    return at == MAP_FAILED ? nullptr : at;
  }
  /// The game writes into the files before the bridge has seen it, and its data name it.
  bool becomes_live() { return becomes(BridgeState::kAttached) && WineRun::becomes_live(); }
  bool is_in_place() const {
    const MirrorReading now = reading();
    const StatusMapping* entry = now.status ? now.status->find("acpmf_physics") : nullptr;
    struct stat file = {};
    return entry != nullptr && entry->attached != 0 &&
           ::stat(shm_path("acpmf_physics").c_str(), &file) == 0 && entry->section_inode == file.st_ino &&
           entry->section_device == file.st_dev;
  }
};

TEST_F(Own, TheGameWritesIntoTheFileAndGoesOnWithoutTheBridge) {
  Process bridge = start_bridge({.arguments = {"--own"}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  EXPECT_TRUE(eventually([&] { return is_in_place(); }));
  const void* file = map_file();
  ASSERT_NE(file, nullptr);
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_NE(packet_id(file), 0) << "cleared while the game lives: its memory was touched";
  EXPECT_TRUE(moves(file));
  ::munmap(const_cast<void*>(file), kBytes);
}

TEST_F(Own, AKilledBridgeAndTheNextOneLeaveTheGamesMemoryAlone) {
  Process bridge = start_bridge({.arguments = {"--own"}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  Process game = start_game({.arguments = {"--at", "20"}});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  // Written once, at the first update: whoever clears it takes it from the game for good.
  const auto track = telemetry().text(Quantity::kTrack);
  ASSERT_TRUE(track.has_value());
  bridge.signal(SIGKILL);
  ASSERT_TRUE(bridge.wait().has_value());
  ASSERT_TRUE(becomes(BridgeState::kGone)) << "the janitor's mark";
  Process next = start_bridge();
  ASSERT_TRUE(becomes_live()) << next.output();
  EXPECT_TRUE(eventually([&] { return telemetry().text(Quantity::kTrack) == track; }));
  EXPECT_TRUE(eventually([&] { return is_in_place(); }));
}

TEST_F(Own, AGameThatHasGoneLeavesAClearFile) {
  Process bridge = start_bridge({.arguments = {"--own"}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  {
    Process game = start_game();
    ASSERT_TRUE(becomes_live()) << bridge.output();
    game.tell("stop");
    EXPECT_EQ(game.wait(), 0);
  }
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
}

TEST_F(Own, AGameThatCameFirstIsMirrored) {
  Process game = start_game();
  Process bridge = start_bridge({.arguments = {"--own"}});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  EXPECT_TRUE(bridge.says("mirroring it instead"));
  EXPECT_FALSE(is_in_place());
}

TEST_F(Own, AFamilyThatMayNotIsMirroredAndSaid) {
  Process bridge = start_bridge({.sim = "ir", .arguments = {"--own"}});
  EXPECT_TRUE(bridge.says("not known to take mappings")) << bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
