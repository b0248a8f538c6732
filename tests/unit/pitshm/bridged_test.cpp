// SPDX-License-Identifier: MIT
// How native programs get a mapping's pages from a bridge, and from what is none.
#include "common/pitshm/bridged.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "common/posix/shm/section_server.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitshm {
namespace {

using pitbridge::OfferedSection;
using pitbridge::SectionServer;
using pitbridge::TempDirectory;
using pitbridge::UniqueFd;

constexpr std::size_t kBytes = 4096;

class BridgedTest : public testing::Test {
 protected:
  /// A file, opened for `flags`, as the bridge offers it.
  void offer(const std::string& name, int flags) {
    pitbridge::write_file(directory_ / name, std::string(kBytes, 'x'));
    section_ = UniqueFd(::open((directory_ / name).c_str(), flags | O_CLOEXEC));
    struct stat found = {};
    ASSERT_EQ(::fstat(section_.get(), &found), 0);
    offered_ = {section_.get(), kBytes, {found.st_dev, found.st_ino}};
  }
  /// A bridge answers in `body`.
  template <typename Body>
  void with_bridge(Body body) {
    auto server = SectionServer::open(*pitbridge::ShmDirectory::open(directory_.path()), "shm");
    ASSERT_TRUE(server);
    std::atomic<bool> is_over = false;
    std::thread bridge([&] {
      while (!is_over)
        (*server)->serve([&](std::string_view name) -> std::optional<OfferedSection> {
          if (name != "tool") return std::nullopt;
          return offered_;
        });
    });
    body();
    is_over = true;
    bridge.join();
  }
  Result<Bridged> open(const std::string& name = "tool") const {
    return Bridged::open(name, "shm", directory_.path());
  }

  TempDirectory directory_;
  UniqueFd section_;
  OfferedSection offered_ = {};
};

TEST_F(BridgedTest, GivesThePagesToReadAndWrite) {
  offer("tool", O_RDWR);
  with_bridge([&] {
    const auto bridged = open();
    ASSERT_TRUE(bridged) << bridged.error().text;
    EXPECT_EQ(bridged->size_bytes(), kBytes);
    EXPECT_EQ(*bridged->data(), std::byte{'x'});
    *bridged->data() = std::byte{'y'};
    EXPECT_EQ(pitbridge::content_of(directory_ / "tool").front(), 'y');
    EXPECT_NE((bridged->as<std::array<char, kBytes>>()), nullptr);
    EXPECT_EQ((bridged->as<std::array<char, kBytes + 1>>()), nullptr);
    EXPECT_TRUE(bridged->check());
    offer("other", O_RDWR);  // the Windows program's mapping has come again
    EXPECT_EQ(bridged->check().error().result, PITSHM_LEFT);
    EXPECT_EQ(open("nothing").error().result, PITSHM_NOT_THERE);
  });
}

TEST_F(BridgedTest, ABridgeThatOnlyMirrorsRefuses) {
  offer("tool", O_RDONLY);
  with_bridge([&] {
    const auto bridged = open();
    ASSERT_FALSE(bridged);
    EXPECT_EQ(bridged.error().result, PITSHM_REFUSED);
    EXPECT_NE(bridged.error().text.find("--both"), std::string::npos);
  });
}

TEST_F(BridgedTest, WhatIsToldIsNotBelieved) {
  offer("tool", O_RDWR);
  offered_.size_bytes = kBytes + 1;
  with_bridge([&] { EXPECT_EQ(open().error().result, PITSHM_DAMAGED); });
  offered_.size_bytes = kBytes;
  offered_.id.inode += 1;
  with_bridge([&] { EXPECT_EQ(open().error().result, PITSHM_DAMAGED); });
}

TEST_F(BridgedTest, NoBridgeIsToldFromWhatIsInItsPlace) {
  EXPECT_EQ(open().error().result, PITSHM_NOT_THERE);
  EXPECT_EQ(Bridged::open("tool", "shm", directory_ / "nowhere").error().result, PITSHM_NOT_THERE);
  pitbridge::write_file(directory_ / "pitbridge.shm.sock", "a file");
  EXPECT_EQ(open().error().result, PITSHM_REFUSED) << "what has the name is no socket";
  EXPECT_EQ(Bridged::open("", "shm", directory_.path()).error().result, PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(Bridged::open(std::string(128, 'n'), "shm", directory_.path()).error().result,
            PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(Bridged::open("tool", "../shm", directory_.path()).error().result, PITSHM_BAD_ARGUMENT);
  pitshm_bridged* bridged = nullptr;
  EXPECT_EQ(pitshm_bridged_open(nullptr, nullptr, nullptr, &bridged), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_bridged_open("tool", nullptr, nullptr, nullptr), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_bridged_check(nullptr), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_bridged_data(nullptr), nullptr);
  EXPECT_EQ(pitshm_bridged_size(nullptr), 0U);
  pitshm_bridged_close(nullptr);
}

}  // namespace
}  // namespace pitshm
