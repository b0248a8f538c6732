// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "common/posix/region/futex.hpp"
#include "common/posix/region/plain_file.hpp"
#include "common/posix/region/region.hpp"
#include "common/posix/region/region_name.hpp"
#include "common/posix/system/sealed_memfd.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// An update takes less time than a look; a publisher that was put to sleep in the middle of one does not.
constexpr int kMaxAttempts = 64;
constexpr int kAttemptsAwake = 8;

RegionStamp stamp_of(const RegionHeader& header) {
  return {header.data_bytes,         header.generation,
          header.published_since_ns, header.lock.news,
          header.publisher_pid,      header.state == static_cast<std::uint32_t>(RegionState::kLeft)};
}

tl::unexpected<Error> refuse(const std::string& path, const std::string& why) {
  return fail(ExitCode::kOutputRefused, fmt::format("{}: {}", path, why));
}

std::uint64_t size_of(int fd) {
  struct stat now = {};
  return ::fstat(fd, &now) == 0 ? static_cast<std::uint64_t>(now.st_size) : 0;
}

}  // namespace

Expected<std::unique_ptr<RegionReader>> RegionReader::open(std::shared_ptr<ShmDirectory> directory,
                                                           std::string_view name, const RegionTrust& trust) {
  if (auto good = check_region_name(name); !good) return tl::unexpected<Error>(std::move(good.error()));
  const std::string path = fmt::format("{}/{}", directory->path(), name);
  OwnFile file = trust.any_owner ? open_file_of_any_owner(*directory, name) : open_own_file(*directory, name);
  if (file.foreign_owner)
    return refuse(path, fmt::format("belongs to user {}, who is not believed; ask that user to remove it, or "
                                    "open it as one of any owner",
                                    *file.foreign_owner));
  if (!file.fd && file.error == ENOENT) return std::unique_ptr<RegionReader>();
  if (!file.fd && (file.error == EMFILE || file.error == ENFILE))
    return refuse(path, fmt::format("cannot open the file: {}; close some, or raise the limit (ulimit -n)",
                                    system_message(file.error)));
  if (!file.fd)
    return refuse(path, file.error != 0
                            ? fmt::format("cannot open the file: {}; ask its owner for the permission",
                                          system_message(file.error))
                            : "is no plain file with one name; remove it");
  std::unique_ptr<RegionReader> reader(new RegionReader());
  reader->directory_ = std::move(directory);
  reader->name_ = name;
  reader->path_ = path;
  reader->fd_ = std::move(file.fd);
  reader->is_bare_ = trust.is_bare;
  struct stat found = {};
  reader->is_ours_ = ::fstat(reader->fd_.get(), &found) == 0 && found.st_uid == ::geteuid();
  if (trust.is_bare) return found.st_size > 0 ? std::move(reader) : nullptr;
  std::byte begin[sizeof(RegionHeader)];
  const std::size_t there = read_bytes(reader->fd_.get(), 0, begin);
  const auto header = check_region_header({begin, there}, static_cast<std::uint64_t>(found.st_size));
  if (!header) return refuse(path, header.error().message + "; remove it, or wait for its publisher");
  return reader;
}

Expected<std::unique_ptr<RegionReader>> RegionReader::open_descriptor(int fd, bool is_bare) {
  const std::string path = fmt::format("region of descriptor {}", fd);
  if (!is_safe_to_touch(fd))
    return refuse(path, "is no memory sealed against cutting; let its maker use an anonymous region");
  std::unique_ptr<RegionReader> reader(new RegionReader());
  reader->path_ = path;
  reader->is_bare_ = is_bare;
  reader->fd_ = UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!reader->fd_)
    return refuse(path,
                  fmt::format("cannot keep the descriptor: {}; close some, or raise the limit (ulimit -n)",
                              system_message(errno)));
  const std::uint64_t size_bytes = size_of(reader->fd_.get());
  if (size_bytes == 0 || size_bytes > kMaxRegionBytes + kRegionHeaderBytes)
    return refuse(path, fmt::format("has {} bytes; let its maker use an anonymous region", size_bytes));
  reader->sealed_ = map_shared(reader->fd_.get(), size_bytes, PROT_READ);
  if (reader->sealed_.data() == nullptr)
    return refuse(path, fmt::format("cannot map {} bytes: {}; raise the limit of memory (ulimit -v)",
                                    size_bytes, system_message(errno)));
  if (is_bare) return reader;
  std::byte begin[sizeof(RegionHeader)];
  const std::size_t there = reader->load(0, begin);
  const auto header = check_region_header({begin, there}, size_bytes);
  if (!header) return refuse(path, header.error().message + "; let its maker use an anonymous region");
  return reader;
}

/// By read(2), which a file that somebody cuts cannot hurt; memory that nobody can cut is faster.
std::size_t RegionReader::load(std::size_t at_bytes, std::span<std::byte> out) const {
  if (sealed_.data() == nullptr) return read_bytes(fd_.get(), at_bytes, out);
  if (at_bytes > sealed_.size_bytes() || out.size() > sealed_.size_bytes() - at_bytes) return 0;
  load_relaxed(out, sealed_.data() + at_bytes);
  return out.size();
}

/// Judges the header alone: whether its file is as long as it says shows when it is read. kBusy: an update is
/// under way, and `out` is as far as it can be known.
RegionAnswer RegionReader::load_header(RegionHeader& out) const {
  std::byte begin[sizeof(RegionHeader)];
  if (load(0, begin) < sizeof begin) return RegionAnswer::kCut;
  std::atomic_thread_fence(std::memory_order_acquire);
  std::memcpy(&out, begin, sizeof out);
  if (check_region_header(begin, kRegionHeaderBytes + kMaxRegionBytes))
    return out.lock.sequence % 2 == 0 ? RegionAnswer::kDone : RegionAnswer::kBusy;
  // What was cut, and grown again, is zero.
  return has_region_magic(begin) ? RegionAnswer::kDamaged : RegionAnswer::kCut;
}

