// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/mirror/copy.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/sim/sim.hpp"

/// A sim's own rule for whole states, in both directions: reading its section by the rule, and replaying the
/// rule into our file, so that a reader of the raw file who follows it never accepts a mixed state.
namespace pitbridge {

/// The words by which a mapping shows that it changed; equal marks mean "nothing new".
using Mark = std::uint64_t;

/// Reads the mark; nothing when the view faulted or is too small for the detector. kNone has no mark.
std::optional<Mark> read_mark(const View& view, const Detector& detector);

enum class ReadOutcome : std::uint8_t {
  kWhole,
  kTorn,   ///< no whole state within the bound; `out` holds the last attempt
  kFault,  ///< the view's pages are gone
};

struct ReadResult {
  ReadOutcome outcome;
  std::uint32_t retries = 0;
};

/// Copies the whole view into `out` under the detector's rule; tries a bounded number of times. `scratch` has
/// the size of `out` and is used by the rules that read twice.
ReadResult read_whole(const View& view, const Detector& detector, std::span<std::byte> out,
                      std::span<std::byte> scratch);

/// Plans the stores that turn a file holding `before` into `now`, in the order of the rule. Owns the few
/// bytes that are in neither (the "being written" word); the spans stay valid until the next call.
class PublishPlan {
 public:
  std::span<const Store> make(const Detector& detector, std::span<const std::byte> before,
                              std::span<const std::byte> now);
  /// For a file that differs from `now` in `changed` alone, and in the words of the rule.
  std::span<const Store> make_of_runs(const Detector& detector, std::span<const Run> changed,
                                      std::span<const std::byte> now);
  /// All of `now`, for a file whose bytes are not known.
  std::span<const Store> make_whole(const Detector& detector, std::span<const std::byte> now);

 private:
  std::span<const Store> make_for_runs(const Detector& detector, std::span<const std::byte> before,
                                       std::span<const std::byte> now);
  void make_rotating(const Detector& detector, std::span<const std::byte> before,
                     std::span<const std::byte> now);
  void add_body(std::span<const std::byte> now, std::size_t from, std::size_t to);

  std::vector<Run> runs_;
  std::vector<Store> stores_;
  std::byte opening_[8];
};

}  // namespace pitbridge
