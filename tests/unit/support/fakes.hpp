// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/core/mirror/live_page.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/mirror/status_page.hpp"
#include "common/core/sim/sim_place.hpp"
#include "tests/unit/support/memory_sink.hpp"

/// The world of a bridge, in memory: time stands still until a test moves it, and every fault can be asked
/// for.
namespace pitbridge {

using Bytes = std::vector<std::byte>;

inline Bytes bytes_of(std::string_view text) {
  const auto all = std::as_bytes(std::span(text));
  return {all.begin(), all.end()};
}

template <typename T>
void put(std::span<std::byte> bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

template <typename T>
T get(std::span<const std::byte> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

inline bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// Random bytes that are the same in every run, so that a failure can be repeated.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  Bytes bytes(std::size_t size) {
    Bytes out(size);
    for (std::byte& b : out) b = static_cast<std::byte>(engine_() & 0xFFU);
    return out;
  }

 private:
  std::mt19937 engine_;
};

/// Memory for a status page, as an open file of a bridge would hold it.
struct alignas(64) PageMemory {
  std::byte bytes[kStatusPageBytes] = {};
};

class FakeClock final : public Clock {
 public:
  // Not 0: a real monotonic clock never is, and 0 means "never" in some places.
  std::int64_t now = 1'000'000'000'000;
  std::int64_t now_ns() override { return now; }
};

class FakeLog final : public Log {
 public:
  std::vector<std::pair<LogLevel, std::string>> lines;

  void write(LogLevel level, std::string_view line) override { lines.emplace_back(level, line); }
  std::size_t count(std::string_view part) const {
    return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [&](const auto& line) {
      return line.second.find(part) != std::string::npos;
    }));
  }
  bool has(std::string_view part) const { return count(part) != 0; }
};

/// A section of a game; the test is the game and writes `bytes`.
struct FakeSection {
  SectionId id;
  Bytes bytes;
  bool faulty = false;
  std::optional<std::uint64_t> updates = {};  ///< of a section that tells of them
  int word_reads = 0;
  int body_reads = 0;  ///< of more than a word
  /// The game writing at the same moment: called before a word is read, and in the middle of a longer copy.
  std::function<void(FakeSection&)> on_read = {};
  /// What a game does that the bridge has stopped on its core.
  std::function<void()> go_on = {};
};

class FakeView final : public View {
 public:
  explicit FakeView(std::shared_ptr<FakeSection> section)
      : section_(std::move(section)), size_bytes_(section_->bytes.size()) {}

  SectionId id() const override { return section_->id; }
  std::size_t size_bytes() const override { return size_bytes_; }
  int descriptor() const override { return 7; }
  bool read(std::size_t offset_bytes, std::span<std::byte> out) const override {
    FakeSection& s = *section_;
    if (s.faulty) return false;
    const bool word = out.size() <= 8;
    ++(word ? s.word_reads : s.body_reads);
    const std::size_t first = word ? 0 : out.size() / 2;
    std::memcpy(out.data(), s.bytes.data() + offset_bytes, first);
    if (s.on_read) s.on_read(s);
    std::memcpy(out.data() + first, s.bytes.data() + offset_bytes + first, out.size() - first);
    return !s.faulty;
  }
  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const override {
    Bytes now(known.size());
    if (!read(offset_bytes, now)) return std::nullopt;
    return std::memcmp(now.data(), known.data(), known.size()) ==
           0;  // a loop takes seconds without optimisation
  }
  void let_the_game_go_on() const override {
    if (section_->go_on) section_->go_on();
  }
  std::optional<std::uint64_t> updates() const override { return section_->updates; }

 private:
  std::shared_ptr<FakeSection> section_;
  std::size_t size_bytes_;
};

class FakeSource final : public Source {
 public:
  /// When given, the times of the questions are kept in `asked_ns`.
  explicit FakeSource(FakeClock* clock = nullptr) : clock_(clock) {}

  std::map<std::string, std::shared_ptr<FakeSection>, std::less<>> sections;
  std::set<std::string, std::less<>> unopenable;
  std::optional<Game> game;  ///< the process that runs now
  bool session_over = false;
  std::map<std::string, std::string, std::less<>> owned;  ///< name, path of the file
  bool others = false;                                    ///< programs beside the game
  std::optional<Error> leave_error;
  int leave_calls = 0;
  int find_calls = 0;
  bool sees_names = false;  ///< it tells when a section was made
  bool has_new_names = false;
  std::map<std::string, std::vector<std::int64_t>, std::less<>> asked_ns;

  /// The game makes a mapping, anew if there was one.
  std::shared_ptr<FakeSection> make(std::string_view name, std::size_t size_bytes) {
    auto section = std::make_shared<FakeSection>();
    section->id = {1, next_inode_++};
    section->bytes.resize(size_bytes);
    sections[std::string(name)] = section;
    has_new_names = sees_names;
    return section;
  }

