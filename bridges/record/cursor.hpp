// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bridges/record/reader.hpp"

namespace pitbridge::record {

/// Goes through the records of a recording, over what is damaged.
class Cursor {
 public:
  /// `reader` must outlive it.
  explicit Cursor(RecordingReader& reader) : reader_(reader) {}

  /// To the begin of the chunk in which that moment is. What was read before does not count any more.
  void seek(std::int64_t time_ns);
  /// The record that is next; null at the end. Stays until `pop`, with its bytes.
  const Record* peek();
  void pop() { record_.reset(); }
  /// True once after records were left out, by `seek` or by damage: those that follow begin with all that is
  /// there.
  bool takes_gap();
  /// Unpacks the chunk after this one, if that is not done yet: at a moment when it makes nothing late.
  void load_ahead();

 private:
  RecordingReader& reader_;
  std::size_t next_chunk_ = 0;
  std::vector<std::byte> raw_;
  std::optional<std::vector<std::byte>> ahead_;  ///< of `next_chunk_`
  RecordReader records_;
  std::optional<Record> record_;
  bool has_gap_ = true;
};

}  // namespace pitbridge::record
