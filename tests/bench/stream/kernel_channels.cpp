// SPDX-License-Identifier: MIT
// What the kernel copies: sockets, pipes, message queues; and the eventfd, which only wakes.
#include <fcntl.h>
#include <fmt/format.h>
#include <mqueue.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/posix/system/fd.hpp"
#include "tests/bench/stream/frame.hpp"

namespace pitbridge::bench {
namespace {

/// Both ends of what goes to one consumer.
struct Ends {
  UniqueFd reading, writing;
};

Ends socket_pair(int type, std::size_t buffer_bytes) {
  int fds[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) != 0) throw_system_error("socketpair");
  Ends ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
  const int size = static_cast<int>(buffer_bytes);
  if (size != 0) (void)::setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  return ends;
}

Ends pipe_ends() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) throw_system_error("pipe2");
  constexpr int kMostForUsers = 1 << 20;
  (void)::fcntl(fds[1], F_SETPIPE_SZ, kMostForUsers);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/// A descriptor a consumer, written and read as a row of bytes or of packets.
class FdChannel final : public Channel {
 public:
  template <typename MakeEnds>
  FdChannel(const Setup& setup, MakeEnds make_ends) : frame_(setup.size_bytes) {
    for (std::size_t i = 0; i < setup.consumers; ++i) ends_.push_back(make_ends());
  }

  void be_producer() override {
    for (Ends& ends : ends_) ends.reading = UniqueFd();
  }
  void be_consumer(std::size_t number) override {
    mine_ = std::move(ends_[number].reading);
    ends_.clear();
  }
  void send(const Stamp& stamp) override {
    put_stamp(frame_, stamp);
    for (const Ends& ends : ends_) {
      for (std::size_t done = 0; done < frame_.size();) {
        const ssize_t n = ::write(ends.writing.get(), frame_.data() + done, frame_.size() - done);
        if (n <= 0) throw_system_error("write");
        done += static_cast<std::size_t>(n);
      }
    }
  }
  Stamp receive() override {
    for (std::size_t done = 0; done < frame_.size();) {
      const ssize_t n = ::read(mine_.get(), frame_.data() + done, frame_.size() - done);
      if (n <= 0) throw_system_error("read");
      done += static_cast<std::size_t>(n);
    }
    return stamp_of(frame_);
  }

 private:
  std::vector<std::byte> frame_;
  std::vector<Ends> ends_;
  UniqueFd mine_;
};

class MessageQueueChannel final : public Channel {
 public:
  /// Of fs.mqueue.msgsize_max and msg_max, as systems come.
  static constexpr std::size_t kMaxBytes = 8192;
  static constexpr long kMessages = 10;

  explicit MessageQueueChannel(const Setup& setup) : frame_(setup.size_bytes) {
    for (std::size_t i = 0; i < setup.consumers; ++i) {
      const std::string name = fmt::format("/pitbridge_bench.{}.{}", ::getpid(), i);
      mq_attr attributes = {};
      attributes.mq_maxmsg = kMessages;
      attributes.mq_msgsize = static_cast<long>(setup.size_bytes);
      queues_.push_back(::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes));
      if (queues_.back() < 0) throw_system_error("mq_open " + name);
      ::mq_unlink(name.c_str());
    }
  }
  ~MessageQueueChannel() override {
    for (const mqd_t queue : queues_) ::mq_close(queue);
  }

  void be_consumer(std::size_t number) override { mine_ = queues_[number]; }
  void send(const Stamp& stamp) override {
    put_stamp(frame_, stamp);
    for (const mqd_t queue : queues_)
      if (::mq_send(queue, reinterpret_cast<const char*>(frame_.data()), frame_.size(), 0) != 0)
        throw_system_error("mq_send");
  }
  Stamp receive() override {
    if (::mq_receive(mine_, reinterpret_cast<char*>(frame_.data()), frame_.size(), nullptr) < 0)
      throw_system_error("mq_receive");
    return stamp_of(frame_);
  }

 private:
  std::vector<std::byte> frame_;
  std::vector<mqd_t> queues_;
  mqd_t mine_ = -1;
};

/// The stamp lies in memory that all share; an eventfd each says that it is there.
class EventfdChannel final : public Channel {
 public:
  explicit EventfdChannel(const Setup& setup) {
    for (std::size_t i = 0; i < setup.consumers; ++i) events_.emplace_back(::eventfd(0, EFD_CLOEXEC));
  }

  void be_consumer(std::size_t number) override { mine_ = number; }
  void send(const Stamp& stamp) override {
    std::memcpy(memory_.data(), &stamp, sizeof stamp);
    const std::uint64_t one = 1;
    for (const UniqueFd& event : events_)
      if (::write(event.get(), &one, sizeof one) != sizeof one) throw_system_error("write");
  }
  Stamp receive() override {
    std::uint64_t count = 0;
    if (::read(events_[mine_].get(), &count, sizeof count) != sizeof count) throw_system_error("read");
    Stamp stamp;
    std::memcpy(&stamp, memory_.data(), sizeof stamp);
    return stamp;
  }

 private:
  SharedMemory memory_{sizeof(Stamp)};
  std::vector<UniqueFd> events_;
  std::size_t mine_ = 0;
};

}  // namespace

std::unique_ptr<Channel> make_kernel_channel(const std::string& name, const Setup& setup) {
  if (name == kUnixStream)
    return std::make_unique<FdChannel>(setup, [&] { return socket_pair(SOCK_STREAM, setup.socket_bytes); });
  if (name == kUnixPacket)
    return std::make_unique<FdChannel>(setup, [&] {
      // A packet has to fit as a whole, which it does by itself up to about 200 KB.
      const std::size_t needed = setup.size_bytes > 64 * 1024 ? 2 * setup.size_bytes : 0;
      return socket_pair(SOCK_SEQPACKET, std::max(setup.socket_bytes, needed));
    });
  if (name == kPipe) return std::make_unique<FdChannel>(setup, pipe_ends);
  if (name == kEventfd) return std::make_unique<EventfdChannel>(setup);
  if (name == kMessageQueue && setup.size_bytes <= MessageQueueChannel::kMaxBytes)
    return std::make_unique<MessageQueueChannel>(setup);
  return nullptr;
}

}  // namespace pitbridge::bench
