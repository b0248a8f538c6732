// SPDX-License-Identifier: MIT
// The bytes of a recording, without a file: what is written is read again, and nothing that is read is
// believed.
#include <gtest/gtest.h>

#include "bridges/record/format.hpp"
#include "bridges/record/frames.hpp"
#include "bridges/record/packing.hpp"
#include "bridges/record/ring.hpp"
#include "bridges/record/texts.hpp"
#include "bridges/record/wire.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge::record {
namespace {

TEST(RecordFormat, TheSumIsThatOfZlib) {
  EXPECT_EQ(crc32(bytes_of("123456789")), 0xCBF43926U) << "the check value of CRC-32";
}

TEST(RecordFormat, TheHeaderOfTheFileComesBack) {
  const FileHeader header = {"ac", "0.2.0", 1'764'394'563'000'000'000, {"acpmf_physics", "SCS/Telemetry"}};
  const Bytes bytes = encode(header);
  std::size_t size = 0;
  const auto read = decode_file_header(bytes, size);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(size, bytes.size());
  EXPECT_EQ(read->sim, header.sim);
  EXPECT_EQ(read->writer, header.writer);
  EXPECT_EQ(read->start_unix_ns, header.start_unix_ns);
  EXPECT_EQ(read->mappings, header.mappings);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes wrong = bytes;
    wrong[i] ^= std::byte{1};
    EXPECT_FALSE(decode_file_header(wrong, size)) << i;
    EXPECT_FALSE(decode_file_header(std::span(bytes).first(i), size)) << i;
  }
}

TEST(RecordFormat, ATextWithoutAnEndIsCut) {
  const Bytes field = bytes_of("abcd");
  EXPECT_EQ(WireReader(field).text(4), "abc") << "what is written anew is the same";
  EXPECT_EQ(WireReader(field).text(5), "") << "there is no such field";
}

TEST(RecordFormat, AnotherVersionIsNamed) {
  Bytes bytes = encode(FileHeader{.sim = "ac", .writer = "9"});
  bytes[8] = std::byte{2};
  std::size_t size = 0;
  const auto read = decode_file_header(bytes, size);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("version 2"), std::string::npos) << read.error().message;
}

TEST(RecordFormat, ADamagedChunkHeaderIsNone) {
  const ChunkHeader header = {10, 20, 30, 40, 50, 60, 70};
  const Bytes bytes = encode(header);
  ASSERT_EQ(bytes.size(), kChunkHeaderBytes);
  EXPECT_EQ(decode_chunk_header(bytes), header);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes wrong = bytes;
    wrong[i] ^= std::byte{0x80};
    EXPECT_FALSE(decode_chunk_header(wrong)) << i;
  }
}

TEST(RecordFormat, LengthsOutOfBoundsAreRefusedWhateverTheSumSays) {
  for (const ChunkHeader& header :
       {ChunkHeader{20, 10, 30, 40}, ChunkHeader{0, kMostTimeNs + 1, 30, 40}, ChunkHeader{-1, 5, 30, 40},
        ChunkHeader{0, 0, kMostRawBytes + 1, 40}, ChunkHeader{0, 0, 30, kMostRawBytes + 1},
        ChunkHeader{0, 0, 0, 40}, ChunkHeader{0, 0, 30, 0}})
    EXPECT_FALSE(decode_chunk_header(encode(header)));
}

TEST(RecordFormat, AnIndexIsBelievedOnlyWhereItsChunksAreOneBehindTheOther) {
  const std::vector<Chunk> chunks = {{300, {0, 10, 100, 1}}, {300 + 64 + 100, {10, 20, 50, 1}}};
  const std::uint64_t end = chunks[1].end();
  Bytes bytes = encode_index(chunks, end);
  const auto offset = find_index(std::span(bytes).last(kTrailerBytes), end + bytes.size());
  ASSERT_EQ(offset, end);
  EXPECT_FALSE(find_index(std::span(bytes).last(kTrailerBytes), end + bytes.size() + 1));
  bytes.resize(bytes.size() - kTrailerBytes);
  EXPECT_EQ(decode_index(bytes, 300, end), chunks);
  EXPECT_FALSE(decode_index(bytes, 301, end));
  EXPECT_FALSE(decode_index(bytes, 300, end + 1));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes wrong = bytes;
    wrong[i] ^= std::byte{4};
    EXPECT_FALSE(decode_index(wrong, 300, end)) << i;
  }
}

/// Frames of two mappings that change here and there, appear, change their size and go.
class RecordFrames : public testing::Test {
 protected:
  struct Step {
    std::size_t mapping;
    std::optional<Bytes> bytes;  ///< none: gone
  };

  void make(std::size_t count) {
    FrameEncoder encoder(2);
    encoder.begin_chunk(1000, raw_);
    std::optional<Bytes> states[2];
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t mapping = dice_.below(2);
      auto& state = states[mapping];
      const std::size_t what = dice_.below(20);
      if (what == 0) {
        if (!state) continue;
        state.reset();
        encoder.gone(mapping, time(i), raw_);
      } else {
        if (!state || what == 1) state = dice_.bytes(1 + dice_.below(5000));
        for (std::size_t n = dice_.below(10); n > 0; --n)
          (*state)[dice_.below(state->size())] ^= std::byte{0x55};
        encoder.frame(mapping, time(i), *state, raw_);
      }
      steps_.push_back({mapping, state});
    }
  }
  static std::int64_t time(std::size_t i) { return 1000 + static_cast<std::int64_t>(i) * 3'000'000; }

  Dice dice_{42};
  Bytes raw_;
  std::vector<Step> steps_;
};

