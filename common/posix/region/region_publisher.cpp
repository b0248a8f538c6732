// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/posix/region/futex.hpp"
#include "common/posix/region/plain_file.hpp"
#include "common/posix/region/region.hpp"
#include "common/posix/region/region_files.hpp"
#include "common/posix/region/region_name.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/sealed_memfd.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr mode_t kMostMode = 0644;

Expected<void> check_request(std::string_view name, const RegionRequest& request) {
  if (request.data_bytes == 0 || request.data_bytes > kMaxRegionBytes)
    return fail(ExitCode::kUsage, fmt::format("region {}: it cannot have {} bytes; ask for 1 to {}", name,
                                              request.data_bytes, kMaxRegionBytes));
  if ((request.mode & kOwnersBits) != kOwnersBits || (request.mode & ~kMostMode) != 0)
    return fail(ExitCode::kUsage, fmt::format("region {}: its mode cannot be {:o}; use 600, 640, 604 or 644",
                                              name, request.mode));
  return {};
}

Error memory_refused(std::string_view label, std::string_view what, int error, std::string_view remedy) {
  return {ExitCode::kFailure,
          fmt::format("anonymous region {}: cannot {}: {}; {}", label, what, system_message(error), remedy)};
}

/// Reserving anonymous memory has no limit: the kernel kills other processes to make room.
bool has_machine_so_much(std::uint64_t size_bytes) {
  struct sysinfo machine = {};
  if (::sysinfo(&machine) != 0) return true;
  return size_bytes / machine.mem_unit < machine.totalram + machine.totalswap;
}

}  // namespace

Expected<std::unique_ptr<RegionPublisher>> RegionPublisher::create(std::shared_ptr<ShmDirectory> directory,
                                                                   std::string_view name,
                                                                   const RegionRequest& request) {
  // The name first, for it stands in the other messages.
  if (auto good = check_published_name(name); !good) return tl::unexpected<Error>(std::move(good.error()));
  if (auto good = check_request(name, request); !good) return tl::unexpected<Error>(std::move(good.error()));
  auto lock = NameLock::take(std::move(directory), name);
  if (!lock) return tl::unexpected<Error>(std::move(lock.error()));

  std::unique_ptr<RegionPublisher> region(new RegionPublisher());
  region->maker_ = ::getpid();
  region->has_left_ = true;  // until it publishes
  region->lock_.emplace(std::move(*lock));
  region->name_ = name;
  const ShmDirectory& place = region->lock_->directory();
  region->path_ = place.path() + "/" + region->name_;
  region->is_bare_ = request.is_bare;
  remove_unfinished(place, name);
  auto there = open_plain_file(place, name, {.most = kMostMode});
  if (!there) return tl::unexpected<Error>(std::move(there.error()));
  const auto begun =
      *there ? region->take_over(std::move((*there)->fd), request) : region->make_anew(request, false);
  if (!begun) return tl::unexpected<Error>(begun.error());
  region->has_left_ = false;
  return region;
}

Expected<std::unique_ptr<RegionPublisher>> RegionPublisher::create_anonymous(std::string_view label,
                                                                             const RegionRequest& request,
                                                                             bool keeps_writing) {
  if (auto good = check_region_name(label); !good) return tl::unexpected<Error>(std::move(good.error()));
  if (auto good = check_request(label, request); !good) return tl::unexpected<Error>(std::move(good.error()));
  std::unique_ptr<RegionPublisher> region(new RegionPublisher());
  region->maker_ = ::getpid();
  region->has_left_ = true;
  region->name_ = label;
  region->path_ = fmt::format("anonymous region {}", label);
  region->is_bare_ = request.is_bare;
  const auto refused = [&](std::string_view what, int error, std::string_view remedy) {
    return tl::unexpected<Error>(memory_refused(label, what, error, remedy));
  };
  UniqueFd fd = make_memfd(region->name_.c_str());
  if (!fd)
    return refused("make its memory (memfd_create)", errno,
                   errno == EMFILE || errno == ENFILE
                       ? "close some descriptors, or raise the limit (ulimit -n)"
                       : "a sandbox may forbid it; use a region with a name");
  const std::size_t size_bytes = region->file_bytes_of(request.data_bytes);
  const int error = has_machine_so_much(size_bytes) ? allocate(fd.get(), size_bytes) : ENOMEM;
  if (error != 0) return refused(fmt::format("reserve {} bytes", size_bytes), error, "free memory");
  MappedMemory memory = map_shared(fd.get(), size_bytes);
  if (memory.data() == nullptr)
    return refused("map its memory", errno, "raise the limit of memory (ulimit -v)");
  const int seals = kSizeSeals | F_SEAL_SEAL | (keeps_writing ? F_SEAL_FUTURE_WRITE : 0);
  if (::fcntl(fd.get(), F_ADD_SEALS, seals) != 0)
    return refused("seal its memory", errno, "Linux 5.1 or newer is needed to keep others from writing");
  region->memory_ = FileMemory(std::move(fd), std::move(memory));
  region->data_bytes_ = request.data_bytes;
  region->begin_generation(1);
  region->has_left_ = false;
  return region;
}

