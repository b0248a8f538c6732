// SPDX-License-Identifier: MIT
#include "common/core/mirror/consistency.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kSize = 512;
constexpr std::uint32_t kMoreThanTheBound = 1000;

constexpr Detector kNoSign = {};
constexpr Detector kCounter = {.rule = Consistency::kCounter, .offset_bytes = 8};
constexpr Detector kSequence = {.rule = Consistency::kSequence, .offset_bytes = 200};
constexpr Detector kVersionPair = {
    .rule = Consistency::kVersionPair, .offset_bytes = 0, .end_offset_bytes = 4};
constexpr Detector kRotating = {.rule = Consistency::kRotating,
                                .offset_bytes = 48,
                                .end_offset_bytes = 36,
                                .stride_bytes = 16,
                                .count = 4};

const char* rule_name(Consistency rule) {
  constexpr const char* kNames[] = {"kNone", "kCounter", "kSequence", "kVersionPair", "kRotating"};
  return kNames[static_cast<std::size_t>(rule)];
}

/// A game that keeps the rule of `detector`.
class FakeGame {
 public:
  explicit FakeGame(const Detector& detector) : d_(detector), section_(std::make_shared<FakeSection>()) {
    section_->id = {1, 1};
    section_->bytes.resize(kSize);
    write_whole();
  }

  FakeSection& section() { return *section_; }
  FakeView view() const { return FakeView(section_); }
  int generation() const { return generation_; }

  void write_whole() {
    open_update();
    fill();
    close_update();
  }
  /// The first half of an update: what a reader sees in between.
  void open_update() {
    ++generation_;
    if (d_.rule == Consistency::kSequence || d_.rule == Consistency::kVersionPair) raise(d_.offset_bytes);
  }
  void fill() {
    for (std::size_t i = 0; i < kSize; ++i)
      if (!is_word(i)) section_->bytes[i] = static_cast<std::byte>(generation_);
  }
  void close_update() {
    switch (d_.rule) {
      case Consistency::kNone:
        break;
      case Consistency::kCounter:
      case Consistency::kSequence:
        raise(d_.offset_bytes);
        break;
      case Consistency::kVersionPair:
        raise(d_.end_offset_bytes);
        break;
      case Consistency::kRotating:
        raise(d_.offset_bytes + static_cast<std::uint32_t>(generation_ % 4) * d_.stride_bytes);
        break;
    }
  }

  /// Every byte that is no word of the rule is of one generation.
  bool is_whole(std::span<const std::byte> state) const {
    std::optional<std::byte> first;
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (is_word(i)) continue;
      if (!first) first = state[i];
      if (state[i] != *first) return false;
    }
    return true;
  }

 private:
  bool is_word(std::size_t i) const {
    const auto in = [&](std::size_t offset) { return i >= offset && i < offset + d_.width_bytes; };
    if (d_.rule == Consistency::kNone) return false;
    if (d_.rule == Consistency::kRotating) {
      for (std::uint32_t k = 0; k < d_.count; ++k)
        if (in(d_.offset_bytes + std::size_t{k} * d_.stride_bytes)) return true;
      return false;
    }
    return in(d_.offset_bytes) || (d_.rule == Consistency::kVersionPair && in(d_.end_offset_bytes));
  }
  void raise(std::uint32_t offset) {
    put(section_->bytes, offset, get<std::uint32_t>(section_->bytes, offset) + 1);
  }

  Detector d_;
  std::shared_ptr<FakeSection> section_;
  int generation_ = 0;
};

class SectionCopyOf : public testing::TestWithParam<Detector> {
 protected:
  FakeGame game_{GetParam()};
  SectionCopy copy_{kSize};

  ReadResult read() { return copy_.update(game_.view(), GetParam()); }
  Bytes out() const { return {copy_.now().begin(), copy_.now().end()}; }
};

class CopyOfStoppedGame : public SectionCopyOf {};  ///< of the rules that one buffer keeps
class ReadMarked : public SectionCopyOf {};         ///< of the rules that leave a mark
class ReadLocked : public SectionCopyOf {};         ///< of the rules that show an unfinished update