TEST_F(RecordFrames, EachFrameComesBack) {
  make(500);
  RecordReader reader(raw_, 1000, 2);
  std::optional<Bytes> states[2];
  std::size_t step = 0;
  while (const auto record = reader.next()) {
    if (record->kind == RecordKind::kTitle) continue;
    ASSERT_LT(step, steps_.size());
    auto& state = states[record->mapping];
    if (record->kind == RecordKind::kGone) {
      state.reset();
    } else {
      if (record->kind == RecordKind::kWhole) state.emplace(record->size_bytes);
      ASSERT_TRUE(state);
      ASSERT_EQ(state->size(), record->size_bytes);
      show_in(*record, *state);
    }
    EXPECT_EQ(record->mapping, steps_[step].mapping);
    ASSERT_EQ(state, steps_[step].bytes) << step;
    ++step;
  }
  EXPECT_FALSE(reader.is_bad());
  EXPECT_EQ(step, steps_.size());
}

TEST_F(RecordFrames, HostileBytesStayWithinTheirBounds) {
  make(60);
  Bytes section(kMostSectionBytes);
  for (int round = 0; round < 3000; ++round) {
    Bytes wrong = raw_;
    for (std::size_t n = 1 + dice_.below(4); n > 0; --n)
      wrong[dice_.below(wrong.size())] = static_cast<std::byte>(dice_.below(256));
    wrong.resize(wrong.size() - dice_.below(wrong.size()));
    RecordReader reader(wrong, 1000, 2);
    std::int64_t last_ns = 0;
    while (const auto record = reader.next()) {
      ASSERT_LT(record->mapping, 256U);
      ASSERT_GE(record->time_ns, last_ns);
      last_ns = record->time_ns;
      if (!record->has_bytes()) continue;
      ASSERT_LT(record->mapping, 2U);
      ASSERT_LE(record->size_bytes, kMostSectionBytes);
      show_in(*record, std::span(section).first(record->size_bytes));
    }
  }
}

TEST(RecordPacking, WhatIsAddedInPartsComesBackWhole) {
  Packer packer;
  Unpacker unpacker;
  Dice dice(3);
  for (int chunk = 0; chunk < 3; ++chunk) {
    Bytes all;
    for (int i = 0; i < 100; ++i) {
      const Bytes part = dice.bytes(dice.below(9000));
      packer.add(part);
      WireWriter(all).bytes(part);
    }
    const Bytes packed = packer.finish();
    Bytes raw(all.size());
    EXPECT_TRUE(unpacker.unpack(packed, raw));
    EXPECT_EQ(raw, all);
    raw.resize(raw.size() - 1);
    EXPECT_FALSE(unpacker.unpack(packed, raw)) << "more than it says";
    raw.resize(raw.size() + 2);
    EXPECT_FALSE(unpacker.unpack(packed, raw)) << "less than it says";
  }
}

TEST(RecordTexts, TimesAreReadAsTheyAreWritten) {
  EXPECT_EQ(parse_time("90"), 90'000'000'000);
  EXPECT_EQ(parse_time("12:30"), 750'000'000'000);
  EXPECT_EQ(parse_time("1:02:30.5"), 3'750'500'000'000);
  for (const char* wrong : {"", ":", "1:", "x", "-1", "1:2:3:4", "1e9", "99999999999", "1.2.3"})
    EXPECT_FALSE(parse_time(wrong)) << wrong;
  EXPECT_EQ(time_text(750'500'000'000), "12:30.500");
  EXPECT_EQ(time_text(3'750'500'000'000), "1:02:30.500");
  EXPECT_EQ(parse_time(time_text(3'750'500'000'000)), 3'750'500'000'000);
}

TEST(RecordTexts, SizesAreReadAsTheyAreWritten) {
  EXPECT_EQ(parse_size("20G"), std::uint64_t{20} << 30U);
  EXPECT_EQ(parse_size("1"), 1U);
  for (const char* wrong : {"", "G", "-1", "2 G", "99999999999999G", "2g"})
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  EXPECT_EQ(size_text(999), "999 bytes");
  EXPECT_EQ(size_text(std::uint64_t{5} << 20U), "5.0 MiB");
}

TEST(RecordRing, OnlyNamesThatWeGaveAreOurs) {
  EXPECT_TRUE(is_automatic_name(automatic_name("ac", 1'764'394'563'000'000'000)));
  EXPECT_TRUE(is_automatic_name("lmu-2026-11-29-053603.pbrec"));
  for (const char* other : {"ac.pbrec", "best-2026-11-29-053603.pbrec", "ac-2026-11-29-053603.pbrec.old",
                            "ac-2026-11-29-05360x.pbrec", "-2026-11-29-053603.pbrec"})
    EXPECT_FALSE(is_automatic_name(other)) << other;
}

}  // namespace
}  // namespace pitbridge::record
