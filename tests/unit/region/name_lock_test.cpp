// SPDX-License-Identifier: MIT
#include "common/posix/region/name_lock.hpp"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "common/posix/region/byte_lock.hpp"
#include "tests/unit/support/held_child.hpp"
#include "tests/unit/support/other_user.hpp"

namespace pitbridge {
namespace {

class NameLockTest : public SharedDirectoryTest {
 protected:
  void SetUp() override {}  // most of it needs no other user

  Expected<NameLock> take(std::string_view name = "toy") const {
    auto directory = ShmDirectory::open(directory_.path());
    EXPECT_TRUE(directory);
    return NameLock::take(std::move(*directory), name);
  }
  std::optional<pid_t> holder() const {
    return holder_of_name(**ShmDirectory::open(directory_.path()), "toy");
  }
  bool is_there() const { return ::access(path_.c_str(), F_OK) == 0; }

  std::string path_ = directory_ / "toy.lock";
};

TEST_F(NameLockTest, TheSecondIsToldWhoHasTheName) {
  const auto first = take();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0600U);
  EXPECT_EQ(holder(), ::getpid());
  const auto second = take();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
  EXPECT_NE(second.error().message.find("pid " + std::to_string(::getpid())), std::string::npos)
      << second.error().message;
  EXPECT_TRUE(take("other")) << "another name is free";
}

TEST_F(NameLockTest, LeavesNothingBehind) {
  ASSERT_TRUE(take());
  EXPECT_FALSE(is_there());
  EXPECT_EQ(holder(), std::nullopt);
  EXPECT_TRUE(take());
}

TEST_F(NameLockTest, AKilledHolderIsInNobodysWay) {
  {
    const HeldChild child([&] { return std::make_unique<Expected<NameLock>>(take()); });
    ASSERT_TRUE(child.is_there());
    EXPECT_EQ(holder(), child.pid());
    EXPECT_FALSE(take());
  }
  EXPECT_TRUE(is_there()) << "nobody was left to remove it";
  EXPECT_EQ(holder(), std::nullopt);
  const auto next = take();
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(holder(), ::getpid());
}

/// Lets a stopped child, which is traced, go on until it is about to take a lock. False: it never does.
bool runs_until_it_locks(pid_t child) {
  for (int status = 0; ::waitpid(child, &status, 0) == child && WIFSTOPPED(status);) {
    // Without the first there is nothing to be got of a call.
    constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, kOptions);
    __ptrace_syscall_info info = {};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) > 0 &&
        info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_fcntl &&
        info.entry.args[1] == F_OFD_SETLK)
      return true;
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
  }
  return false;
}

TEST_F(NameLockTest, WhoOpenedTheFileBeforeItWasRemovedDoesNotGetTheName) {
  auto first = std::make_unique<Expected<NameLock>>(take());
  const pid_t late = ::fork();
  if (late == 0) {
    first.reset();  // it shares the lock that its parent has
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    const auto lock = take();
    ::_exit(!lock && lock.error().code == ExitCode::kAlreadyRunning ? 0 : 1);
  }
  ASSERT_TRUE(runs_until_it_locks(late));
  first.reset();
  const auto second = take();
  ASSERT_TRUE(second);
  ASSERT_EQ(::ptrace(PTRACE_DETACH, late, nullptr, nullptr), 0);
  int status = -1;
  ASSERT_EQ(::waitpid(late, &status, 0), late);
  EXPECT_EQ(status, 0) << "it has locked a file that was removed";
  EXPECT_TRUE(second->is_at_path());
}

TEST_F(NameLockTest, TellsThatSomebodyHasRemovedTheFile) {
  const auto first = take();
  ASSERT_TRUE(first);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_FALSE(first->is_at_path());
  const auto second = take();
  ASSERT_TRUE(second);
  EXPECT_FALSE(first->is_at_path());
  EXPECT_TRUE(second->is_at_path());
}

