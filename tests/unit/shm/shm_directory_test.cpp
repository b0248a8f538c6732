// SPDX-License-Identifier: MIT
// A directory that somebody takes away or swaps while a bridge runs.
#include "common/posix/region/shm_directory.hpp"

#include <gtest/gtest.h>

#include "common/posix/shm/shm_file.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

namespace fs = std::filesystem;

class ShmDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(path_);
    fs::create_directory(elsewhere_);
    auto opened = ShmDirectory::open(path_);
    ASSERT_TRUE(opened) << opened.error().message;
    shm_ = std::move(*opened);
  }
  std::unique_ptr<ShmFile> file(std::string_view name = "toy") const {
    auto opened = ShmFile::open(shm_, name, 100, 0600);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }

  TempDirectory directory_;
  std::string path_ = directory_ / "shm";
  std::string elsewhere_ = directory_ / "elsewhere";
  std::shared_ptr<ShmDirectory> shm_;
};

TEST_F(ShmDirectoryTest, ALinkInItsPlaceIsNotFollowed) {
  const auto toy = file();
  write_file(elsewhere_ + "/toy", "precious");
  fs::rename(path_, directory_ / "moved");
  fs::create_directory_symlink(elsewhere_, path_);
  const auto checked = toy->check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(checked.error().message.find("symbolic link"), std::string::npos) << checked.error().message;
  EXPECT_NE(checked.error().message.find("put the directory back"), std::string::npos);
  EXPECT_NE(file("second"), nullptr) << "what is made now is made in the directory that is held";
  EXPECT_TRUE(fs::exists(directory_ / "moved/second"));
  EXPECT_EQ(content_of(elsewhere_ + "/toy"), "precious");
  EXPECT_EQ(std::distance(fs::directory_iterator(elsewhere_), {}), 1);
  fs::remove(path_);
  fs::rename(directory_ / "moved", path_);
  EXPECT_TRUE(toy->check()) << "it is back";
}

TEST_F(ShmDirectoryTest, ALinkFurtherUpIsNotFollowedEither) {
  const std::string deep = path_ + "/deep";
  fs::create_directory(deep);
  fs::create_directory(elsewhere_ + "/deep");
  const auto below = ShmDirectory::open(deep);
  ASSERT_TRUE(below);
  fs::rename(path_, directory_ / "moved");
  fs::create_directory_symlink(elsewhere_, path_);
  EXPECT_FALSE((*below)->check());
}

TEST_F(ShmDirectoryTest, ALinkThatWasThereFromTheStartIsFollowed) {
  const std::string link = directory_ / "link";
  fs::create_directory_symlink(path_, link);
  const auto opened = ShmDirectory::open(link);
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->path(), link);
  const auto toy = ShmFile::open(*opened, "toy", 100, 0600);
  ASSERT_TRUE(toy);
  EXPECT_TRUE((*toy)->check());
  fs::remove(link);
  fs::create_directory_symlink(elsewhere_, link);
  EXPECT_TRUE((*toy)->check());
  EXPECT_TRUE(fs::is_empty(elsewhere_)) << "this once";
}

TEST_F(ShmDirectoryTest, ADirectoryThatIsMadeAnewIsTakenUp) {
  const auto toy = file();
  fs::remove_all(path_);
  EXPECT_FALSE(toy->check());
  fs::create_directory(path_);
  const auto checked = toy->check();
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_TRUE(*checked);
  EXPECT_TRUE(fs::exists(path_ + "/toy"));
}

}  // namespace
}  // namespace pitbridge
