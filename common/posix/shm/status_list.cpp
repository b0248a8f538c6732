// SPDX-License-Identifier: MIT
#include "common/posix/shm/status_list.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// A bridge writes its page often, but shortly: a reading that met a write is taken again.
constexpr int kMaxAttempts = 32;

}  // namespace

std::vector<StatusEntry> status_entries(const std::string& directory) {
  std::vector<StatusEntry> all;
  for (const std::string& name : directory_entries(directory)) {
    if (!name.starts_with(kOwnFilePrefix)) continue;
    const std::string path = fmt::format("{}/{}", directory, name);
    std::optional<Status> status;
    for (int attempt = 0; attempt < kMaxAttempts && !status; ++attempt) {
      const auto bytes = small_file(path, kStatusPageBytes);
      if (!bytes) break;
      status = read_status(std::as_bytes(std::span(*bytes)));
    }
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (status && fd)
      all.push_back(
          {name.substr(kOwnFilePrefix.size()), std::move(*status), is_locked_by_a_bridge(fd.get())});
  }
  return all;
}

}  // namespace pitbridge
