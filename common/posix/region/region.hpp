// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/core/shm/region_header.hpp"
#include "common/posix/region/file_memory.hpp"
#include "common/posix/region/name_lock.hpp"
#include "common/posix/region/own_file.hpp"

/// Shared memory that has a name, one publisher, and any number of readers, which write nothing.
namespace pitbridge {

/// How a call ended that happens often; the caller has the words for it.
enum class RegionAnswer : std::uint8_t {
  kDone,
  kBusy,     ///< the publisher was in the middle of an update, each time
  kCut,      ///< the file was cut or removed by somebody
  kLeft,     ///< there is no publisher any more
  kDamaged,  ///< the header says what cannot be
  kOutside,  ///< these bytes are not in the region
  kTimedOut,
  kInterrupted,  ///< a signal handler has run
};

struct RegionRequest {
  std::uint64_t data_bytes = 0;
  mode_t mode = 0600;    ///< of the file; nobody but its owner may ever write to it
  bool is_bare = false;  ///< no header: the file is the data, and nothing tells of news and wholeness
};

/// What a region says of itself, of one moment.
struct RegionStamp {
  std::uint64_t data_bytes = 0;
  std::uint64_t generation = 0;  ///< 0: a bare region
  std::uint64_t published_since_ns = 0;
  std::uint32_t news = 0;
  pid_t publisher = 0;  ///< a claim
  bool has_left = false;
};

/// The publisher of a region, the only one as long as it lives. Not for two threads at once; a child that a
/// fork has made may only let it go, which then says nothing to anybody.
class RegionPublisher {
 public:
  /// Makes the region, or takes it over at once where its publisher was killed or has left it: then it is the
  /// same file (a reader that has it sees its generation rise), longer if need be, and zero, unless it is
  /// bare. kAlreadyRunning: a publisher lives. kOutputRefused: what has the name is not ours, or is no
  /// region.
  static Expected<std::unique_ptr<RegionPublisher>> create(std::shared_ptr<ShmDirectory> directory,
                                                           std::string_view name,
                                                           const RegionRequest& request);
  /// Memory without a name, for whom its descriptor is handed to; neither side can cut it or make it longer.
  /// `keeps_writing`: nobody else can ever write to it, whatever he does with the descriptor.
  static Expected<std::unique_ptr<RegionPublisher>> create_anonymous(std::string_view label,
                                                                     const RegionRequest& request,
                                                                     bool keeps_writing);
  RegionPublisher(const RegionPublisher&) = delete;
  RegionPublisher& operator=(const RegionPublisher&) = delete;
  /// The file stays. Readers are told that nobody publishes any more.
  ~RegionPublisher();

  /// Between `begin_update` and `end_update` it is a part of that update, else one of its own. kCut: somebody
  /// has cut the file; it is whole again, zero where it was cut, and all must be published anew. That is also
  /// the answer, for good, when somebody has removed it.
  RegionAnswer publish(std::uint64_t offset_bytes, std::span<const std::byte> bytes);
  /// For an update in several pieces, or in place. Readers that ask in between are told to ask again.
  RegionAnswer begin_update();
  RegionAnswer end_update();
  /// Never makes it shorter. `data` is at another address then.
  Expected<void> grow(std::uint64_t data_bytes);
  /// Takes the name away, if it still leads to this region, and leaves.
  Expected<void> unlink();

  /// Aligned as a page is.
  std::span<std::byte> data() const;
  RegionStamp stamp() const;
  int fd() const { return memory_.fd(); }
  /// For messages.
  const std::string& path() const { return path_; }
  bool is_bare() const { return is_bare_; }

 private:
  RegionPublisher() = default;
  Expected<void> take_over(UniqueFd fd, const RegionRequest& request);
  Expected<void> make_anew(const RegionRequest& request, bool replaces);
  RegionHeader& header() const;
  std::size_t header_bytes() const { return is_bare_ ? 0 : kRegionHeaderBytes; }
  std::size_t file_bytes_of(std::uint64_t data_bytes) const;
  void begin_generation(std::uint64_t generation);
  RegionAnswer check_file();
  void leave();

  std::optional<NameLock> lock_;  ///< none: an anonymous region
  std::string name_, path_;
  FileMemory memory_;
  std::uint64_t data_bytes_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t since_ns_ = 0;
  SequenceLock last_ = {};  ///< as it was when nobody had cut the file
  pid_t maker_ = 0;
  bool is_bare_ = false;
  bool is_updating_ = false;
  bool has_left_ = false;
};

struct RegionTrust {
  bool is_bare = false;
  bool any_owner = false;  ///< the caller believes the file of another user
};

/// Somebody who reads a region, which he cannot write to. Nothing that the publisher, or who cuts the file,
/// does can hurt him, unless he asks for `data`. Not for two threads at once.
class RegionReader {
 public:
  /// Null: there is none of this name yet. kOutputRefused: what has the name is not to be believed.
  static Expected<std::unique_ptr<RegionReader>> open(std::shared_ptr<ShmDirectory> directory,
                                                      std::string_view name, const RegionTrust& trust);
  /// An anonymous region, by a descriptor that somebody has handed over; it stays the caller's. Refuses one
  /// that can still be cut.
  static Expected<std::unique_ptr<RegionReader>> open_descriptor(int fd, bool is_bare);

  RegionAnswer stamp(RegionStamp& out) const;
  /// Copies bytes of one state of the region; of a bare one as they are. `stamp` may be null.
  RegionAnswer read(std::uint64_t offset_bytes, std::span<std::byte> out, RegionStamp* stamp) const;
  /// Sleeps until there is other news than `seen`, until CLOCK_MONOTONIC is at `deadline_ns`, or until a
  /// signal handler has run. A publisher that leaves wakes its readers; one that is killed cannot, and that
  /// is told at the deadline. kDamaged for a bare region, which has no news. Without `ends_with_publisher` it
  /// sleeps on while there is none, until another one takes the region.
  RegionAnswer wait_news(std::uint32_t seen, std::int64_t deadline_ns, RegionStamp& stamp,
                         bool ends_with_publisher = true);
  /// The region's own memory, for reading; valid until the next call, which may have to map a longer one.
  /// Aligned as a page is. Reading it is a SIGBUS if somebody cuts the file.
  Expected<std::span<const std::byte>> data();
  /// By the lock of its name. Nothing: it cannot be known of an anonymous region and of one of another user.
  std::optional<bool> publisher_lives() const;
  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }
  bool is_bare() const { return is_bare_; }

 private:
  RegionReader() = default;
  std::size_t header_bytes() const { return is_bare_ ? 0 : kRegionHeaderBytes; }
  std::size_t load(std::size_t at_bytes, std::span<std::byte> out) const;
  RegionAnswer load_header(RegionHeader& out) const;
  bool is_cut(std::uint64_t data_bytes) const;
  RegionAnswer bare_stamp(RegionStamp& out) const;
  bool is_orphaned() const;

  std::shared_ptr<ShmDirectory> directory_;  ///< null: an anonymous region
  std::string name_, path_;
  UniqueFd fd_;
  MappedMemory sealed_;  ///< of memory that nobody can cut
  MappedMemory news_page_;
  MappedMemory view_;
  bool is_ours_ = true;
  bool is_bare_ = false;
};

}  // namespace pitbridge
