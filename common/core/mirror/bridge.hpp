// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/mirror/derived_files.hpp"
#include "common/core/mirror/game_watch.hpp"
#include "common/core/mirror/live_page.hpp"
#include "common/core/mirror/live_values.hpp"
#include "common/core/mirror/mirror.hpp"
#include "common/core/mirror/title_files.hpp"

namespace pitbridge {

struct BridgeSettings {
  bool stay = false;  ///< wait for the next game when one has gone, instead of finishing
  /// Make the mappings before the game does, out of the files' own pages, where the game is known to take it.
  bool own = false;
  /// Somebody else has started the session, and it must end as it would without the bridge. So the bridge
  /// stops holding it as soon as any program runs there, and not only the game; where Wine refuses, the
  /// bridge leaves.
  bool guest = false;
  std::string expected_title = {};  ///< id of the title that the session is for; empty: not known
  PacerProfile pacing = kDefaultProfile;
  std::uint64_t max_total_bytes = std::uint64_t{64} << 20U;  ///< of all sections together
};

/// The whole life of a bridge (bridges/ARCHITECTURE.md), as steps in time: the caller sleeps between them.
/// Single-threaded.
class Bridge {
 public:
  /// All arguments must outlive the bridge.
  Bridge(const Sim& sim, BridgeSettings settings, Source& source, SinkFactory& files, Clock& clock, Log& log,
         StatusWriter& status);

  /// Every frame of every mapping goes there too. Call before `start`; it must outlive the bridge.
  void stream_to(FrameSink& frames);
  /// Publishes there what each mapping holds now, for who has just come.
  void repeat_frames();
  /// Of all attached sections together, or, where the game has not come yet, of those that it makes in any
  /// case.
  std::uint64_t section_bytes() const;

  /// Opens every file that readers may expect before the game runs. Nothing is left half-done on an error.
  Expected<void> start();

  /// Does all that is due now; returns the monotonic time of the next step.
  std::int64_t step();

  /// True when the game that was seen has gone, the session has ended, a guest would keep it from ending, or
  /// another bridge gets the place; then only `stop` is left to call.
  bool finished() const { return state_ == BridgeState::kGone || game_watch_.must_leave() || gives_way_; }
  /// A bridge of another prefix has a game's data, and this one has none: it gets the place.
  bool gives_way() const { return gives_way_; }

  /// Clears the files and leaves the status page at "stopped".
  void stop();

  BridgeState state() const { return state_; }

  /// The section that is mirrored to this file, for readers that want the game's own pages.
  std::optional<OfferedSection> find_section(std::string_view file_name) const;

 private:
  /// When the next mapping is to be looked at; far away while none is attached.
  std::int64_t next_look_ns() const;
  void watch_game(std::int64_t now);
  void own_mappings();
  void choose_files(std::int64_t now);
  void probe_names(std::int64_t now);
  /// The first attached mapping that tells of the game still has its section.
  bool first_is_unchanged();
  /// Why a section of this size is not mirrored, with the remedy.
  std::optional<std::string> refusal_of(const Mapping& mapping, std::uint64_t size_bytes) const;
  /// `follows`: some mapping that tells of a game was attached before this round.
  void probe_one(Mirror& mirror, bool follows, std::int64_t now);
  void game_gone();
  void housekeeping(std::int64_t now);
  void look_at_mirrors(std::int64_t now);
  void answer_challenger(std::int64_t now);
  void enter(BridgeState state);

  const Sim& sim_;
  BridgeSettings settings_;
  Source& source_;
  SinkFactory& files_;
  Clock& clock_;
  StatusWriter& status_;
  Voice voice_;

  std::vector<Mirror> mirrors_;  ///< one for each mapping of the sim, for life: game_watch_ holds their place
  GameWatch game_watch_;
  DerivedFiles derived_;
  TitleFiles title_files_;
  LiveValues values_;
  LiveClaim live_;
  WakeUpBudget budget_;
  Complaint status_complaint_, values_complaint_, challenger_complaint_;
  bool gives_way_ = false;
  std::int64_t without_data_since_ns_ = 0;  ///< 0: it has a game's data
  BridgeState state_ = BridgeState::kStarting;
  std::int64_t attached_since_ns_ = 0;
  std::int64_t probe_every_ns_;
  std::int64_t next_watch_ns_ = 0, next_probe_ns_ = 0, next_housekeeping_ns_ = 0, next_whole_probe_ns_ = 0;
};

}  // namespace pitbridge
