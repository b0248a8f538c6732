// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "common/core/decode/activity_watch.hpp"
#include "common/core/mirror/status_page.hpp"
#include "common/core/sim/sim.hpp"

/// The live page `/dev/shm/pitbridge.live`: which sim is driven now, so that a reader need not be told. All
/// bridges of a directory share it. The layout is a promise, as the status page's is: pitbridge-shm(7).
namespace pitbridge {

class Mirror;

inline constexpr std::uint32_t kLiveVersion = 1;
inline constexpr char kLiveMagic[8] = {'P', 'I', 'T', 'B', 'L', 'I', 'V', '1'};

struct LivePage {
  char magic[8];
  std::uint32_t version;
  std::uint32_t page_bytes;
  std::uint32_t sequence;  ///< odd while the page is being written
  std::uint32_t
      is_live;  ///< 1 while a car is driven; 0: the game that was driven last is paused, or in a menu
  std::int32_t bridge_pid;  ///< of the bridge that wrote it; 0: no game has been driven, or it has gone
  std::uint32_t reserved;
  std::uint64_t since_ns;      ///< CLOCK_MONOTONIC, when the driving began
  std::uint64_t heartbeat_ns;  ///< CLOCK_MONOTONIC, at least once a second
  char sim[32];
  char title[64];        ///< id of the title; empty: not known
  char status_file[48];  ///< names of the sim's pages, in the same directory
  char values_file[48];
  char padding[16];
};

static_assert(offsetof(LivePage, sequence) == 16);
static_assert(offsetof(LivePage, since_ns) == 32);
static_assert(offsetof(LivePage, sim) == 48);
static_assert(offsetof(LivePage, status_file) == 144);
static_assert(sizeof(LivePage) == 256);

/// A bridge that beats more seldom than every two seconds is killed, or hangs.
bool is_silent(const LivePage& page, std::uint64_t now_ns);

/// The file of the live page. Other bridges write it, too, so each change is decided with a lock held.
class LiveSlot {
 public:
  virtual ~LiveSlot() = default;
  /// Nothing when it holds no page of this version.
  virtual std::optional<LivePage> read() const = 0;
  /// Writes what `decide` makes of the page that is there; nothing: it stays. False when somebody else holds
  /// the lock, or the file was cut: try again.
  virtual bool change(
      const std::function<std::optional<LivePage>(const std::optional<LivePage>&)>& decide) = 0;
};

/// One bridge's claim to the live page: the sim that went live last has it, as long as it is driven or
/// nothing else is.
class LiveClaim {
 public:
  /// Both must outlive it.
  LiveClaim(const Sim& sim, const StatusWriter& status);

  /// Until then, and where it fails, nothing is claimed. Does nothing for a sim without titles, of which
  /// nobody can tell whether it is driven.
  Expected<void> open(SinkFactory& files);

  /// A few times a second while a game is attached.
  void follow(std::span<const Mirror> mirrors, std::int64_t now_ns);
  /// The game has gone, or the bridge leaves.
  void leave();

 private:
  Activity activity_of(std::span<const Mirror> mirrors, std::int64_t now_ns);
  std::optional<LivePage> next_page(const std::optional<LivePage>& page, std::int64_t now_ns) const;
  bool is_own(const LivePage& page) const;

  const Sim& sim_;
  const StatusWriter& status_;
  std::unique_ptr<LiveSlot> slot_;
  Snapshot snapshot_;
  ActivityWatch watch_;
  bool is_live_ = false;
  bool claims_ = false;  ///< it went live, and the page does not say so yet
  std::uint64_t since_ns_ = 0;
};

}  // namespace pitbridge
