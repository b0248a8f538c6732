// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/core/mirror/bridge.hpp"
#include "common/core/mirror/made_sections.hpp"
#include "common/core/settings/user_settings.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/janitor.hpp"
#include "common/posix/shm/reader_service.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "common/posix/shm/status_file.hpp"

namespace pitbridge {

/// Where the sim's files are, by the user's settings.
SimPlace place_of(const UserSettings& user, const Sim& sim);

struct HostBridgeSettings {
  SimPlace place;
  bool stay = true;        ///< wait for the next game when one has gone
  std::string title = {};  ///< id of the title that it is said to be; empty: its process or its bytes tell
  /// What the status page shows in the place of a Wine prefix: "replay of drive.pbrec"; no path, so that
  /// nobody takes it for one. Empty: the games of this host.
  std::string origin = {};
};

/// A bridge out here, without Wine: of sections that this process makes. For readers it is one like any.
class HostBridge {
 public:
  /// Takes the place of the sim; fails with kAlreadyRunning when somebody has it. All references must outlive
  /// it. What a killed bridge left must have been cleared.
  static Expected<std::unique_ptr<HostBridge>> open(MadeSections& sections,
                                                    const HostBridgeSettings& settings,
                                                    std::shared_ptr<ShmDirectory> directory, Clock& clock,
                                                    Log& log);
  HostBridge(const HostBridge&) = delete;
  HostBridge& operator=(const HostBridge&) = delete;
  /// Clears the files.
  ~HostBridge();

  const Sim& sim() const { return sections_.sim(); }
  StatusWriter& status() { return status_; }
  /// Into the log and the status page.
  void say(LogLevel level, const std::string& message);

  /// Whether a step is due now, or a section was updated since the last.
  bool is_due(std::int64_t now_ns) const;
  std::int64_t next_ns() const { return next_ns_; }
  void step();
  /// The game has gone, and it does not stay.
  bool finished() const { return bridge_.finished(); }

 private:
  HostBridge(MadeSections& sections, const HostBridgeSettings& settings,
             std::shared_ptr<ShmDirectory> directory, std::unique_ptr<StatusFile> status, Clock& clock,
             Log& log);
  Expected<void> start();

  Clock& clock_;
  Log& log_;
  std::shared_ptr<ShmDirectory> directory_;
  MadeSections& sections_;
  std::unique_ptr<StatusFile> status_file_;
  StatusWriter status_;
  ShmFileFactory files_;
  Bridge bridge_;
  ReaderService readers_;
  std::int64_t next_ns_ = 0;
  std::uint64_t stepped_after_ = 0;  ///< updates
};

/// One host bridge alone in its process, with all that belongs to it: what a killed one left is cleared
/// first, and a janitor clears after this one, should it be killed.
class LoneHostBridge {
 public:
  /// As `HostBridge::open`; the place is that of the user's settings.
  static Expected<LoneHostBridge> open(MadeSections& sections, const UserSettings& user,
                                       const std::string& title, const std::string& origin, Clock& clock,
                                       Log& log);

  HostBridge* operator->() { return bridge_.get(); }
  const std::string& directory() const { return directory_->path(); }

 private:
  LoneHostBridge() = default;

  std::shared_ptr<ShmDirectory> directory_;
  std::unique_ptr<Janitor> janitor_;
  std::unique_ptr<HostBridge> bridge_;
};

}  // namespace pitbridge
