// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "common/posix/region/region.hpp"

namespace pitbridge {

/// What happens to the names of a directory, told by the system: nobody has to look again and again.
class DirectoryWatch {
 public:
  static Expected<DirectoryWatch> open(const ShmDirectory& directory);

  /// Readable when something has happened.
  int fd() const { return fd_.get(); }
  /// Forgets what has happened.
  void take_all();

 private:
  explicit DirectoryWatch(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

enum class WaitEnd : std::uint8_t {
  kThere,
  kTimedOut,
  kStopped,  ///< the stop descriptor can be read, or a signal handler has run
};

/// Sleeps until `is_there` says so, which is asked now and whenever something happens in the directory; until
/// CLOCK_MONOTONIC is at `deadline_ns`; or until `stop_fd` can be read (-1: there is none).
Expected<WaitEnd> wait_in_directory(const ShmDirectory& directory, std::int64_t deadline_ns, int stop_fd,
                                    const std::function<Expected<bool>()>& is_there);

/// Sleeps until there is a region of this name. Fails where what has the name is not to be believed.
Expected<WaitEnd> wait_for_region(const std::shared_ptr<ShmDirectory>& directory, std::string_view name,
                                  const RegionTrust& trust, std::int64_t deadline_ns, int stop_fd);

}  // namespace pitbridge
