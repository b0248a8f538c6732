// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstdint>
#include <string>

#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// TCP of 127.0.0.1 for tests.
inline sockaddr_in loopback_address(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Listens on a port that the system chooses.
inline UniqueFd tcp_listener(std::uint16_t& port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback_address(0);
  socklen_t size = sizeof address;
  (void)::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size);
  (void)::listen(fd.get(), 4);
  (void)::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

/// A port that nobody has; another program may take it at any time.
inline std::uint16_t free_tcp_port() {
  std::uint16_t port = 0;
  (void)tcp_listener(port);
  return port;
}

/// None: nobody listens there.
inline UniqueFd tcp_connect(std::uint16_t port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback_address(port);
  // Whoever never answers must not hold the test up.
  constexpr timeval kPatience = {.tv_sec = 30, .tv_usec = 0};
  (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return fd;
}

/// The whole answer to a request of HTTP; empty: nobody listens there.
inline std::string http_answer(std::uint16_t port, const std::string& method, const std::string& path) {
  const UniqueFd fd = tcp_connect(port);
  if (!fd) return {};
  const std::string request =
      method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  (void)::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL);
  std::string answer;
  std::array<char, 4096> bytes = {};
  for (ssize_t n = 0; (n = ::recv(fd.get(), bytes.data(), bytes.size(), 0)) > 0;)
    answer.append(bytes.data(), static_cast<std::size_t>(n));
  return answer;
}

}  // namespace pitbridge
