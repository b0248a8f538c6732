// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/posix/shm/shm_file.hpp"

namespace pitbridge {

/// `pitbridge.<sim>.lock`, which makes a bridge the only one of its sim in a directory. Nobody but its user
/// may open it: whoever can open a file can keep others from locking it. The kernel drops the lock with the
/// process, so a killed bridge never stands in the way of the next.
class LockFile {
 public:
  /// For a bridge, which is then seen to live. Fails with kAlreadyRunning when another has the lock; `holder`
  /// is then its pid, where that is known. Waits a moment for one that only cleans up.
  static Expected<std::unique_ptr<LockFile>> take(std::shared_ptr<ShmDirectory> directory,
                                                  std::string_view sim, std::optional<pid_t>& holder);
  /// For whoever cleans up: makes no file, and is not taken for a bridge. Null when it cannot be had.
  static std::unique_ptr<LockFile> take_existing(std::shared_ptr<ShmDirectory> directory,
                                                 std::string_view sim);

  /// Also takes the lock of a file that had to be made anew.
  Expected<bool> check();
  void take_back() { file_->take_back(); }

 private:
  explicit LockFile(std::unique_ptr<ShmFile> file) : file_(std::move(file)) {}
  bool lock_as_bridge();

  std::unique_ptr<ShmFile> file_;
};

/// Whether a bridge of ours lives. Takes no lock.
bool bridge_lives(const std::string& directory, std::string_view sim);

}  // namespace pitbridge
