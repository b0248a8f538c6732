// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "common/core/error.hpp"
#include "common/core/shm/relaxed_copy.hpp"

/// A ring of records in shared memory: one writer, any number of readers that write nothing. The writer never
/// looks at a reader. It overwrites the oldest records, and a reader finds out whether what it has loaded was
/// overwritten meanwhile, as with a sequence lock: before a byte is overwritten `tail` has moved past it.
///
/// Positions are counts of bytes since the beginning, so they only grow; modulo the capacity they are places.
/// A record is a header of 64 bytes and its data, up to the next multiple of 64, in one piece: what would
/// not fit before the end of the ring begins anew at its start, behind a record that only pads. The layout is
/// a promise: pitshm(7).
namespace pitbridge {

inline constexpr char kRingMagic[8] = {'p', 'i', 't', 'r', 'i', 'n', 'g', '\1'};
inline constexpr std::uint32_t kRingVersion = 1;
inline constexpr std::size_t kRingControlBytes = 4096;
inline constexpr std::size_t kRingAlignment = 64;
/// Two records of the smallest kind, and what a padding needs.
inline constexpr std::size_t kMinRingBytes = 4 * kRingAlignment;
/// A reader copies up to half of it out, so a larger one of an unknown writer would cost it more memory than
/// it may have.
inline constexpr std::size_t kMaxRingBytes = std::size_t{1} << 30U;

/// What the memory begins with. The words that move have a cache line each.
struct RingControl {
  char magic[8];
  std::uint32_t version;
  std::uint32_t control_bytes;
  std::uint64_t capacity_bytes;
  std::uint64_t stream_id;  ///< differs from one ring to the next
  std::uint8_t reserved[32];
  alignas(64) std::uint64_t head;  ///< where the next record will stand
  alignas(64) std::uint64_t tail;  ///< where the oldest record stands
  /// With back-pressure: the position up to which the writer waits for its readers to read; 0: it does not
  /// wait.
  alignas(64) std::uint64_t writer_waits;
};
static_assert(offsetof(RingControl, head) == 64 && offsetof(RingControl, tail) == 128 &&
              offsetof(RingControl, writer_waits) == 192 && sizeof(RingControl) <= kRingControlBytes);

enum class RecordKind : std::uint32_t { kData = 0, kPadding = 1 };

struct RecordHeader {
  std::uint64_t sequence;
  std::int64_t time_ns;
  std::uint64_t size_bytes;  ///< of the data
  std::uint32_t tag;
  std::uint32_t kind;
};
static_assert(sizeof(RecordHeader) == 32);

/// What a record of so many bytes of data takes.
constexpr std::uint64_t record_bytes(std::uint64_t size_bytes) {
  return kRingAlignment + (size_bytes + kRingAlignment - 1) / kRingAlignment * kRingAlignment;
}

/// The largest record of a ring; wherever the head stands there is room for it.
constexpr std::size_t max_message_bytes(std::size_t capacity_bytes) {
  return capacity_bytes / 2 / kRingAlignment * kRingAlignment - kRingAlignment;
}

/// Shared memory as this processor sees it. The test of all interleavings puts a model of memory in its
/// place.
class SharedWords {
 public:
  explicit SharedWords(std::byte* base) : base_(base) {}

  std::uint64_t load(std::size_t offset_bytes, std::memory_order order) const {
    return word(offset_bytes).load(order);
  }
  void store(std::size_t offset_bytes, std::uint64_t value, std::memory_order order) {
    word(offset_bytes).store(value, order);
  }
  static void fence(std::memory_order order) { std::atomic_thread_fence(order); }
  void copy_in(std::size_t offset_bytes, std::span<const std::byte> in) {
    store_relaxed(base_ + offset_bytes, in);
  }
  void copy_out(std::span<std::byte> out, std::size_t offset_bytes) const {
    load_relaxed(out, base_ + offset_bytes);
  }
  std::byte* at(std::size_t offset_bytes) const { return base_ + offset_bytes; }

 private:
  std::atomic_ref<std::uint64_t> word(std::size_t offset_bytes) const {
    return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(base_ + offset_bytes));
  }

  std::byte* base_;
};

/// The only writer of a ring. What it needs to know of the past it keeps for itself, and never reads back
/// what somebody else could have written.
template <typename Memory>
class RingWriterOver {
 public:
  /// Makes the ring in `memory`, which is all zeros and has room for the control and `capacity_bytes`, a
  /// multiple of 64.
  RingWriterOver(Memory memory, std::size_t capacity_bytes, std::uint64_t stream_id)
      : memory_(memory), capacity_(capacity_bytes) {
    RingControl control = {};
    std::memcpy(control.magic, kRingMagic, sizeof control.magic);
    control.version = kRingVersion;
    control.control_bytes = kRingControlBytes;
    control.capacity_bytes = capacity_bytes;
    control.stream_id = stream_id;
    memory_.copy_in(0, std::as_bytes(std::span(&control, 1)).first(offsetof(RingControl, head)));
  }

