// SPDX-License-Identifier: MIT
// What a consumer can alter with the descriptors that it gets: of the ring nothing, of its page the bytes, of
// the eventfd nothing.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "tests/unit/stream/stream_fixture.hpp"

namespace pitbridge {
namespace {

std::string path_of(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

std::vector<std::byte> bytes_of(int fd) {
  struct stat found = {};
  EXPECT_EQ(::fstat(fd, &found), 0);
  std::vector<std::byte> bytes(static_cast<std::size_t>(found.st_size));
  EXPECT_EQ(::pread(fd, bytes.data(), bytes.size(), 0), found.st_size);
  return bytes;
}

class StreamSealing : public StreamTest {
 protected:
  void SetUp() override {
    start();
    raw_ = raw_consumer(shm(), *producer_);
    reader_ = attached();
    publish(0, 5);
  }

  RawConsumer raw_;
  std::unique_ptr<StreamConsumer> reader_;
};

/// By each call of the system that changes a file. All must fail, on any descriptor of the ring.
void expect_unwritable(int fd) {
  const char junk[64] = "junk";
  iovec part = {const_cast<char*>(junk), sizeof junk};
  EXPECT_LT(::write(fd, junk, sizeof junk), 0);
  EXPECT_LT(::pwrite(fd, junk, sizeof junk, 0), 0);
  EXPECT_LT(::pwritev2(fd, &part, 1, 0, RWF_APPEND), 0);
  EXPECT_LT(::ftruncate(fd, 0), 0);
  EXPECT_LT(::ftruncate(fd, 1 << 20), 0);
  EXPECT_LT(::fallocate(fd, 0, 0, 1 << 20), 0);
  EXPECT_LT(::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), 0);
  EXPECT_LT(::fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, 4096), 0);
  EXPECT_LT(::fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096), 0);
  EXPECT_LT(::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
  EXPECT_EQ(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
  const UniqueFd source(::memfd_create("junk", MFD_CLOEXEC));
  EXPECT_EQ(::write(source.get(), junk, sizeof junk), ssize_t{sizeof junk});
  off_t begin = 0;
  EXPECT_LT(::sendfile(fd, source.get(), &begin, sizeof junk), 0);
  off_t from = 0, to = 0;
  EXPECT_LT(::copy_file_range(source.get(), &from, fd, &to, sizeof junk, 0), 0);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reads(ends[0]), writes(ends[1]);
  EXPECT_EQ(::write(writes.get(), junk, sizeof junk), ssize_t{sizeof junk});
  to = 0;
  EXPECT_LT(::splice(reads.get(), nullptr, fd, &to, sizeof junk, SPLICE_F_NONBLOCK), 0);
}

TEST_F(StreamSealing, NobodyElseWritesIntoTheRingByItsDescriptor) {
  const auto before = bytes_of(raw_.ring());
  expect_unwritable(raw_.ring());
  EXPECT_EQ(bytes_of(raw_.ring()), before);
  expect_all_is_well(*reader_);
}

TEST_F(StreamSealing, NorByOpeningItAgain) {
  const auto before = bytes_of(raw_.ring());
  ASSERT_EQ(::fchmod(raw_.ring(), 0666), 0) << "the owner may do that, and gains nothing by it";
  const UniqueFd again(::open(path_of(raw_.ring()).c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(again);
  expect_unwritable(again.get());
  EXPECT_FALSE(UniqueFd(::open(path_of(raw_.ring()).c_str(), O_RDWR | O_TRUNC | O_CLOEXEC)));
  EXPECT_LT(::truncate(path_of(raw_.ring()).c_str(), 0), 0);
  EXPECT_EQ(bytes_of(raw_.ring()), before);
  expect_all_is_well(*reader_);
}

TEST_F(StreamSealing, NorByAViewOfIt) {
  const auto before = bytes_of(raw_.ring());
  void* view = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, raw_.ring(), 0);
  ASSERT_NE(view, MAP_FAILED);
  EXPECT_LT(::mprotect(view, 4096, PROT_READ | PROT_WRITE), 0);
  EXPECT_LT(::madvise(view, 4096, MADV_REMOVE), 0);
  // Some kernels write where the view does not let them, for debuggers; but never into what is shared.
  char junk[64] = "junk";
  const UniqueFd memory(::open("/proc/self/mem", O_RDWR | O_CLOEXEC));
  EXPECT_LT(
      ::pwrite(memory.get(), junk, sizeof junk, static_cast<off_t>(reinterpret_cast<std::uintptr_t>(view))),
      0);
  iovec from = {junk, sizeof junk}, to = {view, sizeof junk};
  EXPECT_LT(::process_vm_writev(::getpid(), &from, 1, &to, 1, 0), 0);
  // A system call that fills memory.
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reads(ends[0]), writes(ends[1]);
  EXPECT_EQ(::write(writes.get(), junk, sizeof junk), ssize_t{sizeof junk});
  EXPECT_LT(::read(reads.get(), view, sizeof junk), 0);
  // A private view may be written, and is nobody else's.
  void* own = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, raw_.ring(), 0);
  ASSERT_NE(own, MAP_FAILED);
  std::memset(own, 0x55, 4096);
  EXPECT_EQ(bytes_of(raw_.ring()), before);
  ::munmap(own, 4096);
  ::munmap(view, 4096);
  expect_all_is_well(*reader_);
}

TEST_F(StreamSealing, ThePageCannotBeCutSealedOrLengthened) {
  EXPECT_LT(::ftruncate(raw_.page(), 0), 0);
  EXPECT_LT(::ftruncate(raw_.page(), 1 << 20), 0);
  EXPECT_LT(::fallocate(raw_.page(), 0, 0, 1 << 20), 0);
  EXPECT_LT(::fcntl(raw_.page(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  expect_all_is_well(*reader_);
}

TEST_F(StreamSealing, APageThatIsTakenAwayIsZeros) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(::fallocate(raw_.page(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, kConsumerPageBytes), 0);
    publish(producer_->hub().next_sequence(), 1);
  }
  expect_all_is_well(*reader_);
}

TEST_F(StreamSealing, TheEventIsOutOfReach) {
  // Neither written nor read: it is an epoll descriptor.
  std::uint64_t most = ~std::uint64_t{1};
  EXPECT_LT(::write(raw_.waking(), &most, sizeof most), 0);
  EXPECT_LT(::read(raw_.waking(), &most, sizeof most), 0);
  EXPECT_EQ(::fcntl(raw_.waking(), F_SETFL, 0), 0);
  // What is watched there is found by the descriptor that the producer has.
  const int status = status_of([&] {
    const int alone = ::fcntl(raw_.waking(), F_DUPFD_CLOEXEC, 300);
    if (::close_range(3, 299, 0) != 0) return 1;
    epoll_event event = {};
    for (int fd = 0; fd < 400; ++fd)
      if (::epoll_ctl(alone, EPOLL_CTL_DEL, fd, &event) == 0 ||
          ::epoll_ctl(alone, EPOLL_CTL_MOD, fd, &event) == 0)
        return 2;
    return 0;
  });
  EXPECT_EQ(status, 0);
  expect_all_is_well(*reader_);
}

TEST_F(StreamSealing, MemoryThatCouldBeCutIsRefused) {
  UniqueFd loose(::memfd_create("loose", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(loose.get(), 8192), 0);
  ASSERT_EQ(::fcntl(loose.get(), F_ADD_SEALS, F_SEAL_GROW), 0);
  EXPECT_FALSE(SealedMemory::of(std::move(loose), SealedMemory::Others::kRead));
  EXPECT_FALSE(
      SealedMemory::of(UniqueFd(::open("/dev/zero", O_RDWR | O_CLOEXEC)), SealedMemory::Others::kRead));
  EXPECT_FALSE(SealedMemory::of(UniqueFd(), SealedMemory::Others::kRead));
}

/// Large pages may be missing when they are touched.
TEST_F(StreamSealing, SealedMemoryOfLargePagesIsRefused) {
  UniqueFd large(::memfd_create("large", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB));
  if (!large) GTEST_SKIP() << "this kernel has no large pages";
  ASSERT_EQ(::fcntl(large.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK), 0);
  const auto memory = SealedMemory::of(std::move(large), SealedMemory::Others::kRead);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().code, ExitCode::kOutputRefused);
}

}  // namespace
}  // namespace pitbridge