  Expected<std::unique_ptr<View>> open(std::string_view mapping_name) override {
    note(mapping_name);
    if (unopenable.contains(mapping_name))
      return fail(ExitCode::kFailure, std::string(mapping_name) + ": access denied");
    const auto it = sections.find(mapping_name);
    if (it == sections.end()) return std::unique_ptr<View>();
    return std::unique_ptr<View>(std::make_unique<FakeView>(it->second));
  }
  std::optional<SectionId> identify(std::string_view mapping_name) override {
    note(mapping_name);
    const auto it = sections.find(mapping_name);
    if (it == sections.end()) return std::nullopt;
    return it->second->id;
  }
  bool takes_new_names() override { return std::exchange(has_new_names, false); }
  Expected<void> own(std::string_view mapping_name, const std::string& file_path) override {
    if (sections.contains(mapping_name))
      return fail(ExitCode::kFailure, std::string(mapping_name) + ": another program made it first");
    owned.emplace(mapping_name, file_path);
    return {};
  }
  std::optional<Game> find_game(const Sim& /*sim*/) override {
    ++find_calls;
    if (game) watched_pid_ = game->pid;
    return game;
  }
  bool game_runs() override { return game && game->pid == watched_pid_; }
  bool others_run() override { return others || game; }
  Expected<void> stop_holding_session() override {
    ++leave_calls;
    if (leave_error) return tl::unexpected<Error>(*leave_error);
    return {};
  }
  bool session_ends() override { return session_over; }

 private:
  void note(std::string_view name) {
    if (clock_ != nullptr) asked_ns[std::string(name)].push_back(clock_->now);
  }

  FakeClock* clock_;
  std::uint64_t next_inode_ = 100;
  std::uint32_t watched_pid_ = 0;
};

/// What a FakeSink writes to. Outlives it, as a file does.
struct FakeFile {
  struct Stored {
    std::size_t offset_bytes;
    Bytes bytes;
    Bytes content_after;
  };

  std::string name;
  SectionId id;
  Bytes content;
  std::vector<Stored> stores;
  int clears = 0;
  bool cut = false;  ///< by somebody else: publishing fails until `check` repairs it
  bool fail_grow = false;
  bool fail_check = false;
  bool aside = false;
};

class FakeSink final : public Sink {
 public:
  explicit FakeSink(std::shared_ptr<FakeFile> file) : file_(std::move(file)) {}

  bool publish(std::span<const Store> stores) override {
    if (file_->cut) return false;
    for (const Store& store : stores) {
      std::ranges::copy(store.bytes,
                        file_->content.begin() + static_cast<std::ptrdiff_t>(store.offset_bytes));
      file_->stores.push_back(
          {store.offset_bytes, Bytes(store.bytes.begin(), store.bytes.end()), file_->content});
    }
    return true;
  }
  void clear() override {
    ++file_->clears;
    std::fill(file_->content.begin(), file_->content.end(), std::byte{0});
  }
  Expected<void> grow(std::size_t size_bytes) override {
    if (file_->fail_grow && size_bytes > file_->content.size())
      return fail(ExitCode::kOutputRefused, file_->name + ": no room");
    file_->content.resize(std::max(size_bytes, file_->content.size()));
    return {};
  }
  Expected<bool> check() override {
    if (file_->fail_check) return fail(ExitCode::kOutputRefused, file_->name + ": is a directory now");
    if (!file_->cut) return false;
    file_->cut = false;
    std::fill(file_->content.begin(), file_->content.end(), std::byte{0});
    return true;
  }
  void put_aside() override { file_->aside = true; }
  void put_back() override { file_->aside = false; }
  std::string path() const override { return "/fake/" + file_->name; }
  SectionId id() const override { return file_->id; }

 private:
  std::shared_ptr<FakeFile> file_;
};

/// A live page that several bridges may share.
class FakeLiveSlot final : public LiveSlot {
 public:
  explicit FakeLiveSlot(std::shared_ptr<LivePage> page) : page_(std::move(page)) {}
  std::optional<LivePage> read() const override {
    return page_->version != 0 ? std::optional<LivePage>(*page_) : std::nullopt;
  }
  bool change(const std::function<std::optional<LivePage>(const std::optional<LivePage>&)>& decide) override {
    if (const auto next = decide(read())) *page_ = *next;
    return true;
  }

 private:
  std::shared_ptr<LivePage> page_;
};

class FakeSinkFactory final : public SinkFactory {
 public:
  std::shared_ptr<LivePage> live_page = std::make_shared<LivePage>();
  std::map<std::string, std::shared_ptr<FakeFile>, std::less<>> files;
  std::set<std::string, std::less<>> refused;

  Expected<std::unique_ptr<Sink>> open(std::string_view file_name, std::size_t size_bytes) override {
    if (refused.contains(file_name))
      return fail(ExitCode::kOutputRefused, std::string(file_name) + ": is a symbolic link");
    auto& file = files[std::string(file_name)];
    if (file == nullptr) file = std::make_shared<FakeFile>();
    file->name = std::string(file_name);
    if (file->id == SectionId{}) file->id = {2, ++inodes_};
    file->content.resize(std::max(size_bytes, file->content.size()));
    return std::unique_ptr<Sink>(std::make_unique<FakeSink>(file));
  }
  Expected<std::unique_ptr<LiveSlot>> open_live_slot() override {
    if (refused.contains(kLiveFileName))
      return fail(ExitCode::kOutputRefused, "pitbridge.live: is a symbolic link");
    return std::unique_ptr<LiveSlot>(std::make_unique<FakeLiveSlot>(live_page));
  }
  /// The file of this name; an empty one when nobody has opened it, so that a test fails and does not crash.
  const FakeFile& at(std::string_view name) const {
    static const FakeFile kNone;
    const auto it = files.find(name);
    return it == files.end() ? kNone : *it->second;
  }

 private:
  std::uint64_t inodes_ = 0;
};

}  // namespace pitbridge