  std::size_t capacity_bytes() const { return capacity_; }
  std::uint64_t head() const { return head_; }
  std::uint64_t tail() const { return tail_; }

  /// Where the head would be after a record of so many bytes. Nothing: no ring of this size holds it.
  std::optional<std::uint64_t> end_of(std::size_t size_bytes) const {
    if (size_bytes > max_message_bytes(capacity_)) return std::nullopt;
    return start_of(size_bytes) + record_bytes(size_bytes);
  }

  /// The place, in the memory, of the data of a record that is to be written: at least `size_bytes`, which
  /// `end_of` allows. What stood there is gone from now on.
  std::size_t reserve(std::size_t size_bytes) {
    const std::uint64_t start = start_of(size_bytes);
    make_room_until(start + record_bytes(size_bytes));
    if (start != head_)
      write_header(head_, {0, 0, start - head_ - kRingAlignment, 0, as_word(RecordKind::kPadding)});
    reserved_at_ = start;
    return place(start) + kRingAlignment;
  }

  /// Publishes what was written there; `size_bytes` may be less than what was reserved.
  void commit(std::uint64_t sequence, std::int64_t time_ns, std::uint32_t tag, std::size_t size_bytes) {
    write_header(reserved_at_, {sequence, time_ns, size_bytes, tag, as_word(RecordKind::kData)});
    head_ = reserved_at_ + record_bytes(size_bytes);
    ++records_;
    memory_.store(offsetof(RingControl, head), head_, std::memory_order_release);
  }

  void publish(std::uint64_t sequence, std::int64_t time_ns, std::uint32_t tag,
               std::span<const std::byte> data) {
    memory_.copy_in(reserve(data.size()), data);
    commit(sequence, time_ns, tag, data.size());
  }

  struct Records {
    std::uint64_t position;  ///< of the first of them
    std::uint64_t count;
  };
  /// The last `count` records, or as many of them as there are.
  Records last_records(std::uint64_t count) const {
    if (count == 0) return {head_, 0};
    std::uint64_t passed_over = records_ > count ? records_ - count : 0;
    std::uint64_t position = tail_;
    while (position != head_) {
      const RecordHeader header = header_at(position);
      if (passed_over == 0) break;
      passed_over -= is_data(header);
      position = after(position, header);
    }
    return {position, std::min(records_, count)};
  }

 private:
  static constexpr std::uint32_t as_word(RecordKind kind) { return static_cast<std::uint32_t>(kind); }
  static std::uint64_t is_data(const RecordHeader& header) {
    return header.kind == as_word(RecordKind::kData) ? 1 : 0;
  }

  std::size_t place(std::uint64_t position) const {
    return kRingControlBytes + static_cast<std::size_t>(position % capacity_);
  }

  /// A record is in one piece.
  std::uint64_t start_of(std::size_t size_bytes) const {
    const std::uint64_t rest = capacity_ - head_ % capacity_;
    return record_bytes(size_bytes) <= rest ? head_ : head_ + rest;
  }

  RecordHeader header_at(std::uint64_t position) const {
    RecordHeader header;
    memory_.copy_out(std::as_writable_bytes(std::span(&header, 1)), place(position));
    return header;
  }

  void write_header(std::uint64_t position, const RecordHeader& header) {
    memory_.copy_in(place(position), std::as_bytes(std::span(&header, 1)));
  }

  /// Bounded, in case that a reader could write here after all.
  std::uint64_t after(std::uint64_t position, const RecordHeader& header) const {
    if (header.size_bytes > capacity_) return head_;
    return std::min(position + record_bytes(header.size_bytes), head_);
  }

  void make_room_until(std::uint64_t end) {
    if (end - tail_ <= capacity_) return;
    while (end - tail_ > capacity_ && tail_ != head_) {
      const RecordHeader header = header_at(tail_);
      records_ -= is_data(header);
      tail_ = after(tail_, header);
    }
    memory_.store(offsetof(RingControl, tail), tail_, std::memory_order_relaxed);
    // Whoever sees a byte of what is written from here on also sees the tail.
    Memory::fence(std::memory_order_release);
  }

  Memory memory_;
  std::uint64_t capacity_;
  std::uint64_t head_ = 0, tail_ = 0, reserved_at_ = 0;
  std::uint64_t records_ = 0;  ///< of data, between tail and head
};

/// One reader of a ring. It trusts nothing that stands there: a writer may have died, or be no friend.
template <typename Memory>
class RingReaderOver {
 public:
  struct Record {
    std::uint64_t sequence = 0;
    std::int64_t time_ns = 0;
    std::uint32_t tag = 0;
    std::uint64_t position = 0;
    std::size_t place = 0;  ///< of the data, in the memory
    std::size_t size_bytes = 0;
  };
  enum class Look : std::uint8_t {
    kRecord,
    kNothing,  ///< the next one is not written yet
    kLapped,   ///< the writer has overwritten what was next: `catch_up`
    kDamaged,  ///< no writer of ours leaves such a ring
  };

