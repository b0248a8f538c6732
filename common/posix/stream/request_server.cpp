// SPDX-License-Identifier: MIT
#include "common/posix/stream/request_server.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

/// Of those who connect and ask nothing. Whoever asks at once is answered at once, however many there are.
constexpr std::size_t kMaxSilent = 8;
constexpr std::int64_t kPatienceNs = 1'000'000'000;
/// In one call; a queue is not longer.
constexpr int kMostAtOnce = 64;

}  // namespace

Expected<std::unique_ptr<RequestServer>> RequestServer::open(std::shared_ptr<ShmDirectory> directory,
                                                             std::string name) {
  auto listener = LocalListener::open(std::move(directory), std::move(name));
  if (!listener) return tl::unexpected<Error>(std::move(listener.error()));
  return std::unique_ptr<RequestServer>(new RequestServer(std::move(*listener)));
}

void RequestServer::serve(const Answer& answer) {
  listener_->mend();
  const std::int64_t now_ns = MonotonicClock().now_ns();
  std::erase_if(clients_, [&](Client& client) { return is_done_with(client, now_ns, answer); });
  accept_all(now_ns, answer);
}

void RequestServer::accept_all(std::int64_t now_ns, const Answer& answer) {
  is_starved_ = false;
  for (int i = 0; i < kMostAtOnce; ++i) {
    auto connection = listener_->accept();
    if (!connection) {
      is_starved_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      return;
    }
    Client client = {std::move(*connection), now_ns + kPatienceNs};
    if (is_done_with(client, now_ns, answer)) continue;
    if (clients_.size() == kMaxSilent) clients_.erase(clients_.begin());
    clients_.push_back(std::move(client));
  }
}

bool RequestServer::is_done_with(Client& client, std::int64_t now_ns, const Answer& answer) {
  std::byte request[kMaxRequestBytes + 1];
  const ssize_t n = ::recv(client.connection.get(), request, sizeof request, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return now_ns >= client.patience_ends_ns;
  if (n > 0) answer(std::move(client.connection), {request, static_cast<std::size_t>(n)});
  return true;
}

std::vector<int> RequestServer::descriptors() const {
  std::vector<int> all;
  // It stays readable until there is a descriptor for who waits there, and would let nobody sleep.
  if (!is_starved_) all.push_back(listener_->fd());
  for (const Client& client : clients_) all.push_back(client.connection.get());
  return all;
}

}  // namespace pitbridge
