// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/core/packets/packet_sender.hpp"

namespace pitbridge {

/// Where packets go to or come from.
class NetAddress {
 public:
  NetAddress() = default;
  NetAddress(const sockaddr* address, socklen_t size_bytes);

  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size_bytes() const { return size_bytes_; }
  int family() const { return storage_.ss_family; }
  /// As core knows it.
  PacketSender sender() const;
  std::uint16_t port() const { return sender().port; }
  /// 0.0.0.0 or ::, which stand for every address of this machine.
  bool is_any() const;
  /// Whether this machine has it.
  bool is_local() const;
  std::string text() const { return sender().text(); }

 private:
  sockaddr_storage storage_ = {};
  socklen_t size_bytes_ = 0;
};

/// A number or a name; the first address that the system knows for it.
Expected<NetAddress> resolve(const std::string& host, std::uint16_t port);

/// "HOST:PORT", an address of IPv6 in brackets.
Expected<NetAddress> resolve_host_port(std::string_view text);

}  // namespace pitbridge