TEST_P(SectionCopyOf, AcceptsAStateAtRestAtOnce) {
  const auto result = read();
  EXPECT_EQ(result.outcome, ReadOutcome::kWhole);
  EXPECT_EQ(result.retries, 0U);
  EXPECT_EQ(out(), game_.section().bytes);
}

TEST_P(SectionCopyOf, TriesAgainWhenTheGameWritesMeanwhile) {
  for (int busy_reads = 1; busy_reads < 8; ++busy_reads) {
    int left = busy_reads;
    game_.section().on_read = [&](FakeSection&) {
      if (left-- > 0) game_.write_whole();
    };
    const auto result = read();
    game_.section().on_read = nullptr;
    EXPECT_EQ(result.outcome, ReadOutcome::kWhole) << busy_reads;
    EXPECT_TRUE(game_.is_whole(out())) << busy_reads;
    EXPECT_EQ(out(), game_.section().bytes) << busy_reads;
  }
}

TEST_P(SectionCopyOf, CountsARetryForAWriteInTheMiddleOfTheCopy) {
  bool done = false;
  game_.section().on_read = [&](FakeSection& section) {
    if (section.body_reads == 2 && !done) {  // the first was compared
      done = true;
      game_.write_whole();
    }
  };
  const auto result = read();
  EXPECT_EQ(result.outcome, ReadOutcome::kWhole);
  EXPECT_GE(result.retries, 1U);
  EXPECT_TRUE(game_.is_whole(out()));
}

TEST_P(SectionCopyOf, NeverAcceptsAMixedState) {
  Dice dice(1);
  for (int round = 0; round < 3000; ++round) {
    int left = static_cast<int>(dice.below(12));
    game_.section().on_read = [&](FakeSection&) {
      if (left > 0 && dice.below(2) == 0) {
        --left;
        game_.write_whole();
      }
    };
    if (read().outcome == ReadOutcome::kWhole) {
      ASSERT_TRUE(game_.is_whole(out())) << round;
    }
  }
}

/// It rests in the middle of an update, because we run on its core.
TEST_P(CopyOfStoppedGame, IsTakenWhenItHasGoneOn) {
  game_.open_update();
  game_.section().bytes[300] ^= std::byte{1};  // one of all that it was to write
  game_.section().go_on = [&] {
    game_.fill();
    game_.close_update();
    game_.section().go_on = nullptr;
  };
  EXPECT_EQ(read().outcome, ReadOutcome::kWhole);
  EXPECT_EQ(out(), game_.section().bytes);
  EXPECT_TRUE(game_.is_whole(out()));
}

TEST_P(SectionCopyOf, GivesUpOnAGameThatNeverRests) {
  game_.section().on_read = [&](FakeSection&) { game_.write_whole(); };
  const auto result = read();
  EXPECT_EQ(result.outcome, ReadOutcome::kTorn);
  EXPECT_GT(result.retries, 0U);
  EXPECT_LT(result.retries, kMoreThanTheBound);
  EXPECT_LT(game_.section().body_reads, static_cast<int>(kMoreThanTheBound));
}

TEST_P(SectionCopyOf, ReportsAFault) {
  game_.section().faulty = true;
  EXPECT_EQ(read().outcome, ReadOutcome::kFault);
}

TEST_P(SectionCopyOf, ReportsAFaultAtEachReadOfAnAttempt) {
  const auto all_reads = [&] { return game_.section().word_reads + game_.section().body_reads; };
  (void)read();
  const int reads = all_reads();
  EXPECT_GE(reads, 2);
  for (int faulty_read = 1; faulty_read <= reads; ++faulty_read) {
    game_.section().word_reads = game_.section().body_reads = 0;
    game_.section().faulty = false;
    game_.section().on_read = [&](FakeSection& section) { section.faulty = all_reads() == faulty_read; };
    copy_ = SectionCopy(kSize);
    EXPECT_EQ(read().outcome, ReadOutcome::kFault) << faulty_read;
  }
}

TEST_P(ReadLocked, AnUnfinishedUpdateIsNoWholeState) {
  game_.open_update();
  EXPECT_EQ(read().outcome, ReadOutcome::kTorn);
  game_.fill();
  EXPECT_EQ(read().outcome, ReadOutcome::kTorn);
  game_.close_update();
  EXPECT_EQ(read().outcome, ReadOutcome::kWhole);
}

