// SPDX-License-Identifier: MIT
#include "bridges/record/reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "bridges/record/wire.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::record {
namespace {

/// Of an index: a chunk a second for 40 days.
constexpr std::uint64_t kMostIndexBytes = std::uint64_t{256} << 20U;

}  // namespace

Expected<std::unique_ptr<RecordingReader>> RecordingReader::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat found = {};
  if (!fd || ::fstat(fd.get(), &found) != 0)
    return fail(ExitCode::kFailure, fmt::format("cannot read {}: {}", path, system_message(errno)));
  if (!S_ISREG(found.st_mode))
    return fail(ExitCode::kFailure, fmt::format("cannot read {}: it is {}", path, kind_of(found.st_mode)));
  std::unique_ptr<RecordingReader> reader(
      new RecordingReader(path, std::move(fd), static_cast<std::uint64_t>(found.st_size)));
  if (auto header = reader->read_header(); !header)
    return fail(header.error().code, fmt::format("cannot play {}: {}", path, header.error().message));
  reader->has_index_ = reader->read_index();
  if (!reader->has_index_) reader->scan();
  return reader;
}

std::vector<std::byte> RecordingReader::bytes_at(std::uint64_t offset, std::size_t size_bytes) const {
  std::vector<std::byte> bytes(static_cast<std::size_t>(
      std::min<std::uint64_t>(size_bytes, file_bytes_ - std::min(offset, file_bytes_))));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        ::pread(fd_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;  // somebody cuts the file while it is read
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

Expected<void> RecordingReader::read_header() {
  std::size_t header_bytes = 0;
  auto header =
      decode_file_header(bytes_at(0, kFileHeaderBytes + kMostMappings * kMappingNameBytes), header_bytes);
  if (!header) return tl::unexpected<Error>(std::move(header.error()));
  header_ = std::move(*header);
  first_offset_ = header_bytes;
  return {};
}

bool RecordingReader::read_index() {
  if (file_bytes_ < first_offset_ + kTrailerBytes) return false;
  const auto offset = find_index(bytes_at(file_bytes_ - kTrailerBytes, kTrailerBytes), file_bytes_);
  if (!offset || file_bytes_ - *offset > kMostIndexBytes) return false;
  const auto bytes = bytes_at(*offset, static_cast<std::size_t>(file_bytes_ - kTrailerBytes - *offset));
  auto chunks = decode_index(bytes, first_offset_, *offset);
  if (chunks) chunks_ = std::move(*chunks);
  return chunks.has_value();
}

void RecordingReader::scan() {
  std::uint64_t offset = first_offset_;
  while (offset < file_bytes_) {
    const auto header = decode_chunk_header(bytes_at(offset, kChunkHeaderBytes));
    const Chunk chunk = {offset, header.value_or(ChunkHeader{})};
    const bool is_in_order = header && header->first_ns >= length_ns();
    if (is_in_order && chunk.end() <= file_bytes_) {
      chunks_.push_back(chunk);
      offset = chunk.end();
      continue;
    }
    const std::uint64_t next = find_chunk(offset + 1);
    const auto start = bytes_at(offset, 4);
    const bool is_index =
        next == file_bytes_ && std::ranges::equal(start, std::as_bytes(std::span("PBIX", 4)));
    if (!is_index)
      damage_.push_back(
          {length_ns(), next - offset,
           next == file_bytes_ ? "the end of the file is cut" : "a part of the file is damaged"});
    offset = next;
  }
}

std::uint64_t RecordingReader::find_chunk(std::uint64_t offset) const {
  constexpr std::size_t kWindowBytes = std::size_t{1} << 20U;
  constexpr std::string_view kMagic = "PBCH";
  while (offset + kChunkHeaderBytes <= file_bytes_) {
    const auto window = bytes_at(offset, kWindowBytes);
    if (window.size() < kChunkHeaderBytes) break;
    const std::string_view text(reinterpret_cast<const char*>(window.data()), window.size());
    for (std::size_t at = text.find(kMagic); at != std::string_view::npos; at = text.find(kMagic, at + 1)) {
      const auto header = decode_chunk_header(bytes_at(offset + at, kChunkHeaderBytes));
      if (header && header->first_ns >= length_ns()) return offset + at;
    }
    offset += window.size() - kMagic.size() + 1;
  }
  return file_bytes_;
}

std::size_t RecordingReader::chunk_at(std::int64_t time_ns) const {
  const auto after =
      std::upper_bound(chunks_.begin(), chunks_.end(), time_ns,
                       [](std::int64_t time, const Chunk& c) { return time < c.header.first_ns; });
  return after == chunks_.begin() ? 0 : static_cast<std::size_t>(after - chunks_.begin()) - 1;
}

std::optional<std::vector<std::byte>> RecordingReader::load(std::size_t chunk) {
  const Chunk& at = chunks_[chunk];
  const auto packed = bytes_at(at.offset + kChunkHeaderBytes, at.header.packed_bytes);
  if (packed.size() == at.header.packed_bytes && crc32(packed) == at.header.packed_crc) {
    std::vector<std::byte> raw(at.header.raw_bytes);
    if (unpacker_.unpack(packed, raw)) return raw;
  }
  // Whoever reads the file twice is told once.
  if (std::ranges::find(damaged_, chunk) != damaged_.end()) return std::nullopt;
  damaged_.push_back(chunk);
  damage_.push_back({at.header.first_ns, at.end() - at.offset,
                     fmt::format("a chunk of {} frames is damaged", at.header.frames)});
  return std::nullopt;
}

}  // namespace pitbridge::record
