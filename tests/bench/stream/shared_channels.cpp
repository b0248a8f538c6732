// SPDX-License-Identifier: MIT
// What lies in shared memory: streams by the C interface, a mirror that is polled, and a public peer.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/core/shm/sequence_lock.hpp"
#include "common/pitshm/stream.h"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/bench/stream/frame.hpp"

namespace pitbridge::bench {
namespace {

constexpr char kName[] = "bench";

void expect(pitshm_result result, const char* what) {
  if (result != PITSHM_OK)
    throw std::runtime_error(std::string("stream_bench: ") + what + ": " + pitshm_error_text());
}

class StreamChannel : public Channel {
 public:
  explicit StreamChannel(const Setup& setup) : setup_(setup), frame_(setup.size_bytes) {
    pitshm_producer_options options = {};
    options.directory = setup_.directory.c_str();
    options.ring_bytes = setup.ring_bytes;
    options.waits_for_consumers = setup.lossless ? 1 : 0;
    expect(pitshm_producer_open(kName, &options, &producer_), "producer");
  }
  ~StreamChannel() override {
    pitshm_consumer_close(consumer_);
    if (producer_ != nullptr) pitshm_producer_close(producer_);
  }

  void be_producer() override {
    while (pitshm_producer_consumers(producer_) < setup_.consumers) {
      constexpr std::int64_t kLongestMs = 10'000;
      expect(pitshm_producer_wait(producer_, kLongestMs, -1), "waiting for consumers");
    }
  }
  void be_consumer(std::size_t) override {
    producer_ = nullptr;  // the parent's
    pitshm_consumer_options options = {};
    options.directory = setup_.directory.c_str();
    expect(pitshm_consumer_open(kName, &options, &consumer_), "consumer");
    pitshm_frame frame = {};
    while (pitshm_consumer_is_attached(consumer_) == 0) (void)pitshm_consumer_next(consumer_, 1, -1, &frame);
  }
  void send(const Stamp& stamp) override {
    put_stamp(frame_, stamp);
    while (true) {
      const pitshm_result result =
          pitshm_producer_publish(producer_, 0, stamp.sent_ns, frame_.data(), frame_.size());
      if (result != PITSHM_BUSY) return expect(result, "publishing");
      wait_for_room();
    }
  }
  Stamp receive() override {
    pitshm_frame frame = {};
    expect(pitshm_consumer_next(consumer_, -1, -1, &frame), "reading");
    return stamp_of({static_cast<const std::byte*>(frame.data), frame.size_bytes});
  }

 protected:
  void wait_for_room() {
    expect(pitshm_producer_wait_for_room(producer_, setup_.size_bytes, -1, -1), "room");
  }

  Setup setup_;
  std::vector<std::byte> frame_;
  pitshm_producer* producer_ = nullptr;
  pitshm_consumer* consumer_ = nullptr;
};

/// Frames are made where consumers read them. So that nothing is left out, the producer writes every byte,
/// and each consumer looks at every byte; those who copy do neither.
class InPlaceStreamChannel final : public StreamChannel {
 public:
  using StreamChannel::StreamChannel;

  void send(const Stamp& stamp) override {
    void* place = nullptr;
    while (true) {
      const pitshm_result result = pitshm_producer_reserve(producer_, setup_.size_bytes, &place);
      if (result == PITSHM_OK) break;
      if (result != PITSHM_BUSY) expect(result, "reserving");
      wait_for_room();
    }
    const std::span frame(static_cast<std::byte*>(place), setup_.size_bytes);
    fill(frame, static_cast<int>(stamp.number));
    put_stamp(frame, stamp);
    expect(pitshm_producer_commit(producer_, 0, stamp.sent_ns, setup_.size_bytes), "committing");
  }
  Stamp receive() override {
    while (true) {
      pitshm_frame frame = {};
      expect(pitshm_consumer_next_in_place(consumer_, -1, -1, &frame), "reading");
      const std::span bytes(static_cast<const std::byte*>(frame.data), frame.size_bytes);
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i + sizeof sum <= bytes.size(); i += sizeof sum) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + i, sizeof word);
        sum += word;
      }
      seen_ = sum;
      Stamp stamp;
      std::memcpy(&stamp, bytes.data(), sizeof stamp);
      if (pitshm_consumer_is_whole(consumer_) != 0) return stamp;
    }
  }

 private:
  /// As pitshm(7) advises: a large frame past the caches.
  static void fill(std::span<std::byte> frame, int value) {
    std::byte block[4096];
    if (frame.size() < sizeof block) {
      std::memset(frame.data(), value, frame.size());
      return;
    }
    std::memset(block, value, sizeof block);
    for (std::size_t i = 0; i < frame.size(); i += sizeof block)
      store_past_caches(frame.data() + i, std::span(block).first(std::min(sizeof block, frame.size() - i)));
  }

  volatile std::uint64_t seen_ = 0;
};

/// What readers of a bridge's files do who do not wait: they look once a millisecond.
class MirrorChannel final : public Channel {
 public:
  explicit MirrorChannel(const Setup& setup)
      : memory_(kDataAt + setup.size_bytes), frame_(setup.size_bytes) {}

