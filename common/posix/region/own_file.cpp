// SPDX-License-Identifier: MIT
#include "common/posix/region/own_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace pitbridge {
namespace {

std::optional<uid_t> foreign_owner_of(int directory, const std::string& name) {
  struct stat found = {};
  if (::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 || found.st_uid == ::geteuid())
    return std::nullopt;
  return found.st_uid;
}

OwnFile open_file(const ShmDirectory& directory, std::string_view name, std::optional<uid_t> owner) {
  OwnFile file;
  if (const auto slash = name.find('/'); slash != std::string_view::npos)
    file.foreign_owner = foreign_owner_of(directory.fd(), std::string(name.substr(0, slash)));
  if (file.foreign_owner) return file;
  const auto place = directory.place_of(name, std::nullopt);
  file.error = errno;
  if (!place) return file;
  if (owner) file.foreign_owner = foreign_owner_of(place->parent.get(), place->leaf);
  if (file.foreign_owner) return file;
  UniqueFd fd(::openat(place->parent.get(), place->leaf.c_str(),
                       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  file.error = fd ? 0 : errno;
  struct stat found = {};
  // Asked again of what was opened: the name may lead to another file by now.
  if (fd && ::fstat(fd.get(), &found) == 0 && S_ISREG(found.st_mode) &&
      found.st_uid == owner.value_or(found.st_uid) && found.st_nlink == 1)
    file.fd = std::move(fd);
  return file;
}

}  // namespace

OwnFile open_own_file(const ShmDirectory& directory, std::string_view name) {
  return open_file(directory, name, ::geteuid());
}

OwnFile open_file_of_any_owner(const ShmDirectory& directory, std::string_view name) {
  return open_file(directory, name, std::nullopt);
}

OwnFile open_own_file(const std::string& directory, std::string_view name) {
  const auto opened = ShmDirectory::open(directory);
  return opened ? open_own_file(**opened, name) : OwnFile();
}

std::vector<std::byte> bytes_of(const OwnFile& file, std::size_t max_bytes) {
  std::vector<std::byte> bytes(max_bytes);
  bytes.resize(read_bytes(file.fd.get(), 0, bytes));
  return bytes;
}

std::size_t read_bytes(int fd, std::size_t offset_bytes, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto n = ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset_bytes + done));
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

}  // namespace pitbridge
