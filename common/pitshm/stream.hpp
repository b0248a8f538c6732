// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "result.hpp"
#include "stream.h"

/// The C interface with owners and types; stream.h has the promises.
namespace pitshm {

struct ProducerOptions {
  std::string directory = {};       ///< empty: PITSHM_DIR, else /dev/shm
  std::uint64_t ring_bytes = 0;     ///< 0: 4 MiB
  std::uint32_t max_consumers = 0;  ///< 0: 32
  bool keeps_frames = false;
  bool waits_for_consumers = false;
};

/// The one producer of a stream, as long as it lives.
class Producer {
 public:
  static Result<Producer> open(const std::string& name, const ProducerOptions& options = {}) {
    pitshm_producer_options c = {};
    if (!options.directory.empty()) c.directory = options.directory.c_str();
    c.ring_bytes = options.ring_bytes;
    c.max_consumers = options.max_consumers;
    c.keeps_frames = options.keeps_frames ? 1 : 0;
    c.waits_for_consumers = options.waits_for_consumers ? 1 : 0;
    pitshm_producer* producer = nullptr;
    const pitshm_result result = pitshm_producer_open(name.c_str(), &c, &producer);
    if (result != PITSHM_OK) return Failure::last(result);
    return Producer(producer);
  }

  std::size_t consumers() const { return pitshm_producer_consumers(producer_.get()); }
  std::size_t max_frame_bytes() const { return pitshm_producer_max_frame_bytes(producer_.get()); }

  Result<void> publish(std::span<const std::byte> bytes, std::uint32_t tag = 0, std::int64_t time_ns = 0) {
    return Result<void>::of(
        pitshm_producer_publish(producer_.get(), tag, time_ns, bytes.data(), bytes.size()));
  }

  /// Empty when nobody wants the frame; then there is nothing to commit.
  Result<std::span<std::byte>> reserve(std::size_t size_bytes) {
    void* place = nullptr;
    const pitshm_result result = pitshm_producer_reserve(producer_.get(), size_bytes, &place);
    if (result != PITSHM_OK) return Failure::last(result);
    return std::span(static_cast<std::byte*>(place), place != nullptr ? size_bytes : 0);
  }
  Result<void> commit(std::size_t size_bytes, std::uint32_t tag = 0, std::int64_t time_ns = 0) {
    return Result<void>::of(pitshm_producer_commit(producer_.get(), tag, time_ns, size_bytes));
  }

  Result<void> serve() { return Result<void>::of(pitshm_producer_serve(producer_.get())); }
  Result<void> wait(Timeout timeout, int stop_fd = -1) {
    return Result<void>::of(pitshm_producer_wait(producer_.get(), timeout.count(), stop_fd));
  }
  Result<void> wait_for_room(std::size_t size_bytes, Timeout timeout, int stop_fd = -1) {
    return Result<void>::of(
        pitshm_producer_wait_for_room(producer_.get(), size_bytes, timeout.count(), stop_fd));
  }

 private:
  struct Close {
    void operator()(pitshm_producer* producer) const { pitshm_producer_close(producer); }
  };
  explicit Producer(pitshm_producer* producer) : producer_(producer) {}

  std::unique_ptr<pitshm_producer, Close> producer_;
};

struct ConsumerOptions {
  std::string directory = {};     ///< empty: PITSHM_DIR, else /dev/shm
  std::uint32_t last_frames = 0;  ///< so many of those that are there already
};

struct Frame {
  std::uint64_t stream_id = 0;
  std::uint64_t sequence = 0;
  std::uint64_t lost = 0;
  std::int64_t time_ns = 0;
  std::uint32_t tag = 0;
  std::span<const std::byte> bytes;  ///< until the next call for this consumer
};

class Consumer {
 public:
  static Result<Consumer> open(const std::string& name, const ConsumerOptions& options = {}) {
    pitshm_consumer_options c = {};
    if (!options.directory.empty()) c.directory = options.directory.c_str();
    c.last_frames = options.last_frames;
    pitshm_consumer* consumer = nullptr;
    const pitshm_result result = pitshm_consumer_open(name.c_str(), &c, &consumer);
    if (result != PITSHM_OK) return Failure::last(result);
    return Consumer(consumer);
  }

  Result<Frame> next(Timeout timeout, int stop_fd = -1) {
    return next_by(pitshm_consumer_next, timeout, stop_fd);
  }
  /// Believe what you computed from the bytes only if is_whole() says so afterwards.
  Result<Frame> next_in_place(Timeout timeout, int stop_fd = -1) {
    return next_by(pitshm_consumer_next_in_place, timeout, stop_fd);
  }
  bool is_whole() { return pitshm_consumer_is_whole(consumer_.get()) != 0; }

  bool is_attached() const { return pitshm_consumer_is_attached(consumer_.get()) != 0; }
  int fd() const { return pitshm_consumer_fd(consumer_.get()); }

 private:
  struct Close {
    void operator()(pitshm_consumer* consumer) const { pitshm_consumer_close(consumer); }
  };
  explicit Consumer(pitshm_consumer* consumer) : consumer_(consumer) {}

  template <typename NextFunction>
  Result<Frame> next_by(NextFunction next_function, Timeout timeout, int stop_fd) {
    pitshm_frame frame = {};
    const pitshm_result result = next_function(consumer_.get(), timeout.count(), stop_fd, &frame);
    if (result != PITSHM_OK) return Failure::last(result);
    return Frame{frame.stream_id, frame.sequence,
                 frame.lost,      frame.time_ns,
                 frame.tag,       {static_cast<const std::byte*>(frame.data), frame.size_bytes}};
  }

  std::unique_ptr<pitshm_consumer, Close> consumer_;
};

}  // namespace pitshm