/// Where an update begins before our read and ends in it, or the other way round, only the order in which the
/// words are read tells.
TEST_P(SectionCopyOf, NoUpdateThatOverlapsTheCopyGoesUnnoticed) {
  const int longest = 8;
  for (int begin = 0; begin < longest; ++begin) {
    for (int middle = begin; middle < longest; ++middle) {
      for (int end = middle; end < longest; ++end) {
        FakeGame game(GetParam());
        int reads = 0;
        game.section().on_read = [&](FakeSection&) {
          ++reads;
          if (reads == begin) game.open_update();
          if (reads == middle) game.fill();
          if (reads == end) game.close_update();
        };
        SectionCopy copy(kSize);
        const auto result = copy.update(game.view(), GetParam());
        if (result.outcome == ReadOutcome::kWhole) {
          ASSERT_TRUE(game.is_whole(copy.now())) << begin << " " << middle << " " << end;
        }
      }
    }
  }
}

TEST_P(ReadMarked, AMarkChangesWithEachUpdate) {
  std::set<Mark> marks;
  for (int i = 0; i < 100; ++i) {
    const auto mark = read_mark(game_.view(), GetParam());
    ASSERT_TRUE(mark);
    EXPECT_EQ(read_mark(game_.view(), GetParam()), mark) << "equal while nothing is new";
    EXPECT_TRUE(marks.insert(*mark).second) << i;
    game_.write_whole();
  }
}

TEST_P(ReadLocked, AnUnfinishedUpdateHasAMarkOfItsOwn) {
  const auto before = read_mark(game_.view(), GetParam());
  game_.open_update();
  const auto meanwhile = read_mark(game_.view(), GetParam());
  game_.close_update();
  const auto after = read_mark(game_.view(), GetParam());
  EXPECT_NE(meanwhile, before);
  EXPECT_NE(meanwhile, after);
}

TEST_P(SectionCopyOf, AFaultyViewHasNoMark) {
  game_.section().faulty = true;
  EXPECT_FALSE(read_mark(game_.view(), GetParam()));
}

/// Most blocks stay as they are, some change and change back, and some looks end in a mixed state.
TEST(SectionCopyOfManyBlocks, TellsWhereItDiffersFromWhatWasAccepted) {
  Dice dice(7);
  auto section = std::make_shared<FakeSection>();
  section->bytes.resize(5 * kBlockBytes + 100);
  const FakeView view(section);
  SectionCopy copy(section->bytes.size());
  Bytes accepted(section->bytes.size());
  int wholes = 0;
  for (int round = 0; round < 400; ++round) {
    const auto write_somewhere = [&](FakeSection& s) {
      s.bytes[dice.below(s.bytes.size())] = static_cast<std::byte>(dice.below(3));
    };
    for (std::size_t n = dice.below(4); n > 0; --n) write_somewhere(*section);
    const bool busy = dice.below(4) == 0;
    if (busy) section->on_read = write_somewhere;
    const auto result = copy.update(view, kNoSign);
    section->on_read = nullptr;
    if (result.outcome == ReadOutcome::kWhole) {
      ++wholes;
      if (!busy) {
        ASSERT_TRUE(std::ranges::equal(copy.now(), section->bytes)) << round;
      }
    } else if (dice.below(2) == 0) {
      continue;  // passed over, as a bridge does
    }
    for (const auto& run : copy.find_changes()) {
      const auto at = static_cast<std::ptrdiff_t>(run.offset_bytes);
      std::ranges::copy(copy.now().subspan(run.offset_bytes, run.size_bytes), accepted.begin() + at);
    }
    ASSERT_TRUE(std::ranges::equal(copy.now(), accepted)) << round;
    copy.accept();
    ASSERT_TRUE(std::ranges::equal(copy.accepted(), accepted)) << round;
    EXPECT_TRUE(copy.find_changes().empty()) << round;
  }
  EXPECT_GT(wholes, 100);
  EXPECT_LT(wholes, 400);
}

