// SPDX-License-Identifier: MIT
#include "bridges/relay/mqtt_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/core/sim/number_text.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kPlain = "mqtt://", kTls = "mqtts://";
constexpr std::uint16_t kPlainPort = 1883, kTlsPort = 8883;

/// Letters that filters of subscribers would take for something else, or that no topic may hold.
bool is_plain(char c) {
  return c > ' ' && c <= '~' && c != '+' && c != '#';
}

}  // namespace

std::string MqttUrl::text() const {
  return fmt::format("{}{}:{}", tls ? kTls : kPlain, host, port);
}

Expected<MqttUrl> parse_mqtt_url(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(
        ExitCode::kUsage,
        fmt::format("--mqtt: \"{}\" {}; write mqtt://HOST[:PORT]/[PREFIX], or mqtts:// for TLS", text, why));
  };
  MqttUrl url;
  url.tls = text.starts_with(kTls);
  if (!url.tls && !text.starts_with(kPlain)) return refuse("is no address of a broker");
  std::string_view rest = text.substr((url.tls ? kTls : kPlain).size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view place = rest.substr(0, slash);
  // Every user of this machine sees the command line.
  if (place.find('@') != std::string_view::npos)
    return fail(
        ExitCode::kUsage,
        "--mqtt: a user or password does not belong into the address, where all users of this machine "
        "can read it; use --user and --password-file");
  url.port = url.tls ? kTlsPort : kPlainPort;
  const std::size_t colon = place.rfind(':');
  // The colons inside of brackets are those of an address of IPv6.
  if (colon != std::string_view::npos && place.find(']', colon) == std::string_view::npos) {
    const auto port = number_from<std::uint16_t>(place.substr(colon + 1));
    if (!port || *port == 0) return refuse("has no port behind the colon");
    url.port = *port;
    place = place.substr(0, colon);
  }
  if (place.starts_with('[') && place.ends_with(']')) place = place.substr(1, place.size() - 2);
  if (place.empty()) return refuse("names no host");
  url.host = place;
  std::string_view prefix = rest.substr(std::min(slash + 1, rest.size()));
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (!std::all_of(prefix.begin(), prefix.end(), is_plain) || prefix.starts_with('$'))
    return refuse("has a prefix with +, #, a blank, or a $ at its begin");
  url.prefix = prefix.empty() ? "pitbridge" : prefix;
  return url;
}

std::string topic_level(std::string_view name) {
  std::string level(name);
  std::replace_if(
      level.begin(), level.end(), [](char c) { return !is_plain(c) || c == '/'; }, '-');
  return level.empty() ? "-" : level;
}

}  // namespace pitbridge
