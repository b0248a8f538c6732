// SPDX-License-Identifier: MIT
#include "common/posix/region/region_list.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "common/posix/region/plain_file.hpp"
#include "common/posix/region/region_files.hpp"
#include "common/posix/region/region_name.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kUnfinishedBegin = ".";
constexpr std::string_view kUnfinishedEnd = ".new";

/// The region to which a file may belong, by its name alone.
std::string region_of(std::string_view file_name) {
  if (file_name.ends_with(kLockSuffix))
    file_name.remove_suffix(kLockSuffix.size());
  else if (file_name.starts_with(kUnfinishedBegin) && file_name.ends_with(kUnfinishedEnd)) {
    file_name.remove_prefix(kUnfinishedBegin.size());
    if (file_name.size() >= kUnfinishedEnd.size()) file_name.remove_suffix(kUnfinishedEnd.size());
  }
  return std::string(file_name);
}

std::optional<uid_t> owner_of(const ShmDirectory& directory, std::string_view name) {
  const auto found = look_at(directory, name);
  return found ? std::optional(found->st_uid) : std::nullopt;
}

std::string lock_name_of(std::string_view name) {
  return std::string(name) + std::string(kLockSuffix);
}

/// Whether a file of another user says that it is a region, as far as we may read it.
bool passes_for_region(const ShmDirectory& directory, std::string_view name) {
  const OwnFile file = open_file_of_any_owner(directory, name);
  std::byte begin[sizeof(RegionHeader)];
  return file.fd && has_region_magic({begin, read_bytes(file.fd.get(), 0, begin)});
}

/// By the lock in the file itself: all the same what its readers believe.
void tell_readers(const ShmDirectory& directory, std::string_view name, int fd) {
  struct stat now = {};
  if (::fstat(fd, &now) != 0 || lacks_pages(fd, now, kRegionHeaderBytes)) return;
  auto memory =
      FileMemory::map(directory, name, UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), kRegionHeaderBytes);
  if (memory) mark_left(*reinterpret_cast<RegionHeader*>(memory->bytes().data()));
}

}  // namespace

std::optional<RegionEntry> region_entry(const ShmDirectory& directory, std::string_view name) {
  if (!check_published_name(name)) return std::nullopt;
  RegionEntry entry;
  entry.name = name;
  const auto owner = owner_of(directory, name);
  const auto lock_owner = owner_of(directory, lock_name_of(name));
  const uid_t we = ::geteuid();
  if (owner && *owner != we) {
    if (lock_owner != owner && !passes_for_region(directory, name)) return std::nullopt;
    entry.owner = *owner;
    entry.is_foreign = entry.is_there = true;
    return entry;
  }
  // A lock of another user keeps us from a name that we have no region of.
  if (lock_owner && *lock_owner != we && !owner) {
    entry.owner = *lock_owner;
    entry.is_foreign = true;
    return entry;
  }
  entry.owner = we;
  entry.publisher = holder_of_name(directory, name);
  const bool is_known = lock_owner == we || owner_of(directory, unfinished_name(name)) == we;
  const OwnFile file = open_own_file(directory, name);
  if (!file.fd) return is_known ? std::optional(entry) : std::nullopt;
  entry.is_there = true;
  std::byte begin[sizeof(RegionHeader)];
  struct stat now = {};
  const std::size_t there = read_bytes(file.fd.get(), 0, begin);
  if (::fstat(file.fd.get(), &now) != 0) return std::nullopt;
  const auto size_bytes = static_cast<std::uint64_t>(now.st_size);
  if (const auto header = check_region_header({begin, there}, size_bytes)) {
    entry.stamp = {
        header->data_bytes,         header->generation,
        header->published_since_ns, header->lock.news,
        header->publisher_pid,      header->state == static_cast<std::uint32_t>(RegionState::kLeft)};
    return entry;
  }
  entry.is_bare = true;
  entry.stamp.data_bytes = size_bytes;
  return is_known || has_region_magic({begin, there}) ? std::optional(entry) : std::nullopt;
}

std::vector<RegionEntry> regions_in(const ShmDirectory& directory) {
  std::set<std::string> names;
  for (const std::string& name : directory_entries(directory.path())) names.insert(region_of(name));
  std::vector<RegionEntry> all;
  for (const std::string& name : names)
    if (auto entry = region_entry(directory, name)) all.push_back(std::move(*entry));
  return all;
}

Expected<std::optional<RegionEntry>> remove_region(const std::shared_ptr<ShmDirectory>& directory,
                                                   std::string_view name) {
  if (auto good = check_published_name(name); !good) return tl::unexpected<Error>(std::move(good.error()));
  const auto found = region_entry(*directory, name);
  if (!found) return std::optional<RegionEntry>();
  // Its end removes the file of the lock.
  const auto lock = NameLock::take(directory, name);
  if (!lock) return tl::unexpected<Error>(lock.error());
  remove_unfinished(*directory, name);
  auto file = open_plain_file(*directory, name, {.most = 0644});
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  if (*file) {
    // Another publisher may have come and gone, and have left something else.
    std::byte begin[sizeof(RegionHeader)];
    const bool has_header = has_region_magic({begin, read_bytes((*file)->fd.get(), 0, begin)});
    if (!has_header && !found->is_bare) return std::optional<RegionEntry>();
    if (::unlinkat(directory->fd(), found->name.c_str(), 0) != 0)
      return tl::unexpected<Error>(
          refused_file(*directory, name,
                       fmt::format("cannot remove the region: {}; check the directory's permissions",
                                   system_message(errno))));
    if (has_header) tell_readers(*directory, name, (*file)->fd.get());
  }
  return found;
}

}  // namespace pitbridge