TEST(SectionCopyOfManyBlocks, CopiesOnlyWhatHasChanged) {
  auto section = std::make_shared<FakeSection>();
  section->bytes = Dice(8).bytes(10 * kBlockBytes);
  const FakeView view(section);
  SectionCopy copy(section->bytes.size());
  ASSERT_EQ(copy.update(view, kNoSign).outcome, ReadOutcome::kWhole);
  copy.find_changes();
  copy.accept();
  section->body_reads = 0;
  ASSERT_EQ(copy.update(view, kNoSign).outcome, ReadOutcome::kWhole);
  EXPECT_EQ(section->body_reads, 10) << "each block compared once";
  section->bytes[3 * kBlockBytes] ^= std::byte{1};
  section->body_reads = 0;
  ASSERT_EQ(copy.update(view, kNoSign).outcome, ReadOutcome::kWhole);
  EXPECT_EQ(section->body_reads, 10 + 1 + 10);
}

std::string name_of_rule(const testing::TestParamInfo<Detector>& param) {
  return rule_name(param.param.rule);
}
INSTANTIATE_TEST_SUITE_P(EveryRule, SectionCopyOf,
                         testing::Values(kNoSign, kCounter, kSequence, kVersionPair, kRotating),
                         name_of_rule);
INSTANTIATE_TEST_SUITE_P(EveryRule, CopyOfStoppedGame,
                         testing::Values(kNoSign, kCounter, kSequence, kVersionPair), name_of_rule);
INSTANTIATE_TEST_SUITE_P(EveryRule, ReadMarked, testing::Values(kCounter, kSequence, kVersionPair, kRotating),
                         name_of_rule);
INSTANTIATE_TEST_SUITE_P(EveryRule, ReadLocked, testing::Values(kSequence, kVersionPair), name_of_rule);

// A section may be smaller than its layout: an old build of the game, or a wrong table.
class TooSmallView : public testing::TestWithParam<Detector> {};

TEST_P(TooSmallView, IsWholeAtRestAndHasNoMark) {
  auto section = std::make_shared<FakeSection>();
  section->bytes = Dice(1).bytes(16);
  const FakeView view(section);
  SectionCopy copy(16);
  EXPECT_FALSE(read_mark(view, GetParam()));
  EXPECT_EQ(copy.update(view, GetParam()).outcome, ReadOutcome::kWhole);
  EXPECT_TRUE(std::ranges::equal(copy.now(), section->bytes));
  EXPECT_EQ(section->body_reads, 3) << "compared, copied, compared";
  int value = 0;
  section->on_read = [&](FakeSection& s) { s.bytes[3] = static_cast<std::byte>(++value); };
  section->bytes[3] = std::byte{0xFF};
  EXPECT_EQ(copy.update(view, GetParam()).outcome, ReadOutcome::kTorn);
}

TEST_P(TooSmallView, IsPublishedAsWhatItIs) {
  const Bytes before(16);
  const Bytes now = Dice(2).bytes(16);
  PublishPlan plan;
  Bytes file = before;
  for (const Store& store : plan.make(GetParam(), before, now)) {
    ASSERT_LE(store.offset_bytes + store.bytes.size(), file.size());
    std::memcpy(file.data() + store.offset_bytes, store.bytes.data(), store.bytes.size());
  }
  EXPECT_EQ(file, now);
}

