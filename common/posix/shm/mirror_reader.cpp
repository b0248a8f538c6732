// SPDX-License-Identifier: MIT
#include "common/posix/shm/mirror_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {
namespace {

/// No sim's mapping is larger; a foreign file may be.
constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20U;
constexpr int kMaxAttempts = 32;

UniqueFd open_file(const std::string& directory, std::string_view name) {
  const std::string path = directory + "/" + std::string(name);
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

std::vector<std::byte> read_all(const UniqueFd& fd, std::size_t size_bytes) {
  std::vector<std::byte> bytes(std::min(size_bytes, kMaxFileBytes));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto n = ::pread(fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

std::size_t size_of(const UniqueFd& fd) {
  struct stat status = {};
  return ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size)
                                                                    : 0;
}

std::optional<Status> status_from(const UniqueFd& fd) {
  const auto page = read_all(fd, kStatusPageBytes);
  return read_status(page);
}

}  // namespace

MirrorReading read_mirror(const std::string& directory, const Sim& sim) {
  MirrorReading reading;
  const UniqueFd status_fd = open_file(directory, status_file_name(sim.name));
  if (status_fd) {
    reading.status = status_from(status_fd);
    reading.bridge_runs = is_locked_by_a_bridge(status_fd.get());
  }
  for (const Mapping& mapping : sim.mappings) {
    const UniqueFd fd = open_file(directory, mapping.file_name());
    if (!fd) continue;
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
      const auto before = status_fd ? status_from(status_fd) : std::nullopt;
      const StatusMapping* entry = before ? before->find(mapping.file_name()) : nullptr;
      const std::size_t size = entry != nullptr && entry->size_bytes != 0 ? entry->size_bytes : size_of(fd);
      auto bytes = read_all(fd, size);
      const auto after = entry != nullptr ? status_from(status_fd) : std::nullopt;
      const StatusMapping* entry_after = after ? after->find(mapping.file_name()) : nullptr;
      const bool whole = entry == nullptr || (entry_after != nullptr && entry->sequence % 2 == 0 &&
                                              entry_after->sequence == entry->sequence);
      reading.snapshot.set(mapping.file_name(), std::move(bytes));
      if (whole) break;
    }
  }
  const std::string_view seen =
      reading.status ? fixed_text(reading.status->header.title) : std::string_view();
  reading.title = identify_title(sim, seen, reading.snapshot);
  return reading;
}

}  // namespace pitbridge