TEST_F(NameLockTest, TheEndOfAForkedChildRemovesNothing) {
  auto lock = std::make_unique<Expected<NameLock>>(take());
  const pid_t child = ::fork();
  if (child == 0) {
    lock.reset();
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(is_there());
  EXPECT_FALSE(take());
}

TEST_F(NameLockTest, AFileThatOthersMayOpenIsClosedToThem) {
  write_file(path_, "");
  ASSERT_EQ(::chmod(path_.c_str(), 0666), 0);
  ASSERT_TRUE(take()) << "and is removed";
  write_file(path_, "");
  ASSERT_EQ(::chmod(path_.c_str(), 0666), 0);
  const auto lock = take();
  ASSERT_TRUE(lock);
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0600U);
}

TEST_F(NameLockTest, WhatIsNoPlainFileIsRefused) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  auto lock = take();
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ExitCode::kOutputRefused);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  ASSERT_EQ(::symlink((directory_ / "elsewhere").c_str(), path_.c_str()), 0);
  EXPECT_FALSE(take());
  EXPECT_NE(::access((directory_ / "elsewhere").c_str(), F_OK), 0);
}

TEST_F(NameLockTest, BadNamesAreRefused) {
  const std::string bad[] = {"",
                             "a/b",
                             "..",
                             ".",
                             ".hidden",
                             "../x",
                             std::string("a\nb"),
                             "a\x7f",
                             "x.lock",
                             "x.stream",
                             "/",
                             std::string("a\0b", 3),
                             std::string(300, 'x')};
  for (const std::string& name : bad) {
    const auto lock = take(name);
    ASSERT_FALSE(lock) << name;
    EXPECT_EQ(lock.error().code, ExitCode::kUsage) << name;
    for (const char c : lock.error().message) EXPECT_GE(c, ' ') << lock.error().message;
  }
  EXPECT_TRUE(take(std::string(200, 'x')));
  EXPECT_TRUE(take("Gänge & Öl"));
}

TEST_F(NameLockTest, WithoutADescriptorTheLimitIsNamed) {
  auto directory = ShmDirectory::open(directory_.path());
  ASSERT_TRUE(directory);
  const pid_t child = ::fork();
  if (child == 0) {
    const UniqueFd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit none = {static_cast<rlim_t>(next.get()), static_cast<rlim_t>(next.get())};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const auto lock = NameLock::take(*directory, "toy");
    ::_exit(!lock && lock.error().message.find("ulimit -n") != std::string::npos ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

class ForeignNameLock : public SharedDirectoryTest {};

TEST_F(ForeignNameLock, AFileOfAnotherUserIsNamedAndNotBelieved) {
  const auto directory = *ShmDirectory::open(directory_.path());
  const HeldChild other([&]() -> std::unique_ptr<UniqueFd> {
    if (!become_other_user()) return nullptr;
    const std::string path = directory_ / "toy.lock";
    auto fd = std::make_unique<UniqueFd>(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    ::fchmod(fd->get(), 0666);
    return take_byte(fd->get(), 0) ? std::move(fd) : nullptr;
  });
  ASSERT_TRUE(other.is_there());
  EXPECT_EQ(holder_of_name(*directory, "toy"), std::nullopt);
  const auto lock = NameLock::take(directory, "toy");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(lock.error().message.find("belongs to user 12345"), std::string::npos) << lock.error().message;
  EXPECT_EQ(lock.error().message.find("--shm-dir"), std::string::npos) << "an option of the bridges";
}

TEST_F(ForeignNameLock, OthersCannotOpenOurs) {
  const auto lock = NameLock::take(*ShmDirectory::open(directory_.path()), "toy");
  ASSERT_TRUE(lock);
  EXPECT_EQ(as_other_user(
                [&] { return ::open((directory_ / "toy.lock").c_str(), O_RDONLY | O_CLOEXEC) < 0 ? 0 : 1; }),
            0);
}

}  // namespace
}  // namespace pitbridge
