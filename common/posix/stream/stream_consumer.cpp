// SPDX-License-Identifier: MIT
#include "common/posix/stream/stream_consumer.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/posix/stream/local_socket.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/system_error.hpp"
#include "common/posix/system/wait_readable.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kRetryAfterNs = 50'000'000;
/// The producer may overwrite what is to be read again and again, so others are looked at in between.
constexpr int kMostLaps = 16;

tl::unexpected<Error> cannot(const ShmDirectory& directory, const std::string& name,
                             const std::string& what) {
  return fail(ExitCode::kFailure, fmt::format("{}/{}: {}", directory.path(), name, what));
}

std::string_view reason_of(std::uint32_t outcome) {
  switch (static_cast<StreamOutcome>(outcome)) {
    case StreamOutcome::kTooMany:
      return "the producer has as many consumers as it takes; end one of them";
    case StreamOutcome::kNoMeans:
      return "the producer cannot make what a consumer needs; its log says why";
    case StreamOutcome::kOtherVersion:
      return "the producer has another version of the protocol; update the older of the two";
    case StreamOutcome::kGiven:
      break;
  }
  return "the producer's answer is none that this program knows; update the older of the two";
}

/// Whether the call has to end, though there might be something.
std::optional<StreamConsumer::Next> end_of_call(std::int64_t deadline_ns, int stop_fd) {
  const int all[] = {stop_fd};
  if (wait_readable(all, 0) != 0) return StreamConsumer::Next::kStopped;
  if (MonotonicClock().now_ns() >= deadline_ns) return StreamConsumer::Next::kTimedOut;
  return std::nullopt;
}

