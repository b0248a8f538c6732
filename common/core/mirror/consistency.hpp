// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/mirror/changed_runs.hpp"
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
  kTorn,   ///< no whole state within the bound; the copy holds the last attempt
  kFault,  ///< the view's pages are gone; the copy holds some of them
};

struct ReadResult {
  ReadOutcome outcome;
  std::uint32_t retries = 0;
};

/// A private copy that follows a section. Most of a large one stays as it is, so what has not changed is only
/// compared, and never copied.
class SectionCopy {
 public:
  /// All zeros, as the files of a section that was just attached.
  explicit SectionCopy(std::size_t size_bytes = 0);

  /// Brings the copy up to date with a view of its size, under the detector's rule; tries a bounded number of
  /// times.
  ReadResult update(const View& view, const Detector& detector);
  std::span<const std::byte> now() const { return now_; }
  /// What the copy was when it was last accepted.
  std::span<const std::byte> accepted() const { return accepted_; }
  /// Where the two differ. Valid until the next call.
  std::span<const Run> find_changes();
  /// `accepted` becomes `now`. After `find_changes`.
  void accept();

 private:
  /// Whether anything had changed. Nothing: a fault.
  std::optional<bool> follow(const View& view);
  ReadResult update_at_rest(const View& view);

  std::vector<std::byte> accepted_, now_;
  std::vector<bool> touched_;  ///< by block: the two may differ there
  std::vector<Run> changes_;
};

/// Plans the stores that turn a file holding `before` into `now`, in the order of the rule. Owns the few
/// bytes that are in neither (the "being written" word); the spans stay valid until the next call.
class PublishPlan {
 public:
  std::span<const Store> make(const Detector& detector, std::span<const std::byte> before,
                              std::span<const std::byte> now);
  /// The same where it is known in which runs they differ.
  std::span<const Store> make(const Detector& detector, std::span<const std::byte> before,
                              std::span<const std::byte> now, std::span<const Run> runs);
  /// All of `now`, for a file whose bytes are not known.
  std::span<const Store> make_whole(const Detector& detector, std::span<const std::byte> now);

 private:
  void make_rotating(const Detector& detector, std::span<const std::byte> before,
                     std::span<const std::byte> now);
  void add_body(std::span<const std::byte> now, std::size_t from, std::size_t to);

  std::vector<Run> all_runs_;
  std::span<const Run> runs_;
  std::vector<Store> stores_;
  std::byte opening_[8];
};

}  // namespace pitbridge
