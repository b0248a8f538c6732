// SPDX-License-Identifier: MIT
#include "common/posix/system/data_pages.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "common/posix/system/fd.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kSize = 1024 * kPage;

/// A section as a game makes it: large, and written in few places.
class DataPagesTest : public testing::Test {
 protected:
  DataPagesTest() : section_(::memfd_create("section", MFD_CLOEXEC)) {
    if (!section_ || ::ftruncate(section_.get(), kSize) != 0) std::abort();
  }
  void write_at(std::size_t offset) const {
    ASSERT_EQ(::pwrite(section_.get(), "x", 1, static_cast<off_t>(offset)), 1);
  }
  std::size_t memory_bytes() const {
    struct stat file = {};
    return ::fstat(section_.get(), &file) == 0 ? static_cast<std::size_t>(file.st_blocks) * 512 : 0;
  }
  /// Reads all as a bridge does, by a map; how many bytes were not zero.
  std::size_t read_all(DataPages& pages) const {
    const auto* map =
        static_cast<const char*>(::mmap(nullptr, kSize, PROT_READ, MAP_SHARED, section_.get(), 0));
    EXPECT_NE(map, MAP_FAILED);
    std::size_t set = 0;
    for (std::size_t at = 0; at < kSize;) {
      const auto run = pages.run_at(at, kSize - at);
      EXPECT_GT(run.size_bytes, 0U);
      if (run.size_bytes == 0) break;
      if (run.has_data)
        for (std::size_t i = 0; i < run.size_bytes; ++i) set += map[at + i] != 0 ? 1 : 0;
      at += run.size_bytes;
    }
    ::munmap(const_cast<char*>(map), kSize);
    return set;
  }

  UniqueFd section_;
};

TEST_F(DataPagesTest, ReadingTouchesNoPageThatNobodyHasWritten) {
  write_at(5 * kPage + 7);
  write_at(kSize - 1);
  DataPages pages(section_.get(), kSize);
  const std::size_t before = memory_bytes();
  EXPECT_EQ(read_all(pages), 2U);
  EXPECT_EQ(memory_bytes(), before);
  EXPECT_LT(before, 64 * kPage);
}

TEST_F(DataPagesTest, WhatIsWrittenLaterIsSeen) {
  DataPages pages(section_.get(), kSize);
  EXPECT_EQ(read_all(pages), 0U);
  for (const std::size_t offset : {std::size_t{0}, 9 * kPage, 10 * kPage, kSize - kPage}) write_at(offset);
  EXPECT_EQ(read_all(pages), 4U);
  EXPECT_EQ(read_all(pages), 4U);
}

TEST_F(DataPagesTest, ARunBeginsAndEndsWithinPages) {
  write_at(2 * kPage);
  DataPages pages(section_.get(), kSize);
  EXPECT_FALSE(pages.run_at(kPage + 100, 50).has_data);
  EXPECT_EQ(pages.run_at(kPage + 100, 50).size_bytes, 50U);
  EXPECT_EQ(pages.run_at(kPage + 100, 3 * kPage).size_bytes, kPage - 100);
  const auto data = pages.run_at(2 * kPage + 10, 3 * kPage);
  EXPECT_TRUE(data.has_data);
  EXPECT_EQ(data.size_bytes, kPage - 10);
}

TEST_F(DataPagesTest, WithoutADescriptorEverythingIsRead) {
  DataPages pages(-1, kSize);
  EXPECT_TRUE(pages.run_at(0, kSize).has_data);
  EXPECT_EQ(pages.run_at(0, kSize).size_bytes, kSize);
}

}  // namespace
}  // namespace pitbridge
