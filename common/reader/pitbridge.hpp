// SPDX-License-Identifier: MIT
// pitbridge.hpp: reads what a pitbridge bridge publishes in /dev/shm. One file, C++17, Linux, no library.
// Copy it into your tree. The formats are described in pitbridge-shm(7).
//
//     auto ac = pitbridge::reader::Reader::open("ac");  // the bridge may come later
//     while (ac) {
//       (void)ac->wait(std::chrono::seconds(1));        // returns with each update
//       if (const auto values = ac->values()) {
//         std::cout << values->number("rpm").value_or(0) << " rpm\n";
//       } else {
//         std::cout << message(values.result()) << "\n";
//       }
//     }
//
// The classes are at the end, in namespace pitbridge::reader. They are a thin layer over pitbridge.h. What is
// installed has the text of pitbridge.h in it, so that one file is enough; in pitbridge's own tree it is
// included. A program may include both files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "pitbridge.h"

namespace pitbridge::reader {

/// As in `pitbridge_result`, where each is explained.
enum class Result {
  kOk = PITBRIDGE_OK,
  kTimeout = PITBRIDGE_TIMEOUT,
  kInterrupted = PITBRIDGE_INTERRUPTED,
  kAbsent = PITBRIDGE_ABSENT,
  kDenied = PITBRIDGE_DENIED,
  kForeign = PITBRIDGE_FOREIGN,
  kDead = PITBRIDGE_DEAD,
  kNoGame = PITBRIDGE_NO_GAME,
  kNoMapping = PITBRIDGE_NO_MAPPING,
  kBusy = PITBRIDGE_BUSY,
  kCut = PITBRIDGE_CUT,
  kNoValues = PITBRIDGE_NO_VALUES,
  kNoSection = PITBRIDGE_NO_SECTION,
  kBadName = PITBRIDGE_BAD_NAME,
};

/// What a result means, and what to do about it.
inline std::string_view message(Result result) {
  return pitbridge_message(static_cast<pitbridge_result>(result));
}

/// A value, or why there is none. Only an answer that is true may be dereferenced.
template <typename T>
class [[nodiscard]] Answer {
 public:
  Answer(Result why_not) : result_(why_not) {}
  Answer(T value) : result_(Result::kOk), value_(std::move(value)) {}

  explicit operator bool() const { return value_.has_value(); }
  Result result() const { return result_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  Result result_;
  std::optional<T> value_;
};

using StatusPage = ::pitbridge_status_page;
using MappingRecord = ::pitbridge_mapping;

/// The bytes of one mapping at one moment.
struct Snapshot {
  std::vector<std::byte> bytes;
  MappingRecord record = {};
};

enum class Activity {
  kUnknown = PITBRIDGE_ACTIVITY_UNKNOWN,
  kOff = PITBRIDGE_ACTIVITY_OFF,
  kMenu = PITBRIDGE_ACTIVITY_MENU,
  kReplay = PITBRIDGE_ACTIVITY_REPLAY,
  kPaused = PITBRIDGE_ACTIVITY_PAUSED,
  kLive = PITBRIDGE_ACTIVITY_LIVE,
};

/// Why a quantity has no value.
enum class AbsentReason {
  kUnknown = PITBRIDGE_ABSENT_UNKNOWN,
  kNotGiven = PITBRIDGE_ABSENT_NOT_GIVEN,
  kNotYet = PITBRIDGE_ABSENT_NOT_YET,
  kUnknownVersion = PITBRIDGE_ABSENT_VERSION,
  kImplausible = PITBRIDGE_ABSENT_IMPLAUSIBLE,
  kOff = PITBRIDGE_ABSENT_OFF,
  kCutOff = PITBRIDGE_ABSENT_CUT_OFF,
};

inline std::string_view activity_name(Activity activity) {
  return pitbridge_activity_name(static_cast<std::uint32_t>(activity));
}

/// One car of the session; `has` says which members count.
using Car = ::pitbridge_car;
inline bool has(const Car& car, std::uint32_t member) {
  return (car.present & member) != 0;
}

/// The decoded values of one moment.
class Values {
 public:
  explicit Values(std::shared_ptr<const pitbridge_values> page) : page_(std::move(page)) {}

