// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/posix/shm/shm_file.hpp"

namespace pitbridge {

/// A bridge, as it names itself in the lock file.
struct NamedBridge {
  pid_t pid = 0;
  std::string prefix;  ///< empty: not told
};

/// `pitbridge.<sim>.lock`, which makes a bridge the only one of its sim in a directory (the *holder* of the
/// place), and the only one of its prefix among those that wait for it (the *challengers*). Nobody but its
/// user may open it: whoever can open a file can keep others from locking it. The kernel drops a lock with
/// its process, so a killed bridge never stands in the way of the next.
class LockFile {
 public:
  static Expected<std::unique_ptr<LockFile>> open(std::shared_ptr<ShmDirectory> directory,
                                                  std::string_view sim);
  /// For whoever cleans up: makes no file, and is not taken for a bridge. Null when it cannot be had.
  static std::unique_ptr<LockFile> take_existing(std::shared_ptr<ShmDirectory> directory,
                                                 std::string_view sim);

  /// Becomes the bridge of this prefix, as holder or challenger. False: there is one.
  bool enter(const std::string& prefix);
  /// Becomes the holder, and is then seen to live. False: another one is, or is asked to make way for another
  /// one. Waits for nobody.
  bool take();
  /// As `take`, but waits a moment for one that only cleans up.
  bool take_patiently();
  /// The holder gives the place up, and goes on as a challenger.
  void give_up();
  /// Who has the place, where that is known.
  std::optional<NamedBridge> holder() const;

  /// A challenger asks the holder to make way. False: another challenger has asked before.
  bool ask();
  void withdraw();
  /// The living challenger that has asked.
  std::optional<NamedBridge> challenger() const;

  /// Also takes the locks of a file that had to be made anew.
  Expected<bool> check();
  void take_back() { file_->take_back(); }
  std::string path() const { return file_->path(); }

 private:
  explicit LockFile(std::unique_ptr<ShmFile> file) : file_(std::move(file)) {}
  bool lock_as_holder();
  bool write_name(std::size_t at);

  std::unique_ptr<ShmFile> file_;
  std::string prefix_;  ///< empty: none was entered for
  bool is_holder_ = false;
};

/// Whether a bridge of ours lives. Takes no lock.
bool bridge_lives(const std::string& directory, std::string_view sim);
/// The living bridge that has asked for the place. Takes no lock.
std::optional<NamedBridge> challenger_of(const std::string& directory, std::string_view sim);
/// Whether a bridge of this prefix lives, holder or challenger. Takes no lock.
bool bridge_lives_in(const std::string& directory, std::string_view sim, const std::string& prefix);

}  // namespace pitbridge
