// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// Writes lines to stderr, with their levels where that is systemd's journal, or to a file. A line that
/// cannot be written is dropped: a full disk or a closed stderr never disturbs a bridge.
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
  FdLog(std::string program, LogLevel level, UniqueFd file);

  std::string program_;
  LogLevel level_;
  UniqueFd file_;  ///< none: stderr
};

}  // namespace pitbridge
