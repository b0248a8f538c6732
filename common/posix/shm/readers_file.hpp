// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "common/posix/shm/shm_file.hpp"

namespace pitbridge {

/// `pitbridge.<sim>.readers`: the only page that readers write to (pitbridge-shm(7), "WAITING FOR NEWS").
/// Two counters that they raise; the bridge only ever asks whether one has moved.
class ReadersFile {
 public:
  /// Whoever may read the mirrored files, which have `mode`, may write this one.
  static Expected<std::unique_ptr<ReadersFile>> open(std::shared_ptr<ShmDirectory> directory,
                                                     std::string_view sim, mode_t mode);

  /// Whether a reader has announced a wait since the last call. After a store to the futex word: then either
  /// this sees the announcement, or the reader's wait sees the store.
  bool anybody_waits();
  /// Raised by readers as long as they want decoded values.
  std::uint32_t value_requests() const;

  Expected<bool> check() { return file_->check(); }

 private:
  explicit ReadersFile(std::unique_ptr<ShmFile> file);
  std::uint32_t load(std::size_t offset_bytes) const;

  std::unique_ptr<ShmFile> file_;
  std::uint32_t waits_seen_;
};

}  // namespace pitbridge
