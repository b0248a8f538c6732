// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"

/// The file of a recording: a header, chunks of about a second, and an index of them. It is described in
/// pitbridge-record(5). Nothing here touches a file, and nothing that is read is believed before it is
/// checked.
namespace pitbridge::record {

inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::size_t kFileHeaderBytes = 256;
inline constexpr std::size_t kMappingNameBytes = 128;
inline constexpr std::size_t kMostMappings = 30;
inline constexpr std::size_t kChunkHeaderBytes = 64;
inline constexpr std::size_t kIndexEntryBytes = 8 + kChunkHeaderBytes;
inline constexpr std::size_t kIndexHeaderBytes = 16;
inline constexpr std::size_t kTrailerBytes = 32;
/// Of one chunk: all sections of a sim together are not more, and some frames come to that.
inline constexpr std::uint32_t kMostRawBytes = std::uint32_t{128} << 20U;
/// No drive is longer than 40 days.
inline constexpr std::int64_t kMostTimeNs = 40LL * 24 * 3600 * 1'000'000'000;

struct FileHeader {
  std::string sim = {};
  std::string writer = {};  ///< version of pitbridge
  std::int64_t start_unix_ns = 0;
  std::vector<std::string> mappings = {};  ///< file names, by which records number them
};

std::vector<std::byte> encode(const FileHeader& header);
/// `bytes` are the begin of a file, as far as it goes. `size_bytes` becomes that of the header.
Expected<FileHeader> decode_file_header(std::span<const std::byte> bytes, std::size_t& size_bytes);

struct ChunkHeader {
  std::int64_t first_ns = 0, last_ns = 0;  ///< since the begin of the recording
  std::uint32_t packed_bytes = 0, raw_bytes = 0;
  std::uint32_t packed_crc = 0;
  std::uint32_t frames = 0;
  std::uint32_t lost = 0;  ///< frames that the bridge has shown and nobody has read

  bool operator==(const ChunkHeader&) const = default;
};

std::vector<std::byte> encode(const ChunkHeader& header);
/// Nothing when these are not the bytes of one.
std::optional<ChunkHeader> decode_chunk_header(std::span<const std::byte> bytes);

struct Chunk {
  std::uint64_t offset = 0;  ///< of its header in the file
  ChunkHeader header;

  std::uint64_t end() const { return offset + kChunkHeaderBytes + header.packed_bytes; }
  bool operator==(const Chunk&) const = default;
};

/// What stands behind the last chunk, which ends at `offset`.
std::vector<std::byte> encode_index(std::span<const Chunk> chunks, std::uint64_t offset);
/// Where the index of a file begins, by its last bytes; nothing when it has none.
std::optional<std::uint64_t> find_index(std::span<const std::byte> trailer, std::uint64_t file_bytes);
/// Nothing when these are not the bytes of an index whose chunks stand one behind the other, from
/// `first_offset` on.
std::optional<std::vector<Chunk>> decode_index(std::span<const std::byte> bytes, std::uint64_t first_offset,
                                               std::uint64_t index_offset);

}  // namespace pitbridge::record
