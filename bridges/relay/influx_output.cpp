// SPDX-License-Identifier: MIT
#include "bridges/relay/influx_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kPostEveryNs = 1'000'000'000;
constexpr int kFarewellMs = 1'000;
constexpr long kFirstRefusal = 400, kUnauthorised = 401, kForbidden = 403, kNotFound = 404, kTooMany = 429,
               kFirstServerFault = 500, kFirstSuccess = 200, kFirstRedirect = 300;

}  // namespace

Expected<std::unique_ptr<InfluxOutput>> InfluxOutput::make(const std::string& url, const std::string& secret,
                                                           const std::string& host, Log& log) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return fail(ExitCode::kUsage, fmt::format("--influx: \"{}\" must be http://HOST:8086/write?db=NAME, or "
                                              "http://HOST:8086/api/v2/write?org=ORG&bucket=BUCKET",
                                              url));
  const std::string place = url.substr(0, url.find('/', url.find("//") + 2));
  const bool has_password = url.find("&p=") != std::string::npos || url.find("?p=") != std::string::npos;
  if (place.find('@') != std::string::npos || has_password)
    return fail(ExitCode::kUsage,
                "--influx: a password does not belong into the address, where all users of this machine can "
                "read it; write USER:PASSWORD, or the token, into a file and name that with --token-file");
  auto post = HttpPost::make(url, secret);
  if (!post) return tl::unexpected<Error>(std::move(post.error()));
  return std::unique_ptr<InfluxOutput>(
      new InfluxOutput(url.substr(0, url.find('?')), std::move(*post), host, log));
}

InfluxOutput::~InfluxOutput() {
  if (post_->is_busy()) (void)post_->wait(kFarewellMs);
  if (waiting_.lines == 0 || post_->is_busy() || !last_cause_.empty()) return;
  post();
  (void)post_->wait(kFarewellMs);
}

void InfluxOutput::add_to(Waits& waits) const {
  if (post_->is_busy()) {
    post_->add_to(waits, looked_ns_);
  } else if (waiting_.lines != 0) {
    waits.until(std::max(next_post_ns_, back_off_.next_ns()));
  }
}

Expected<void> InfluxOutput::work(std::int64_t now_ns) {
  looked_ns_ = now_ns;
  if (const auto answer = post_->work())
    if (auto taken = take(*answer, now_ns); !taken) return taken;
  const bool is_due = now_ns >= next_post_ns_ && back_off_.is_over(now_ns);
  if (waiting_.lines == 0 || post_->is_busy() || !is_due) return {};
  next_post_ns_ = now_ns + kPostEveryNs;
  post();
  return {};
}

void InfluxOutput::post() {
  posted_ = std::exchange(waiting_, {});
  is_full_ = false;
  post_->post(posted_.text);
}

Expected<void> InfluxOutput::take(const HttpAnswer& answer, std::int64_t now_ns) {
  if (answer.status >= kFirstSuccess && answer.status < kFirstRedirect) {
    counts_.sent += posted_.lines;
    posted_ = {};
    back_off_.succeeded();
    if (!last_cause_.empty()) log_.write(LogLevel::kInfo, url_ + ": written again");
    last_cause_.clear();
    return {};
  }
  const std::string why =
      answer.status == 0 ? answer.fault : fmt::format("status {}: {}", answer.status, answer.fault);
  if (answer.status == kUnauthorised || answer.status == kForbidden)
    return fail(ExitCode::kFailure,
                fmt::format("{}: the server refuses who writes: {}; see --token-file", url_, why));
  if (answer.status == kNotFound && counts_.sent == 0)
    return fail(
        ExitCode::kFailure,
        fmt::format("{}: {}; make the database or bucket, and look at its name in the address", url_, why));
  const bool refuses_lines = answer.status >= kFirstRefusal && answer.status < kFirstServerFault &&
                             answer.status != kTooMany && answer.status != kNotFound;
  // Sent again they would be refused again.
  if (refuses_lines) drop_posted();
  keep_for_later(now_ns, why);
  return {};
}

void InfluxOutput::drop_posted() {
  counts_.dropped += std::exchange(posted_, {}).lines;
  lines_.forget();
}

void InfluxOutput::keep_for_later(std::int64_t now_ns, const std::string& why) {
  back_off_.failed(now_ns);
  if (posted_.text.size() + waiting_.text.size() <= kMostWaitingBytes) {
    waiting_ = {posted_.text + waiting_.text, posted_.lines + waiting_.lines};
    posted_ = {};
  } else {
    drop_posted();
  }
  if (why == last_cause_) return;
  last_cause_ = why;
  log_.write(LogLevel::kWarning,
             fmt::format("{}: not written: {}; it is tried again, after a minute at most", url_, why));
}

void InfluxOutput::send(const Frame& frame, std::int64_t /*now_ns*/) {
  if (frame.number == told_frame_) return;
  told_frame_ = frame.number;
  if (waiting_.text.size() >= kMostWaitingBytes) {
    ++counts_.dropped;
    if (!is_full_)
      log_.write(LogLevel::kWarning, url_ + ": the server does not take the lines in time; they are dropped");
    is_full_ = true;
    return;
  }
  const std::string line = lines_.line(frame, unix_now_ns());
  if (line.empty()) return;
  waiting_.text += line;
  ++waiting_.lines;
}

}  // namespace pitbridge
