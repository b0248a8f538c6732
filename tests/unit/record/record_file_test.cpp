// SPDX-License-Identifier: MIT
// A recording as a file: cut anywhere, damaged, foreign, on a disk that is full.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>

#include "bridges/record/cursor.hpp"
#include "bridges/record/known_recording.hpp"
#include "bridges/record/ring.hpp"
#include "bridges/record/writer.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge::record {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::size_t kSectionBytes = 700;

class RecordFile : public testing::Test {
 protected:
  /// 10 frames a second, of which each says its number.
  static Bytes frame(std::uint32_t number) {
    Bytes bytes(kSectionBytes);
    put(bytes, 4, number);
    put(bytes, 600, number * 77);
    return bytes;
  }
  Expected<void> record(std::uint32_t frames, bool finish = true) {
    auto writer = RecordingWriter::create(path_, true);
    if (!writer) return tl::unexpected<Error>(writer.error());
    Expected<void> done = (*writer)->start({.sim = "ac", .writer = "test", .mappings = {"acpmf_physics"}});
    for (std::uint32_t i = 0; i < frames && done; ++i)
      done = (*writer)->frame(0, frame(i), 0, std::int64_t{i} * 100 * kMs);
    if (!finish && done) return done;
    const auto finished = (*writer)->finish();
    return done ? finished : done;
  }
  /// The numbers of the frames that can be read, of states too where they follow a gap.
  static std::vector<std::uint32_t> frames_in(RecordingReader& reader) {
    std::vector<std::uint32_t> numbers;
    Bytes section;
    Cursor cursor(reader);
    for (; const Record* record = cursor.peek(); cursor.pop()) {
      if (!record->has_bytes()) continue;
      section.resize(record->size_bytes);
      show_in(*record, section);
      if (record->is_frame()) numbers.push_back(get<std::uint32_t>(section, 4));
      EXPECT_EQ(get<std::uint32_t>(section, 600), get<std::uint32_t>(section, 4) * 77);
    }
    return numbers;
  }
  static std::vector<std::uint32_t> count_to(std::uint32_t end) {
    std::vector<std::uint32_t> numbers(end);
    for (std::uint32_t i = 0; i < end; ++i) numbers[i] = i;
    return numbers;
  }

  TempDirectory directory_;
  std::string path_ = directory_ / "drive.pbrec";
};

TEST_F(RecordFile, EachFrameIsThereInItsOrder) {
  ASSERT_TRUE(record(35));
  const auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_TRUE((*reader)->has_index());
  EXPECT_EQ((*reader)->chunks().size(), 4U) << "one a second";
  EXPECT_EQ((*reader)->length_ns(), 3400 * kMs);
  EXPECT_EQ(frames_in(**reader), count_to(35));
  EXPECT_TRUE((*reader)->damage().empty());
}

TEST_F(RecordFile, CutAtAnyByteItPlaysUpToTheLastWholeChunk) {
  ASSERT_TRUE(record(35));
  const std::string whole = content_of(path_);
  const auto chunks = (*RecordingReader::open(path_))->chunks();
  const std::string cut = directory_ / "cut.pbrec";
  for (std::size_t size = whole.size() - 1; size >= chunks[1].offset; --size) {
    write_file(cut, std::string_view(whole).substr(0, size));
    const auto reader = RecordingReader::open(cut);
    ASSERT_TRUE(reader) << size << ": " << reader.error().message;
    const auto left =
        std::count_if(chunks.begin(), chunks.end(), [&](const Chunk& c) { return c.end() <= size; });
    ASSERT_EQ((*reader)->chunks().size(), static_cast<std::size_t>(left)) << size;
    EXPECT_FALSE((*reader)->has_index()) << size;
    ASSERT_EQ(frames_in(**reader),
              count_to(std::min<std::uint32_t>(35, static_cast<std::uint32_t>(left) * 10)));
    // Of some bytes nobody can tell whether they are those of a chunk or of the index.
    const std::size_t more = size - (*reader)->chunks().back().end();
    if (more >= 4 || more == 0) {
      ASSERT_EQ((*reader)->damage().empty(), more == 0 || size > chunks.back().end()) << size;
    }
  }
}

