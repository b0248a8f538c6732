// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/mirror/packet_counts.hpp"
#include "common/core/mirror/ports.hpp"

/// The status page `/dev/shm/pitbridge.<sim>`: how readers learn whether a mirror is alive, consistent and
/// new, without polling its bytes. The layout is a promise to foreign readers: fixed-width little-endian
/// types, offsets asserted below, documented in pitbridge-shm(7).
namespace pitbridge {

enum class BridgeState : std::uint32_t {
  kStopped = 0,  ///< the bridge has left, and cleared its files
  kStarting = 1,
  kWaiting = 2,
  kAttached = 3,
  kPaused = 4,  ///< attached, and the game writes nothing
  kGone = 5,    ///< the game has ended; the files are cleared
};
std::string_view state_name(BridgeState state);
/// Whether the bridge has left and cleared its files. A page without a living bridge that says anything else
/// is that of a killed one.
constexpr bool has_ended(BridgeState state) {
  return state == BridgeState::kStopped || state == BridgeState::kGone;
}

inline constexpr std::uint64_t kNoUpdate = 0;
inline constexpr std::uint32_t kStatusVersion = 1;
inline constexpr std::uint32_t kStatusMaxMappings = 30;
inline constexpr char kStatusMagic[8] = {'P', 'I', 'T', 'B', 'R', 'D', 'G', '1'};

struct StatusHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint32_t mapping_bytes;
  std::uint32_t mapping_count;
  std::uint32_t sequence;         ///< odd while this header is being written
  std::uint32_t state;            ///< BridgeState
  std::int32_t bridge_pid;        ///< Unix pid
  std::uint32_t game_pid;         ///< Windows pid; 0: no game process is known
  std::uint64_t bridge_start_ns;  ///< CLOCK_MONOTONIC
  std::uint64_t heartbeat_ns;     ///< CLOCK_MONOTONIC, at least once a second while the bridge runs
  std::uint32_t futex_word;       ///< raised by each publication and change of state
  std::uint32_t packets_offset;   ///< of StatusPackets; 0: the sim sends none
  char sim[32];
  char title[64];     ///< id of the title whose process was found; empty: unknown
  char message[256];  ///< the last thing that was waited for, refused or repaired
  char prefix[96];    ///< Wine prefix of the bridge, cut at the end
};

struct StatusMapping {
  std::uint32_t sequence;        ///< odd while the mirrored bytes of this mapping are being written
  std::uint32_t attached;        ///< 1 while a section is mirrored
  std::uint64_t size_bytes;      ///< of the section
  std::uint64_t last_change_ns;  ///< CLOCK_MONOTONIC
  std::uint64_t updates;
  std::uint64_t retries;
  std::uint64_t torn;     ///< states that were passed over, because no whole one could be read in time
  std::uint64_t repairs;  ///< of the file
  std::uint64_t section_device;
  std::uint64_t section_inode;
  std::int32_t section_fd;  ///< in the bridge: /proc/<bridge_pid>/fd/<n> is the section itself; -1: not known
  std::uint32_t reserved;
  char file_name[128];
  char padding[48];
};

/// What comes to the port of a sim that sends packets: in the place of the last mapping, which such a sim
/// never has. Each number is written alone, since they are statistics.
struct StatusPackets {
  std::uint64_t taken;       ///< packets of the sim
  std::uint64_t junk[16];    ///< packets that were not, by JunkReason
  std::uint32_t junk_count;  ///< how many of `junk` have a meaning
  std::uint32_t port;
  char sender[64];  ///< of the packet that was taken last, "127.0.0.1:4444"; empty: none was
  char padding[48];
};

static_assert(offsetof(StatusHeader, sequence) == 24);
static_assert(offsetof(StatusHeader, state) == 28);
static_assert(offsetof(StatusHeader, bridge_pid) == 32);
static_assert(offsetof(StatusHeader, heartbeat_ns) == 48);
static_assert(offsetof(StatusHeader, futex_word) == 56);
static_assert(offsetof(StatusHeader, packets_offset) == 60);
static_assert(offsetof(StatusHeader, sim) == 64);
static_assert(offsetof(StatusHeader, message) == 160);
static_assert(sizeof(StatusHeader) == 512);
static_assert(offsetof(StatusMapping, last_change_ns) == 16);
static_assert(offsetof(StatusMapping, section_fd) == 72);
static_assert(offsetof(StatusMapping, file_name) == 80);
static_assert(sizeof(StatusMapping) == 256);
static_assert(offsetof(StatusPackets, junk_count) == 136);
static_assert(offsetof(StatusPackets, sender) == 144);
static_assert(sizeof(StatusPackets) == sizeof(StatusMapping));
static_assert(kJunkReasonNames.size() <= std::size(StatusPackets{}.junk));

