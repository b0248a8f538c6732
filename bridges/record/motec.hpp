// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bridges/record/laps.hpp"
#include "common/core/error.hpp"

/// The log files of MoTeC's analysis programs. Their makers publish no description; what is here are the
/// facts that the reader of https://github.com/gotzl/ldparser works by: a header with pointers, blocks of
/// event, venue and vehicle, a chain of channels, and their samples.
namespace pitbridge::record {

struct MotecChannel {
  std::string name, unit;
  std::vector<float> samples = {};
};

struct MotecLog {
  std::int64_t start_unix_ns = 0;
  std::string driver, vehicle, venue, session, comment;
  std::uint16_t rate_hz = 60;  ///< of all channels
  std::vector<MotecChannel> channels;
};

/// Pointers of 32 bits reach no further.
inline constexpr std::uint64_t kMostMotecBytes = ~std::uint32_t{0};
tl::unexpected<Error> refuse_motec_size();
/// Fails where it is longer than pointers of 32 bits reach.
Expected<std::vector<std::byte>> encode_ld(const MotecLog& log);
/// The file beside it, by which laps are known.
std::string encode_ldx(const std::vector<Lap>& laps);

}  // namespace pitbridge::record
