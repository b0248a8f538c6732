// SPDX-License-Identifier: MIT
#include "bridges/relay/metrics_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kClientNs = 5'000'000'000;
constexpr std::size_t kMostRequestBytes = 8'192;
constexpr int kBacklog = 16;

std::string answer_of(std::string_view status, std::string_view type, std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      status, type, body.size(), body);
}

}  // namespace

Expected<std::unique_ptr<MetricsServer>> MetricsServer::open(const NetAddress& address,
                                                             std::function<std::string()> text) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // What a relay before has left in TIME_WAIT is in nobody's way.
  constexpr int kYes = 1;
  const bool is_open = fd && ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &kYes, sizeof kYes) == 0 &&
                       ::bind(fd.get(), address.data(), address.size_bytes()) == 0 &&
                       ::listen(fd.get(), kBacklog) == 0;
  if (!is_open) {
    const int error_number = errno;
    return fail(ExitCode::kFailure,
                error_number == EADDRINUSE
                    ? fmt::format("--prometheus: another program has the port {}; end that one (ss -ltnp "
                                  "names it), or choose another port",
                                  address.text())
                    : fmt::format("--prometheus: cannot listen on {}: {}; name an address of this machine, "
                                  "and a port above 1023",
                                  address.text(), system_message(error_number)));
  }
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(fd), std::move(text)));
}

void MetricsServer::add_to(Waits& waits) const {
  if (clients_.size() < kMostClients) waits.fds.push_back({listener_.get(), POLLIN, 0});
  for (const Client& client : clients_) {
    waits.fds.push_back({client.fd.get(), static_cast<short>(client.answer.empty() ? POLLIN : POLLOUT), 0});
    waits.until(client.until_ns);
  }
}

Expected<void> MetricsServer::work(std::int64_t now_ns) {
  while (clients_.size() < kMostClients) {
    UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) break;
    clients_.push_back({.fd = std::move(fd), .until_ns = now_ns + kClientNs});
  }
  for (Client& client : clients_) {
    if (client.answer.empty()) read_from(client);
    if (!client.answer.empty()) write_to(client);
  }
  clients_.remove_if([&](const Client& client) { return client.has_ended || now_ns >= client.until_ns; });
  return {};
}

void MetricsServer::read_from(Client& client) {
  std::array<char, 2048> bytes = {};
  const ssize_t n = ::recv(client.fd.get(), bytes.data(), bytes.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  client.has_ended = n <= 0;
  if (n > 0) client.request.append(bytes.data(), static_cast<std::size_t>(n));
  if (client.request.find("\r\n\r\n") != std::string::npos) {
    client.answer = answer_to(client.request);
    ++counts_.sent;
  } else if (client.request.size() > kMostRequestBytes) {
    client.has_ended = true;
    ++counts_.dropped;
  }
}

void MetricsServer::write_to(Client& client) {
  const ssize_t n = ::send(client.fd.get(), client.answer.data(), client.answer.size(), MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) client.answer.erase(0, static_cast<std::size_t>(n));
  client.has_ended = n <= 0 || client.answer.empty();
}

std::string MetricsServer::answer_to(const std::string& request) const {
  const std::string line = request.substr(0, request.find("\r\n"));
  if (!line.starts_with("GET ")) return answer_of("405 Method Not Allowed", "text/plain", "only GET\n");
  const std::string path = line.substr(4, line.find_first_of(" ?", 4) - 4);
  if (path != "/metrics") return answer_of("404 Not Found", "text/plain", "see /metrics\n");
  return answer_of("200 OK", "text/plain; version=0.0.4", text_());
}

}  // namespace pitbridge
