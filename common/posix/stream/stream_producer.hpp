// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "common/posix/region/name_lock.hpp"
#include "common/posix/stream/request_server.hpp"
#include "common/posix/stream/stream_hub.hpp"

namespace pitbridge {

/// The one producer of a stream with a name of its own: consumers find it at `NAME.stream`. One thread.
class StreamProducer {
 public:
  /// kAlreadyRunning: a living producer has the name; that of a dead one is taken over.
  static Expected<std::unique_ptr<StreamProducer>> open(std::shared_ptr<ShmDirectory> directory,
                                                        std::string_view name, StreamOptions options);

  const StreamHub& hub() const { return hub_; }

  /// As StreamHub's; at most every 50 ms they also do what `serve` does. 0 of `time_ns`: now.
  StreamHub::Put publish(std::uint32_t tag, std::int64_t time_ns, std::span<const std::byte> bytes);
  std::optional<std::span<std::byte>> reserve(std::size_t size_bytes, StreamHub::Put& why);
  /// False, and nothing is done: nothing is reserved, or less than that.
  bool commit(std::uint32_t tag, std::int64_t time_ns, std::size_t size_bytes);

  /// Lets consumers in and out. To be called where nothing is published for longer than a consumer shall
  /// wait. The error tells of a consumer that could not be let in.
  Expected<void> serve();
  enum class Wait : std::uint8_t { kServed, kTimedOut, kStopped };
  /// Until there is something to serve (which is then done), or a signal comes; until the deadline of
  /// CLOCK_MONOTONIC; or until `stop_fd` (-1: none) can be read.
  Wait wait(std::int64_t deadline_ns, int stop_fd);
  /// With back-pressure: returns true when a frame of this size has room, false at the deadline or because of
  /// `stop_fd`.
  bool wait_for_room(std::size_t size_bytes, std::int64_t deadline_ns, int stop_fd);

 private:
  StreamProducer(NameLock lock, std::unique_ptr<RequestServer> requests, StreamOptions options)
      : lock_(std::move(lock)), requests_(std::move(requests)), hub_(options) {}
  void serve_at_times();

  NameLock lock_;  // goes last, when the socket is gone
  std::unique_ptr<RequestServer> requests_;
  StreamHub hub_;
  std::int64_t next_serve_ns_ = 0;
};

}  // namespace pitbridge
