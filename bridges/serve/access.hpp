// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pitbridge::serve {

/// Who may read what is served.
struct AccessRules {
  std::string token = {};  ///< that each request needs; empty: this machine alone is served, and needs none
  std::uint16_t port = 0;
  std::string cors_origin = {};  ///< whose pages in a browser may read too; empty: none but our own
};

/// What a request says of who asks. All of it is a claim.
struct Claims {
  std::string_view host = {};           ///< header "Host"
  std::string_view authorization = {};  ///< header "Authorization"
  std::string_view cookie = {};         ///< header "Cookie"
  std::string_view query_token = {};    ///< "?token="
};

enum class Access {
  kGranted,
  kForeignHost,  ///< a name that some other site has given to this machine
  kNoToken,      ///< none, or a wrong one
};
Access access_of(const AccessRules& rules, const Claims& claims);

/// The cookie that holds the token. Cookies know no ports, so its name does.
std::string cookie_name(const AccessRules& rules);

/// Takes as long whatever the texts have in common.
bool is_same_secret(std::string_view a, std::string_view b);

/// 128 bits that nobody can guess, in letters that no URL has to escape.
std::string random_token();

/// Whether it is what a browser says of a page: "http://tablet.lan:3000".
bool is_origin(std::string_view text);

}  // namespace pitbridge::serve
