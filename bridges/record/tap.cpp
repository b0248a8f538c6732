// SPDX-License-Identifier: MIT
#include "bridges/record/tap.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <utility>

#include "bridges/record/frames.hpp"
#include "common/core/mirror/copy.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/own_file.hpp"
#include "common/posix/system/fault_guard.hpp"

namespace pitbridge::record {
namespace {

constexpr std::size_t kReadersBytes = 4096;
/// That is compared at once.
constexpr std::size_t kBlock = pitbridge::kBlockBytes;
/// A bridge is done with a copy within some 10 us.
constexpr int kMostAttempts = 200;

std::size_t offset_of_mapping(std::size_t place) {
  return sizeof(StatusHeader) + place * sizeof(StatusMapping);
}

template <typename T>
T load(const std::byte* at) {
  T value = {};
  load_relaxed({reinterpret_cast<std::byte*>(&value), sizeof value}, at);
  return value;
}

}  // namespace

std::optional<MappedFile> MappedFile::open(const std::string& directory, std::string_view name,
                                           std::size_t size_bytes, bool writable) {
  const OwnFile file = open_own_file(directory, name);
  struct stat found = {};
  if (!file.fd || size_bytes == 0 || ::fstat(file.fd.get(), &found) != 0 ||
      static_cast<std::uint64_t>(found.st_size) < size_bytes)
    return std::nullopt;
  // The same file once more, whatever has its name now.
  const UniqueFd fd(::open(fmt::format("/proc/self/fd/{}", file.fd.get()).c_str(),
                           (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC));
  void* at = ::mmap(nullptr, size_bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED) return std::nullopt;
  return MappedFile(static_cast<std::byte*>(at), size_bytes, found.st_dev, found.st_ino);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_bytes_(other.size_bytes_),
      device_(other.device_),
      inode_(other.inode_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_bytes_);
}

bool MappedFile::is_at(const std::string& directory, std::string_view name) const {
  struct stat found = {};
  return ::lstat(fmt::format("{}/{}", directory, name).c_str(), &found) == 0 && found.st_dev == device_ &&
         found.st_ino == inode_ && static_cast<std::uint64_t>(found.st_size) >= size_bytes_;
}

std::optional<FrameTap> FrameTap::open(const std::string& directory, std::string_view sim) {
  auto status = MappedFile::open(directory, status_file_name(sim), kStatusPageBytes, false);
  auto readers = MappedFile::open(directory, readers_file_name(sim), kReadersBytes, true);
  if (!status || !readers) return std::nullopt;
  return FrameTap(directory, sim, std::move(*status), std::move(*readers));
}

void FrameTap::wait(std::chrono::nanoseconds timeout) {
  const std::byte* word = status_.data() + offsetof(StatusHeader, futex_word);
  std::byte* waits = readers_.data();
  std::uint32_t now = seen_word_;
  const bool is_there = survives_sigbus([&] {
    now = load<std::uint32_t>(word);
    if (now == seen_word_) __atomic_fetch_add(reinterpret_cast<std::uint32_t*>(waits), 1, __ATOMIC_SEQ_CST);
  });
  if (is_there && now != seen_word_) {
    seen_word_ = now;
    return;
  }
  const timespec limit = {.tv_sec = timeout.count() / 1'000'000'000,
                          .tv_nsec = timeout.count() % 1'000'000'000};
  // Of a page that was cut the kernel says so at once: then this is a plain sleep.
  if (::syscall(SYS_futex, word, FUTEX_WAIT, seen_word_, &limit, nullptr, 0) != 0 && errno == EFAULT)
    (void)::nanosleep(&limit, nullptr);
  (void)survives_sigbus([&] { seen_word_ = load<std::uint32_t>(word); });
}

const MappedFile* FrameTap::file_of(std::string_view name, std::size_t size_bytes) {
  const auto known = std::ranges::find(files_, name, &Mirrored::name);
  if (known != files_.end() && known->size_bytes == size_bytes) return &known->file;
  auto file = MappedFile::open(directory_, name, size_bytes, false);
  if (!file) return nullptr;
  if (known != files_.end()) files_.erase(known);
  files_.push_back({std::string(name), size_bytes, std::move(*file)});
  return &files_.back().file;
}

std::optional<StatusMapping> FrameTap::take(std::size_t place, std::string_view name,
                                            std::uint64_t known_updates, std::vector<std::byte>& bytes) {
  const std::byte* at = status_.data() + offset_of_mapping(place);
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    StatusMapping mapping = {};
    if (!survives_sigbus([&] { mapping = load<StatusMapping>(at); })) return std::nullopt;
    std::atomic_thread_fence(std::memory_order_acquire);
    if (mapping.sequence % 2 != 0) continue;
    const bool is_news = mapping.attached != 0 && mapping.updates != known_updates;
    if (is_news) {
      if (mapping.size_bytes == 0 || mapping.size_bytes > kMostSectionBytes) return std::nullopt;
      const auto size = static_cast<std::size_t>(mapping.size_bytes);
      const MappedFile* file = file_of(name, size);
      if (file == nullptr) return std::nullopt;
      bytes.resize(size);
      const std::span<std::byte> out = bytes;
      // They hold what was there the last time, and most of that is there still.
      const bool is_read = survives_sigbus([&] {
        for (std::size_t i = 0; i < out.size(); i += kBlock) {
          const auto part = out.subspan(i, std::min(kBlock, out.size() - i));
          if (!equals_relaxed(file->data() + i, part)) load_relaxed(part, file->data() + i);
        }
      });
      if (!is_read) return std::nullopt;
      std::atomic_thread_fence(std::memory_order_acquire);
    }
    std::uint32_t after = 0;
    if (!survives_sigbus([&] { after = load<std::uint32_t>(at); })) return std::nullopt;
    if (after == mapping.sequence) return mapping;
  }
  return std::nullopt;
}

std::uint64_t FrameTap::bridge_start_ns() const {
  std::uint64_t start_ns = 0;
  (void)survives_sigbus(
      [&] { start_ns = load<std::uint64_t>(status_.data() + offsetof(StatusHeader, bridge_start_ns)); });
  return start_ns;
}

bool FrameTap::is_current() const {
  return status_.is_at(directory_, status_file_name(sim_)) &&
         readers_.is_at(directory_, readers_file_name(sim_)) &&
         std::ranges::all_of(files_, [this](const Mirrored& m) { return m.file.is_at(directory_, m.name); });
}

}  // namespace pitbridge::record
