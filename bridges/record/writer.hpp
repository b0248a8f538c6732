// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/record/format.hpp"
#include "bridges/record/frames.hpp"
#include "bridges/record/packing.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge::record {

/// What stands in a file so far.
struct Totals {
  std::int64_t length_ns = 0;  ///< of what a reader finds there
  std::uint64_t file_bytes = 0;
  std::uint64_t frames = 0, lost = 0;
};

/// Writes a recording. At each moment the file is one that can be played up to the last whole chunk: if this
/// process is killed, at most the last second is missing. What has gone to the system survives that; and the
/// system is asked to put each chunk on the disk at once, without waiting for it, as a wait would lose
/// frames.
class RecordingWriter {
 public:
  /// Makes the file. One that is there is refused, unless it may be written over.
  static Expected<std::unique_ptr<RecordingWriter>> create(const std::string& path, bool overwrite);

  const std::string& path() const { return path_; }
  bool has_started() const { return has_started_; }
  /// Once, before all that follows. Times count from here, and never go back: an earlier one is the last.
  /// After an error nothing but `finish` may be called.
  Expected<void> start(const FileHeader& header);
  Expected<void> title(std::string_view id, std::int64_t time_ns);
  /// What a mapping held before the recording began: no frame of it.
  void prime(std::size_t mapping, std::span<const std::byte> bytes) { encoder_.prime(mapping, bytes); }
  /// `lost`: so many frames of this mapping were missed before it.
  Expected<void> frame(std::size_t mapping, std::span<const std::byte> bytes, std::uint32_t lost,
                       std::int64_t time_ns);
  Expected<void> gone(std::size_t mapping, std::int64_t time_ns);
  /// To be called now and then, also when nothing comes: writes a chunk that is due.
  Expected<void> tick(std::int64_t time_ns);
  /// Writes what is left, and the index. After an error it keeps what can be read.
  Expected<void> finish();
  /// Removes the file: nothing was recorded.
  void remove();

  Totals totals() const;

 private:
  RecordingWriter(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Expected<void> make_room(std::size_t bytes, std::int64_t& time_ns);
  Expected<void> close_chunk();
  void pack();
  Expected<void> put(std::span<const std::byte> bytes);

  std::string path_;
  UniqueFd fd_;
  bool has_started_ = false, has_failed_ = false;
  FrameEncoder encoder_{0};
  Packer packer_;
  std::vector<std::byte> scratch_;
  bool is_open_ = false;  ///< a chunk
  ChunkHeader chunk_;
  std::int64_t last_ns_ = 0;
  std::uint64_t end_ = 0;  ///< of the last whole chunk in the file
  std::vector<Chunk> chunks_;
  std::uint64_t frames_ = 0, lost_ = 0;
};

}  // namespace pitbridge::record
