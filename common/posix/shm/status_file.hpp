// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/core/mirror/status_page.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/lock_file.hpp"
#include "common/posix/shm/readers_file.hpp"
#include "common/posix/shm/shm_file.hpp"

namespace pitbridge {

/// Why a bridge cannot have the place: another one runs. Names its pid and prefix.
Error another_runs(const ShmDirectory& directory, std::string_view sim,
                   const std::optional<NamedBridge>& holder);

/// `pitbridge.<sim>`: the status page of the only bridge of its sim. A living one also holds a shared lock on
/// the page, by which readers of any user see that it lives (pitbridge-shm(7), "LIVENESS"); who may be the
/// bridge is decided by LockFile alone.
class StatusFile final : public StatusSink {
 public:
  /// For the bridge that has the place, by this lock.
  static Expected<std::unique_ptr<StatusFile>> open(const SimPlace& place,
                                                    std::shared_ptr<ShmDirectory> directory,
                                                    std::shared_ptr<LockFile> lock);
  /// As above, with a directory and a lock of its own. Fails with kAlreadyRunning when another bridge runs.
  static Expected<std::unique_ptr<StatusFile>> open(const SimPlace& place);
  /// The page that a killed bridge left, locked, for whoever cleans up. Makes nothing. Null where there is no
  /// such page, or where a bridge lives.
  static std::unique_ptr<StatusFile> of_killed_bridge(const std::shared_ptr<ShmDirectory>& directory,
                                                      std::string_view sim);

  std::span<std::byte> page() const { return file_->memory(); }
  /// A copy of the page, which a page that somebody cuts cannot harm; what is cut off is zero.
  std::vector<std::byte> content() const;
  /// Of `of_killed_bridge`: the pid of that bridge.
  std::int32_t killed_bridge() const { return killed_bridge_; }

  bool publish(std::span<const Store> stores) override { return file_->publish(stores); }
  void clear() override { file_->clear(); }
  Expected<void> grow(std::size_t size_bytes) override { return file_->grow(size_bytes); }
  /// Also takes the locks of files that had to be made anew.
  Expected<bool> check() override;
  std::string path() const override { return file_->path(); }
  SectionId id() const override { return file_->id(); }
  void wake_readers() override;
  std::optional<std::string> challenger() const override;
  std::uint32_t value_requests() const override { return readers_ ? readers_->value_requests() : 0; }

 private:
  std::shared_ptr<LockFile> lock_;
  std::unique_ptr<ShmFile> file_;
  std::unique_ptr<ReadersFile> readers_;  ///< null: for whoever cleans up
  std::int32_t killed_bridge_ = 0;
};

}  // namespace pitbridge
