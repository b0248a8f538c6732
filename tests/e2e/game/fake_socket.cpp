// SPDX-License-Identifier: MIT
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include "tests/e2e/game/fake_socket.hpp"

#include <winsock2.h>

namespace pitbridge::model {

FakeSocket::FakeSocket(std::uint16_t port) : port_(port), socket_(INVALID_SOCKET) {
  WSADATA data = {};
  if (WSAStartup(MAKEWORD(2, 2), &data) == 0) socket_ = ::socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
}

FakeSocket::~FakeSocket() {
  if (is_open()) ::closesocket(socket_);
  WSACleanup();
}

bool FakeSocket::is_open() const {
  return socket_ != INVALID_SOCKET;
}

void FakeSocket::send(std::span<const std::byte> packet) const {
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(port_);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::sendto(socket_, reinterpret_cast<const char*>(packet.data()), static_cast<int>(packet.size()), 0,
           reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

}  // namespace pitbridge::model
