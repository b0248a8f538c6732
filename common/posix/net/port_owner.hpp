// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/posix/session/processes.hpp"

namespace pitbridge {

/// A socket that has a port open.
struct PortOwner {
  uid_t user = 0;
  std::uint64_t inode = 0;
  std::optional<ProcessInfo> process = {};  ///< where it is of our own user
};

/// The lines of /proc/net/udp, or udp6, that are of this port.
std::vector<PortOwner> parse_udp_table(std::string_view text, std::uint16_t port);

/// Likewise of /proc/net/tcp, or tcp6; those sockets alone that wait for connections.
std::vector<PortOwner> parse_tcp_table(std::string_view text, std::uint16_t port);

/// Whoever has the port of UDP open, also with SO_REUSEADDR.
std::vector<PortOwner> owners_of_port(std::uint16_t port, const std::string& root = {});
/// Whoever waits for connections on the port of TCP.
std::vector<PortOwner> owners_of_tcp_port(std::uint16_t port, const std::string& root = {});

/// "simd (pid 4711)", "a program of user 0", "another program".
std::string describe_owner(const std::vector<PortOwner>& owners);

}  // namespace pitbridge
