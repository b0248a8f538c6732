// SPDX-License-Identifier: MIT
#include "common/posix/shm/own_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pitbridge {
namespace {

std::optional<uid_t> foreign_owner_of(int directory, const std::string& name) {
  struct stat found = {};
  if (::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 || found.st_uid == ::geteuid())
    return std::nullopt;
  return found.st_uid;
}

}  // namespace

OwnFile open_own_file(const std::string& directory, std::string_view name) {
  OwnFile file;
  const auto opened = ShmDirectory::open(directory);
  if (!opened) return file;
  if (const auto slash = name.find('/'); slash != std::string_view::npos)
    file.foreign_owner = foreign_owner_of((*opened)->fd(), std::string(name.substr(0, slash)));
  if (file.foreign_owner) return file;
  const auto place = (*opened)->place_of(name, std::nullopt);
  if (!place) return file;
  file.foreign_owner = foreign_owner_of(place->parent.get(), place->leaf);
  if (file.foreign_owner) return file;
  UniqueFd fd(::openat(place->parent.get(), place->leaf.c_str(),
                       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat found = {};
  // Asked again of what was opened: the name may lead to another file by now.
  if (fd && ::fstat(fd.get(), &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == ::geteuid() &&
      found.st_nlink == 1)
    file.fd = std::move(fd);
  return file;
}

std::vector<std::byte> bytes_of(const OwnFile& file, std::size_t max_bytes) {
  std::vector<std::byte> bytes(max_bytes);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto n = ::pread(file.fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace pitbridge
