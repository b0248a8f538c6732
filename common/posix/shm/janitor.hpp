// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "common/posix/region/shm_directory.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// What is to be cleared of one sim.
struct JanitorDuty {
  std::shared_ptr<ShmDirectory> directory;
  std::string sim;
  std::vector<std::string> file_names;
};

/// A small native child process that outlives this one for a moment: when we die without a farewell (SIGKILL,
/// or a wineserver that goes and takes us with it, which no handler of ours can see) it clears our files. It
/// holds nothing of Wine, and sleeps in one read(2) until then.
class Janitor {
 public:
  /// Where no child can be made the bridge runs without one; the next bridge cleans up then.
  explicit Janitor(const std::vector<JanitorDuty>& duties);
  Janitor(const Janitor&) = delete;
  Janitor& operator=(const Janitor&) = delete;
  /// The ordinary end: the files are cleared already, and the child leaves without a trace.
  ~Janitor();

 private:
  UniqueFd farewell_;
  pid_t child_ = -1;
};

}  // namespace pitbridge
