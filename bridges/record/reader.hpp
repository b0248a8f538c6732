// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/record/format.hpp"
#include "bridges/record/frames.hpp"
#include "bridges/record/packing.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge::record {

/// A part of the file that cannot be read.
struct Damage {
  std::int64_t after_ns = 0;  ///< the last moment before it
  std::uint64_t bytes = 0;
  std::string what;
};

/// Reads a recording. Whatever the file is, it stays within the bounds of the format; where chunks are
/// damaged or missing, the others are there.
class RecordingReader {
 public:
  static Expected<std::unique_ptr<RecordingReader>> open(const std::string& path);

  const std::string& path() const { return path_; }
  const FileHeader& header() const { return header_; }
  std::uint64_t file_bytes() const { return file_bytes_; }
  /// It was ended as it should, and has its index.
  bool has_index() const { return has_index_; }
  const std::vector<Chunk>& chunks() const { return chunks_; }
  std::int64_t length_ns() const { return chunks_.empty() ? 0 : chunks_.back().header.last_ns; }
  /// The chunk in which that moment is, or the last before it.
  std::size_t chunk_at(std::int64_t time_ns) const;
  /// What was found damaged so far: in the order of the chunks at first, then by `load`.
  const std::vector<Damage>& damage() const { return damage_; }

  /// The records of a chunk; nothing when it is damaged.
  std::optional<std::vector<std::byte>> load(std::size_t chunk);

 private:
  RecordingReader(std::string path, UniqueFd fd, std::uint64_t file_bytes)
      : path_(std::move(path)), fd_(std::move(fd)), file_bytes_(file_bytes) {}

  Expected<void> read_header();
  bool read_index();
  void scan();
  /// Where the next chunk may begin, from `offset` on; the end of the file when there is none.
  std::uint64_t find_chunk(std::uint64_t offset) const;
  std::vector<std::byte> bytes_at(std::uint64_t offset, std::size_t size_bytes) const;

  std::string path_;
  UniqueFd fd_;
  std::uint64_t file_bytes_;
  FileHeader header_;
  std::uint64_t first_offset_ = 0;
  bool has_index_ = false;
  std::vector<Chunk> chunks_;
  std::vector<Damage> damage_;
  std::vector<std::size_t> damaged_;  ///< chunks that `load` could not read
  Unpacker unpacker_;
};

}  // namespace pitbridge::record
