// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// The sections that a Windows program of our own user has open, seen from outside: Wine makes each out of a
/// file, whose descriptor the process has as long as it holds a handle that it has made a view by.
class ProcessSections {
 public:
  explicit ProcessSections(pid_t pid) : directory_("/proc/" + std::to_string(pid)) {}

  struct Section {
    SectionId id;
    int number = -1;  ///< of the descriptor in that process
  };
  /// The section of the view that begins at `address`, while a handle of it is open there. Nothing: there is
  /// no such view or handle, or the process cannot be looked into.
  std::optional<Section> at(std::uint64_t address) const;
  /// Whether the process has this very section open still or again; as cheap as can be.
  bool has(const Section& section) const;
  /// Its pages, for reading alone; whatever that descriptor is by now.
  UniqueFd open(const Section& section) const;

 private:
  std::string directory_;
};

/// The process of our own user that has a view of this file; nothing: there is none.
std::optional<pid_t> process_that_maps(int file);

}  // namespace pitbridge
