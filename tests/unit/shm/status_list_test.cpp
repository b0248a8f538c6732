// SPDX-License-Identifier: MIT
#include "common/posix/shm/status_list.hpp"

#include "common/posix/shm/status_file.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

TEST(StatusList, GivesEveryPageAndWhoLives) {
  const TempDirectory directory;
  EXPECT_TRUE(status_entries(directory.path()).empty());
  const std::vector<std::string> files = {"acpmf_physics"};
  auto live = StatusFile::open({directory.path(), "ac", 0600});
  ASSERT_TRUE(live);
  StatusWriter((**live), (*live)->page()).start("ac", "/p", 42, 7, files);
  {
    auto left = StatusFile::open({directory.path(), "other", 0600});
    ASSERT_TRUE(left);
    StatusWriter((**left), (*left)->page()).start("other", "/q", 43, 8, files);
  }
  write_file(directory / "pitbridge.short", "short");
  write_file(directory / "pitbridge.zeros", std::string(kStatusPageBytes, '\0'));
  write_file(directory / "pitbridgeXac", content_of(directory / "pitbridge.ac"));
  std::filesystem::create_directory(directory / "pitbridge.directory");
  const auto all = status_entries(directory.path());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].sim, "ac");
  EXPECT_TRUE(all[0].bridge_runs);
  EXPECT_EQ(all[0].status.header.bridge_pid, 42);
  EXPECT_EQ(all[1].sim, "other");
  EXPECT_FALSE(all[1].bridge_runs);
  EXPECT_EQ(fixed_text(all[1].status.header.prefix), "/q");
}

}  // namespace
}  // namespace pitbridge