  /// `capacity_bytes` is what `check_ring` found. Begins at `position`, which the writer's side has told.
  RingReaderOver(Memory memory, std::size_t capacity_bytes, std::uint64_t position)
      : memory_(memory), capacity_(capacity_bytes), position_(position) {}

  std::uint64_t position() const { return position_; }
  bool has_news() const { return must_go_back_ || head() != position_; }

  /// The next record, which stays the next one.
  Look look(Record& out) {
    bool was_padding = false;
    while (true) {
      const std::uint64_t head_now = head();
      if (head_now == position_) {
        if (!must_go_back_) return Look::kNothing;
        must_go_back_ = false;
        position_ = memory_.load(offsetof(RingControl, tail), std::memory_order_acquire);
        continue;
      }
      must_go_back_ = false;
      const auto header = header_at(position_, head_now);
      if (!header) return header.error();
      if (header->kind == static_cast<std::uint32_t>(RecordKind::kData)) {
        out = {header->sequence,
               header->time_ns,
               header->tag,
               position_,
               place(position_) + kRingAlignment,
               static_cast<std::size_t>(header->size_bytes)};
        return Look::kRecord;
      }
      // Behind a padding comes what it was for. So nobody keeps us here.
      if (std::exchange(was_padding, true)) return Look::kDamaged;
      position_ += record_bytes(header->size_bytes);
    }
  }

  /// Copies its data; false: it was overwritten meanwhile, and `out` is undefined.
  bool copy(const Record& record, std::span<std::byte> out) const {
    memory_.copy_out(out, record.place);
    return is_whole(record);
  }

  /// Whether what was loaded of the record, by whatever means, is what the writer has put there.
  bool is_whole(const Record& record) const {
    Memory::fence(std::memory_order_acquire);
    return memory_.load(offsetof(RingControl, tail), std::memory_order_relaxed) <= record.position;
  }

  void pass(const Record& record) { position_ = record.position + record_bytes(record.size_bytes); }

  /// After kLapped: goes on in the middle of what is there, where the writer will not be at once. False: the
  /// ring is damaged.
  bool catch_up() {
    constexpr int kMaxAttempts = 8;
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
      const std::uint64_t tail = memory_.load(offsetof(RingControl, tail), std::memory_order_acquire);
      const std::uint64_t head_now = head();
      if (tail < position_) return false;
      // A processor may show the tail before the head that came earlier.
      if (tail > head_now) continue;
      const std::uint64_t goal = tail + (head_now - tail) / 2;
      std::uint64_t at = tail;
      Look end = Look::kRecord;
      while (at < goal && end == Look::kRecord) {
        const auto header = header_at(at, head_now);
        if (header) {
          at += record_bytes(header->size_bytes);
        } else {
          end = header.error();
        }
      }
      if (end == Look::kDamaged) return false;
      if (end == Look::kRecord) {
        position_ = at;
        return true;
      }
    }
    // The writer is too fast for that. There is nothing behind the newest record that it would overwrite
    // soon; if it has come to rest meanwhile, nothing is there, and what is in the ring can be read after
    // all.
    position_ = head();
    must_go_back_ = true;
    return true;
  }

 private:
  std::uint64_t head() const { return memory_.load(offsetof(RingControl, head), std::memory_order_acquire); }
  std::size_t place(std::uint64_t position) const {
    return kRingControlBytes + static_cast<std::size_t>(position % capacity_);
  }

  /// The header of the record at this position, which lies before `head_now`.
  tl::expected<RecordHeader, Look> header_at(std::uint64_t position, std::uint64_t head_now) const {
    if (head_now < position || position % kRingAlignment != 0) return tl::unexpected(Look::kDamaged);
    if (head_now - position > capacity_) return tl::unexpected(Look::kLapped);
    RecordHeader header;
    memory_.copy_out(std::as_writable_bytes(std::span(&header, 1)), place(position));
    Memory::fence(std::memory_order_acquire);
    if (memory_.load(offsetof(RingControl, tail), std::memory_order_relaxed) > position)
      return tl::unexpected(Look::kLapped);
    const std::uint64_t rest = std::min(head_now - position, capacity_ - position % capacity_);
    if (header.size_bytes > capacity_ || record_bytes(header.size_bytes) > rest ||
        header.kind > static_cast<std::uint32_t>(RecordKind::kPadding))
      return tl::unexpected(Look::kDamaged);
    return header;
  }

  Memory memory_;
  std::uint64_t capacity_;
  std::uint64_t position_;
  bool must_go_back_ = false;  ///< where nothing comes at `position_`, to the oldest record
};

using RingWriter = RingWriterOver<SharedWords>;
using RingReader = RingReaderOver<SharedWords>;

/// The capacity of the ring that this memory claims to be. Refuses what no writer of ours makes.
Expected<std::size_t> check_ring(std::span<const std::byte> memory);

}  // namespace pitbridge
