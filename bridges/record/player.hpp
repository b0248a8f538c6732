// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bridges/record/cursor.hpp"
#include "common/core/mirror/made_sections.hpp"

namespace pitbridge::record {

/// Puts the frames of a recording into sections, moment by moment. When, is the business of its owner.
class Player {
 public:
  /// Both must outlive it; `sections` are of the sim of the recording.
  Player(RecordingReader& reader, MadeSections& sections)
      : reader_(reader), sections_(sections), cursor_(reader) {}

  /// Shows what there was at that moment.
  void go_to(std::int64_t time_ns);
  /// The moment of the next frame, or of another change; nothing at the end.
  std::optional<std::int64_t> next_ns();
  /// Shows all of that moment.
  void show_next();
  /// Between two moments, so that the next one is not late.
  void prepare() { cursor_.load_ahead(); }
  /// No game is there any more.
  void close();

  std::uint64_t frames() const { return frames_; }

 private:
  void show(const Record& record);
  void follow_game();

  RecordingReader& reader_;
  MadeSections& sections_;
  Cursor cursor_;
  std::vector<std::size_t> sizes_ =
      std::vector<std::size_t>(reader_.header().mappings.size());  ///< 0: closed
  std::string title_;
  std::uint64_t frames_ = 0;
};

/// When the moments of a recording are due. A pause of the whole machine, or of the process, is not made up
/// for; each moment is reckoned from the first, so that being late does not add up.
class Schedule {
 public:
  explicit Schedule(double speed) : speed_(speed) {}

  void start(std::int64_t recorded_ns, std::int64_t now_ns) {
    recorded_ns_ = recorded_ns;
    start_ns_ = now_ns;
  }
  /// `now_ns`: the time at which this is asked; what is long due by then begins anew.
  std::int64_t due_ns(std::int64_t recorded_ns, std::int64_t now_ns);

 private:
  double speed_;
  std::int64_t recorded_ns_ = 0, start_ns_ = 0;
};

}  // namespace pitbridge::record
