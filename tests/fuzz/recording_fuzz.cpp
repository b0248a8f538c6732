// SPDX-License-Identifier: MIT
// The parts of a recording as somebody else's file may have them: headers, index, a chunk's records, and what
// is packed. What is understood of records must be understood again when it is written anew.
#include <algorithm>
#include <optional>

#include "bridges/record/format.hpp"
#include "bridges/record/frames.hpp"
#include "bridges/record/packing.hpp"
#include "bridges/record/wire.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace pitbridge::record {
namespace {

constexpr std::size_t kMappings = 3;
/// The format allows more; that much would only make the fuzzer slow.
constexpr std::size_t kMostBytes = std::size_t{1} << 18U;

using Sections = std::vector<std::optional<std::vector<std::byte>>>;

void check_file_header(std::span<const std::byte> bytes) {
  std::size_t size = 0;
  const auto header = decode_file_header(bytes, size);
  if (!header) return fuzz::require(!header.error().message.empty());
  fuzz::require(size <= bytes.size() && header->mappings.size() <= kMostMappings);
  std::size_t again_size = 0;
  const auto encoded = encode(*header);
  const auto again = decode_file_header(encoded, again_size);
  fuzz::require(again && again->mappings == header->mappings && again->sim == header->sim);
}

void check_chunks(std::span<const std::byte> bytes) {
  if (const auto header = decode_chunk_header(bytes)) {
    fuzz::require(header->first_ns <= header->last_ns && header->last_ns <= kMostTimeNs);
    fuzz::require(header->raw_bytes <= kMostRawBytes && header->packed_bytes <= kMostRawBytes);
    fuzz::require(decode_chunk_header(encode(*header)) == header);
  }
  if (bytes.size() >= kTrailerBytes)
    if (const auto offset = find_index(bytes.last(kTrailerBytes), bytes.size()))
      fuzz::require(*offset <= bytes.size() - kTrailerBytes);
  if (const auto chunks = decode_index(bytes, 0, bytes.size()); chunks && !chunks->empty())
    fuzz::require(chunks->back().end() == bytes.size());
}

/// A sum that is right, so that what stands behind it is reached.
std::vector<std::byte> sealed(std::span<const std::byte> bytes, std::size_t at) {
  std::vector<std::byte> out(bytes.begin(), bytes.end());
  if (out.size() < at + 4) return out;
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = std::byte{0};
  std::vector<std::byte> sum;
  WireWriter(sum).number(crc32(out));
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = sum[i];
  return out;
}

/// Plays the records into `sections`, and hands each to `seen`.
template <typename Seen>
void play(std::span<const std::byte> raw, Sections& sections, Seen seen) {
  RecordReader reader(raw, 1000, kMappings);
  std::int64_t last_ns = 0;
  std::size_t total = 0;
  while (const auto record = reader.next()) {
    fuzz::require(record->time_ns >= last_ns);
    last_ns = record->time_ns;
    if (record->kind != RecordKind::kTitle) fuzz::require(record->mapping < kMappings);
    if (record->kind == RecordKind::kGone) sections[record->mapping].reset();
    if (record->has_bytes()) {
      fuzz::require(record->size_bytes != 0 && record->size_bytes <= kMostSectionBytes);
      total += record->size_bytes;
      if (total > kMostBytes) return;
      auto& section = sections[record->mapping];
      if (record->kind != RecordKind::kChange) section.emplace(record->size_bytes);
      if (!section || section->size() != record->size_bytes) continue;
      show_in(*record, *section);
    }
    seen(*record);
  }
}

void check_records(std::span<const std::byte> raw) {
  Sections first(kMappings), second(kMappings);
  FrameEncoder encoder(kMappings);
  std::vector<std::byte> again;
  encoder.begin_chunk(1000, again);
  play(raw, first, [&](const Record& record) {
    if (record.has_bytes()) encoder.frame(record.mapping, record.time_ns, *first[record.mapping], again);
    if (record.kind == RecordKind::kGone) encoder.gone(record.mapping, record.time_ns, again);
    if (record.kind == RecordKind::kTitle) encoder.title(record.title, record.time_ns, again);
    if (record.kind == RecordKind::kLost) encoder.lost(record.mapping, record.lost, record.time_ns, again);
  });
  play(again, second, [](const Record&) {});
  fuzz::require(first == second);
}

}  // namespace
}  // namespace pitbridge::record

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge::record;
  pitbridge::fuzz::Input input(data, size);
  const auto what = input.take_u8();
  const auto bytes = input.take(size);
  switch (what % 4) {
    case 0:
      check_file_header(bytes);
      check_file_header(sealed(bytes, 16));
      break;
    case 1:
      check_chunks(bytes);
      check_chunks(sealed(bytes.first(std::min(bytes.size(), kChunkHeaderBytes)), 4));
      check_chunks(sealed(bytes, 8));
      break;
    case 2:
      check_records(bytes);
      break;
    default: {
      Unpacker unpacker;
      std::vector<std::byte> raw(4096);
      (void)unpacker.unpack(bytes, raw);
    }
  }
  return 0;
}
