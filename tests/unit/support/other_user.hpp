// SPDX-License-Identifier: MIT
#pragma once

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {

/// A user who is not us. Nobody of this number has to exist.
inline constexpr uid_t kOtherUser = 12345;

/// For a process that the test has forked, and for good. False: it could not.
inline bool become_other_user() {
  return ::setgroups(0, nullptr) == 0 && ::setgid(kOtherUser) == 0 && ::setuid(kOtherUser) == 0;
}

/// Does `work`, which returns an exit status, as another user of the host, in a child process. -1: the child
/// could not become that user, or did not end by itself.
template <typename Work>
int as_other_user(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!become_other_user()) ::_exit(255);
    ::_exit(work());
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status) == 255 ? -1 : WEXITSTATUS(status);
}

/// A directory in which everybody may make files, as /dev/shm is. Its tests need root, which alone can be two
/// users.
class SharedDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can act as another user; run the tests as root for this";
    ASSERT_EQ(::chmod(directory_.path().c_str(), 01777), 0);
  }

  TempDirectory directory_;
};

}  // namespace pitbridge
