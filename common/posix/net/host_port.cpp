// SPDX-License-Identifier: MIT
#include "common/posix/net/host_port.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "common/core/sim/number_text.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {
namespace {

/// The two ways to see the bytes of an address; a copy, since the types may not alias.
template <typename Address>
Address as(const sockaddr_storage& storage) {
  Address address = {};
  std::memcpy(&address, &storage, sizeof address);
  return address;
}

}  // namespace

NetAddress::NetAddress(const sockaddr* address, socklen_t size_bytes)
    : size_bytes_(std::min<socklen_t>(size_bytes, sizeof storage_)) {
  std::memcpy(&storage_, address, size_bytes_);
}

PacketSender NetAddress::sender() const {
  PacketSender sender;
  if (family() == AF_INET) {
    const auto address = as<sockaddr_in>(storage_);
    sender.address[10] = sender.address[11] = 0xFF;
    std::memcpy(sender.address.data() + 12, &address.sin_addr, sizeof address.sin_addr);
    sender.port = ntohs(address.sin_port);
  } else if (family() == AF_INET6) {
    const auto address = as<sockaddr_in6>(storage_);
    std::memcpy(sender.address.data(), &address.sin6_addr, sizeof address.sin6_addr);
    sender.port = ntohs(address.sin6_port);
  }
  return sender;
}

bool NetAddress::is_any() const {
  const auto address = sender().address;
  const std::size_t from = family() == AF_INET ? 12 : 0;
  return std::all_of(address.begin() + static_cast<std::ptrdiff_t>(from), address.end(),
                     [](std::uint8_t byte) { return byte == 0; });
}

bool NetAddress::is_local() const {
  const UniqueFd probe(::socket(family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage any_port = storage_;
  // In both families the port stands behind the family.
  reinterpret_cast<sockaddr_in*>(&any_port)->sin_port = 0;
  return probe && ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&any_port), size_bytes_) == 0;
}

Expected<NetAddress> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  if (error != 0 || found == nullptr)
    return fail(ExitCode::kUsage,
                fmt::format("\"{}\" is no address: {}; give a number as 127.0.0.1, or the name of a machine",
                            host, ::gai_strerror(error)));
  return NetAddress(found->ai_addr, found->ai_addrlen);
}

Expected<NetAddress> resolve_host_port(std::string_view text) {
  const auto refuse = [&] {
    return fail(ExitCode::kUsage,
                fmt::format("\"{}\" must be HOST:PORT, as 127.0.0.1:4444 or [::1]:4444", text));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse();
  std::string_view host = text.substr(0, colon);
  const auto port = number_from<std::uint16_t>(text.substr(colon + 1));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return refuse();
  }
  if (host.empty() || !port || *port == 0) return refuse();
  return resolve(std::string(host), *port);
}

}  // namespace pitbridge