TEST_F(RecordFile, WhoeverIsKilledLeavesWholeChunks) {
  ASSERT_TRUE(record(35, false));
  const auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_FALSE((*reader)->has_index());
  EXPECT_EQ(frames_in(**reader), count_to(30));
  EXPECT_TRUE((*reader)->damage().empty());
}

TEST_F(RecordFile, ADamagedChunkCostsNoOther) {
  ASSERT_TRUE(record(35));
  const auto chunks = (*RecordingReader::open(path_))->chunks();
  std::vector<std::uint32_t> expected = count_to(35);
  expected.erase(expected.begin() + 10, expected.begin() + 20);
  const std::string whole = content_of(path_);
  // In its header, and in what it holds; with the index and without.
  for (const std::uint64_t at : {chunks[1].offset + 9, chunks[1].end() - 3})
    for (const bool has_index : {true, false}) {
      std::string wrong = whole.substr(0, has_index ? whole.size() : chunks.back().end());
      wrong[at] = static_cast<char>(wrong[at] ^ 1);
      write_file(path_, wrong);
      const auto reader = RecordingReader::open(path_);
      ASSERT_TRUE(reader) << reader.error().message;
      const auto frames = frames_in(**reader);
      if (has_index && at == chunks[1].offset + 9) {
        EXPECT_EQ(frames, count_to(35)) << "the index has the same words";
      } else {
        EXPECT_EQ(frames, expected) << at << has_index;
        ASSERT_EQ((*reader)->damage().size(), 1U);
        EXPECT_EQ((*reader)->damage()[0].bytes, chunks[1].end() - chunks[1].offset);
      }
    }
}

TEST_F(RecordFile, NoByteThatIsWrongIsShown) {
  ASSERT_TRUE(record(35));
  const auto chunks = (*RecordingReader::open(path_))->chunks();
  std::vector<std::uint32_t> expected = count_to(35);
  expected.erase(expected.begin() + 10, expected.begin() + 20);
  const std::string whole = content_of(path_);
  for (std::uint64_t at = chunks[1].offset + kChunkHeaderBytes; at < chunks[1].end(); ++at) {
    std::string wrong = whole;
    wrong[at] = static_cast<char>(wrong[at] ^ 0x10);
    write_file(path_, wrong);
    const auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    ASSERT_EQ(frames_in(**reader), expected) << at;
  }
}

TEST_F(RecordFile, AFullDiskKeepsWhatIsThere) {
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_TRUE(record(35));
  const auto chunks = (*RecordingReader::open(path_))->chunks();
  const rlimit small = {.rlim_cur = chunks[2].end() - 1, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto done = record(35);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(done.error().message.find(path_), std::string::npos) << done.error().message;
  EXPECT_NE(done.error().message.find("make room"), std::string::npos) << done.error().message;
  const auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(frames_in(**reader), count_to(20));
  EXPECT_TRUE((*reader)->damage().empty());
  EXPECT_TRUE((*reader)->has_index()) << "in the place of the chunk that did not fit";
}

TEST_F(RecordFile, WhatIsThereIsNotWrittenOver) {
  write_file(path_, "a diary");
  const auto refused = RecordingWriter::create(path_, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(refused.error().message.find("--force"), std::string::npos);
  EXPECT_EQ(content_of(path_), "a diary");
  EXPECT_TRUE(RecordingWriter::create(path_, true));
}

TEST_F(RecordFile, LinksPipesAndDirectoriesAreRefused) {
  write_file(directory_ / "diary", "a diary");
  ASSERT_EQ(::symlink((directory_ / "diary").c_str(), path_.c_str()), 0);
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {path_, directory_ / "pipe", directory_.path(), directory_ / "no/such"}) {
    const auto refused = RecordingWriter::create(path, true);
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code, ExitCode::kOutputRefused);
  }
  EXPECT_EQ(content_of(directory_ / "diary"), "a diary");
  const auto pipe = RecordingReader::open(directory_ / "pipe");
  ASSERT_FALSE(pipe) << "and it did not wait for a writer";
  EXPECT_NE(pipe.error().message.find("FIFO"), std::string::npos) << pipe.error().message;
}

