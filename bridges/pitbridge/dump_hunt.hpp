// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bridges/dump/fields.hpp"
#include "common/core/error.hpp"
#include "common/posix/shm/mirror_reader.hpp"

namespace pitbridge {

/// The mapping's bytes at one moment, and whose they are.
struct DumpLook {
  MirrorReading reading;
  std::string mapping;

  std::span<const std::byte> bytes() const {
    const auto* found = reading.snapshot.bytes(mapping);
    return found != nullptr ? *found : std::span<const std::byte>();
  }
  std::vector<std::byte> copy() const { return {bytes().begin(), bytes().end()}; }
  std::vector<NamedField> fields() const { return fields_of(reading.title, reading.snapshot, mapping); }
};

/// `pitbridge dump --find`.
struct DumpHunt {
  std::string find;   ///< of the first look
  std::string types;  ///< of --as
  std::string state;  ///< file; empty: further looks come from standard input
};
/// The mapping of `first` is read again for each further look.
Expected<void> hunt(const Sim& sim, const std::string& directory, DumpLook first, const DumpHunt& options);

}  // namespace pitbridge