constexpr Detector kHugeOffset = {.rule = Consistency::kSequence, .offset_bytes = 0xFFFF'FFFE};
constexpr Detector kHugeEnd = {.rule = Consistency::kVersionPair, .end_offset_bytes = 0xFFFF'FFFE};
constexpr Detector kHugeCount = {.rule = Consistency::kRotating,
                                 .stride_bytes = 0x8000'0000,
                                 .count = 3};  // 3 * stride wraps to 0x8000'0000
constexpr Detector kTooWide = {.rule = Consistency::kCounter, .width_bytes = 16};
constexpr Detector kOneByteOut = {.rule = Consistency::kCounter, .offset_bytes = 13};

INSTANTIATE_TEST_SUITE_P(Detectors, TooSmallView,
                         testing::Values(kSequence, kRotating, kHugeOffset, kHugeEnd, kHugeCount, kTooWide,
                                         kOneByteOut));

// --- Publishing: at no moment may a reader who follows the sim's own rule accept a mixture ---------------

/// One way in which a sim may place its words.
struct Placement {
  const char* name;
  Detector detector;
};

void PrintTo(const Placement& placement, std::ostream* out) {
  *out << placement.name;
}

std::uint64_t word(std::span<const std::byte> state, std::uint32_t offset, const Detector& d) {
  std::uint64_t value = 0;
  std::memcpy(&value, state.data() + offset, d.width_bytes);
  return value;
}

void set_word(Bytes& state, std::uint32_t offset, const Detector& d, std::uint64_t value) {
  std::memcpy(state.data() + offset, &value, d.width_bytes);
}

/// Puts the words of a state at rest, of generation `value`, where the rule has them.
void rest_at(Bytes& state, const Detector& d, std::uint64_t value) {
  switch (d.rule) {
    case Consistency::kSequence:
      set_word(state, d.offset_bytes, d, value * 2);
      break;
    case Consistency::kVersionPair:
      set_word(state, d.offset_bytes, d, value);
      set_word(state, d.end_offset_bytes, d, value);
      break;
    case Consistency::kCounter:
      set_word(state, d.offset_bytes, d, value);
      break;
    case Consistency::kNone:
    case Consistency::kRotating:
      break;
  }
}

bool reader_accepts(std::span<const std::byte> first, std::span<const std::byte> last, const Detector& d) {
  if (d.rule == Consistency::kSequence) {
    const auto before = word(first, d.offset_bytes, d);
    return before % 2 == 0 && before == word(last, d.offset_bytes, d);
  }
  return word(first, d.end_offset_bytes, d) == word(last, d.offset_bytes, d);
}

class Publish : public testing::TestWithParam<Placement> {
 protected:
  const Detector& d_ = GetParam().detector;
  Dice dice_{7};
  PublishPlan plan_;

  /// The file's content before the first store and after each.
  std::vector<Bytes> steps(const Bytes& before, const Bytes& now) {
    std::vector<Bytes> out = {before};
    for (const Store& store : plan_.make(d_, before, now)) {
      Bytes next = out.back();
      EXPECT_LE(store.offset_bytes + store.bytes.size(), next.size());
      std::memcpy(next.data() + store.offset_bytes, store.bytes.data(), store.bytes.size());
      out.push_back(std::move(next));
    }
    return out;
  }

  /// A state like `before` in which random places differ, from one byte to all.
  Bytes changed_from(const Bytes& before) {
    if (dice_.below(4) == 0) return dice_.bytes(before.size());
    Bytes now = before;
    for (std::size_t flips = 1 + dice_.below(8); flips > 0; --flips)
      now[dice_.below(now.size())] ^= static_cast<std::byte>(1 + dice_.below(255));
    return now;
  }

  std::uint64_t largest_word() const {
    return d_.width_bytes == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * d_.width_bytes)) - 1;
  }

  void expect_no_mixture(const Bytes& before, const Bytes& now) {
    const auto all = steps(before, now);
    ASSERT_EQ(all.back(), now);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Bytes& state = all[i];
      if (d_.rule == Consistency::kCounter) {
        if (word(state, d_.offset_bytes, d_) != word(before, d_.offset_bytes, d_)) {
          ASSERT_EQ(state, now) << "step " << i;
        }
      } else if (reader_accepts(state, state, d_)) {
        ASSERT_TRUE(state == before || state == now) << "step " << i << " of " << all.size() - 1;
      }
    }
  }
};

class PublishLocked : public Publish {};  ///< of the rules that show an unfinished update

TEST_P(Publish, NoStoreWhenNothingChanged) {
  for (int round = 0; round < 100; ++round) {
    Bytes state = dice_.bytes(kSize);
    rest_at(state, d_, dice_.below(1000));
    EXPECT_TRUE(plan_.make(d_, state, state).empty());
  }
}

TEST_P(Publish, EachMomentShowsBeforeOrNow) {
  for (int round = 0; round < 2000; ++round) {
    Bytes before = dice_.bytes(kSize);
    Bytes now = changed_from(before);
    const std::uint64_t generation = dice_.below(1000);
    rest_at(before, d_, generation);
    rest_at(now, d_, generation + 1 + dice_.below(3));
    expect_no_mixture(before, now);
    if (HasFatalFailure()) return;
  }
}