bool watch_for_reading(int epoll, int fd) {
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.fd = fd;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

Expected<std::unique_ptr<StreamConsumer>> StreamConsumer::open(std::shared_ptr<ShmDirectory> directory,
                                                               std::string socket_name,
                                                               std::uint32_t last_frames) {
  std::unique_ptr<StreamConsumer> consumer(
      new StreamConsumer(std::move(directory), std::move(socket_name), last_frames));
  consumer->news_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  if (!consumer->news_)
    return cannot(*consumer->directory_, consumer->socket_name_,
                  "cannot make an epoll descriptor: " + system_message(errno));
  return consumer;
}

Expected<StreamConsumer::Next> StreamConsumer::next(StreamFrame& out, std::int64_t deadline_ns, int stop_fd) {
  Reader::Record record;
  for (int laps = 0;;) {
    auto outcome = next_record(record, out, deadline_ns, stop_fd);
    if (!outcome || *outcome != Next::kFrame) return outcome;
    if (buffer_.size() < record.size_bytes) buffer_.resize(record.size_bytes);
    const auto copy = std::span(buffer_).first(record.size_bytes);
    if (reader_->copy(record, copy)) {
      pass(record);
      next_sequence_ = record.sequence + 1;
      out.bytes = copy;
      return Next::kFrame;
    }
    // What was overwritten meanwhile is counted as lost by the sequence of the next one.
    if (++laps % kMostLaps != 0) continue;
    if (const auto end = end_of_call(deadline_ns, stop_fd)) return *end;
  }
}

Expected<StreamConsumer::Next> StreamConsumer::next_in_place(StreamFrame& out, std::int64_t deadline_ns,
                                                             int stop_fd) {
  Reader::Record record;
  auto outcome = next_record(record, out, deadline_ns, stop_fd);
  if (!outcome || *outcome != Next::kFrame) return outcome;
  out.bytes = std::span<const std::byte>(ring_memory_.data() + record.place, record.size_bytes);
  next_sequence_ = record.sequence + 1;
  in_place_ = record;
  return Next::kFrame;
}

bool StreamConsumer::is_whole() {
  if (!in_place_) return false;
  const bool whole = reader_->is_whole(*in_place_);
  pass(*in_place_);
  in_place_.reset();
  return whole;
}

Expected<StreamConsumer::Next> StreamConsumer::next_record(Reader::Record& record, StreamFrame& out,
                                                           std::int64_t deadline_ns, int stop_fd) {
  if (in_place_) pass(*std::exchange(in_place_, std::nullopt));
  bool was_woken = false;
  bool is_over = false;
  for (int laps = 0;;) {
    if (state_ == State::kAttached) {
      auto taken = take_record(record, out);
      const bool has_left = taken && *taken == Taken::kNothing && was_woken && has_hung_up();
      // What it published before it left is there by now.
      if (has_left) taken = take_record(record, out);
      if (!taken) {
        leave();
        return tl::unexpected<Error>(std::move(taken.error()));
      }
      if (*taken == Taken::kRecord) return Next::kFrame;
      if (has_left) {
        leave();
        return Next::kLeft;
      }
      // Only here: who is woken for a frame has it first.
      drain_news();
      waiter_->announce();
      if (*taken == Taken::kLapped || reader_->has_news()) {
        if (++laps % kMostLaps != 0) continue;
        if (const auto end = end_of_call(deadline_ns, stop_fd)) return *end;
        continue;
      }
    } else {
      drain_news();
      if (auto approached = approach(); !approached) {
        leave();
        return tl::unexpected<Error>(std::move(approached.error()));
      }
      if (state_ == State::kAttached) continue;
    }
    if (is_over) return Next::kTimedOut;
    const int all[] = {news_.get(), stop_fd};
    const std::uint64_t readable = wait_readable(all, deadline_ns);
    if ((readable & 2U) != 0) return Next::kStopped;
    was_woken = (readable & 1U) != 0;
    must_drain_ = must_drain_ || was_woken;
    // Also of one who is woken again and again, for nothing.
    is_over = MonotonicClock().now_ns() >= deadline_ns;
    if (!was_woken && !is_over) return Next::kStopped;  // a signal
  }
}

/// kRecord: `record` is the next frame, and `out` says all of it but the bytes.
Expected<StreamConsumer::Taken> StreamConsumer::take_record(Reader::Record& record, StreamFrame& out) {
  const auto damaged = [this] {
    return cannot(
        *directory_, socket_name_,
        "the producer's ring holds what no producer of ours writes; end that program, or update the older "
        "of the two");
  };
  auto found = Reader::Look::kLapped;
  for (int laps = 0; found == Reader::Look::kLapped; ++laps) {
    if (laps == kMostLaps) return Taken::kLapped;
    found = reader_->look(record);
    if (found == Reader::Look::kLapped && !reader_->catch_up()) return damaged();
  }
  if (found == Reader::Look::kNothing) return Taken::kNothing;
  if (found == Reader::Look::kDamaged || record.sequence < next_sequence_) return damaged();
  out.stream_id = stream_id_;
  out.sequence = record.sequence;
  out.lost = record.sequence - next_sequence_;
  out.time_ns = record.time_ns;
  out.tag = record.tag;
  return Taken::kRecord;
}

void StreamConsumer::pass(const Reader::Record& record) {
  const std::uint64_t before = reader_->position();
  reader_->pass(record);
  if (!is_waited_for_) return;
  SharedWords page(page_.data());
  page.store(offsetof(ConsumerPage, position), reader_->position(), std::memory_order_release);
  SharedWords::fence(std::memory_order_seq_cst);
  const SharedWords ring(ring_memory_.data());
  const std::uint64_t wanted = ring.load(offsetof(RingControl, writer_waits), std::memory_order_relaxed);
  if (wanted <= before || wanted > reader_->position()) return;
  const std::byte word[1] = {};
  (void)send_packet(connection_.get(), word, {});  // a full queue says the same already
}

Expected<void> StreamConsumer::approach() {
  if (state_ == State::kAbsent) {
    // Before the first attempt: so a producer that comes in between is not missed.
    watch_directory();
    if (auto asked = ask(); !asked) return asked;
  }
  if (state_ != State::kAsking) return {};
  std::byte bytes[sizeof(StreamReply) + 1];
  auto reply = receive_packet(connection_.get(), bytes);
  if (!reply) return {};
  if (reply->size_bytes == 0) {
    // It may live all the same, and have had no descriptor or no time.
    leave();
    return retry_later();
  }
  return attach(std::span(bytes).first(reply->size_bytes), std::move(reply->descriptors));
}

/// Where the system does not let us (it has a limit of watches for each user), the timer does.
void StreamConsumer::watch_directory() {
  if (new_names_) return;
  new_names_ = UniqueFd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const std::string path = fmt::format("/proc/self/fd/{}", directory_->fd());
  if (new_names_ && (::inotify_add_watch(new_names_.get(), path.c_str(), IN_MOVED_TO | IN_ONLYDIR) < 0 ||
                     !watch_for_reading(news_.get(), new_names_.get())))
    new_names_ = UniqueFd();
}

Expected<void> StreamConsumer::retry_later() {
  if (retry_) return {};
  itimerspec once = {};
  once.it_value.tv_nsec = kRetryAfterNs;
  retry_ = UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (retry_ && ::timerfd_settime(retry_.get(), 0, &once, nullptr) == 0 &&
      watch_for_reading(news_.get(), retry_.get()))
    return {};
  const int error = errno;
  retry_ = UniqueFd();
  return cannot(*directory_, socket_name_,
                fmt::format("cannot wait for a producer: {}{}", system_message(error),
                            error == EMFILE ? "; raise the limit of open files (ulimit -n)" : ""));
}

Expected<void> StreamConsumer::ask() {
  errno = 0;
  auto connection = connect_local(*directory_, socket_name_);
  if (!connection) return tl::unexpected<Error>(std::move(connection.error()));
  // Nobody tells when the queue of a living producer has room again.
  if (!*connection) return errno == EAGAIN || !new_names_ ? retry_later() : Expected<void>();
  StreamRequest request = {};
  std::memcpy(request.magic, kStreamMagic, sizeof request.magic);
  request.version = kStreamVersion;
  request.last_frames = last_frames_;
  if (!send_packet(connection->get(), std::as_bytes(std::span(&request, 1)), {})) return retry_later();
  if (!watch_for_reading(news_.get(), connection->get()))
    return cannot(*directory_, socket_name_, "cannot wait for the producer: " + system_message(errno));
  connection_ = std::move(*connection);
  state_ = State::kAsking;
  return {};
}

Expected<void> StreamConsumer::attach(std::span<const std::byte> bytes, std::vector<UniqueFd> descriptors) {
  StreamReply reply = {};
  if (bytes.size() != sizeof reply)
    return cannot(*directory_, socket_name_, "what listens there is no producer of a stream");
  std::memcpy(&reply, bytes.data(), sizeof reply);
  if (reply.version != kStreamVersion || reply.outcome != static_cast<std::uint32_t>(StreamOutcome::kGiven))
    return cannot(*directory_, socket_name_, std::string(reason_of(reply.outcome)));
  if (descriptors.size() != 3)
    return cannot(*directory_, socket_name_,
                  "the producer's descriptors did not arrive; raise the limit of open files (ulimit -n)");
  auto ring = SealedMemory::of(std::move(descriptors[0]), SealedMemory::Others::kRead);
  if (!ring) return tl::unexpected<Error>(std::move(ring.error()));
  auto page = SealedMemory::of(std::move(descriptors[1]), SealedMemory::Others::kWrite);
  if (!page) return tl::unexpected<Error>(std::move(page.error()));
  const auto capacity = check_ring(ring->bytes());
  if (!capacity) return tl::unexpected<Error>(capacity.error());
  if (page->bytes().size() < sizeof(ConsumerPage))
    return cannot(*directory_, socket_name_, "the consumer's page that the producer gave is too short");
  waking_ = std::move(descriptors[2]);
  if (!watch_for_reading(news_.get(), waking_.get()))
    return cannot(*directory_, socket_name_, "cannot wait for frames: " + system_message(errno));
  ring_memory_ = std::move(*ring);
  page_ = std::move(*page);
  reader_.emplace(SharedWords(ring_memory_.data()), *capacity, reply.position);
  waiter_.emplace(SharedWords(page_.data()), offsetof(ConsumerPage, waits));
  is_waited_for_ = (reply.flags & kStreamWaitsForConsumers) != 0;
  stream_id_ = reply.stream_id;
  next_sequence_ = reply.first_sequence;
  new_names_ = UniqueFd();
  retry_ = UniqueFd();
  state_ = State::kAttached;
  return {};
}

bool StreamConsumer::has_hung_up() const {
  std::byte word[8];
  const auto packet = receive_packet(connection_.get(), word);
  return packet && packet->size_bytes == 0;
}

void StreamConsumer::leave() {
  state_ = State::kAbsent;
  in_place_.reset();
  reader_.reset();
  waiter_.reset();
  connection_ = UniqueFd();
  waking_ = UniqueFd();
  ring_memory_ = SealedMemory();
  page_ = SealedMemory();
}

void StreamConsumer::drain_news() {
  if (!std::exchange(must_drain_, false)) return;
  epoll_event events[4];
  const int count = ::epoll_wait(news_.get(), events, 4, 0);
  for (int i = 0; i < count; ++i) {
    const int fd = events[i].data.fd;
    if (new_names_ && fd == new_names_.get()) {
      alignas(inotify_event) char names[4096];
      while (::read(fd, names, sizeof names) > 0) {
      }
    } else if (retry_ && fd == retry_.get()) {
      retry_ = UniqueFd();
    } else if (waking_ && fd == waking_.get()) {
      epoll_event inner[1];
      (void)::epoll_wait(fd, inner, 1, 0);
    }
  }
}

}  // namespace pitbridge
