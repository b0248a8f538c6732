// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/core/sim/sim.hpp"

/// What the life of a bridge needs from the world. Core owns these interfaces; `common/win32` and
/// `common/posix` implement them, and so do the fakes of the unit tests.
namespace pitbridge {

/// Identity of a section: equal exactly while it is the same object.
struct SectionId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const SectionId&) const = default;
};

/// A section that may be given to a reader. The descriptor is read-only and stays the bridge's.
struct OfferedSection {
  int descriptor;
  std::uint64_t size_bytes;
  SectionId id;
};

/// A mapped view of a game's section. Holds no handle, so the name dies with the game.
class View {
 public:
  virtual ~View() = default;
  virtual SectionId id() const = 0;
  virtual std::size_t size_bytes() const = 0;
  /// Unix descriptor of the section's own pages, for zero copy; -1 where this Wine does not give one.
  virtual int descriptor() const = 0;
  /// Copies `out.size()` bytes from `offset_bytes`; false when the pages are no longer there (the backing
  /// file was cut), with `out` undefined. The caller stays within `size_bytes()`.
  virtual bool read(std::size_t offset_bytes, std::span<std::byte> out) const = 0;
  /// Whether the bytes from `offset_bytes` are `known`: as reading and comparing them, at half the cost.
  /// Nothing when the pages are no longer there.
  virtual std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const = 0;
  /// Our waking up may have stopped the game in the middle of an update, on this very core: its memory is at
  /// rest then, and not whole.
  virtual void let_the_game_go_on() const = 0;
  /// How often it was updated, where that is told with each update: then it needs no look before the number
  /// moves. Nothing: only a look can tell.
  virtual std::optional<std::uint64_t> updates() const { return std::nullopt; }
};

struct Game {
  std::uint32_t pid = 0;  ///< Windows pid
  std::string exe_name;
};

/// Where the sections come from, which have names, and the processes of the games. Under Windows these are
/// the game's own; of packets somebody makes them.
class Source {
 public:
  virtual ~Source() = default;
  /// Null when no such mapping exists (the common case while waiting).
  virtual Expected<std::unique_ptr<View>> open(std::string_view mapping_name) = 0;
  /// Which section has the name now; cheap enough to ask a few times a second.
  virtual std::optional<SectionId> identify(std::string_view mapping_name) = 0;
  /// True once after a section was made or closed, of a source that sees it happen: nobody needs to wait for
  /// the next time that the names are asked for.
  virtual bool takes_new_names() { return false; }
  /// Makes the mapping out of the file's own pages, before a game does. From then on `open` and `identify`
  /// know the name only while somebody else holds it too. Fails when the name is taken.
  virtual Expected<void> own(std::string_view mapping_name, const std::string& file_path) = 0;
  /// Looks for a process of one of the sim's titles, and watches it from then on. Costs 1 to 4 ms.
  virtual std::optional<Game> find_game(const Sim& sim) = 0;
  /// Whether the process last found still runs. Cheap.
  virtual bool game_runs() = 0;
  /// Whether any program but this one and Wine's own services runs in the session. Costs 1 to 4 ms.
  virtual bool others_run() = 0;
  /// Makes this process one that the session does not wait for; only while an ordinary program runs. See
  /// common/win32/README.md.
  virtual Expected<void> stop_holding_session() = 0;
  /// The last ordinary program of the session has ended. False before `stop_holding_session`.
  virtual bool session_ends() = 0;
};

/// One ordered store into a published file.
struct Store {
  std::size_t offset_bytes;
  std::span<const std::byte> bytes;
};

/// One output file. Its inode never changes while it is whole; it only grows.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Performs the stores in order, each visible before the next. False when somebody cut the file: then
  /// `check` repairs it, and everything must be published again.
  virtual bool publish(std::span<const Store> stores) = 0;
  /// Zeroes the whole file in place.
  virtual void clear() = 0;
  /// Makes room for `size_bytes`; never shrinks.
  virtual Expected<void> grow(std::size_t size_bytes) = 0;
  /// Looks whether the file at the path is still ours and whole, and repairs it. True when a repair was made
  /// (everything must then be published again); an error when it cannot be.
  virtual Expected<bool> check() = 0;
  /// Takes the file from its path, and gives it back: the same file, unless somebody has made another there.
  /// Who has it open goes on to see what is published. `check` leaves it alone in between, and must be called
  /// afterwards.
  virtual void put_aside() {}
  virtual void put_back() {}
  virtual std::string path() const = 0;
  /// Names the file that is written now. A section that is made of this file's pages has the same id.
  virtual SectionId id() const = 0;
};

class LiveSlot;

class SinkFactory {
 public:
  virtual ~SinkFactory() = default;
  /// Opens or creates the file of this name, at least `size_bytes` long.
  virtual Expected<std::unique_ptr<Sink>> open(std::string_view file_name, std::size_t size_bytes) = 0;
  /// Opens or creates the live page of the directory.
  virtual Expected<std::unique_ptr<LiveSlot>> open_live_slot() = 0;
};

/// One published state of a mapping.
struct MirrorFrame {
  std::uint32_t mapping = 0;         ///< its place in the status page
  std::int64_t time_ns = 0;          ///< when it was seen, monotonic
  std::span<const std::byte> bytes;  ///< the whole section; none: it is gone
  bool is_torn = false;              ///< the game was never seen at rest: perhaps a mixture of two states
  bool is_repeated = false;          ///< it was published before, and is for whoever came since
};

/// Takes every frame for those who want them all, where the files show only the newest.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  /// Where nobody wants frames none need be made.
  virtual bool wants_frames() const = 0;
  virtual void publish(const MirrorFrame& frame) = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() = 0;  ///< monotonic
};

enum class LogLevel : std::uint8_t { kError, kWarning, kInfo, kDebug };
inline constexpr std::array<std::string_view, 4> kLogLevelNames = {"error", "warning", "info", "debug"};

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view line) = 0;
};

}  // namespace pitbridge
