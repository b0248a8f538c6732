// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "bridges/relay/back_off.hpp"
#include "bridges/relay/http_post.hpp"
#include "bridges/relay/influx_lines.hpp"
#include "bridges/relay/output.hpp"
#include "common/core/mirror/ports.hpp"

namespace pitbridge {

/// Lines with a count.
struct InfluxBatch {
  std::string text;
  std::uint64_t lines = 0;
};

/// Writes to InfluxDB 1 or 2: once a second what has come since. While the server does not answer, lines wait
/// up to a bound, and what comes then is dropped and counted.
class InfluxOutput final : public Output {
 public:
  static constexpr std::size_t kMostWaitingBytes = std::size_t{1} << 20U;

  /// `secret`: as HttpPost has it.
  static Expected<std::unique_ptr<InfluxOutput>> make(const std::string& url, const std::string& secret,
                                                      const std::string& host, Log& log);
  /// Posts what waits, where the server takes it within a second.
  ~InfluxOutput() override;

  std::string_view name() const override { return "influx"; }
  void add_to(Waits& waits) const override;
  Expected<void> work(std::int64_t now_ns) override;
  void send(const Frame& frame, std::int64_t now_ns) override;
  OutputCounts counts() const override { return counts_; }

 private:
  InfluxOutput(std::string url, std::unique_ptr<HttpPost> post, const std::string& host, Log& log)
      : url_(std::move(url)), post_(std::move(post)), lines_(host), log_(log) {}
  Expected<void> take(const HttpAnswer& answer, std::int64_t now_ns);
  void drop_posted();
  void keep_for_later(std::int64_t now_ns, const std::string& why);
  void post();

  std::string url_;  ///< without its query, for people
  std::unique_ptr<HttpPost> post_;
  InfluxLines lines_;
  Log& log_;
  InfluxBatch waiting_, posted_;
  std::int64_t next_post_ns_ = 0, looked_ns_ = 0;
  std::uint64_t told_frame_ = 0;
  BackOff back_off_;
  std::string last_cause_;
  bool is_full_ = false;
  OutputCounts counts_;
};

}  // namespace pitbridge