Expected<void> RegionPublisher::take_over(UniqueFd fd, const RegionRequest& request) {
  const ShmDirectory& directory = lock_->directory();
  std::uint64_t generation = 0;
  if (!is_bare_) {
    std::byte begin[sizeof(RegionHeader)];
    struct stat now = {};
    const std::size_t there = read_bytes(fd.get(), 0, begin);
    if (::fstat(fd.get(), &now) != 0 || !has_region_magic({begin, there}))
      return tl::unexpected<Error>(
          refused_file(directory, name_, "is no region; move it away, or use another name"));
    const auto old = check_region_header({begin, there}, static_cast<std::uint64_t>(now.st_size));
    if (!old) return make_anew(request, true);
    generation = old->generation;
  }
  (void)::fchmod(fd.get(), request.mode);  // what the last publisher wanted does not count
  auto memory = FileMemory::adopt(directory, name_, std::move(fd), file_bytes_of(request.data_bytes));
  if (!memory) return tl::unexpected<Error>(std::move(memory.error()));
  memory_ = std::move(*memory);
  data_bytes_ = request.data_bytes;
  begin_generation(generation + 1);
  return {};
}

Expected<void> RegionPublisher::make_anew(const RegionRequest& request, bool replaces) {
  const ShmDirectory& directory = lock_->directory();
  const std::string unfinished = unfinished_name(name_);
  auto file =
      open_plain_file(directory, unfinished, {.may_make = true, .mode = request.mode, .most = request.mode});
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  auto memory =
      FileMemory::adopt(directory, name_, std::move((*file)->fd), file_bytes_of(request.data_bytes));
  if (!memory) {
    remove_unfinished(directory, name_);
    return tl::unexpected<Error>(std::move(memory.error()));
  }
  memory_ = std::move(*memory);
  data_bytes_ = request.data_bytes;
  begin_generation(1);
  // Whoever opens the name finds no region or a whole one.
  if (!give_name(directory, name_, replaces)) {
    const int error = errno;
    remove_unfinished(directory, name_);
    return tl::unexpected<Error>(refused_file(
        directory, name_,
        fmt::format("cannot give the region its name: {}; find out who else uses the name, and try again",
                    system_message(error))));
  }
  return {};
}

RegionPublisher::~RegionPublisher() {
  if (maker_ == ::getpid()) leave();
}

RegionHeader& RegionPublisher::header() const {
  return *reinterpret_cast<RegionHeader*>(memory_.bytes().data());
}

std::size_t RegionPublisher::file_bytes_of(std::uint64_t data_bytes) const {
  return header_bytes() + page_rounded(data_bytes);
}

std::span<std::byte> RegionPublisher::data() const {
  return memory_.bytes().subspan(header_bytes(), data_bytes_);
}

void RegionPublisher::begin_generation(std::uint64_t generation) {
  if (is_bare_) return;
  generation_ = generation;
  since_ns_ = static_cast<std::uint64_t>(MonotonicClock().now_ns());
  RegionHeader& now = header();
  begin_write(now.lock);
  const std::span<std::byte> all_data = memory_.bytes().subspan(kRegionHeaderBytes);
  zero_relaxed(all_data.data(), all_data.size());
  RegionHeader next = now;
  std::copy(kRegionMagic.begin(), kRegionMagic.end(), next.magic);
  next.version = kRegionVersion;
  next.header_bytes = kRegionHeaderBytes;
  next.data_bytes = data_bytes_;
  next.generation = generation_;
  next.publisher_pid = maker_;
  next.state = static_cast<std::uint32_t>(RegionState::kPublished);
  next.published_since_ns = since_ns_;
  next.reserved = 0;
  const auto bytes = std::as_bytes(std::span(&next, 1));
  constexpr std::size_t kBehindLock = offsetof(RegionHeader, lock) + sizeof(SequenceLock);
  std::byte* at = memory_.bytes().data();
  store_relaxed(at, bytes.first(offsetof(RegionHeader, lock)));
  store_relaxed(at + kBehindLock, bytes.subspan(kBehindLock));
  end_write(now.lock);
  last_ = now.lock;
  wake_all(now.lock.news);
}

