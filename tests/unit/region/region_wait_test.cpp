// SPDX-License-Identifier: MIT
#include "common/posix/region/region_wait.hpp"

#include <sys/resource.h>

#include "tests/unit/support/region_room.hpp"

namespace pitbridge {
namespace {

class RegionWait : public RegionRoom {
 protected:
  Expected<WaitEnd> wait(std::int64_t deadline_ns, int stop_fd = -1, const RegionTrust& trust = {}) const {
    return wait_for_region(shm(), "toy", trust, deadline_ns, stop_fd);
  }
  /// Whether a wait that is under way ends so by what `work` does.
  template <typename Work>
  bool ends_by(WaitEnd end, Work work, const RegionTrust& trust = {}, int stop_fd = -1) const {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(wait(in_ten_seconds(), stop_fd, trust) == end ? 0 : 1);
    EXPECT_TRUE(sleeps_in(SYS_ppoll, child));
    [[maybe_unused]] const auto kept = work();
    int status = -1;
    ::waitpid(child, &status, 0);
    return status == 0;
  }
};

TEST_F(RegionWait, EndsAtOnceWhereThereIsOne) {
  EXPECT_EQ(wait(kNow), WaitEnd::kTimedOut);
  const auto out = publisher();
  EXPECT_EQ(wait(kNow), WaitEnd::kThere);
}

TEST_F(RegionWait, EndsWhenTheRegionComes) {
  EXPECT_TRUE(ends_by(WaitEnd::kThere, [&] {
    write_file(directory_ / "another", "x");
    return publisher();
  }));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_TRUE(ends_by(WaitEnd::kThere,
                      [&] {
                        write_file(path_, "");  // as bridges make theirs: the name first, then the size
                        return ::truncate(path_.c_str(), 100);
                      },
                      {.is_bare = true}));
}

TEST_F(RegionWait, EndsWhenItsCallerStopsIt) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_TRUE(ends_by(
      WaitEnd::kStopped, [&] { return ::write(ends[1], "x", 1); }, {}, ends[0]));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(RegionWait, SaysThatWhatComesIsNotToBeBelieved) {
  write_file(path_, "no region");
  const auto end = wait(in_ten_seconds());
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ExitCode::kOutputRefused);
}

TEST_F(RegionWait, SaysThatTheDirectoryHasGone) {
  const std::string sub = directory_ / "sub";
  ASSERT_EQ(::mkdir(sub.c_str(), 0700), 0);
  const auto held = *ShmDirectory::open(sub);
  ASSERT_EQ(::rmdir(sub.c_str()), 0);
  EXPECT_FALSE(wait_for_region(held, "toy", {}, in_ten_seconds(), -1));
  ASSERT_EQ(::mkdir(sub.c_str(), 0700), 0);
  const auto again = *ShmDirectory::open(sub);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(wait_for_region(again, "toy", {}, in_ten_seconds(), -1) ? 1 : 0);
  EXPECT_TRUE(sleeps_in(SYS_ppoll, child));
  EXPECT_TRUE(sleeps_in(SYS_ppoll, child));
  ASSERT_EQ(::rmdir(sub.c_str()), 0);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(RegionWait, WithoutADescriptorTheLimitIsNamed) {
  const auto directory = shm();
  const pid_t child = ::fork();
  if (child == 0) {
    const int next = ::dup(0);
    const rlimit none = {static_cast<rlim_t>(next), static_cast<rlim_t>(next)};
    ::close(next);
    ::setrlimit(RLIMIT_NOFILE, &none);
    const auto end = wait_for_region(directory, "toy", {}, in_ten_seconds(), -1);
    ::_exit(!end && end.error().message.find("ulimit -n") != std::string::npos ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pitbridge