  /// Nothing when there is none now (`why_absent`). Of wheels 0 to 3 are front left, front right, rear left,
  /// rear right.
  std::optional<double> number(const char* name, std::uint32_t index = 0) const {
    const pitbridge_value* value = pitbridge_find_value(page_.get(), name);
    if (value == nullptr || value->kind != 1 || index >= value->count || index >= 4) return std::nullopt;
    return value->number[index];
  }
  /// In UTF-8; empty when there is none now. Lives as long as the values.
  std::string_view text(const char* name) const { return pitbridge_text(page_.get(), name); }
  /// Of a quantity that has no value.
  AbsentReason why_absent(const char* name) const {
    return static_cast<AbsentReason>(pitbridge_why_absent(page_.get(), name));
  }
  /// Id of the game's title; empty: not known. This and the next two live as long as the values.
  std::string_view title() const { return page_->title; }
  /// Of the game's memory, as it states it; empty: it does not.
  std::string_view layout_version() const { return page_->layout_version; }
  /// Why nothing is decoded, as a sentence; empty: there is no fault.
  std::string_view fault() const { return page_->fault; }
  /// How many values are absent because no vehicle can do what stands there.
  std::uint32_t implausible_count() const { return page_->implausible_count; }
  /// All cars of the session, the player's too, as far as the sim tells of them.
  std::vector<Car> cars() const { return {page_->cars, page_->cars + page_->car_count}; }
  /// The place of a word in its list, as PITBRIDGE_FLAG_BLUE; nothing when there is none now.
  std::optional<std::uint32_t> word(const char* name, std::uint32_t index = 0) const {
    const auto found = number(name, index);
    return found && *found >= 0 ? std::optional<std::uint32_t>(static_cast<std::uint32_t>(*found))
                                : std::nullopt;
  }
  Activity activity() const { return static_cast<Activity>(page_->activity); }
  /// When it was decoded, by CLOCK_MONOTONIC.
  std::uint64_t updated_ns() const { return page_->updated_ns; }
  const pitbridge_values& page() const { return *page_; }

 private:
  std::shared_ptr<const pitbridge_values> page_;  // large for a stack
};

/// The game's own pages, mapped read-only. The game writes there at any moment, by the sim's own rule.
class Section {
 public:
  Section(const std::string& file_name, pitbridge_section section)
      : file_name_(file_name), section_(section) {}
  Section(Section&& other) noexcept
      : file_name_(std::move(other.file_name_)), section_(std::exchange(other.section_, {})) {}
  Section& operator=(Section&& other) noexcept {
    std::swap(file_name_, other.file_name_);
    std::swap(section_, other.section_);
    return *this;
  }
  ~Section() { pitbridge_section_close(&section_); }

  const std::byte* data() const { return static_cast<const std::byte*>(section_.data); }
  std::size_t size_bytes() const { return section_.size_bytes; }
  /// A copy of what is there now; nothing when it does not lie inside.
  template <typename T>
  std::optional<T> load(std::size_t offset) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (offset > size_bytes() || size_bytes() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, data() + offset, sizeof value);
    return value;
  }

 private:
  friend class Reader;
  std::string file_name_;
  pitbridge_section section_;
};

/// A mirrored file, mapped read-only, so that a few fields of a large mapping are read where they lie; see
/// `Reader::read`.
class View {
 public:
  explicit View(pitbridge_view view) : c_(view) {}
  View(View&& other) noexcept : c_(std::exchange(other.c_, {})) {}
  View& operator=(View&& other) noexcept {
    std::swap(c_, other.c_);
    return *this;
  }
  ~View() { pitbridge_view_close(&c_); }

  std::size_t size_bytes() const { return c_.size_bytes; }

 private:
  friend class Reader;
  pitbridge_view c_;
};

/// Reads one sim's files. Belongs to one thread at a time.
class Reader {
 public:
  /// `directory`: where the files are; empty: $PITBRIDGE_SHM_DIR, else /dev/shm. Nothing need be there yet.
  static Answer<Reader> open(const std::string& sim, const std::string& directory = {}) {
    Reader reader;
    const auto result =
        pitbridge_open(&reader.c_, sim.c_str(), directory.empty() ? nullptr : directory.c_str());
    if (result != PITBRIDGE_OK) return static_cast<Result>(result);
    return reader;
  }
  /// Of whichever sim is driven; see `pitbridge_open_live`.
  static Answer<Reader> open_live(const std::string& directory = {}) {
    Reader reader;
    const auto result = pitbridge_open_live(&reader.c_, directory.empty() ? nullptr : directory.c_str());
    if (result != PITBRIDGE_OK) return static_cast<Result>(result);
    return reader;
  }
  /// The sim that is read now; empty while none has been driven.
  std::string sim() const { return pitbridge_sim(&c_); }
  Reader(Reader&& other) noexcept : c_(other.c_) { other.forget(); }
  Reader& operator=(Reader&& other) noexcept {
    std::swap(c_, other.c_);
    return *this;
  }
  ~Reader() { pitbridge_close(&c_); }

  /// Whether data is live: kOk, or why not.
  Result liveness() {
    StatusPage page;
    return status(page);
  }
  /// Likewise, with the page: all zeros if it cannot be read, else what was last written.
  Result status(StatusPage& page) { return static_cast<Result>(pitbridge_status(&c_, &page)); }

