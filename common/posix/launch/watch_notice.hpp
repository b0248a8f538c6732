// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "common/core/error.hpp"
#include "common/posix/system/fd.hpp"

/// Two files in the runtime directory: `watch.lock`, which makes a watcher the only one of its user, and
/// `watch.json`, in which it says what it does.
namespace pitbridge {

class WatchLock {
 public:
  /// `kAlreadyRunning` when another watcher holds it. The directory is made.
  static Expected<WatchLock> take(const std::string& directory);

  WatchLock(WatchLock&&) = default;
  WatchLock& operator=(WatchLock&&) = default;
  /// Removes watch.json.
  ~WatchLock();

  /// Replaces watch.json in one step. What cannot be written is not: it is for onlookers.
  void publish(const std::string& json) const;

 private:
  WatchLock(std::string directory, UniqueFd lock);

  std::string directory_;
  UniqueFd lock_;
};

/// The JSON of the watcher that runs; nothing: none does.
std::optional<std::string> running_watch(const std::string& directory);

}  // namespace pitbridge
