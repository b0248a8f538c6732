// SPDX-License-Identifier: MIT
#include "common/posix/stream/stream_hub.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/posix/stream/local_socket.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// From here on a frame is sooner in the consumers' hands by way of memory than by that of the caches of two
/// cores, of which each has the lines that the other one wants (tests/bench, `make bench-stream`).
constexpr std::size_t kLargeBytes = 4096;

/// No producer of this machine has had it: the moment, and which ring of that moment.
std::uint64_t new_stream_id() {
  static std::uint64_t last = 0;
  last = std::max(last + 1, static_cast<std::uint64_t>(MonotonicClock().now_ns()) ^
                                (static_cast<std::uint64_t>(::getpid()) << 42U));
  return last;
}

tl::unexpected<Error> no_means(const char* what) {
  const int error = errno;
  return fail(
      ExitCode::kFailure,
      fmt::format("a consumer of the stream gets nothing: cannot make {}: {}{}", what, system_message(error),
                  error == EMFILE ? "; raise the limit of open files (ulimit -n)" : ""));
}

/// All that a consumer may say is that it has made room, in a packet of one byte, which is only meant to
/// wake. Bounded: it may go on saying it. False: it says something else.
bool drain(int connection) {
  for (int packets = 0; packets < 16; ++packets) {
    std::byte word[1];
    const auto size_bytes = ::recv(connection, word, sizeof word, MSG_DONTWAIT | MSG_TRUNC);
    if (size_bytes < 0) break;
    if (size_bytes != sizeof word) return false;
  }
  return true;
}

void answer(int connection, StreamOutcome outcome) {
  const StreamReply reply = {.version = kStreamVersion,
                             .outcome = static_cast<std::uint32_t>(outcome),
                             .stream_id = 0,
                             .position = 0,
                             .first_sequence = 0,
                             .flags = 0,
                             .reserved = 0};
  (void)send_packet(connection, std::as_bytes(std::span(&reply, 1)), {});
}

}  // namespace

Expected<void> StreamHub::make_ring() {
  auto memory =
      SealedMemory::make("pitshm-ring", kRingControlBytes + capacity_bytes(), SealedMemory::Others::kRead);
  if (!memory) return tl::unexpected<Error>(std::move(memory.error()));
  memory_ = std::move(*memory);
  stream_id_ = new_stream_id();
  ring_.emplace(SharedWords(memory_.data()), capacity_bytes(), stream_id_);
  return {};
}

/// What a consumer gets to wait on is an epoll descriptor with the eventfd in it and never the eventfd
/// itself. That one's owner could fill its counter and make it blocking, since both belong to the open file
/// that the producer has too, and then the producer's next write would hang.
Expected<StreamHub::Consumer> StreamHub::make_consumer(std::uint64_t position, UniqueFd& waking) {
  auto page = SealedMemory::make("pitshm-consumer", kConsumerPageBytes, SealedMemory::Others::kWrite);
  if (!page) return tl::unexpected<Error>(std::move(page.error()));
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return no_means("an eventfd");
  waking = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  // Edge-triggered, so that nobody needs to read the counter. It takes 2^64 frames to fill it.
  epoll_event each = {};
  each.events = EPOLLIN | EPOLLET;
  if (!waking || ::epoll_ctl(waking.get(), EPOLL_CTL_ADD, event.get(), &each) != 0)
    return no_means("an epoll descriptor");
  const WakerOver<SharedWords> waker(SharedWords(page->data()), offsetof(ConsumerPage, waits));
  return Consumer{UniqueFd(), std::move(event), std::move(*page), waker, position};
}

Expected<void> StreamHub::admit(UniqueFd connection, const StreamRequest& request) {
  dismiss();
  if (request.version != kStreamVersion) {
    answer(connection.get(), StreamOutcome::kOtherVersion);
    return {};
  }
  if (consumers_.size() >= options_.max_consumers) {
    answer(connection.get(), StreamOutcome::kTooMany);
    return {};
  }
  const auto refuse = [&](Error error) {
    answer(connection.get(), StreamOutcome::kNoMeans);
    return tl::unexpected<Error>(std::move(error));
  };
  if (!ring_) {
    if (auto made = make_ring(); !made) return refuse(std::move(made.error()));
  }
  const auto [position, frames] = ring_->last_records(request.last_frames);
  UniqueFd waking;
  auto consumer = make_consumer(position, waking);
  if (!consumer) return refuse(std::move(consumer.error()));
  const StreamReply reply = {.version = kStreamVersion,
                             .outcome = static_cast<std::uint32_t>(StreamOutcome::kGiven),
                             .stream_id = stream_id_,
                             .position = position,
                             .first_sequence = next_sequence_ - frames,
                             .flags = options_.waits_for_consumers ? kStreamWaitsForConsumers : 0,
                             .reserved = 0};
  const int descriptors[] = {memory_.fd(), consumer->page.fd(), waking.get()};
  if (!send_packet(connection.get(), std::as_bytes(std::span(&reply, 1)), descriptors)) {
    if (errno != ETOOMANYREFS) return {};  // it has gone
    return refuse(
        {ExitCode::kFailure,
         "a consumer of the stream gets nothing: too many descriptors of this user are on their way, "
         "and nobody takes them; end what does not, or raise the limit of open files (ulimit -n)"});
  }
  consumer->connection = std::move(connection);
  consumers_.push_back(std::move(*consumer));
  return {};
}

