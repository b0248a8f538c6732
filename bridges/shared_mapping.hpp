// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/mirror/ports.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "common/win32/named_mapping.hpp"
#include "common/win32/shm/section.hpp"

namespace pitbridge {

/// One mapping of `shmbridge --both`. Where no Windows program has made it, it is a native file; else it is
/// that program's own section, until that has gone.
class SharedMapping {
 public:
  /// `mapping`, `log`: outlive this.
  SharedMapping(const Mapping& mapping, std::shared_ptr<ShmDirectory> directory, std::uint32_t file_mode,
                Log& log);

  std::string_view file_name() const { return mapping_->file_name(); }
  /// Follows what Windows programs have done since.
  Expected<void> look();
  /// As above; a fault is logged once, and tried again at the next call.
  void look_again();
  /// What native programs get; they may write it.
  std::optional<OfferedSection> offered() const;

 private:
  Expected<void> take_theirs();
  Expected<void> make_ours();
  Expected<std::unique_ptr<ShmFile>> open_file() const;
  void watch_file();
  void warn_of_other_file() const;

  const Mapping* mapping_;
  std::shared_ptr<ShmDirectory> directory_;
  std::uint32_t file_mode_;
  Log* log_;
  std::string last_fault_;
  bool file_was_harmed_ = false;
  // Either ours or theirs.
  std::unique_ptr<ShmFile> file_;
  std::optional<Section> made_;
  std::optional<SharedSection> theirs_;
};

}  // namespace pitbridge
