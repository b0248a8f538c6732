// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/posix/region/region_name.hpp"
#include "common/posix/region/shm_directory.hpp"

namespace pitbridge {

/// The right to publish under a name of a directory: a lock on `NAME.lock`, a file that nobody but its user
/// may open, for whoever can open a file can keep others from locking it. The kernel drops the lock with its
/// process, so that one which was killed never stands in the way of the next; a child that a fork has made
/// shares it. Its end removes the file, in the process that took the lock.
class NameLock {
 public:
  /// Waits for nobody. kUsage: no name that may be (check_published_name). kAlreadyRunning: a living process
  /// has it. kOutputRefused: what stands at the path is not ours, or cannot be made.
  /// `suffix`: of the lock file, for something else of the same name, which is not in the way.
  static Expected<NameLock> take(std::shared_ptr<ShmDirectory> directory, std::string_view name,
                                 std::string_view suffix = kLockSuffix);

  NameLock(NameLock&&) noexcept = default;
  NameLock& operator=(NameLock&&) = delete;
  ~NameLock();

  /// False: somebody has removed the file, and another process can take the name.
  bool is_at_path() const;
  const ShmDirectory& directory() const { return *directory_; }

 private:
  NameLock(std::shared_ptr<ShmDirectory> directory, std::string file_name, UniqueFd fd);

  std::shared_ptr<ShmDirectory> directory_;
  std::string file_name_;
  UniqueFd fd_;
  pid_t taker_;
};

/// The living process of ours that has the name; its pid is 0 where it could not be written. Nothing: nobody
/// has it, or it is not ours to see. Takes no lock.
std::optional<pid_t> holder_of_name(const ShmDirectory& directory, std::string_view name,
                                    std::string_view suffix = kLockSuffix);

}  // namespace pitbridge
