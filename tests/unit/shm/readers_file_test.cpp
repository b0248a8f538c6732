// SPDX-License-Identifier: MIT
// How a bridge wakes the readers that wait, and only those.
#include "common/posix/shm/readers_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>

#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr mode_t kMode = 0600;

/// A mapped word of a page, as a reader sees it.
class Word {
 public:
  Word(const std::string& path, std::size_t offset_bytes, bool writable) {
    const UniqueFd fd(::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC));
    base_ = ::mmap(nullptr, 4096, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd.get(), 0);
    EXPECT_NE(base_, MAP_FAILED) << path;
    word_ = reinterpret_cast<std::uint32_t*>(static_cast<std::byte*>(base_) + offset_bytes);
  }
  Word(const Word&) = delete;
  Word& operator=(const Word&) = delete;
  ~Word() { ::munmap(base_, 4096); }

  std::uint32_t* get() const { return word_; }
  std::uint32_t load() const { return std::atomic_ref(*word_).load(); }
  void raise() const { std::atomic_ref(*word_).fetch_add(1); }

 private:
  void* base_;
  std::uint32_t* word_;
};

class Readers : public testing::Test {
 protected:
  void SetUp() override {
    install_fault_guard();
    auto page = StatusFile::open({directory_.path(), "toy", kMode});
    ASSERT_TRUE(page) << page.error().message;
    page_ = std::move(*page);
    writer_.emplace(*page_, page_->page());
    writer_->start("toy", "/prefix", 1, 1, {});
  }
  std::string readers_path() const { return directory_ / "pitbridge.toy.readers"; }

  TempDirectory directory_;
  std::unique_ptr<StatusFile> page_;
  std::optional<StatusWriter> writer_;
};

TEST_F(Readers, AnAnnouncementIsSeenOnce) {
  const auto file = ReadersFile::open(*ShmDirectory::open(directory_.path()), "toy", kMode);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE((*file)->anybody_waits()) << "somebody may wait since the bridge before";
  EXPECT_FALSE((*file)->anybody_waits());
  const Word waits(readers_path(), 0, true);
  waits.raise();
  waits.raise();
  EXPECT_TRUE((*file)->anybody_waits());
  EXPECT_FALSE((*file)->anybody_waits());
}

TEST_F(Readers, ThePageIsWritableForWhoeverMayRead) {
  const auto file = ReadersFile::open(*ShmDirectory::open(directory_.path()), "shared", 0640);
  ASSERT_TRUE(file);
  EXPECT_EQ(stat_of(directory_ / "pitbridge.shared.readers").st_mode & 0777U, 0660U);
  EXPECT_EQ(stat_of(readers_path()).st_mode & 0777U, 0600U);
}

TEST_F(Readers, RequestsForValuesAreTold) {
  const std::uint32_t before = writer_->value_requests();
  const Word requests(readers_path(), 4, true);
  requests.raise();
  EXPECT_EQ(writer_->value_requests(), before + 1);
}

/// A reader of its own process waits on the futex word through a read-only map, as the man page says.
TEST_F(Readers, AWaitingProcessIsWokenByAPublication) {
  writer_->announce();  // the first wake is for readers of a bridge before
  const Word word(directory_ / "pitbridge.toy", offsetof(StatusHeader, futex_word), false);
  const Word waits(readers_path(), 0, true);
  const std::uint32_t announced = waits.load();
  const pid_t child = ::fork();
  if (child == 0) {
    const std::uint32_t seen = word.load();
    waits.raise();
    const timespec deadline = {60, 0};
    const long woken = ::syscall(SYS_futex, word.get(), FUTEX_WAIT, seen, &deadline, nullptr, 0);
    ::_exit(woken == 0 ? 0 : errno);
  }
  ASSERT_GT(child, 0);
  // Nothing outside tells that the child sleeps in the kernel but its state.
  const std::string state_path = "/proc/" + std::to_string(child) + "/stat";
  const auto waits_or_ended = [&] {
    const std::string text = content_of(state_path);
    return text.find(") S ") != std::string::npos || text.find(") Z ") != std::string::npos;
  };
  while (waits.load() == announced || !waits_or_ended()) ::sched_yield();
  writer_->announce();
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  // EAGAIN: the word had moved before the wait began, which is as good.
  EXPECT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == EAGAIN) << WEXITSTATUS(status);
}

TEST_F(Readers, ACutPageHurtsNobody) {
  ASSERT_EQ(::truncate(readers_path().c_str(), 0), 0);
  writer_->announce();
  EXPECT_EQ(writer_->value_requests(), 0U);
  const auto repaired = page_->check();
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_EQ(stat_of(readers_path()).st_size, 4096);
}

TEST_F(Readers, AnUnlinkedPageIsMadeAnew) {
  ASSERT_EQ(::unlink(readers_path().c_str()), 0);
  ASSERT_TRUE(page_->check());
  const Word requests(readers_path(), 4, true);
  requests.raise();
  EXPECT_EQ(writer_->value_requests(), 1U);
}

}  // namespace
}  // namespace pitbridge
