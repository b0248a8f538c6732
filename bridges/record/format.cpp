// SPDX-License-Identifier: MIT
#include "bridges/record/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "bridges/record/wire.hpp"

namespace pitbridge::record {
namespace {

constexpr std::string_view kFileMagic = "PITBREC1";
constexpr std::string_view kChunkMagic = "PBCH";
constexpr std::string_view kIndexMagic = "PBIX";
constexpr std::string_view kTrailerMagic = "PITBEND1";

void put_magic(WireWriter& to, std::string_view magic) {
  to.bytes(std::as_bytes(std::span(magic)));
}

bool has_magic(WireReader& from, std::string_view magic) {
  const auto bytes = from.bytes(magic.size());
  return std::ranges::equal(bytes, std::as_bytes(std::span(magic)));
}

/// Puts the sum of all bytes into the four at `at`, which are zeros so far.
void seal(std::vector<std::byte>& bytes, std::size_t at) {
  std::vector<std::byte> sum;
  WireWriter(sum).number(crc32(bytes));
  std::ranges::copy(sum, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

bool is_sealed(std::span<const std::byte> bytes, std::size_t at) {
  std::vector<std::byte> copy(bytes.begin(), bytes.end());
  const auto sum = WireReader(bytes.subspan(at, 4)).number<std::uint32_t>();
  std::fill_n(copy.begin() + static_cast<std::ptrdiff_t>(at), 4, std::byte{0});
  return crc32(copy) == sum;
}

constexpr std::size_t kHeaderSumAt = 16;
constexpr std::size_t kChunkSumAt = 4;
constexpr std::size_t kIndexSumAt = 8;

bool is_plausible(const ChunkHeader& header) {
  return header.first_ns >= 0 && header.first_ns <= header.last_ns && header.last_ns <= kMostTimeNs &&
         header.raw_bytes != 0 && header.raw_bytes <= kMostRawBytes && header.packed_bytes != 0 &&
         header.packed_bytes <= kMostRawBytes;
}

}  // namespace

std::vector<std::byte> encode(const FileHeader& header) {
  std::vector<std::byte> out;
  WireWriter to(out);
  put_magic(to, kFileMagic);
  to.number(kFormatVersion);
  to.number(static_cast<std::uint32_t>(kFileHeaderBytes + header.mappings.size() * kMappingNameBytes));
  to.number(std::uint32_t{0});
  to.number(static_cast<std::uint32_t>(header.mappings.size()));
  to.number(static_cast<std::uint64_t>(header.start_unix_ns));
  to.text(header.sim, 32);
  to.text(header.writer, 32);
  to.zeros(kFileHeaderBytes - out.size());
  for (const std::string& name : header.mappings) to.text(name, kMappingNameBytes);
  seal(out, kHeaderSumAt);
  return out;
}

Expected<FileHeader> decode_file_header(std::span<const std::byte> bytes, std::size_t& size_bytes) {
  WireReader from(bytes);
  if (!has_magic(from, kFileMagic)) return fail(ExitCode::kFailure, "it is no recording of pitbridge");
  if (const auto version = from.number<std::uint32_t>(); version != kFormatVersion)
    return fail(
        ExitCode::kFailure,
        fmt::format("its format has version {}, and this pitbridge knows {}; use the one that made it",
                    version, kFormatVersion));
  size_bytes = from.number<std::uint32_t>();
  (void)from.number<std::uint32_t>();  // the sum
  const auto mappings = from.number<std::uint32_t>();
  if (mappings > kMostMappings || size_bytes != kFileHeaderBytes + mappings * kMappingNameBytes)
    return fail(ExitCode::kFailure, "its header is damaged");
  if (bytes.size() < size_bytes) return fail(ExitCode::kFailure, "it is cut within its header");
  if (!is_sealed(bytes.first(size_bytes), kHeaderSumAt))
    return fail(ExitCode::kFailure, "its header is damaged");
  FileHeader header;
  header.start_unix_ns = static_cast<std::int64_t>(from.number<std::uint64_t>());
  header.sim = from.text(32);
  header.writer = from.text(32);
  WireReader names(bytes.subspan(kFileHeaderBytes));
  for (std::uint32_t i = 0; i < mappings; ++i) header.mappings.push_back(names.text(kMappingNameBytes));
  return header;
}

std::vector<std::byte> encode(const ChunkHeader& header) {
  std::vector<std::byte> out;
  WireWriter to(out);
  put_magic(to, kChunkMagic);
  to.number(std::uint32_t{0});
  to.number(static_cast<std::uint64_t>(header.first_ns));
  to.number(static_cast<std::uint64_t>(header.last_ns));
  to.number(header.packed_bytes);
  to.number(header.raw_bytes);
  to.number(header.packed_crc);
  to.number(header.frames);
  to.number(header.lost);
  to.zeros(kChunkHeaderBytes - out.size());
  seal(out, kChunkSumAt);
  return out;
}

std::optional<ChunkHeader> decode_chunk_header(std::span<const std::byte> bytes) {
  if (bytes.size() < kChunkHeaderBytes) return std::nullopt;
  bytes = bytes.first(kChunkHeaderBytes);
  WireReader from(bytes);
  if (!has_magic(from, kChunkMagic) || !is_sealed(bytes, kChunkSumAt)) return std::nullopt;
  (void)from.number<std::uint32_t>();
  ChunkHeader header;
  header.first_ns = static_cast<std::int64_t>(from.number<std::uint64_t>());
  header.last_ns = static_cast<std::int64_t>(from.number<std::uint64_t>());
  header.packed_bytes = from.number<std::uint32_t>();
  header.raw_bytes = from.number<std::uint32_t>();
  header.packed_crc = from.number<std::uint32_t>();
  header.frames = from.number<std::uint32_t>();
  header.lost = from.number<std::uint32_t>();
  return is_plausible(header) ? std::optional(header) : std::nullopt;
}

std::vector<std::byte> encode_index(std::span<const Chunk> chunks, std::uint64_t offset) {
  std::vector<std::byte> out;
  WireWriter to(out);
  put_magic(to, kIndexMagic);
  to.number(static_cast<std::uint32_t>(chunks.size()));
  to.number(std::uint64_t{0});
  for (const Chunk& chunk : chunks) {
    to.number(chunk.offset);
    to.bytes(encode(chunk.header));
  }
  seal(out, kIndexSumAt);
  const auto index_bytes = static_cast<std::uint64_t>(out.size());
  put_magic(to, kTrailerMagic);
  to.number(offset);
  to.number(index_bytes);
  to.zeros(kTrailerBytes - 24);
  return out;
}

std::optional<std::uint64_t> find_index(std::span<const std::byte> trailer, std::uint64_t file_bytes) {
  WireReader from(trailer);
  if (!has_magic(from, kTrailerMagic)) return std::nullopt;
  const auto offset = from.number<std::uint64_t>();
  const auto index_bytes = from.number<std::uint64_t>();
  if (from.failed() || offset > file_bytes || index_bytes > file_bytes - offset ||
      file_bytes - offset - index_bytes != kTrailerBytes)
    return std::nullopt;
  return offset;
}

std::optional<std::vector<Chunk>> decode_index(std::span<const std::byte> bytes, std::uint64_t first_offset,
                                               std::uint64_t index_offset) {
  WireReader from(bytes);
  if (bytes.size() < kIndexHeaderBytes || !has_magic(from, kIndexMagic) || !is_sealed(bytes, kIndexSumAt))
    return std::nullopt;
  const auto count = from.number<std::uint32_t>();
  (void)from.number<std::uint64_t>();
  if (from.left() != std::uint64_t{count} * kIndexEntryBytes) return std::nullopt;
  std::vector<Chunk> chunks;
  std::uint64_t expected = first_offset;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto offset = from.number<std::uint64_t>();
    const auto header = decode_chunk_header(from.bytes(kChunkHeaderBytes));
    if (!header || offset != expected) return std::nullopt;
    if (!chunks.empty() && header->first_ns < chunks.back().header.last_ns) return std::nullopt;
    chunks.push_back({offset, *header});
    expected = chunks.back().end();
  }
  return expected == index_offset ? std::optional(std::move(chunks)) : std::nullopt;
}

}  // namespace pitbridge::record
