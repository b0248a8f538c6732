// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <span>
#include <string>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// A small native child process that outlives this one for a moment: when we die without a farewell (SIGKILL,
/// or a wineserver that goes and takes us with it, which no handler of ours can see) it clears our files. It
/// holds nothing of Wine, and sleeps in one read(2) until then.
class Janitor {
 public:
  /// Where no child can be made the bridge runs without one; the next bridge cleans up then.
  Janitor(const SimPlace& place, std::span<const std::string> more_files);
  Janitor(const Janitor&) = delete;
  Janitor& operator=(const Janitor&) = delete;
  /// The ordinary end: the files are cleared already, and the child leaves without a trace.
  ~Janitor();

 private:
  UniqueFd farewell_;
  pid_t child_ = -1;
};

}  // namespace pitbridge