TEST_P(Publish, TheFirstStateOnAnEmptyFile) {
  Bytes now = dice_.bytes(kSize);
  for (const std::uint64_t generation : {0U, 1U, 2U, 1000U}) {
    rest_at(now, d_, generation);
    expect_no_mixture(Bytes(kSize), now);
  }
}

TEST_P(Publish, ClearingBackToZeros) {
  Bytes before = dice_.bytes(kSize);
  for (const std::uint64_t generation : {0U, 1U, 2U, 1000U}) {
    rest_at(before, d_, generation);
    expect_no_mixture(before, Bytes(kSize));
  }
}

TEST_P(Publish, WordsThatDidNotMove) {
  for (int round = 0; round < 500; ++round) {
    Bytes before = dice_.bytes(kSize);
    Bytes now = changed_from(before);
    const std::uint64_t generation = dice_.below(3);
    rest_at(before, d_, generation);
    rest_at(now, d_, generation);
    expect_no_mixture(before, now);
    if (HasFatalFailure()) return;
  }
}

TEST_P(Publish, WordsThatWrapAround) {
  const std::uint64_t last = d_.rule == Consistency::kSequence ? largest_word() / 2 : largest_word();
  for (const std::uint64_t from : {last - 1, last}) {
    for (const std::uint64_t to : {std::uint64_t{0}, std::uint64_t{1}, last}) {
      Bytes before = dice_.bytes(kSize);
      Bytes now = dice_.bytes(kSize);
      rest_at(before, d_, from);
      rest_at(now, d_, to);
      expect_no_mixture(before, now);
    }
  }
}

TEST_P(Publish, OnlyTheWordsChanged) {
  Bytes before = dice_.bytes(kSize);
  Bytes now = before;
  rest_at(before, d_, 5);
  rest_at(now, d_, 6);
  expect_no_mixture(before, now);
}

