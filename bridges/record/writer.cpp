// SPDX-License-Identifier: MIT
#include "bridges/record/writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "bridges/record/output_file.hpp"
#include "bridges/record/wire.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::record {
namespace {

constexpr std::int64_t kChunkNs = 1'000'000'000;
/// Of the frames of one chunk, so that a reader needs little memory; what the mappings held comes to it.
constexpr std::uint32_t kChunkBytes = std::uint32_t{16} << 20U;

}  // namespace

Expected<std::unique_ptr<RecordingWriter>> RecordingWriter::create(const std::string& path, bool overwrite) {
  auto fd = open_output(path, overwrite);
  if (!fd) return tl::unexpected<Error>(std::move(fd.error()));
  return std::unique_ptr<RecordingWriter>(new RecordingWriter(path, std::move(*fd)));
}

Expected<void> RecordingWriter::start(const FileHeader& header) {
  encoder_ = FrameEncoder(header.mappings.size());
  has_started_ = true;
  return put(encode(header));
}

Expected<void> RecordingWriter::title(std::string_view id, std::int64_t time_ns) {
  if (auto room = make_room(id.size(), time_ns); !room) return room;
  encoder_.title(id, time_ns, scratch_);
  pack();
  return {};
}

Expected<void> RecordingWriter::frame(std::size_t mapping, std::span<const std::byte> bytes,
                                      std::uint32_t lost, std::int64_t time_ns) {
  if (auto room = make_room(bytes.size(), time_ns); !room) return room;
  if (lost != 0) encoder_.lost(mapping, lost, time_ns, scratch_);
  encoder_.frame(mapping, time_ns, bytes, scratch_);
  ++chunk_.frames;
  ++frames_;
  lost_ += lost;
  chunk_.lost = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(std::uint64_t{chunk_.lost} + lost, ~std::uint32_t{0}));
  pack();
  return {};
}

Expected<void> RecordingWriter::gone(std::size_t mapping, std::int64_t time_ns) {
  if (auto room = make_room(0, time_ns); !room) return room;
  encoder_.gone(mapping, time_ns, scratch_);
  pack();
  return {};
}

Expected<void> RecordingWriter::tick(std::int64_t time_ns) {
  return is_open_ && time_ns - chunk_.first_ns >= kChunkNs ? close_chunk() : Expected<void>();
}

Expected<void> RecordingWriter::make_room(std::size_t bytes, std::int64_t& time_ns) {
  time_ns = last_ns_ = std::max(time_ns, last_ns_);
  const bool is_full = is_open_ && (time_ns - chunk_.first_ns >= kChunkNs || chunk_.raw_bytes >= kChunkBytes);
  if (is_full)
    if (auto closed = close_chunk(); !closed) return closed;
  if (!is_open_) {
    is_open_ = true;
    chunk_ = {.first_ns = time_ns};
    encoder_.begin_chunk(time_ns, scratch_);
    pack();
  }
  chunk_.last_ns = time_ns;
  constexpr std::size_t kHeads = 4096;  // more than those of a frame and what is lost before it
  if (bytes <= kMostSectionBytes && bytes + kHeads <= kMostRawBytes - chunk_.raw_bytes) return {};
  has_failed_ = true;
  return refuse_output(path_, "the sections of the sim are larger than those of any that is known");
}

void RecordingWriter::pack() {
  chunk_.raw_bytes += static_cast<std::uint32_t>(scratch_.size());
  packer_.add(scratch_);
  scratch_.clear();
}

Expected<void> RecordingWriter::close_chunk() {
  is_open_ = false;
  const std::vector<std::byte> packed = packer_.finish();
  if (packed.empty()) {
    has_failed_ = true;
    return refuse_output(path_, "there is no memory to pack it");
  }
  chunk_.packed_bytes = static_cast<std::uint32_t>(packed.size());
  chunk_.packed_crc = crc32(packed);
  std::vector<std::byte> all = encode(chunk_);
  WireWriter(all).bytes(packed);
  const std::uint64_t offset = end_;
  auto done = put(all);
  if (done) chunks_.push_back({offset, chunk_});
  return done;
}

Expected<void> RecordingWriter::put(std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        ::pwrite(fd_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(end_ + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int error = n < 0 ? errno : ENOSPC;
      has_failed_ = true;
      (void)::ftruncate(fd_.get(), static_cast<off_t>(end_));
      return refuse_output(path_,
                           fmt::format("{}; make room, or name a file elsewhere", system_message(error)));
    }
    done += static_cast<std::size_t>(n);
  }
  (void)::sync_file_range(fd_.get(), static_cast<off_t>(end_), static_cast<off_t>(bytes.size()),
                          SYNC_FILE_RANGE_WRITE);
  end_ += bytes.size();
  return {};
}

Expected<void> RecordingWriter::finish() {
  Expected<void> done;
  if (is_open_ && !has_failed_) done = close_chunk();
  // After a full disk there is room for it where a part of a chunk was, or there is none: then readers make
  // it themselves.
  const std::uint64_t end = end_;
  const auto indexed = put(encode_index(chunks_, end_));
  end_ = end;
  if (done && !has_failed_) done = indexed;
  (void)::fdatasync(fd_.get());
  return done;
}

void RecordingWriter::remove() {
  (void)::unlink(path_.c_str());
}

Totals RecordingWriter::totals() const {
  return {.length_ns = last_ns_, .file_bytes = end_, .frames = frames_, .lost = lost_};
}

}  // namespace pitbridge::record
