// SPDX-License-Identifier: MIT
// What is cleared after a killed bridge, and what is left alone whatever its status page says.
#include "common/posix/shm/abandoned.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/status_file.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kBytes = 4096;
const std::vector<std::string> kOwnNames = {"toy_car", "SCS/toy_race"};

class KilledBridge : public testing::Test {
 protected:
  /// A page as a bridge leaves it that was killed, naming these files.
  void leave_page(const std::vector<std::string>& names, BridgeState state = BridgeState::kAttached,
                  SectionId section = {}) {
    const auto file = StatusFile::open({directory_.path(), "toy", 0600});
    ASSERT_TRUE(file) << file.error().message;
    StatusWriter writer(**file, (*file)->content());
    writer.start("toy", "/prefix", 31, 1, names);
    for (std::size_t i = 0; i < names.size(); ++i)
      writer.set_section(i, true, kBytes, section.device, section.inode, -1);
    writer.set_state(state);
  }
  void leave_files() const {
    std::filesystem::create_directory(directory_ / "SCS");
    for (const std::string& name : kOwnNames) write_file(directory_ / name, std::string(kBytes, 'x'));
    write_file(directory_ / values_file_name("toy"), std::string(kBytes, 'v'));
  }
  std::optional<std::int32_t> clean() const {
    return clean_up_after_killed_bridge(directory_.path(), "toy", kOwnNames);
  }
  bool is_clear(const std::string& name) const {
    return content_of(directory_ / name) == std::string(kBytes, '\0');
  }
  BridgeState state_of_page() const {
    const std::string page = content_of(directory_ / "pitbridge.toy");
    return static_cast<BridgeState>(read_status(std::as_bytes(std::span(page)))->header.state);
  }
  /// Every path of the directory, with its size.
  std::vector<std::string> listing() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path()))
      all.push_back(entry.path().string() + " " +
                    (entry.is_regular_file() ? std::to_string(entry.file_size()) : "-"));
    std::sort(all.begin(), all.end());
    return all;
  }

  TempDirectory directory_;
};

TEST_F(KilledBridge, ItsFilesAreClearedAndItsPageSaysGone) {
  leave_page(kOwnNames);
  leave_files();
  const auto before = listing();
  EXPECT_EQ(clean(), 31);
  for (const std::string& name : kOwnNames) EXPECT_TRUE(is_clear(name)) << name;
  EXPECT_TRUE(is_clear(values_file_name("toy")));
  EXPECT_EQ(state_of_page(), BridgeState::kGone);
  EXPECT_EQ(listing(), before) << "nothing is made, grown or removed";
  EXPECT_EQ(clean(), std::nullopt) << "once is enough";
}

TEST_F(KilledBridge, ANameThatOnlyThePageKnowsIsLeftAlone) {
  leave_page({"toy_car", "precious"});
  leave_files();
  write_file(directory_ / "precious", "short");
  EXPECT_EQ(clean(), 31);
  EXPECT_TRUE(is_clear("toy_car"));
  EXPECT_EQ(content_of(directory_ / "precious"), "short");
}

TEST_F(KilledBridge, NoFileIsMadeOrGrown) {
  leave_page(kOwnNames);
  write_file(directory_ / "toy_car", "short");
  const auto before = listing();
  EXPECT_EQ(clean(), 31);
  EXPECT_EQ(content_of(directory_ / "toy_car"), std::string(5, '\0'));
  EXPECT_EQ(listing(), before);
}

TEST_F(KilledBridge, AFileThatIsLongerThanWhatItHoldsTakesNoMemory) {
  leave_page(kOwnNames);
  write_file(directory_ / "toy_car", "x");
  ASSERT_EQ(::truncate((directory_ / "toy_car").c_str(), 1 << 30), 0);
  EXPECT_EQ(clean(), 31);
  EXPECT_EQ(stat_of(directory_ / "toy_car").st_size, 1 << 30);
  EXPECT_EQ(stat_of(directory_ / "toy_car").st_blocks, 0);
}

TEST_F(KilledBridge, LinksAreNotFollowed) {
  leave_page(kOwnNames);
  const TempDirectory elsewhere;
  write_file(elsewhere / "target", "precious");
  write_file(elsewhere / "toy_race", "precious");
  write_file(directory_ / "two_names", "precious");
  ASSERT_EQ(::symlink(elsewhere.path().c_str(), (directory_ / "SCS").c_str()), 0);
  ASSERT_EQ(::symlink((elsewhere / "target").c_str(), (directory_ / "toy_car").c_str()), 0);
  std::filesystem::remove(directory_ / values_file_name("toy"));
  ASSERT_EQ(::link((directory_ / "two_names").c_str(), (directory_ / values_file_name("toy")).c_str()), 0);
  EXPECT_EQ(clean(), 31);
  EXPECT_EQ(content_of(elsewhere / "target"), "precious");
  EXPECT_EQ(content_of(elsewhere / "toy_race"), "precious");
  EXPECT_EQ(content_of(directory_ / "two_names"), "precious");
}

TEST_F(KilledBridge, APageThatIsALinkTellsNothing) {
  leave_page(kOwnNames);
  leave_files();
  const TempDirectory elsewhere;
  std::filesystem::rename(directory_ / "pitbridge.toy", elsewhere / "page");
  ASSERT_EQ(::symlink((elsewhere / "page").c_str(), (directory_ / "pitbridge.toy").c_str()), 0);
  EXPECT_EQ(clean(), std::nullopt);
  EXPECT_FALSE(is_clear("toy_car"));
}

TEST_F(KilledBridge, AGamesOwnMemoryIsLeftAlone) {
  leave_files();
  const auto file = stat_of(directory_ / "toy_car");
  leave_page(kOwnNames, BridgeState::kAttached, {file.st_dev, file.st_ino});
  EXPECT_EQ(clean(), 31);
  EXPECT_FALSE(is_clear("toy_car"));
  EXPECT_TRUE(is_clear("SCS/toy_race"));
}

TEST_F(KilledBridge, WhereNoneWasKilledNothingIsTouched) {
  EXPECT_EQ(clean(), std::nullopt);
  EXPECT_TRUE(listing().empty()) << "no page is made";
  leave_page(kOwnNames, BridgeState::kStopped);
  leave_files();
  EXPECT_EQ(clean(), std::nullopt);
  EXPECT_FALSE(is_clear("toy_car"));
  EXPECT_EQ(clean_up_after_killed_bridge(directory_ / "missing", "toy", kOwnNames), std::nullopt);
}

TEST_F(KilledBridge, ALivingOneKeepsItsFiles) {
  leave_page(kOwnNames);
  leave_files();
  const auto bridge = StatusFile::open({directory_.path(), "toy", 0600});
  ASSERT_TRUE(bridge);
  EXPECT_EQ(clean(), std::nullopt);
  EXPECT_FALSE(is_clear("toy_car"));
}

}  // namespace
}  // namespace pitbridge