inline constexpr std::size_t kStatusPageBytes = 8192;
static_assert(sizeof(StatusHeader) + kStatusMaxMappings * sizeof(StatusMapping) <= kStatusPageBytes);
inline constexpr std::size_t kStatusPacketsOffset = kStatusPageBytes - sizeof(StatusPackets);

/// A fixed array of characters as text, whether or not it ends with a NUL.
template <std::size_t kSize>
std::string_view fixed_text(const char (&text)[kSize]) {
  const std::string_view all(text, kSize);
  return all.substr(0, all.find('\0'));
}

/// The file of a status page, and the little that its readers tell the bridge (pitbridge-shm(7), "WAITING FOR
/// NEWS"). Nothing of that is trusted beyond "the number has moved".
class StatusSink : public Sink {
 public:
  /// Wakes whoever waits on the futex word, if anybody has announced a wait since the last call.
  virtual void wake_readers() = 0;
  /// A number that readers raise as long as they want decoded values.
  virtual std::uint32_t value_requests() const = 0;
  /// A bridge of another prefix that has a game's data and asks for the place: who it is.
  virtual std::optional<std::string> challenger() const = 0;
};

/// Writes a page, through a sink: others may cut the file at any time, and then only the sink survives.
class StatusWriter {
 public:
  /// `file` must be kStatusPageBytes long and outlive the writer; `before` is what it holds now.
  StatusWriter(StatusSink& file, std::span<const std::byte> before);

  void start(std::string_view sim, std::string_view prefix, std::int32_t bridge_pid, std::uint64_t now_ns,
             std::span<const std::string> file_names);

  /// Checks the file, and writes the whole page again when it had to be repaired.
  Expected<bool> check();

  void set_state(BridgeState state);
  /// `title`: id of the title whose process runs; empty where that is not known.
  void set_game(std::uint32_t pid, std::string_view title);
  /// The user says which title it is, whatever process runs.
  void set_title_by_user(std::string_view title);
  std::int32_t bridge_pid() const { return header_.bridge_pid; }
  /// Id of the title, as the page shows it.
  std::string_view title() const { return fixed_text(header_.title); }
  void set_message(std::string_view message);
  void beat(std::uint64_t now_ns);

  void set_section(std::size_t mapping, bool attached, std::uint64_t size_bytes, std::uint64_t device,
                   std::uint64_t inode, std::int32_t fd);
  void begin_publish(std::size_t mapping);
  /// `update_ns`: when the game's update was seen, or kNoUpdate for a repair or a clearing.
  void end_publish(std::size_t mapping, std::uint64_t update_ns);
  void count(std::size_t mapping, std::uint64_t retries, std::uint64_t torn, std::uint64_t repairs);
  /// Of a sim that sends packets. It has a mapping less than others may have.
  void set_packets(std::uint16_t port, std::string_view sender, const PacketCounts& counts);
  /// Tells waiting readers that there is news outside of the mappings.
  void announce();
  std::uint32_t value_requests() const { return file_.value_requests(); }
  std::optional<std::string> challenger() const { return file_.challenger(); }

 private:
  template <typename Change>
  void change_header(Change change);

  void store_header();
  void store_mapping(std::size_t mapping);
  void store_packets();

  StatusSink& file_;
  std::vector<std::byte> before_;
  StatusHeader header_ = {};
  std::string title_by_user_;
  std::vector<StatusMapping> mappings_;
  StatusPackets packets_ = {};
};

/// A page as read by somebody who does not trust it: bounded, and consistent.
struct Status {
  StatusHeader header;
  std::vector<StatusMapping> mappings;
  std::optional<StatusPackets> packets = {};  ///< of a sim that sends them

  const StatusMapping* find(std::string_view file_name) const;
};

/// Nothing when the bytes are no page of this version, or were being written all the time.
std::optional<Status> read_status(std::span<const std::byte> page);

}  // namespace pitbridge