TEST_F(RecordFile, ForeignFilesAreNamedAsSuch) {
  const auto reason = [&](std::string_view content) {
    write_file(path_, content);
    const auto opened = KnownRecording::open(path_);
    return opened ? std::string("opened") : opened.error().message;
  };
  EXPECT_NE(reason("").find("no recording"), std::string::npos);
  EXPECT_NE(reason(std::string(5000, 'x')).find("no recording"), std::string::npos);
  ASSERT_TRUE(record(1));
  const std::string good = content_of(path_);
  EXPECT_NE(reason(good.substr(0, 300)).find("cut within its header"), std::string::npos);
  EXPECT_NE(reason(good.substr(0, 384)).find("no whole chunk"), std::string::npos);
  auto writer = RecordingWriter::create(path_, true);
  ASSERT_TRUE(writer && (*writer)->start({.sim = "marsrover", .writer = "9.9"}) && (*writer)->finish());
  EXPECT_NE(reason(content_of(path_)).find("marsrover"), std::string::npos);
}

TEST_F(RecordFile, RandomDamageNeverLeavesTheBounds) {
  ASSERT_TRUE(record(35));
  const std::string whole = content_of(path_);
  Dice dice(5);
  for (int round = 0; round < 300; ++round) {
    std::string wrong = whole;
    for (std::size_t n = 1 + dice.below(6); n > 0; --n)
      wrong[384 + dice.below(wrong.size() - 384)] = static_cast<char>(dice.below(256));
    write_file(path_, wrong);
    const auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    EXPECT_LE(frames_in(**reader).size(), 35U);
  }
}

TEST_F(RecordFile, TimesThatGoBackAreTheLastOne) {
  auto writer = RecordingWriter::create(path_, true);
  ASSERT_TRUE(writer && (*writer)->start({.sim = "ac", .mappings = {"acpmf_physics"}}));
  for (const std::int64_t time_ns : {-5 * kMs, 5 * kMs, 3 * kMs, 8 * kMs})
    ASSERT_TRUE((*writer)->frame(0, frame(static_cast<std::uint32_t>(time_ns / kMs + 5)), 0, time_ns));
  ASSERT_TRUE((*writer)->finish());
  const auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader);
  Cursor cursor(**reader);
  std::vector<std::int64_t> times;
  for (; const Record* record = cursor.peek(); cursor.pop())
    if (record->is_frame()) times.push_back(record->time_ns);
  EXPECT_EQ(times, (std::vector<std::int64_t>{0, 5 * kMs, 5 * kMs, 8 * kMs}));
}

TEST_F(RecordFile, TheRingRemovesTheOldestAndNothingElse) {
  const auto make = [&](const std::string& name, std::size_t size, int age) {
    write_file(directory_ / name, std::string(size, 'x'));
    const timespec times[2] = {{.tv_sec = 1'000'000 - age, .tv_nsec = 0},
                               {.tv_sec = 1'000'000 - age, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (directory_ / name).c_str(), times, 0), 0);
  };
  make("ac-2026-11-29-053603.pbrec", 400, 30);
  make("lmu-2026-11-30-053603.pbrec", 400, 20);
  make("ac-2026-12-01-053603.pbrec", 400, 10);
  make("my-best-lap.pbrec", 9000, 99);
  const Ring ring(directory_.path(), 1000);
  ring.make_room(100);
  EXPECT_NE(::access((directory_ / "ac-2026-11-29-053603.pbrec").c_str(), F_OK), 0);
  EXPECT_EQ(::access((directory_ / "lmu-2026-11-30-053603.pbrec").c_str(), F_OK), 0);
  ring.make_room(500);
  EXPECT_NE(::access((directory_ / "lmu-2026-11-30-053603.pbrec").c_str(), F_OK), 0);
  EXPECT_EQ(::access((directory_ / "ac-2026-12-01-053603.pbrec").c_str(), F_OK), 0);
  EXPECT_EQ(::access((directory_ / "my-best-lap.pbrec").c_str(), F_OK), 0) << "it is somebody's own";
}

}  // namespace
}  // namespace pitbridge::record
