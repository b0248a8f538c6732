// SPDX-License-Identifier: MIT
#include "common/posix/stream/stream_producer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "common/posix/region/region_name.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/wait_readable.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kServeEveryNs = 50'000'000;

}  // namespace

Expected<std::unique_ptr<StreamProducer>> StreamProducer::open(std::shared_ptr<ShmDirectory> directory,
                                                               std::string_view name, StreamOptions options) {
  auto lock = NameLock::take(directory, name, kStreamLockSuffix);
  if (!lock) return tl::unexpected<Error>(std::move(lock.error()));
  auto requests = RequestServer::open(std::move(directory), std::string(name) + std::string(kStreamSuffix));
  if (!requests) return tl::unexpected<Error>(std::move(requests.error()));
  return std::unique_ptr<StreamProducer>(new StreamProducer(std::move(*lock), std::move(*requests), options));
}

Expected<void> StreamProducer::serve() {
  Expected<void> outcome;
  requests_->serve([&](UniqueFd connection, std::span<const std::byte> bytes) {
    const auto request = stream_request(bytes);
    if (!request) return;  // whoever asks for something else is let go
    if (auto admitted = hub_.admit(std::move(connection), *request); !admitted) outcome = std::move(admitted);
  });
  hub_.tend();
  return outcome;
}

void StreamProducer::serve_at_times() {
  const std::int64_t now = MonotonicClock().now_ns();
  if (now < next_serve_ns_) return;
  next_serve_ns_ = now + kServeEveryNs;
  (void)serve();  // whoever wants to be told of a consumer that could not be let in calls it itself
}

StreamHub::Put StreamProducer::publish(std::uint32_t tag, std::int64_t time_ns,
                                       std::span<const std::byte> bytes) {
  serve_at_times();
  return hub_.publish(tag, time_ns != 0 ? time_ns : MonotonicClock().now_ns(), bytes);
}

std::optional<std::span<std::byte>> StreamProducer::reserve(std::size_t size_bytes, StreamHub::Put& why) {
  serve_at_times();
  return hub_.reserve(size_bytes, why);
}

bool StreamProducer::commit(std::uint32_t tag, std::int64_t time_ns, std::size_t size_bytes) {
  return hub_.commit(tag, time_ns != 0 ? time_ns : MonotonicClock().now_ns(), size_bytes);
}

StreamProducer::Wait StreamProducer::wait(std::int64_t deadline_ns, int stop_fd) {
  std::vector<int> all = {stop_fd};
  for (const int fd : requests_->descriptors()) all.push_back(fd);
  for (const int fd : hub_.connections()) all.push_back(fd);
  const std::int64_t until = requests_->is_starved()
                                 ? std::min(deadline_ns, MonotonicClock().now_ns() + kServeEveryNs)
                                 : deadline_ns;
  const std::uint64_t readable = wait_readable(all, until);
  (void)serve();
  if ((readable & 1U) != 0) return Wait::kStopped;
  return readable == 0 && MonotonicClock().now_ns() >= deadline_ns ? Wait::kTimedOut : Wait::kServed;
}

bool StreamProducer::wait_for_room(std::size_t size_bytes, std::int64_t deadline_ns, int stop_fd) {
  if (hub_.has_room_for(size_bytes)) return true;
  Wait last = Wait::kServed;
  while (last == Wait::kServed) {
    // Asked again behind the announcement: a consumer may have made room before it could see it.
    hub_.ask_for_room(size_bytes);
    if (hub_.has_ample_room_for(size_bytes)) break;
    last = wait(deadline_ns, stop_fd);
  }
  hub_.stop_asking_for_room();
  return hub_.has_room_for(size_bytes);
}

}  // namespace pitbridge
