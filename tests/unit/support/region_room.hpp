// SPDX-License-Identifier: MIT
#pragma once

#include <sys/syscall.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "common/posix/region/region.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/other_user.hpp"

namespace pitbridge {

inline constexpr std::int64_t kNow = 0;
/// For what has to come; a test that waits so long has failed.
inline std::int64_t in_ten_seconds() {
  return MonotonicClock().now_ns() + 10'000'000'000;
}

/// Looks until the child sleeps in this system call; false when it does not get there.
inline bool sleeps_in(long system_call, pid_t child) {
  const std::string wanted = std::to_string(system_call) + " ";
  const std::string path = "/proc/" + std::to_string(child) + "/syscall";
  const std::int64_t deadline = in_ten_seconds();
  while (MonotonicClock().now_ns() < deadline) {
    if (content_of(path).starts_with(wanted)) return true;
    ::usleep(100);
  }
  return false;
}

/// Looks until the child has slept in this system call at so many looks in a row; a child that turns without
/// end does not get there.
inline bool stays_in(long system_call, pid_t child) {
  constexpr int kLooks = 200;
  const std::string wanted = std::to_string(system_call) + " ";
  const std::string path = "/proc/" + std::to_string(child) + "/syscall";
  const std::int64_t deadline = in_ten_seconds();
  for (int looks = 0; MonotonicClock().now_ns() < deadline; ::usleep(100)) {
    looks = content_of(path).starts_with(wanted) ? looks + 1 : 0;
    if (looks == kLooks) return true;
  }
  return false;
}

/// Regions in a directory of the test's own, in which others may make files.
class RegionRoom : public testing::Test {
 protected:
  RegionRoom() { EXPECT_EQ(::chmod(directory_.path().c_str(), 01777), 0); }

  std::shared_ptr<ShmDirectory> shm() const { return *ShmDirectory::open(directory_.path()); }
  Expected<std::unique_ptr<RegionPublisher>> create(std::uint64_t data_bytes = 8,
                                                    const RegionRequest& request = {}) const {
    RegionRequest asked = request;
    asked.data_bytes = data_bytes;
    return RegionPublisher::create(shm(), "toy", asked);
  }
  std::unique_ptr<RegionPublisher> publisher(std::uint64_t data_bytes = 8,
                                             const RegionRequest& request = {}) const {
    auto made = create(data_bytes, request);
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : nullptr;
  }
  Expected<std::unique_ptr<RegionReader>> open(const RegionTrust& trust = {}) const {
    return RegionReader::open(shm(), "toy", trust);
  }
  std::unique_ptr<RegionReader> reader(const RegionTrust& trust = {}) const {
    auto opened = open(trust);
    EXPECT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(!opened || *opened) << "there is none";
    return opened ? std::move(*opened) : nullptr;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
      all.push_back(entry.path().filename());
    std::sort(all.begin(), all.end());
    return all;
  }

  TempDirectory directory_;
  std::string path_ = directory_ / "toy";
};

template <typename Region>
void publish_text(Region& region, std::string_view text, std::uint64_t at = 0) {
  ASSERT_EQ(region.publish(at, std::as_bytes(std::span(text))), RegionAnswer::kDone);
}

/// As many bytes as `size`; empty when they could not be read.
inline std::string text_in(const RegionReader& region, std::size_t size, std::uint64_t at = 0) {
  std::string text(size, '\0');
  const auto out = std::as_writable_bytes(std::span(text));
  return region.read(at, out, nullptr) == RegionAnswer::kDone ? text : std::string();
}

inline RegionStamp stamp_in(const RegionReader& region) {
  RegionStamp stamp;
  EXPECT_EQ(region.stamp(stamp), RegionAnswer::kDone);
  return stamp;
}

}  // namespace pitbridge
