// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <array>

#include "common/posix/system/system_error.hpp"
#include "tests/unit/support/region_room.hpp"

namespace pitbridge {
namespace {

std::unique_ptr<RegionPublisher> anonymous(const RegionRequest& request = {.data_bytes = 100},
                                           bool keeps_writing = false) {
  auto made = RegionPublisher::create_anonymous("toy", request, keeps_writing);
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

std::unique_ptr<RegionReader> by_descriptor(int fd, bool is_bare = false) {
  auto opened = RegionReader::open_descriptor(fd, is_bare);
  EXPECT_TRUE(opened) << opened.error().message;
  return opened ? std::move(*opened) : nullptr;
}

TEST(AnonymousRegion, IsReadByItsDescriptor) {
  auto out = anonymous();
  const auto in = by_descriptor(out->fd());
  publish_text(*out, "hello", 95);
  EXPECT_EQ(text_in(*in, 5, 95), "hello");
  std::array<std::byte, 5> bytes = {};
  EXPECT_EQ(in->read(96, bytes, nullptr), RegionAnswer::kOutside);
  const auto all = in->data();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 100U);
  EXPECT_EQ((*all)[95], std::byte{'h'});
  EXPECT_EQ(in->publisher_lives(), std::nullopt);
  RegionStamp stamp = stamp_in(*in);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kTimedOut);
  ASSERT_EQ(out->begin_update(), RegionAnswer::kDone);
  EXPECT_EQ(in->read(0, {}, nullptr), RegionAnswer::kBusy);
  ASSERT_EQ(out->end_update(), RegionAnswer::kDone);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kDone);
  out.reset();
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kDone);
  EXPECT_TRUE(stamp.has_left);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kLeft);
}

TEST(AnonymousRegion, NobodyCanCutIt) {
  const auto out = anonymous();
  EXPECT_NE(::ftruncate(out->fd(), 0), 0);
  EXPECT_NE(::ftruncate(out->fd(), 1'000'000), 0);
  EXPECT_NE(::fcntl(out->fd(), F_ADD_SEALS, F_SEAL_WRITE), 0) << "and nobody can seal the publisher out";
  EXPECT_FALSE(out->grow(1'000'000));
  EXPECT_FALSE(out->unlink());
}

TEST(AnonymousRegion, MayKeepItsReadersFromWriting) {
  const auto out = anonymous({.data_bytes = 100}, true);
  EXPECT_LT(::pwrite(out->fd(), "x", 1, 4096), 0);
  EXPECT_EQ(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, out->fd(), 0), MAP_FAILED);
  publish_text(*out, "the publisher can");
  EXPECT_EQ(text_in(*by_descriptor(out->fd()), 17), "the publisher can");
  const auto open = anonymous();
  EXPECT_EQ(::pwrite(open->fd(), "x", 1, 4096), 1) << "without it they could";
}

TEST(AnonymousRegion, MayBeBare) {
  const auto out = anonymous({.data_bytes = 100, .is_bare = true});
  publish_text(*out, "bytes");
  char text[5];
  ASSERT_EQ(::pread(out->fd(), text, sizeof text, 0), 5);
  EXPECT_EQ(std::string_view(text, 5), "bytes");
  EXPECT_EQ(text_in(*by_descriptor(out->fd(), true), 5), "bytes");
  EXPECT_FALSE(RegionReader::open_descriptor(out->fd(), false)) << "it has no header";
}

TEST(AnonymousRegion, ADescriptorThatCanBeCutIsRefused) {
  const auto refused = [](int fd) {
    const auto opened = RegionReader::open_descriptor(fd, true);
    return !opened && opened.error().code == ExitCode::kOutputRefused;
  };
  EXPECT_TRUE(refused(-1));
  const TempDirectory directory;
  write_file(directory / "file", "x");
  const UniqueFd file(::open((directory / "file").c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_TRUE(refused(file.get()));
  const UniqueFd memory(::memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(memory.get(), 4096), 0);
  EXPECT_TRUE(refused(memory.get()));
  ASSERT_EQ(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
  EXPECT_TRUE(refused(memory.get()));
  ASSERT_EQ(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_GROW), 0);
  EXPECT_FALSE(refused(memory.get()));
}

TEST(AnonymousRegion, AHostileHeaderIsRefusedNowAndLater) {
  const auto out = anonymous();
  const auto in = by_descriptor(out->fd());
  const std::uint64_t hostile = 1U << 20U;
  ASSERT_EQ(::pwrite(out->fd(), &hostile, sizeof hostile, offsetof(RegionHeader, data_bytes)), 8);
  EXPECT_FALSE(RegionReader::open_descriptor(out->fd(), false));
  std::array<std::byte, 8> bytes = {};
  EXPECT_NE(in->read(hostile - 8, bytes, nullptr), RegionAnswer::kDone);
  EXPECT_NE(in->read(4096 - 4, bytes, nullptr), RegionAnswer::kDone) << "half of it lies in the memory";
  EXPECT_FALSE(in->data());
}

TEST(AnonymousRegion, SaysThatASandboxForbidsIt) {
  const pid_t child = ::fork();
  if (child == 0) {
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_create, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program = {4, filter};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
      ::_exit(77);
    const auto made = RegionPublisher::create_anonymous("toy", {.data_bytes = 100}, false);
    ::_exit(!made && made.error().message.find("memfd_create") != std::string::npos &&
                    made.error().message.find("use a region with a name") != std::string::npos
                ? 0
                : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "needs a filter of system calls";
  EXPECT_EQ(status, 0);
}

TEST(AnonymousRegion, BadLabelsAndSizesAreRefused) {
  EXPECT_FALSE(RegionPublisher::create_anonymous("a/b", {.data_bytes = 1}, false));
  EXPECT_FALSE(RegionPublisher::create_anonymous("toy", {.data_bytes = 0}, false));
}

TEST(AnonymousRegion, MoreThanTheMachineHasIsRefusedBeforeTheKernelKillsForIt) {
  const pid_t child = ::fork();
  if (child == 0) {
    // Where the test fails, this limit stands between it and the machine's memory.
    const rlimit little = {1U << 20U, 1U << 20U};
    ::signal(SIGXFSZ, SIG_IGN);
    if (::setrlimit(RLIMIT_FSIZE, &little) != 0) ::_exit(2);
    const auto made = RegionPublisher::create_anonymous("toy", {.data_bytes = kMaxRegionBytes}, false);
    ::_exit(!made && made.error().message.find(system_message(ENOMEM)) != std::string::npos ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pitbridge
