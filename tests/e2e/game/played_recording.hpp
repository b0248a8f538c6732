// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace pitbridge::model {

struct PlayedFrame {
  double seconds = 0;  ///< since the begin
  std::string file_name;
  std::vector<std::byte> bytes;  ///< none: the mapping is closed
};

/// What `pitbridge export --format raw` has made of a recording: frames as they were, without zstd.
class PlayedRecording {
 public:
  explicit PlayedRecording(const std::string& path);

  bool is_open() const { return is_open_; }
  /// Nothing at the end.
  const std::optional<PlayedFrame>& frame() const { return frame_; }
  void pop();

 private:
  std::ifstream file_;
  bool is_open_ = false;
  std::optional<PlayedFrame> frame_;
};

}  // namespace pitbridge::model
