// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/error.hpp"

namespace pitbridge {

/// What `--mqtt mqtt[s]://HOST[:PORT]/[PREFIX]` says.
struct MqttUrl {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  std::string prefix;  ///< of all topics, without a slash at its end

  /// For people.
  std::string text() const;
};
Expected<MqttUrl> parse_mqtt_url(std::string_view text);

/// A name as one level of a topic: in ASCII, without the letters that mean something there (+, #, /).
std::string topic_level(std::string_view name);

}  // namespace pitbridge
