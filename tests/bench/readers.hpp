// SPDX-License-Identifier: MIT
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "common/core/mirror/status_page.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "tests/bench/stage.hpp"

/// The native readers with which the benchmark measures. Each runs in the caller's thread.
namespace pitbridge::bench {

/// The first `size_bytes` of a file, shared; without data while the file is absent or shorter.
MappedMemory map_shared(const std::string& path, std::size_t size_bytes, bool writable = false);

/// A bridge's status page and one mapping's record in it, read without a check of the whole: for a page that
/// is known to be good.
class StatusView {
 public:
  /// Nothing while the page is not there.
  static std::optional<StatusView> open(const std::string& directory, const Sim& sim, const Mapping& mapping);

  BridgeState state() const;
  std::int32_t bridge_pid() const;
  std::uint32_t futex_value() const;
  const std::byte* futex_word() const;
  bool attached() const;
  std::uint32_t sequence() const;
  std::uint64_t updates() const;
  std::int64_t last_change_ns() const;
  std::int32_t section_fd() const;

 private:
  StatusView(MappedMemory page, std::size_t record) : page_(std::move(page)), record_(record) {}

  MappedMemory page_;
  std::size_t record_;  ///< offset
};

/// Spins on the game's stamp for so long; how late each new one was seen, in microseconds. A stamp counts
/// units of 100 ns of `clock`.
std::vector<double> spin_on_stamp(const std::byte* stamp, clockid_t clock, double seconds);

/// The machine's own bound: how long after its time a timer has woken a thread on the stage's core, and that
/// thread has copied the section, in microseconds.
std::vector<double> wake_up_and_copy(const std::byte* section, std::size_t size_bytes, double seconds);

struct WaitFigures {
  std::vector<double>
      from_publication_us;            ///< from the bridge's look that found the update to the waiter's return
  std::vector<double> from_stamp_us;  ///< from the game's stamp to the same
};
/// Waits for publications with the futex of the status page and reads no byte between. Nothing when the
/// bridge makes no readers' page.
std::optional<WaitFigures> wait_on_futex(const std::string& directory, const SimCase& sim,
                                         const StatusView& status, const std::byte* stamp, clockid_t clock,
                                         double seconds);

struct TornFigures {
  std::uint64_t snapshots = 0;  ///< taken by a reader that follows no rule
  std::uint64_t torn = 0;
  std::uint64_t by_rule = 0;  ///< of these, accepted by a reader that follows the sim's own rule
  std::uint64_t torn_by_rule = 0;
  std::uint64_t by_status = 0;  ///< of these, accepted by a reader that follows the status page
  std::uint64_t torn_by_status = 0;
  std::uint64_t updates = 0;  ///< snapshots that differ from the one before
};
/// Takes snapshots of a mapping that the game fills with the number of its update, as fast as it can, for
/// at least `least_seconds`, and then until both kinds of careful reader have accepted `wanted` of them or
/// the longest time is over. Three readers in one: each snapshot is judged by all. `status` may be null.
TornFigures count_torn(const std::byte* section, std::size_t size_bytes, const Detector& detector,
                       const StatusView* status, std::uint64_t wanted, double least_seconds,
                       double longest_seconds);

struct StoredFigures {
  double bytes_per_second = 0;
  double updates_per_second = 0;
};
/// What a bridge stores into the files of all mappings: the stores that its own plan makes of each state and
/// the state before, as this reader sees them in the files.
StoredFigures measure_stores(const std::string& directory, const SimCase& sim, double seconds);

}  // namespace pitbridge::bench
