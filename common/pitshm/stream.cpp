// SPDX-License-Identifier: MIT
#include "common/pitshm/stream.h"

#include <string>

#include "common/pitshm/answer.hpp"
#include "common/pitshm/deadline.hpp"
#include "common/pitshm/library_directory.hpp"
#include "common/posix/region/region_name.hpp"
#include "common/posix/stream/stream_consumer.hpp"
#include "common/posix/stream/stream_producer.hpp"
#include "common/posix/system/monotonic_clock.hpp"

using namespace pitbridge;
using pitshm::detail::answer;
using pitshm::detail::answered;
using pitshm::detail::bad_argument;
using pitshm::detail::deadline_ns;
using pitshm::detail::open_library_directory;

struct pitshm_producer {
  std::unique_ptr<StreamProducer> producer;
};

struct pitshm_consumer {
  std::unique_ptr<StreamConsumer> consumer;
};

namespace {

pitshm_result answer_of(StreamHub::Put put, const StreamHub& hub, std::size_t size_bytes) {
  switch (put) {
    case StreamHub::Put::kNoRoom:
      return answer(PITSHM_BUSY, "a consumer has not yet read what the frame would overwrite");
    case StreamHub::Put::kTooLarge:
      return answer(PITSHM_BAD_ARGUMENT, "a frame of " + std::to_string(size_bytes) +
                                             " bytes is larger than " +
                                             std::to_string(hub.max_frame_bytes()) +
                                             ", half the ring; open the producer with larger ring_bytes");
    case StreamHub::Put::kDone:
    case StreamHub::Put::kNobody:
      break;
  }
  return PITSHM_OK;
}

pitshm_result waited(bool is_done, std::int64_t deadline) {
  if (is_done) return PITSHM_OK;
  return MonotonicClock().now_ns() >= deadline ? PITSHM_TIMED_OUT : PITSHM_STOPPED;
}

pitshm_result answer_of(const Expected<StreamConsumer::Next>& next, const StreamFrame& from,
                        pitshm_frame* to) {
  if (!next) return answer(next.error());
  switch (*next) {
    case StreamConsumer::Next::kTimedOut:
      return PITSHM_TIMED_OUT;
    case StreamConsumer::Next::kStopped:
      return PITSHM_STOPPED;
    case StreamConsumer::Next::kLeft:
      return PITSHM_LEFT;
    case StreamConsumer::Next::kFrame:
      break;
  }
  *to = {from.stream_id,    from.sequence,     from.lost, from.time_ns,
         from.bytes.data(), from.bytes.size(), from.tag,  0};
  return PITSHM_OK;
}

}  // namespace

