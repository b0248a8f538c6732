// SPDX-License-Identifier: MIT
#include "common/posix/shm/live_file.hpp"

#include <sys/file.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/own_file.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

std::optional<LivePage> page_of(std::span<const std::byte> bytes) {
  LivePage page;
  if (bytes.size() < sizeof page) return std::nullopt;
  std::memcpy(&page, bytes.data(), sizeof page);
  if (std::memcmp(page.magic, kLiveMagic, sizeof page.magic) != 0 || page.version != kLiveVersion)
    return std::nullopt;
  return page;
}

/// Held by no bridge for longer than it takes to write a page.
class TryLock {
 public:
  explicit TryLock(int fd) : fd_(fd), is_held_(::flock(fd, LOCK_EX | LOCK_NB) == 0) {}
  TryLock(const TryLock&) = delete;
  TryLock& operator=(const TryLock&) = delete;
  ~TryLock() {
    if (is_held_) ::flock(fd_, LOCK_UN);
  }
  bool is_held() const { return is_held_; }

 private:
  int fd_;
  bool is_held_;
};

}  // namespace

Expected<std::unique_ptr<LiveFile>> LiveFile::open(std::shared_ptr<ShmDirectory> directory, mode_t mode) {
  auto file = ShmFile::open(std::move(directory), kLiveFileName, sizeof(LivePage), mode);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  return std::unique_ptr<LiveFile>(new LiveFile(std::move(*file)));
}

std::optional<LivePage> LiveFile::read() const {
  LivePage copy = {};
  const bool is_there = survives_sigbus(
      [&] { std::memcpy(&copy, file_->memory().data(), std::min(sizeof copy, file_->memory().size())); });
  if (!is_there || copy.sequence % 2 != 0) return std::nullopt;
  return page_of(std::as_bytes(std::span(&copy, 1)));
}

bool LiveFile::change(const std::function<std::optional<LivePage>(const std::optional<LivePage>&)>& decide) {
  (void)file_->check();  // another program may have unlinked or cut it
  const TryLock lock(file_->fd());
  if (!lock.is_held()) return false;
  LivePage before = {};
  (void)survives_sigbus([&] { std::memcpy(&before, file_->memory().data(), sizeof before); });
  auto next = decide(page_of(std::as_bytes(std::span(&before, 1))));
  if (!next) return true;
  // Goes on counting, whoever wrote before, so that no reader takes a mixture for whole.
  next->sequence = (before.sequence | 1U) + 1;
  const std::uint32_t odd = before.sequence | 1U;
  constexpr std::size_t kSequence = offsetof(LivePage, sequence);
  constexpr std::size_t kAfter = kSequence + sizeof next->sequence;
  const auto bytes = std::as_bytes(std::span(&*next, 1));
  const Store stores[] = {{kSequence, std::as_bytes(std::span(&odd, 1))},
                          {0, bytes.first(kSequence)},
                          {kAfter, bytes.subspan(kAfter)},
                          {kSequence, bytes.subspan(kSequence, sizeof next->sequence)}};
  return file_->publish(stores);
}

std::optional<std::string> live_sim(const std::string& directory) {
  const auto page = page_of(bytes_of(open_own_file(directory, kLiveFileName), sizeof(LivePage)));
  if (!page || page->bridge_pid == 0 || page->sequence % 2 != 0) return std::nullopt;
  if (is_silent(*page, static_cast<std::uint64_t>(MonotonicClock().now_ns()))) return std::nullopt;
  return std::string(fixed_text(page->sim));
}

}  // namespace pitbridge
