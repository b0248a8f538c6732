// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/core/decode/telemetry.hpp"
#include "common/core/mirror/ports.hpp"

/// The values page `/dev/shm/pitbridge.<sim>.values`: what a sim's bytes mean, the same way for every sim, so
/// that a reader needs no table of offsets. The layout is a promise, as the status page's is:
/// pitbridge-shm(7).
namespace pitbridge {

inline constexpr std::uint32_t kValuesVersion = 1;
inline constexpr char kValuesMagic[8] = {'P', 'I', 'T', 'B', 'V', 'A', 'L', '1'};
/// Readers of version 0.1 refuse a page that says it has more entries than these, and look at the first 4096
/// bytes alone. So the others stand behind, and a word of the header that was reserved then tells of them.
inline constexpr std::size_t kFirstEntries = 21;
inline constexpr std::size_t kValuesDetailsOffset = 4096;
inline constexpr std::size_t kValuesMoreOffset = 8192;
inline constexpr std::size_t kValuesCarsOffset = 32'768;
/// That there is room for behind the first ones.
inline constexpr std::size_t kMostMoreEntries = 128;

struct ValuesHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint32_t entry_bytes;
  std::uint32_t entry_count;
  std::uint32_t sequence;        ///< odd while the page is being written
  std::uint32_t activity;        ///< Activity
  std::uint64_t updated_ns;      ///< CLOCK_MONOTONIC
  std::uint32_t details_offset;  ///< of ValuesDetails; 0: there are none
  std::uint32_t details_bytes;
  std::uint32_t more_offset;  ///< of further entries; 0: there are none
  std::uint32_t more_count;
  char reserved[8];
};

enum class ValueKind : std::uint32_t { kAbsent = 0, kNumber = 1, kText = 2 };

struct ValuesEntry {
  char name[24];
  char unit[24];
  std::uint32_t kind;   ///< ValueKind
  std::uint32_t count;  ///< numbers: 1, or 4 for wheels; absent: the AbsentReason
  double number[4];
  char text[104];  ///< UTF-8, cut at the end
};

/// What belongs to all values.
struct ValuesDetails {
  char title[64];    ///< id of the title by whose tables the values are decoded; empty: none is known
  char version[32];  ///< of the layout, as the game's memory states it; empty: it does not
  char fault[256];   ///< why nothing is decoded, as a sentence; empty: there is no fault
  std::uint32_t implausible_count;  ///< of the absent values
  std::uint32_t cars_offset;        ///< of the first CarEntry; 0: the page has none
  std::uint32_t car_bytes;          ///< of a CarEntry
  std::uint32_t car_count;          ///< in use now, at most kMostCars
  char reserved[144];
};

/// One car of the session, in the order of the sim's records.
struct CarEntry {
  std::uint32_t present;    ///< bit n: the quantity of this place in `kCarQuantities` has a value
  std::uint32_t is_player;  ///< 1 or 0
  char car_number[8];
  char driver[64];
  char car[64];
  char car_class[32];
  double position;
  double class_position;
  double lap;
  double lap_distance;
  double last_lap_time;
  double best_lap_time;
  double gap_ahead;
  double pit_state;  ///< PitState
  double world_position[3];
  double heading;
  char reserved[8];
};

inline constexpr std::size_t kValuesPageBytes = kValuesCarsOffset + kMostCars * sizeof(CarEntry);

static_assert(offsetof(ValuesHeader, sequence) == 24);
static_assert(offsetof(ValuesHeader, updated_ns) == 32);
static_assert(offsetof(ValuesHeader, details_offset) == 40);
static_assert(offsetof(ValuesHeader, more_offset) == 48);
static_assert(sizeof(ValuesHeader) == 64);
static_assert(offsetof(ValuesEntry, kind) == 48);
static_assert(offsetof(ValuesEntry, number) == 56);
static_assert(offsetof(ValuesEntry, text) == 88);
static_assert(sizeof(ValuesEntry) == 192);
static_assert(offsetof(ValuesDetails, fault) == 96);
static_assert(offsetof(ValuesDetails, implausible_count) == 352);
static_assert(offsetof(ValuesDetails, cars_offset) == 356);
static_assert(sizeof(ValuesDetails) == 512);
static_assert(offsetof(CarEntry, driver) == 16);
static_assert(offsetof(CarEntry, position) == 176);
static_assert(sizeof(CarEntry) == 280);
static_assert(sizeof(ValuesHeader) + kFirstEntries * sizeof(ValuesEntry) <= kValuesDetailsOffset);
static_assert(kValuesDetailsOffset + sizeof(ValuesDetails) <= kValuesMoreOffset);
static_assert(kQuantities.size() <= kFirstEntries + kMostMoreEntries);
static_assert(kValuesMoreOffset + kMostMoreEntries * sizeof(ValuesEntry) <= kValuesCarsOffset);

/// Writes a values page.
class ValuesWriter {
 public:
  /// `file` must be kValuesPageBytes long and outlive the writer. `seed` makes the sequences of two bridges
  /// differ, so that a reader notices a restart in the middle of its copy.
  ValuesWriter(Sink& file, std::uint64_t seed);

  /// `title` is the id of the title; empty where none is known.
  void publish(const Telemetry& telemetry, std::string_view title, std::uint64_t now_ns);

 private:
  Sink& file_;
  ValuesHeader header_ = {};
  ValuesEntry entries_[kQuantities.size()] = {};
  ValuesDetails details_ = {};
  std::vector<CarEntry> cars_;
};

}  // namespace pitbridge