extern "C" {

pitshm_result pitshm_producer_open(const char* name, const pitshm_producer_options* options,
                                   pitshm_producer** out) {
  return answered([&]() -> pitshm_result {
    if (name == nullptr || out == nullptr) return bad_argument("pitshm_producer_open", "a pointer is null");
    const pitshm_producer_options given = options != nullptr ? *options : pitshm_producer_options{};
    if (auto good = pitshm::detail::check_reserved(given.reserved); !good) return answer(good.error());
    auto directory = open_library_directory(given.directory);
    if (!directory) return answer(directory.error());
    StreamOptions chosen;
    if (given.ring_bytes != 0) chosen.ring_bytes = static_cast<std::size_t>(given.ring_bytes);
    if (given.max_consumers != 0) chosen.max_consumers = given.max_consumers;
    chosen.keeps_frames = given.keeps_frames != 0;
    chosen.waits_for_consumers = given.waits_for_consumers != 0;
    auto producer = StreamProducer::open(std::move(*directory), name, chosen);
    if (!producer) return answer(producer.error());
    *out = new pitshm_producer{std::move(*producer)};
    return PITSHM_OK;
  });
}

void pitshm_producer_close(pitshm_producer* producer) {
  delete producer;
}

size_t pitshm_producer_consumers(const pitshm_producer* producer) {
  return producer->producer->hub().consumers();
}

size_t pitshm_producer_max_frame_bytes(const pitshm_producer* producer) {
  return producer->producer->hub().max_frame_bytes();
}

pitshm_result pitshm_producer_publish(pitshm_producer* producer, uint32_t tag, int64_t time_ns,
                                      const void* data, size_t size_bytes) {
  return answered([&] {
    StreamProducer& to = *producer->producer;
    return answer_of(to.publish(tag, time_ns, {static_cast<const std::byte*>(data), size_bytes}), to.hub(),
                     size_bytes);
  });
}

pitshm_result pitshm_producer_reserve(pitshm_producer* producer, size_t size_bytes, void** place) {
  return answered([&] {
    StreamHub::Put why = StreamHub::Put::kDone;
    const auto reserved = producer->producer->reserve(size_bytes, why);
    *place = reserved ? reserved->data() : nullptr;
    return answer_of(why, producer->producer->hub(), size_bytes);
  });
}

pitshm_result pitshm_producer_commit(pitshm_producer* producer, uint32_t tag, int64_t time_ns,
                                     size_t size_bytes) {
  return answered([&]() -> pitshm_result {
    if (!producer->producer->commit(tag, time_ns, size_bytes))
      return answer(PITSHM_BAD_ARGUMENT,
                    "there is no reserved place, or it is smaller than what is committed");
    return PITSHM_OK;
  });
}

pitshm_result pitshm_producer_serve(pitshm_producer* producer) {
  return answered([&]() -> pitshm_result {
    const auto served = producer->producer->serve();
    return served ? PITSHM_OK : answer(served.error());
  });
}

pitshm_result pitshm_producer_wait(pitshm_producer* producer, int64_t timeout_ms, int stop_fd) {
  return answered([&] {
    switch (producer->producer->wait(deadline_ns(timeout_ms), stop_fd)) {
      case StreamProducer::Wait::kTimedOut:
        return PITSHM_TIMED_OUT;
      case StreamProducer::Wait::kStopped:
        return PITSHM_STOPPED;
      case StreamProducer::Wait::kServed:
        break;
    }
    return PITSHM_OK;
  });
}

pitshm_result pitshm_producer_wait_for_room(pitshm_producer* producer, size_t size_bytes, int64_t timeout_ms,
                                            int stop_fd) {
  return answered([&] {
    const std::int64_t deadline = deadline_ns(timeout_ms);
    return waited(producer->producer->wait_for_room(size_bytes, deadline, stop_fd), deadline);
  });
}

pitshm_result pitshm_consumer_open(const char* name, const pitshm_consumer_options* options,
                                   pitshm_consumer** out) {
  return answered([&]() -> pitshm_result {
    if (name == nullptr || out == nullptr) return bad_argument("pitshm_consumer_open", "a pointer is null");
    const pitshm_consumer_options given = options != nullptr ? *options : pitshm_consumer_options{};
    if (auto good = pitshm::detail::check_reserved(given.reserved); !good) return answer(good.error());
    if (auto good = check_region_name(name); !good) return answer(good.error());
    auto directory = open_library_directory(given.directory);
    if (!directory) return answer(directory.error());
    auto consumer = StreamConsumer::open(std::move(*directory),
                                         std::string(name) + std::string(kStreamSuffix), given.last_frames);
    if (!consumer) return answer(consumer.error());
    *out = new pitshm_consumer{std::move(*consumer)};
    return PITSHM_OK;
  });
}

void pitshm_consumer_close(pitshm_consumer* consumer) {
  delete consumer;
}

pitshm_result pitshm_consumer_next(pitshm_consumer* consumer, int64_t timeout_ms, int stop_fd,
                                   pitshm_frame* frame) {
  return answered([&] {
    StreamFrame next;
    const auto outcome = consumer->consumer->next(next, deadline_ns(timeout_ms), stop_fd);
    return answer_of(outcome, next, frame);
  });
}

pitshm_result pitshm_consumer_next_in_place(pitshm_consumer* consumer, int64_t timeout_ms, int stop_fd,
                                            pitshm_frame* frame) {
  return answered([&] {
    StreamFrame next;
    const auto outcome = consumer->consumer->next_in_place(next, deadline_ns(timeout_ms), stop_fd);
    return answer_of(outcome, next, frame);
  });
}

int pitshm_consumer_is_whole(pitshm_consumer* consumer) {
  return consumer->consumer->is_whole() ? 1 : 0;
}

int pitshm_consumer_is_attached(const pitshm_consumer* consumer) {
  return consumer->consumer->is_attached() ? 1 : 0;
}

int pitshm_consumer_fd(const pitshm_consumer* consumer) {
  return consumer->consumer->fd();
}

}  // extern "C"
