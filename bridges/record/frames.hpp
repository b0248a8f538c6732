// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What stands in a chunk: records, one behind the other (pitbridge-record(5)).
namespace pitbridge::record {

/// The numbers stand in files.
enum class RecordKind : std::uint8_t {
  kState = 1,   ///< what a mapping held when the chunk began; no frame
  kWhole = 2,   ///< a frame, all of it
  kChange = 3,  ///< a frame, by the blocks in which it differs from the one before
  kGone = 4,    ///< the mapping is not there any more
  kTitle = 5,   ///< id of the game's title, as the bridge named it; empty: it did not
  kLost = 6,    ///< so many frames of the mapping are missing before the next
};

inline constexpr std::size_t kBlockBytes = 64;
/// No mapping of a sim is larger.
inline constexpr std::size_t kMostSectionBytes = std::size_t{16} << 20U;
/// The time of a record is a number of 32 bits, from the begin of its chunk.
inline constexpr std::int64_t kLongestChunkNs = 4'000'000'000;

/// Blocks that have changed.
struct BlockRun {
  std::uint32_t first = 0, count = 0;
};

struct Record {
  RecordKind kind = RecordKind::kState;
  std::size_t mapping = 0;
  std::int64_t time_ns = 0;              ///< since the begin of the recording
  std::size_t size_bytes = 0;            ///< of the section: of kState, kWhole, kChange
  std::uint32_t lost = 0;                ///< of kLost
  std::string_view title = {};           ///< of kTitle
  std::span<const std::byte> runs = {};  ///< of kChange, as they stand in the file
  std::span<const std::byte> bytes = {};

  bool is_frame() const { return kind == RecordKind::kWhole || kind == RecordKind::kChange; }
  bool has_bytes() const { return is_frame() || kind == RecordKind::kState; }
};

/// Makes records of frames. What it appends to `out` since `begin_chunk` can be read without what was before.
class FrameEncoder {
 public:
  explicit FrameEncoder(std::size_t mappings) : states_(mappings) {}

  void begin_chunk(std::int64_t time_ns, std::vector<std::byte>& out);
  /// What the mapping holds; no record of its own.
  void prime(std::size_t mapping, std::span<const std::byte> bytes) {
    states_[mapping].emplace(bytes.begin(), bytes.end());
  }
  void frame(std::size_t mapping, std::int64_t time_ns, std::span<const std::byte> bytes,
             std::vector<std::byte>& out);
  void gone(std::size_t mapping, std::int64_t time_ns, std::vector<std::byte>& out);
  void title(std::string_view id, std::int64_t time_ns, std::vector<std::byte>& out);
  void lost(std::size_t mapping, std::uint32_t count, std::int64_t time_ns, std::vector<std::byte>& out);

 private:
  void head(RecordKind kind, std::size_t mapping, std::size_t runs, std::int64_t time_ns, std::size_t number,
            std::vector<std::byte>& out) const;

  std::int64_t chunk_ns_ = 0;
  std::string title_;
  std::vector<std::optional<std::vector<std::byte>>> states_;
  std::vector<BlockRun> runs_;
};

/// Takes the records of a chunk one by one. Whatever the bytes are, it stays within them and within the
/// bounds of the format.
class RecordReader {
 public:
  RecordReader() = default;
  /// `raw` must outlive it, and the records that it gives.
  RecordReader(std::span<const std::byte> raw, std::int64_t first_ns, std::size_t mappings)
      : rest_(raw), first_ns_(first_ns), last_ns_(first_ns), mappings_(mappings) {}

  /// Nothing at the end, and where what follows is no record.
  std::optional<Record> next();
  bool is_bad() const { return is_bad_; }

 private:
  std::span<const std::byte> rest_;
  std::int64_t first_ns_ = 0, last_ns_ = 0;
  std::size_t mappings_ = 0;
  bool is_bad_ = false;
};

/// Puts a frame or state into `section`, which has the record's size and, for kChange, holds the frame
/// before.
void show_in(const Record& record, std::span<std::byte> section);

}  // namespace pitbridge::record