  /// Waits for the next update of anything; see `pitbridge_wait`.
  Result wait(std::chrono::milliseconds timeout) {
    return static_cast<Result>(pitbridge_wait(&c_, as_int(timeout)));
  }
  /// Waits until the game has written to the mapping; with an empty name, to any.
  Result wait_for_data(const std::string& file_name, std::chrono::milliseconds timeout) {
    return static_cast<Result>(
        pitbridge_wait_for_data(&c_, file_name.empty() ? nullptr : file_name.c_str(), as_int(timeout)));
  }

  /// The decoded values; kNoValues for the first 0.2 s.
  Answer<Values> values() {
    const auto page = std::make_shared<pitbridge_values>();
    const auto result = pitbridge_read_values(&c_, page.get());
    if (result != PITBRIDGE_OK) return static_cast<Result>(result);
    return Values(page);
  }

  /// The whole mapping at one moment, into `out`, whose memory is used again.
  Result snapshot(const std::string& file_name, Snapshot& out) {
    // No sim's mapping is larger, but what a page says of itself may be.
    constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;
    while (true) {
      const auto result = static_cast<Result>(
          pitbridge_snapshot(&c_, file_name.c_str(), out.bytes.data(), out.bytes.size(), &out.record));
      if (result == Result::kOk && out.record.size_bytes > kMaxBytes) return Result::kCut;
      const std::size_t size = result == Result::kOk ? static_cast<std::size_t>(out.record.size_bytes) : 0;
      const bool complete = size <= out.bytes.size();
      out.bytes.resize(size);
      if (complete) return result;
    }
  }
  Answer<Snapshot> snapshot(const std::string& file_name) {
    Snapshot out;
    const Result result = snapshot(file_name, out);
    if (result != Result::kOk) return result;
    return out;
  }
  /// The begin of the mapping as one of the sim's own structures; kCut when the section is smaller than that.
  template <typename T>
  Answer<T> snapshot_as(const std::string& file_name) {
    static_assert(std::is_trivially_copyable_v<T>);
    T out;
    MappingRecord record;
    const auto result = pitbridge_snapshot(&c_, file_name.c_str(), &out, sizeof out, &record);
    if (result != PITBRIDGE_OK) return static_cast<Result>(result);
    if (record.size_bytes < sizeof out) return Result::kCut;
    return out;
  }

  /// Parts of the mapping, all of one moment; see `pitbridge_snapshot_parts`.
  Result snapshot(const std::string& file_name, const std::vector<pitbridge_part>& parts) {
    MappingRecord record;
    return static_cast<Result>(
        pitbridge_snapshot_parts(&c_, file_name.c_str(), parts.data(), parts.size(), &record));
  }

  /// The mirrored file, to be read without a copy; see `pitbridge_view_open`.
  Answer<View> view(const std::string& file_name) {
    pitbridge_view view;
    const auto result = pitbridge_view_open(&c_, file_name.c_str(), &view);
    if (result != PITBRIDGE_OK) return static_cast<Result>(result);
    return View(view);
  }
  /// Calls `look(data)` with the view's bytes until what it saw is of one update: kOk. It must follow no
  /// index or pointer from there, and is called again after a mixed state. kCut: drop the view, and ask for
  /// it again.
  template <typename Look>
  Result read(View& view, Look look) {
    constexpr int kMostAttempts = 64;
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
      const auto begun = pitbridge_view_begin(&c_, &view.c_);
      if (begun != PITBRIDGE_OK) return static_cast<Result>(begun);
      look(static_cast<const std::byte*>(view.c_.data));
      if (pitbridge_view_end(&c_, &view.c_) == PITBRIDGE_OK) return Result::kOk;
    }
    return Result::kBusy;
  }

  /// The game's own pages, without a copy; see `pitbridge_section_open`.
  Answer<Section> section(const std::string& file_name) {
    pitbridge_section section;
    const auto result = pitbridge_section_open(&c_, file_name.c_str(), &section);
    if (result != PITBRIDGE_OK) return static_cast<Result>(result);
    return Section(file_name, section);
  }
  /// kOk while the game writes there. Else drop the section, and ask for it again when there is data.
  Result check(const Section& section) {
    return static_cast<Result>(pitbridge_section_check(&c_, section.file_name_.c_str(), &section.section_));
  }

 private:
  Reader() = default;

  void forget() {
    c_ = {};
    c_.status_fd = -1;
    c_.no_page = PITBRIDGE_BAD_NAME;
  }
  static int as_int(std::chrono::milliseconds timeout) {
    constexpr int kMost = std::numeric_limits<int>::max();
    return timeout.count() < 0 ? -1 : timeout.count() > kMost ? kMost : static_cast<int>(timeout.count());
  }

  pitbridge_reader c_;
};

}  // namespace pitbridge::reader
