// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bridges/relay/output.hpp"
#include "common/core/error.hpp"

namespace pitbridge {

struct HttpAnswer {
  long status = 0;    ///< 0: there was no answer
  std::string fault;  ///< why there was none; else what the server says, cut
};

/// Posts texts to one address, one at a time, without ever waiting for the server. libcurl looks names up in
/// a thread of its own.
class HttpPost {
 public:
  /// `secret` is empty, "USER:PASSWORD", or a token, which is sent as "Authorization: Token ...".
  static Expected<std::unique_ptr<HttpPost>> make(const std::string& url, const std::string& secret);
  HttpPost(const HttpPost&) = delete;
  HttpPost& operator=(const HttpPost&) = delete;
  ~HttpPost();

  bool is_busy() const;
  /// Only while it is not busy.
  void post(std::string body);
  void add_to(Waits& waits, std::int64_t now_ns) const;
  /// The answer to what was posted, once.
  std::optional<HttpAnswer> work();
  /// The same, waiting for it until `within_ms` have passed.
  std::optional<HttpAnswer> wait(int within_ms);

 private:
  struct Curl;
  explicit HttpPost(std::unique_ptr<Curl> curl);

  std::unique_ptr<Curl> curl_;
};

}  // namespace pitbridge