  void be_consumer(std::size_t) override { set_timer_slack(1); }
  void send(const Stamp& stamp) override {
    put_stamp(frame_, stamp);
    write_locked(lock(), memory_.data() + kDataAt, frame_);
  }
  Stamp receive() override {
    constexpr std::int64_t kPeriodNs = 1'000'000;
    MonotonicClock clock;
    while (true) {
      clock.sleep_until(next_ns_);
      next_ns_ = std::max(next_ns_ + kPeriodNs, clock.now_ns());
      const auto now = begin_read(lock());
      if (now && *now != seen_ && read_locked(lock(), frame_, memory_.data() + kDataAt, 100)) {
        seen_ = *now;
        return stamp_of(frame_);
      }
    }
  }

 private:
  static constexpr std::size_t kDataAt = 64;
  SequenceLock& lock() { return *reinterpret_cast<SequenceLock*>(memory_.data()); }

  SharedMemory memory_;
  std::vector<std::byte> frame_;
  std::uint32_t seen_ = 0;
  std::int64_t next_ns_ = 0;
};

/// memcpy into a ring and by another core out of it, and nothing else: nobody ever sleeps. For one consumer.
class MemcpyChannel final : public Channel {
 public:
  explicit MemcpyChannel(const Setup& setup)
      : capacity_(setup.ring_bytes / setup.size_bytes * setup.size_bytes),
        memory_(sizeof(Positions) + capacity_),
        frame_(setup.size_bytes) {}

  void be_consumer(std::size_t) override {}
  void send(const Stamp& stamp) override {
    put_stamp(frame_, stamp);
    while (at_ + frame_.size() - positions().read.load(std::memory_order_acquire) > capacity_) {
    }
    std::memcpy(place(), frame_.data(), frame_.size());
    positions().written.store(at_ += frame_.size(), std::memory_order_release);
  }
  Stamp receive() override {
    while (positions().written.load(std::memory_order_acquire) == at_) {
    }
    std::memcpy(frame_.data(), place(), frame_.size());
    positions().read.store(at_ += frame_.size(), std::memory_order_release);
    return stamp_of(frame_);
  }

 private:
  struct Positions {
    alignas(64) std::atomic<std::size_t> written, read;
  };
  Positions& positions() { return *reinterpret_cast<Positions*>(memory_.data()); }
  std::byte* place() { return memory_.data() + sizeof(Positions) + at_ % capacity_; }

  std::size_t capacity_;
  SharedMemory memory_;
  std::vector<std::byte> frame_;
  std::size_t at_ = 0;
};

/// tests/bench/stream/peer. One ring a consumer: its rings have one reader.
class PeerChannel final : public Channel {
 public:
  explicit PeerChannel(const Setup& setup)
      : library_(::dlopen(setup.peer.c_str(), RTLD_NOW)),
        capacity_(setup.ring_bytes),
        frame_(setup.size_bytes) {
    if (library_ == nullptr) throw std::runtime_error(std::string("stream_bench: ") + ::dlerror());
    for (std::size_t i = 0; i < setup.consumers; ++i) {
      Ring ring;
      ring.sender = function<void*(std::size_t, int*)>("peer_new_sender")(capacity_, ring.fds);
      rings_.push_back(ring);
    }
    send_ = function<Send>("peer_send");
    receive_ = function<Receive>("peer_receive");
  }
  ~PeerChannel() override {
    const auto free_sender = function<void(void*)>("peer_free_sender");
    for (const Ring& ring : rings_) free_sender(ring.sender);
    ::dlclose(library_);
  }

  void be_consumer(std::size_t number) override {
    int fds[3];
    for (std::size_t i = 0; i < 3; ++i) fds[i] = ::dup(rings_[number].fds[i]);
    receiver_ = function<void*(std::size_t, const int*)>("peer_new_receiver")(capacity_, fds);
  }
  void send(const Stamp& stamp) override {
    put_stamp(frame_, stamp);
    for (const Ring& ring : rings_) send_(ring.sender, frame_.data(), frame_.size());
  }
  Stamp receive() override {
    receive_(receiver_, frame_.data(), frame_.size());
    return stamp_of(frame_);
  }

 private:
  using Send = void(void*, const std::byte*, std::size_t);
  using Receive = void(void*, std::byte*, std::size_t);
  struct Ring {
    void* sender = nullptr;
    int fds[3] = {-1, -1, -1};
  };

  template <typename Function>
  Function* function(const char* name) const {
    void* found = ::dlsym(library_, name);
    if (found == nullptr) throw std::runtime_error(std::string("stream_bench: the peer lacks ") + name);
    return reinterpret_cast<Function*>(found);
  }

  void* library_;
  std::size_t capacity_;
  std::vector<std::byte> frame_;
  std::vector<Ring> rings_;
  Send* send_ = nullptr;
  Receive* receive_ = nullptr;
  void* receiver_ = nullptr;
};

}  // namespace

std::unique_ptr<Channel> make_shared_channel(const std::string& name, const Setup& setup) {
  if (name == kStream) return std::make_unique<StreamChannel>(setup);
  if (name == kStreamInPlace) return std::make_unique<InPlaceStreamChannel>(setup);
  if (name == kMirror) return std::make_unique<MirrorChannel>(setup);
  if (name == kMemcpy && setup.consumers == 1) return std::make_unique<MemcpyChannel>(setup);
  if (name == kPeer && !setup.peer.empty()) return std::make_unique<PeerChannel>(setup);
  return nullptr;
}

}  // namespace pitbridge::bench