/// The file may have been cut, or removed, since the last look. What happens between this look and a store is
/// a SIGBUS: only our own user can do that, and a library installs no handler.
RegionAnswer RegionPublisher::check_file() {
  if (has_left_) return RegionAnswer::kLeft;
  if (!lock_) return RegionAnswer::kDone;
  struct stat now = {};
  if (::fstat(memory_.fd(), &now) != 0 || now.st_nlink == 0) return RegionAnswer::kCut;
  if (!lacks_pages(memory_.fd(), now, memory_.bytes().size())) return RegionAnswer::kDone;
  if (!reserve(lock_->directory(), name_, memory_.fd(), memory_.bytes().size())) return RegionAnswer::kCut;
  is_updating_ = false;
  if (is_bare_) return RegionAnswer::kCut;
  // It goes on counting, so that no reader takes what it sees now for what it has seen.
  header().lock = last_;
  begin_generation(generation_ + 1);
  return RegionAnswer::kCut;
}

RegionAnswer RegionPublisher::publish(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
  if (offset_bytes > data_bytes_ || bytes.size() > data_bytes_ - offset_bytes) return RegionAnswer::kOutside;
  if (const RegionAnswer file = check_file(); file != RegionAnswer::kDone) return file;
  std::byte* at = data().data() + offset_bytes;
  if (is_bare_ || is_updating_) {
    store_relaxed(at, bytes);
    std::atomic_thread_fence(std::memory_order_release);
    return RegionAnswer::kDone;
  }
  write_locked(header().lock, at, bytes);
  last_ = header().lock;
  wake_all(header().lock.news);
  return RegionAnswer::kDone;
}

RegionAnswer RegionPublisher::begin_update() {
  const RegionAnswer file = check_file();
  if (file != RegionAnswer::kDone || is_bare_) return file;
  begin_write(header().lock);
  last_ = header().lock;
  is_updating_ = true;
  return RegionAnswer::kDone;
}

RegionAnswer RegionPublisher::end_update() {
  const RegionAnswer file = check_file();
  if (file != RegionAnswer::kDone || is_bare_ || !std::exchange(is_updating_, false)) return file;
  end_write(header().lock);
  last_ = header().lock;
  wake_all(header().lock.news);
  return RegionAnswer::kDone;
}

Expected<void> RegionPublisher::grow(std::uint64_t data_bytes) {
  if (!lock_)
    return fail(ExitCode::kUsage, path_ + ": is sealed, and cannot grow; make another, and hand that over");
  if (data_bytes > kMaxRegionBytes)
    return fail(ExitCode::kUsage, fmt::format("{}: cannot grow to {} bytes; ask for {} at most", path_,
                                              data_bytes, kMaxRegionBytes));
  if (const RegionAnswer file = check_file(); file != RegionAnswer::kDone)
    return fail(
        ExitCode::kFailure,
        path_ + ": was cut, removed or left before it could grow; publish all anew, or create it anew");
  if (data_bytes <= data_bytes_) return {};
  if (auto grown = memory_.grow(lock_->directory(), name_, file_bytes_of(data_bytes)); !grown) return grown;
  data_bytes_ = data_bytes;
  if (is_bare_) return {};
  const bool is_whole = !is_updating_;
  if (is_whole) begin_write(header().lock);
  std::atomic_ref(header().data_bytes).store(data_bytes, std::memory_order_relaxed);
  if (is_whole) end_write(header().lock);
  last_ = header().lock;
  wake_all(header().lock.news);
  return {};
}

Expected<void> RegionPublisher::unlink() {
  if (!lock_) return fail(ExitCode::kUsage, path_ + ": has no name that could be removed");
  const ShmDirectory& directory = lock_->directory();
  struct stat held = {};
  const auto at_path = look_at(directory, name_);
  const bool is_there = at_path && ::fstat(memory_.fd(), &held) == 0 && is_same_inode(held, *at_path);
  if (is_there && ::unlinkat(directory.fd(), name_.c_str(), 0) != 0)
    return tl::unexpected<Error>(
        refused_file(directory, name_,
                     fmt::format("cannot remove the region: {}; check the directory's permissions",
                                 system_message(errno))));
  // Readers that are woken look for the name, and must not find this one.
  leave();
  return {};
}

void RegionPublisher::leave() {
  if (std::exchange(has_left_, true) || is_bare_) return;
  struct stat now = {};
  if (::fstat(memory_.fd(), &now) != 0 || lacks_pages(memory_.fd(), now, kRegionHeaderBytes)) return;
  mark_left(header());
}

RegionStamp RegionPublisher::stamp() const {
  return {data_bytes_, generation_, since_ns_, last_.news, maker_, has_left_};
}

}  // namespace pitbridge
