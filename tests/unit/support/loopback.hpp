// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <span>
#include <vector>

#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// A socket of a test: a game that sends to 127.0.0.1, or a program that listens there.
class Loopback {
 public:
  /// On a port that the system chooses.
  Loopback() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const sockaddr_in any = address_of(0);
    (void)::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any);
    sockaddr_in bound = {};
    socklen_t size = sizeof bound;
    (void)::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    port_ = ntohs(bound.sin_port);
  }

  std::uint16_t port() const { return port_; }
  bool send_to(std::uint16_t port, std::span<const std::byte> packet) const {
    const sockaddr_in to = address_of(port);
    return ::sendto(fd_.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                    sizeof to) == static_cast<ssize_t>(packet.size());
  }
  /// Empty when nothing has come.
  std::vector<std::byte> receive() const {
    std::vector<std::byte> packet(4096);
    const ssize_t n = ::recv(fd_.get(), packet.data(), packet.size(), 0);
    packet.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return packet;
  }

  /// A port that nobody has; another program may take it at any time.
  static std::uint16_t free_port() { return Loopback().port(); }

 private:
  static sockaddr_in address_of(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

}  // namespace pitbridge
