// SPDX-License-Identifier: MIT
#include "common/posix/shm/start_obstacle.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "common/core/mirror/status_page.hpp"
#include "common/core/mirror/values_page.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/own_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr std::uint64_t kPageBytes = 4096;

struct WantedFile {
  std::string name;
  std::uint64_t size_bytes = 0;
};

/// What a bridge makes before a game is there.
std::vector<WantedFile> wanted_files(const Sim& sim) {
  std::vector<WantedFile> all = {{lock_file_name(sim.name), kPageBytes},
                                 {status_file_name(sim.name), kStatusPageBytes},
                                 {readers_file_name(sim.name), kPageBytes},
                                 {values_file_name(sim.name), kValuesPageBytes}};
  for (const Mapping& mapping : sim.mappings) {
    if (mapping.min_file_bytes == 0) continue;
    all.push_back({std::string(mapping.file_name()), mapping.min_file_bytes});
    for (const std::string_view name : mapping.extra_files)
      all.push_back({std::string(name), mapping.min_file_bytes});
  }
  return all;
}

/// In whole pages; those of a file that is there are its own already.
std::uint64_t missing_bytes(const OwnFile& file, std::uint64_t wanted_bytes) {
  const std::uint64_t rounded = (wanted_bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  struct stat found = {};
  if (!file.fd || ::fstat(file.fd.get(), &found) != 0) return rounded;
  const auto there = static_cast<std::uint64_t>(found.st_blocks) * 512;
  return there < rounded ? rounded - there : 0;
}

}  // namespace

std::optional<std::string> start_obstacle(const std::string& directory, const Sim& sim) {
  if (::access(directory.c_str(), W_OK | X_OK) != 0)
    return fmt::format("{} cannot be written: {}; name another directory with --shm-dir", directory,
                       system_message(errno));
  std::uint64_t missing = 0;
  for (const WantedFile& wanted : wanted_files(sim)) {
    const OwnFile file = open_own_file(directory, wanted.name);
    if (file.foreign_owner)
      return fmt::format("{}/{} belongs to user {}; ask that user to remove it, or use --shm-dir", directory,
                         wanted.name, *file.foreign_owner);
    missing += missing_bytes(file, wanted.size_bytes);
  }
  struct statvfs space = {};
  if (::statvfs(directory.c_str(), &space) != 0 || space.f_blocks == 0) return std::nullopt;
  const std::uint64_t free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
  if (free_bytes >= missing) return std::nullopt;
  return fmt::format("{} has {} bytes free, and the files of {} need {} more; free space in it (df -h {})",
                     directory, free_bytes, sim.description, missing, directory);
}

}  // namespace pitbridge