void StreamHub::dismiss() {
  std::vector<pollfd> all;
  for (const Consumer& consumer : consumers_)
    all.push_back({consumer.connection.get(), POLLIN | POLLRDHUP, 0});
  (void)::poll(all.data(), static_cast<nfds_t>(all.size()), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].revents == 0) continue;
    // One that speaks where it was not asked would keep the producer from sleeping.
    consumers_[i].has_left |= all[i].revents != POLLIN || !options_.waits_for_consumers || !drain(all[i].fd);
  }
  std::erase_if(consumers_, [](const Consumer& consumer) { return consumer.has_left; });
}

void StreamHub::tend() {
  dismiss();
  if (!is_wanted()) drop_ring();
}

void StreamHub::drop_ring() {
  reserved_bytes_.reset();
  ring_.reset();
  memory_ = SealedMemory();
}

std::vector<int> StreamHub::connections() const {
  std::vector<int> all;
  for (const Consumer& consumer : consumers_) all.push_back(consumer.connection.get());
  return all;
}

void StreamHub::set_writer_waits(std::uint64_t position) {
  SharedWords memory(memory_.data());
  memory.store(offsetof(RingControl, writer_waits), position, std::memory_order_relaxed);
  SharedWords::fence(std::memory_order_seq_cst);
}

void StreamHub::ask_for_room(std::size_t size_bytes) {
  const auto end = ample_end(size_bytes);
  if (end && *end > ring_->capacity_bytes()) set_writer_waits(*end - ring_->capacity_bytes());
}

void StreamHub::stop_asking_for_room() {
  if (ring_) set_writer_waits(0);
}

void StreamHub::resize(std::size_t ring_bytes) {
  options_.ring_bytes = ring_bytes;
  consumers_.clear();
  drop_ring();
}

/// With back-pressure: whether every consumer has read what a frame that ends there would overwrite.
bool StreamHub::has_room(std::uint64_t end) {
  bool has = true;
  for (Consumer& consumer : consumers_) {
    // What is known is enough as a rule, and its page is in another processor's cache.
    if (end - consumer.position <= ring_->capacity_bytes()) continue;
    const SharedWords page(consumer.page.data());
    const std::uint64_t said = page.load(offsetof(ConsumerPage, position), std::memory_order_acquire);
    // It begins as zero; then it only grows, and never past what there is.
    consumer.has_left |= said > ring_->head() || (said != 0 && said < consumer.position);
    if (consumer.has_left) continue;
    consumer.position = std::max(consumer.position, said);
    has = has && end - consumer.position <= ring_->capacity_bytes();
  }
  return has;
}

bool StreamHub::has_room_for(std::size_t size_bytes) {
  if (!options_.waits_for_consumers || !ring_) return true;
  const auto end = ring_->end_of(size_bytes);
  return !end || has_room(*end);
}

std::optional<std::uint64_t> StreamHub::ample_end(std::size_t size_bytes) const {
  if (!options_.waits_for_consumers || !ring_) return std::nullopt;
  const auto end = ring_->end_of(size_bytes);
  if (!end) return std::nullopt;
  return std::max(*end, ring_->head() + ring_->capacity_bytes() / 2);
}

bool StreamHub::has_ample_room_for(std::size_t size_bytes) {
  const auto end = ample_end(size_bytes);
  return !end || has_room(*end);
}

std::optional<std::span<std::byte>> StreamHub::reserve(std::size_t size_bytes, Put& why) {
  why = Put::kDone;
  if (size_bytes > max_frame_bytes()) {
    why = Put::kTooLarge;
  } else if (!is_wanted() || (!ring_ && !make_ring())) {
    why = Put::kNobody;
  } else if (!has_room_for(size_bytes)) {
    why = Put::kNoRoom;
  }
  if (why == Put::kNobody) {
    ++next_sequence_;
    // It would lack this frame.
    drop_ring();
  }
  if (why != Put::kDone) return std::nullopt;
  reserved_bytes_ = size_bytes;
  return std::span(memory_.data() + ring_->reserve(size_bytes), size_bytes);
}

bool StreamHub::commit(std::uint32_t tag, std::int64_t time_ns, std::size_t size_bytes) {
  const auto reserved = std::exchange(reserved_bytes_, std::nullopt);
  if (!ring_ || !reserved || size_bytes > *reserved) return false;
  ring_->commit(next_sequence_++, time_ns, tag, size_bytes);
  wake();
  return true;
}

StreamHub::Put StreamHub::publish(std::uint32_t tag, std::int64_t time_ns, std::span<const std::byte> bytes) {
  Put outcome = Put::kDone;
  if (const auto place = reserve(bytes.size(), outcome)) {
    if (bytes.size() < kLargeBytes) {
      store_relaxed(place->data(), bytes);
    } else {
      store_past_caches(place->data(), bytes);
    }
    commit(tag, time_ns, bytes.size());
  }
  return outcome;
}

void StreamHub::wake() {
  SharedWords::fence(std::memory_order_seq_cst);
  for (Consumer& consumer : consumers_) {
    if (!consumer.waker.must_wake()) continue;
    const std::uint64_t one = 1;
    const auto written = ::write(consumer.event.get(), &one, sizeof one);
    (void)written;  // it does not fail before its counter is full
  }
}

}  // namespace pitbridge