bool RegionReader::is_cut(std::uint64_t data_bytes) const {
  const std::uint64_t file_bytes = sealed_.data() != nullptr ? sealed_.size_bytes() : size_of(fd_.get());
  return file_bytes < kRegionHeaderBytes + data_bytes;
}

RegionAnswer RegionReader::bare_stamp(RegionStamp& out) const {
  out = {};
  out.data_bytes = size_of(fd_.get());
  return out.data_bytes == 0 ? RegionAnswer::kCut : RegionAnswer::kDone;
}

RegionAnswer RegionReader::stamp(RegionStamp& out) const {
  const RegionAnswer answer = read(0, {}, &out);
  if (is_bare_ || answer == RegionAnswer::kCut || answer == RegionAnswer::kDamaged) return answer;
  return is_cut(out.data_bytes) ? RegionAnswer::kCut : answer;
}

RegionAnswer RegionReader::read(std::uint64_t offset_bytes, std::span<std::byte> out,
                                RegionStamp* stamp) const {
  RegionStamp unused;
  RegionStamp& told = stamp != nullptr ? *stamp : unused;
  if (is_bare_) {
    if (const RegionAnswer size = bare_stamp(told); size != RegionAnswer::kDone) return size;
    if (offset_bytes > told.data_bytes || out.size() > told.data_bytes - offset_bytes)
      return RegionAnswer::kOutside;
    return load(offset_bytes, out) == out.size() ? RegionAnswer::kDone : RegionAnswer::kCut;
  }
  RegionHeader header = {};
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    if (attempt >= kAttemptsAwake) ::sched_yield();
    const RegionAnswer begun = load_header(header);
    told = stamp_of(header);
    if (begun == RegionAnswer::kBusy) continue;
    if (begun != RegionAnswer::kDone) return begun;
    if (offset_bytes > header.data_bytes || out.size() > header.data_bytes - offset_bytes)
      return RegionAnswer::kOutside;
    if (load(kRegionHeaderBytes + offset_bytes, out) < out.size()) return RegionAnswer::kCut;
    std::atomic_thread_fence(std::memory_order_acquire);
    // The whole of it: one copy of it takes no care of the order of its fields.
    std::byte again[sizeof header];
    if (load(0, again) < sizeof again) return RegionAnswer::kCut;
    if (std::memcmp(again, &header, sizeof header) == 0) return RegionAnswer::kDone;
  }
  // One that has died in the middle of an update never ends it.
  return told.has_left || is_orphaned() ? RegionAnswer::kLeft : RegionAnswer::kBusy;
}

RegionAnswer RegionReader::wait_news(std::uint32_t seen, std::int64_t deadline_ns, RegionStamp& stamp,
                                     bool ends_with_publisher) {
  if (is_bare_) return RegionAnswer::kDamaged;
  if (news_page_.data() == nullptr) news_page_ = map_shared(fd_.get(), kRegionHeaderBytes, PROT_READ);
  if (news_page_.data() == nullptr) return RegionAnswer::kCut;
  const auto& word = reinterpret_cast<const RegionHeader*>(news_page_.data())->lock.news;
  for (;;) {
    RegionHeader header = {};
    const RegionAnswer now = load_header(header);
    stamp = stamp_of(header);
    if (now != RegionAnswer::kDone && now != RegionAnswer::kBusy) return now;
    if (is_cut(header.data_bytes)) return RegionAnswer::kCut;
    if (header.lock.news != seen) return RegionAnswer::kDone;
    if (stamp.has_left && ends_with_publisher) return RegionAnswer::kLeft;
    switch (wait_on(word, seen, deadline_ns)) {
      case ETIMEDOUT:
        return is_orphaned() ? RegionAnswer::kLeft : RegionAnswer::kTimedOut;
      case EINTR:
        return RegionAnswer::kInterrupted;
      case EFAULT:
        return RegionAnswer::kCut;
      default:
        break;
    }
  }
}

bool RegionReader::is_orphaned() const {
  struct stat now = {};
  if (directory_ != nullptr && ::fstat(fd_.get(), &now) == 0 && now.st_nlink == 0) return true;
  return publisher_lives() == false;
}

Expected<std::span<const std::byte>> RegionReader::data() {
  RegionStamp now;
  const RegionAnswer known = stamp(now);
  if (known == RegionAnswer::kCut || known == RegionAnswer::kDamaged)
    return fail(ExitCode::kFailure, path_ + ": was cut by somebody, or is damaged; open it anew");
  if (sealed_.data() != nullptr)
    return std::span<const std::byte>(sealed_.data() + header_bytes(), now.data_bytes);
  const std::size_t needed = header_bytes() + now.data_bytes;
  if (view_.size_bytes() < needed) {
    MappedMemory longer = map_shared(fd_.get(), needed, PROT_READ);
    if (longer.data() == nullptr)
      return refuse(path_, fmt::format("cannot map {} bytes: {}; raise the limit of memory (ulimit -v)",
                                       needed, system_message(errno)));
    view_ = std::move(longer);
  }
  return std::span<const std::byte>(view_.data() + header_bytes(), now.data_bytes);
}

std::optional<bool> RegionReader::publisher_lives() const {
  if (directory_ == nullptr || !is_ours_) return std::nullopt;
  return holder_of_name(*directory_, name_).has_value();
}

}  // namespace pitbridge
