// SPDX-License-Identifier: MIT
#include "bridges/serve/own_address.hpp"

#include <sys/socket.h>

#include "common/posix/system/fd.hpp"

namespace pitbridge::serve {

std::optional<NetAddress> own_address(int family) {
  // Addresses that are kept for documents: the route to them is the one to everywhere.
  const auto far = resolve(family == AF_INET6 ? "2001:db8::1" : "192.0.2.1", 9);
  const UniqueFd fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!far || !fd || ::connect(fd.get(), far->data(), far->size_bytes()) != 0) return std::nullopt;
  sockaddr_storage own = {};
  socklen_t size = sizeof own;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0) return std::nullopt;
  return NetAddress(reinterpret_cast<const sockaddr*>(&own), size);
}

std::string host_text(const NetAddress& address) {
  const std::string text = address.text();
  return text.substr(0, text.rfind(':'));
}

}  // namespace pitbridge::serve
