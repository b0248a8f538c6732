// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "common/posix/net/host_port.hpp"

namespace pitbridge::serve {

/// The address by which other machines reach this one, as far as the system's routes tell; nothing is sent to
/// find it. Nothing: there is no network.
std::optional<NetAddress> own_address(int family);

/// Without its port; one of IPv6 in brackets.
std::string host_text(const NetAddress& address);

}  // namespace pitbridge::serve
