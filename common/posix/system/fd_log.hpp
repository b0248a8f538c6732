// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/core/mirror/repeated_lines.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// Writes lines to stderr, with their levels where that is systemd's journal, or to a file, which is kept
/// short. A line that cannot be written at once is dropped and counted, and the count is said with the next
/// line that can: a full disk, a pipe that nobody reads or a stopped terminal never disturbs a bridge. One
/// thing that is said again and again is said some times a minute; see RepeatedLines.
class FdLog final : public Log {
 public:
  /// To stderr; where nobody can read that (simd opens it read-only), to `<state directory>/<program>.log`.
  static FdLog to_stderr(std::string program, LogLevel level);
  /// To `<state directory>/<program>.log`, or to stderr where that cannot be written.
  static FdLog to_state_directory(std::string program, LogLevel level);
  /// Appends to `path`.
  static Expected<FdLog> to_file(std::string program, LogLevel level, const std::string& path);

  void write(LogLevel level, std::string_view line) override;

 private:
  FdLog(std::string program, LogLevel level, std::string path, UniqueFd file);

  void put_line(const LogLine& line);
  std::string text_of(const LogLine& line) const;
  /// False when not all of it could be written.
  bool put(const std::string& text);

  std::string program_;
  LogLevel level_;
  std::string path_;  ///< of the file
  UniqueFd file_;     ///< none: stderr
  RepeatedLines repeated_;
  std::uint64_t lost_lines_ = 0;
  bool is_within_line_ = false;  ///< the end of the last one did not fit
};

}  // namespace pitbridge
