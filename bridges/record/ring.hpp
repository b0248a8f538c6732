// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/error.hpp"

namespace pitbridge::record {

/// The name of a recording that nobody has named: "ac-2026-11-29-053603.pbrec".
std::string automatic_name(std::string_view sim, std::int64_t unix_ns);
/// Whether it is one of those, of a sim that we know.
bool is_automatic_name(std::string_view name);

/// A directory of recordings that are not more than so many bytes together: the oldest go first. It touches
/// no file that has not the name of an automatic recording.
class Ring {
 public:
  Ring(std::string directory, std::uint64_t most_bytes)
      : directory_(std::move(directory)), most_bytes_(most_bytes) {}

  Expected<void> make_directory() const;
  std::string path_of(std::string_view name) const;
  /// One file is not longer than this, or a single drive would fill the ring and could not be shortened.
  std::uint64_t part_bytes() const { return most_bytes_ / 4; }
  /// Removes old recordings until there is room for `bytes` more.
  void make_room(std::uint64_t bytes) const;

 private:
  std::string directory_;
  std::uint64_t most_bytes_;
};

}  // namespace pitbridge::record
