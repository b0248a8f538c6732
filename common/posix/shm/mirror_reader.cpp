// SPDX-License-Identifier: MIT
#include "common/posix/shm/mirror_reader.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "common/core/decode/title.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/own_file.hpp"
#include "common/posix/shm/lock_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

/// No sim's mapping is larger; a foreign file may be.
constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20U;
constexpr int kMostCopies = 32;

std::size_t size_of(const UniqueFd& fd) {
  struct stat status = {};
  return ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size)
                                                                    : 0;
}

std::optional<Status> status_from(const OwnFile& page) {
  return read_status(bytes_of(page, kStatusPageBytes));
}

}  // namespace

MirrorReading read_mirror(const std::string& directory, const Sim& sim) {
  MirrorReading reading;
  const OwnFile page = open_own_file(directory, status_file_name(sim.name));
  reading.read_ns = MonotonicClock().now_ns();
  reading.foreign_owner = page.foreign_owner;
  if (page.fd) {
    reading.status = status_from(page);
    reading.bridge_runs = bridge_lives(directory, sim.name);
  }
  for (const Mapping& mapping : sim.mappings) {
    const OwnFile file = open_own_file(directory, mapping.file_name());
    if (file.foreign_owner && !reading.foreign_owner) reading.foreign_owner = file.foreign_owner;
    if (!file.fd) continue;
    for (int attempt = 0; attempt < kMostCopies; ++attempt) {
      const auto before = page.fd ? status_from(page) : std::nullopt;
      const StatusMapping* entry = before ? before->find(mapping.file_name()) : nullptr;
      const std::size_t size =
          entry != nullptr && entry->size_bytes != 0 ? entry->size_bytes : size_of(file.fd);
      auto bytes = bytes_of(file, std::min(size, kMaxFileBytes));
      const auto after = entry != nullptr ? status_from(page) : std::nullopt;
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
