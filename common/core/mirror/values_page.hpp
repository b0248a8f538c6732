// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/core/decode/telemetry.hpp"
#include "common/core/mirror/ports.hpp"

/// The values page `/dev/shm/pitbridge.<sim>.values`: what a sim's bytes mean, the same way for every sim, so
/// that a reader needs no table of offsets. The layout is a promise, as the status page's is:
/// pitbridge-shm(7).
namespace pitbridge {

inline constexpr std::uint32_t kValuesVersion = 1;
inline constexpr char kValuesMagic[8] = {'P', 'I', 'T', 'B', 'V', 'A', 'L', '1'};
/// Behind the entries, where no reader of version 0.1 looks.
inline constexpr std::size_t kValuesDetailsOffset = 4096;
inline constexpr std::size_t kValuesPageBytes = 8192;

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
  char reserved[16];
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
  char reserved[156];
};

static_assert(offsetof(ValuesHeader, sequence) == 24);
static_assert(offsetof(ValuesHeader, updated_ns) == 32);
static_assert(offsetof(ValuesHeader, details_offset) == 40);
static_assert(sizeof(ValuesHeader) == 64);
static_assert(offsetof(ValuesEntry, kind) == 48);
static_assert(offsetof(ValuesEntry, number) == 56);
static_assert(offsetof(ValuesEntry, text) == 88);
static_assert(sizeof(ValuesEntry) == 192);
static_assert(offsetof(ValuesDetails, fault) == 96);
static_assert(offsetof(ValuesDetails, implausible_count) == 352);
static_assert(sizeof(ValuesDetails) == 512);
static_assert(sizeof(ValuesHeader) + kQuantities.size() * sizeof(ValuesEntry) <= kValuesDetailsOffset);

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
};

}  // namespace pitbridge
