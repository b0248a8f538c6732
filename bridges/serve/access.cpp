// SPDX-License-Identifier: MIT
#include "bridges/serve/access.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "common/core/sim/text.hpp"

namespace pitbridge::serve {
namespace {

/// A page of another site may have a name that its owner lets point to 127.0.0.1. The browser then sends that
/// name, and lets the page read our answer.
bool is_loopback(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    if (host.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) return false;
    host = host.substr(0, colon);
  }
  return host == "127.0.0.1" || host == "[::1]" || equals_ignoring_case(host, "localhost");
}

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  return equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)
             ? authorization.substr(kScheme.size())
             : std::string_view();
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const auto end = std::min(cookies.find(';'), cookies.size());
    std::string_view one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  }
  return {};
}

}  // namespace

std::string cookie_name(const AccessRules& rules) {
  return fmt::format("pitbridge_{}", rules.port);
}

bool is_same_secret(std::string_view a, std::string_view b) {
  // Only the length of what was sent tells in the time.
  std::size_t differs = a.size() ^ b.size();
  for (std::size_t i = 0; i < a.size(); ++i)
    differs |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b.empty() ? 0 : b[i % b.size()]);
  return differs == 0;
}

std::string random_token() {
  std::array<unsigned char, 16> bytes = {};
  while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    if (errno != EINTR) std::abort();
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

Access access_of(const AccessRules& rules, const Claims& claims) {
  if (rules.token.empty()) return is_loopback(claims.host) ? Access::kGranted : Access::kForeignHost;
  const std::string name = cookie_name(rules);
  for (const std::string_view sent :
       {claims.query_token, bearer(claims.authorization), cookie_value(claims.cookie, name)})
    if (!sent.empty() && is_same_secret(sent, rules.token)) return Access::kGranted;
  return Access::kNoToken;
}

bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view host = text.substr(scheme.size());
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
             c == '-' || c == ':' || c == '[' || c == ']';
    });
  }
  return false;
}

}  // namespace pitbridge::serve