TEST_P(Publish, WritesLittleWhenLittleChanged) {
  Bytes before(64 * 1024);
  Bytes now = before;
  rest_at(before, d_, 1);
  rest_at(now, d_, 2);
  now[40'000] = std::byte{1};
  std::size_t written = 0;
  for (const Store& store : plan_.make(d_, before, now)) written += store.bytes.size();
  EXPECT_LT(written, 1024U);
}

/// A reader takes its words and its bytes at different moments: while it reads, we publish on.
TEST_P(PublishLocked, AReaderSlowerThanUsNeverAcceptsAMixture) {
  for (int round = 0; round < 300; ++round) {
    Bytes before = dice_.bytes(kSize);
    Bytes now = changed_from(before);
    rest_at(before, d_, 10);
    rest_at(now, d_, 11);
    const auto all = steps(before, now);
    for (std::size_t first = 0; first < all.size(); ++first) {
      for (std::size_t last = first; last < all.size(); ++last) {
        if (!reader_accepts(all[first], all[last], d_)) continue;
        for (std::size_t turn = first; turn <= last; ++turn) {
          // The copy's first part is of one moment, the rest of a later one.
          const std::size_t cut = dice_.below(kSize);
          Bytes copy(all[first].begin(), all[first].begin() + static_cast<std::ptrdiff_t>(cut));
          copy.insert(copy.end(), all[turn].begin() + static_cast<std::ptrdiff_t>(cut), all[turn].end());
          Bytes copy_at_rest = copy;
          // The words themselves are what the reader compared, not what it copied in between.
          for (const std::uint32_t offset : {d_.offset_bytes, d_.end_offset_bytes})
            if (offset == d_.offset_bytes || d_.rule == Consistency::kVersionPair)
              set_word(copy_at_rest, offset, d_, word(all[last], d_.offset_bytes, d_));
          ASSERT_TRUE(copy_at_rest == before || copy_at_rest == now)
              << "from step " << first << " over " << turn << " to " << last;
        }
      }
    }
  }
}

TEST_P(Publish, APlanIsGoodUntilTheNext) {
  Bytes first = dice_.bytes(kSize);
  Bytes second = dice_.bytes(kSize);
  rest_at(first, d_, 1);
  rest_at(second, d_, 2);
  EXPECT_EQ(steps(Bytes(kSize), first).back(), first);
  EXPECT_EQ(steps(first, second).back(), second);
  EXPECT_TRUE(plan_.make(d_, second, second).empty());
}

const Placement kLockedPlacements[] = {
    {"SequenceFirst", {.rule = Consistency::kSequence, .offset_bytes = 0}},
    {"SequenceInTheMiddle", {.rule = Consistency::kSequence, .offset_bytes = 200}},
    {"SequenceAtALineEdge", {.rule = Consistency::kSequence, .offset_bytes = 60}},
    {"SequenceLast", {.rule = Consistency::kSequence, .offset_bytes = kSize - 4}},
    {"SequenceNarrow", {.rule = Consistency::kSequence, .offset_bytes = 12, .width_bytes = 1}},
    {"SequenceWide", {.rule = Consistency::kSequence, .offset_bytes = 8, .width_bytes = 8}},
    {"VersionPairFirst", {.rule = Consistency::kVersionPair, .end_offset_bytes = 4}},
    {"VersionPairEndFirst", {.rule = Consistency::kVersionPair, .offset_bytes = 4, .end_offset_bytes = 0}},
    {"VersionPairFarApart",
     {.rule = Consistency::kVersionPair, .offset_bytes = 0, .end_offset_bytes = kSize - 4}},
    {"VersionPairFarApartEndFirst",
     {.rule = Consistency::kVersionPair, .offset_bytes = kSize - 4, .end_offset_bytes = 100}},
    {"VersionPairNarrow", {.rule = Consistency::kVersionPair, .width_bytes = 2, .end_offset_bytes = 2}},
    {"VersionPairWide", {.rule = Consistency::kVersionPair, .width_bytes = 8, .end_offset_bytes = 8}}};
const Placement kCounterPlacements[] = {
    {"CounterFirst", {.rule = Consistency::kCounter, .offset_bytes = 0}},
    {"CounterInTheMiddle", {.rule = Consistency::kCounter, .offset_bytes = 128}},
    {"CounterLast", {.rule = Consistency::kCounter, .offset_bytes = kSize - 4}},
    {"CounterWide", {.rule = Consistency::kCounter, .offset_bytes = 64, .width_bytes = 8}}};
std::string name_of_placement(const testing::TestParamInfo<Placement>& param) {
  return param.param.name;
}
INSTANTIATE_TEST_SUITE_P(Locks, Publish, testing::ValuesIn(kLockedPlacements), name_of_placement);
INSTANTIATE_TEST_SUITE_P(Locks, PublishLocked, testing::ValuesIn(kLockedPlacements), name_of_placement);
INSTANTIATE_TEST_SUITE_P(Counters, Publish, testing::ValuesIn(kCounterPlacements), name_of_placement);

TEST(PublishWithoutASign, EndsInNow) {
  Dice dice(3);
  PublishPlan plan;
  for (int round = 0; round < 200; ++round) {
    const Bytes before = dice.bytes(kSize);
    Bytes file = before;
    Bytes now = before;
    now[dice.below(kSize)] ^= std::byte{1};
    for (const Store& store : plan.make(kNoSign, before, now))
      std::memcpy(file.data() + store.offset_bytes, store.bytes.data(), store.bytes.size());
    EXPECT_EQ(file, now);
  }
}

// --- Rotating buffers: a reader takes the buffer with the highest tick if that is newer than what it had,
// and
// --- looks at the tick again when it has copied ---

class PublishRotating : public testing::Test {
 protected:
  static constexpr std::uint32_t kBuffers = 4;
  static constexpr std::size_t kBufferBytes = 256;
  static constexpr std::size_t kFirstBuffer = 112;
  static constexpr std::size_t kBytes = kFirstBuffer + kBuffers * kBufferBytes;

  static std::uint32_t tick_of(std::span<const std::byte> state, std::uint32_t buffer) {
    return get<std::uint32_t>(state, kRotating.offset_bytes + std::size_t{buffer} * kRotating.stride_bytes);
  }
  static std::span<const std::byte> buffer_of(std::span<const std::byte> state, std::uint32_t buffer) {
    return state.subspan(kFirstBuffer + buffer * kBufferBytes, kBufferBytes);
  }
  static std::uint32_t newest(std::span<const std::byte> state) {
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < kBuffers; ++i)
      if (tick_of(state, i) > tick_of(state, best)) best = i;
    return best;
  }
  /// The header says where the buffers are, and how long.
  static Bytes laid_out() {
    Bytes state(kBytes);
    put(state, kRotating.end_offset_bytes, static_cast<std::uint32_t>(kBufferBytes));
    for (std::uint32_t i = 0; i < kBuffers; ++i)
      put(state, kRotating.offset_bytes + std::size_t{i} * kRotating.stride_bytes + 4,
          static_cast<std::uint32_t>(kFirstBuffer + i * kBufferBytes));
    return state;
  }
  /// The game's next update: the oldest buffer first, then its tick.
  static Bytes after_updates(Bytes state, int updates) {
    for (int k = 0; k < updates; ++k) {
      const std::uint32_t tick = tick_of(state, newest(state)) + 1;
      const std::uint32_t buffer = tick % kBuffers;
      std::fill_n(state.begin() + static_cast<std::ptrdiff_t>(kFirstBuffer + buffer * kBufferBytes),
                  kBufferBytes, static_cast<std::byte>(tick));
      put(state, kRotating.offset_bytes + std::size_t{buffer} * kRotating.stride_bytes, tick);
    }
    return state;
  }

  static void expect_whole_buffers_only(const Bytes& before, const Bytes& now) {
    PublishPlan plan;
    std::vector<Bytes> all = {before};
    for (const Store& store : plan.make(kRotating, before, now)) {
      Bytes next = all.back();
      std::memcpy(next.data() + store.offset_bytes, store.bytes.data(), store.bytes.size());
      all.push_back(std::move(next));
    }
    ASSERT_EQ(all.back(), now);
    for (std::size_t first = 0; first < all.size(); ++first) {
      const std::uint32_t buffer = newest(all[first]);
      const std::uint32_t tick = tick_of(all[first], buffer);
      if (tick < tick_of(before, newest(before))) continue;  // older than what it had
      for (std::size_t last = first; last < all.size() && tick_of(all[last], buffer) == tick; ++last) {
        const auto body = buffer_of(all[last], buffer);
        ASSERT_TRUE(std::all_of(body.begin(), body.end(),
                                [&](std::byte b) { return b == static_cast<std::byte>(tick); }))
            << "picked at step " << first << ", copied at step " << last << " of " << all.size() - 1;
      }
    }
  }
};

