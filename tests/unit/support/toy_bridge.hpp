// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/posix/shm/status_file.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {

inline std::uint64_t monotonic_ns() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

/// Polls `condition` for ten seconds at most.
template <typename Condition>
bool soon(Condition condition) {
  const std::uint64_t until_ns = monotonic_ns() + 60'000'000'000U;
  while (!condition()) {
    if (monotonic_ns() > until_ns) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// What a bridge keeps in its directory, written by the same code as by a bridge, without Wine: a sim "toy"
/// with the mappings "toy_car" and "SCS/toy_race".
class ToyBridge {
 public:
  static constexpr std::size_t kCarBytes = 8192;

  explicit ToyBridge(std::string directory, std::uint64_t start_ns = monotonic_ns())
      : directory_(std::move(directory)) {
    auto status = StatusFile::open({directory_, "toy", 0600});
    if (!status) std::abort();
    status_ = std::move(*status);
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      auto mirror = ShmFile::open(directory_, kNames[i], kCarBytes, 0600);
      if (!mirror) std::abort();
      mirrors_.push_back(std::move(*mirror));
    }
    writer_.emplace(*status_, status_->page());
    writer_->start("toy", "/prefix", ::getpid(), start_ns, kNames);
  }

  StatusWriter& writer() { return *writer_; }
  ShmFile& mirror(std::size_t mapping = 0) { return *mirrors_[mapping]; }

  void attach(std::uint64_t size_bytes = kCarBytes, std::uint64_t device = 1, std::uint64_t inode = 1,
              std::int32_t fd = -1) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
      writer_->set_section(i, true, size_bytes, device, inode, fd);
    writer_->set_state(BridgeState::kAttached);
  }

  /// Each byte of the mapping becomes `value`, as one update.
  void publish(std::uint8_t value, std::size_t mapping = 0) {
    const std::vector<std::byte> bytes(kCarBytes, std::byte{value});
    const Store store{0, bytes};
    writer_->begin_publish(mapping);
    mirrors_[mapping]->publish({&store, 1});
    writer_->end_publish(mapping, monotonic_ns());
  }

  /// Wakes all who wait, announced or not, and says how many there were.
  int wake() {
    auto* word = status_->page().data() + offsetof(StatusHeader, futex_word);
    return static_cast<int>(::syscall(SYS_futex, word, FUTEX_WAKE, 1000, nullptr, nullptr, 0));
  }

  inline static const std::vector<std::string> kNames = {"toy_car", "SCS/toy_race"};

 private:
  std::string directory_;
  std::unique_ptr<StatusFile> status_;
  std::vector<std::unique_ptr<ShmFile>> mirrors_;
  std::optional<StatusWriter> writer_;
};

/// A number in a file, by its offset.
template <typename T>
T number_in(const std::string& path, std::size_t offset) {
  const std::string content = content_of(path);
  T value = {};
  if (content.size() >= offset + sizeof value) std::memcpy(&value, content.data() + offset, sizeof value);
  return value;
}

template <typename T>
void poke_file(const std::string& path, std::size_t offset, T value) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (::pwrite(fd, &value, sizeof value, static_cast<off_t>(offset)) != sizeof value) std::abort();
  ::close(fd);
}

}  // namespace pitbridge
