// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// What a person can do about a directory that will not do, in the words of the program at hand.
struct DirectoryChoice {
  std::string_view option = "another directory";  ///< "... or use X"
  std::string_view anew = "another";              ///< "make it, or name X"
};

/// The directory of shared memory files. It is held open, so that a symbolic link which takes its place in
/// mid-run leads nobody to other files.
class ShmDirectory {
 public:
  /// Where a file lies: an open directory, and a name in it without a slash.
  struct Place {
    UniqueFd parent;
    std::string leaf;
  };

  /// Follows the symbolic links of `path`, this once.
  static Expected<std::shared_ptr<ShmDirectory>> open(const std::string& path,
                                                      const DirectoryChoice& choice = {});

  /// As it was given.
  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }
  const DirectoryChoice& choice() const { return choice_; }

  /// Whether anything has this name, which holds no slash.
  bool has(const std::string& name) const;

  /// Takes up a directory that was removed and made anew. Fails when the path leads to none, or by a symbolic
  /// link that was not there before; `fd` is then what it was.
  Expected<void> check();

  /// Where the file of this name lies; a name with one slash is that of a file in a directory below, which
  /// must be a plain one of our own. `mode_of_files`: makes that directory if it is not there, for files of
  /// this mode.
  Expected<Place> place_of(std::string_view name, std::optional<mode_t> mode_of_files) const;

 private:
  ShmDirectory(std::string path, const DirectoryChoice& choice) : path_(std::move(path)), choice_(choice) {}

  std::string path_;
  DirectoryChoice choice_;
  std::string resolved_;  ///< `path_` without a symbolic link
  UniqueFd fd_;
};

}  // namespace pitbridge