TEST_F(PublishRotating, OneToThreeUpdatesAtOnceAreNeverMixed) {
  Bytes before = after_updates(laid_out(), 7);
  for (int updates = 1; updates < 4; ++updates) {
    const Bytes now = after_updates(before, updates);
    expect_whole_buffers_only(before, now);
    before = now;
  }
}

TEST_F(PublishRotating, ARoundOfUpdatesAtOnceIsNeverMixed) {
  const Bytes before = after_updates(laid_out(), 7);
  for (const int updates : {4, 5, 6, 7, 9}) expect_whole_buffers_only(before, after_updates(before, updates));
}

TEST_F(PublishRotating, AHeaderFullOfGarbageIsPublishedAsItIs) {
  Dice dice(11);
  PublishPlan plan;
  for (int round = 0; round < 2000; ++round) {
    const Bytes before = dice.bytes(kBytes);
    Bytes now = dice.below(2) == 0 ? dice.bytes(kBytes) : before;
    // Offsets and lengths near the edges, and such as wrap around.
    for (std::size_t at = 0; at < kFirstBuffer; at += 4)
      if (dice.below(2) == 0) put(now, at, static_cast<std::uint32_t>(dice.below(2 * kBytes)) - 64U);
    Bytes file = before;
    for (const Store& store : plan.make(kRotating, before, now)) {
      ASSERT_LE(store.offset_bytes, file.size());
      ASSERT_LE(store.bytes.size(), file.size() - store.offset_bytes);
      std::memcpy(file.data() + store.offset_bytes, store.bytes.data(), store.bytes.size());
    }
    ASSERT_EQ(file, now) << round;
  }
}

}  // namespace
}  // namespace pitbridge
