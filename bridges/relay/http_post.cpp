// SPDX-License-Identifier: MIT
#include "bridges/relay/http_post.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "build_info.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

constexpr long kConnectWithinMs = 5'000, kAnswerWithinMs = 15'000;
/// What a server says of a fault is a line or two.
constexpr std::size_t kMostAnswerBytes = 2'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  text.append(bytes, std::min(size * count, kMostAnswerBytes - std::min(kMostAnswerBytes, text.size())));
  return size * count;
}

}  // namespace

struct HttpPost::Curl {
  template <auto kFree>
  struct Freed {
    template <typename T>
    void operator()(T* object) const {
      kFree(object);
    }
  };

  std::unique_ptr<CURLM, Freed<curl_multi_cleanup>> multi{curl_multi_init()};
  std::unique_ptr<CURL, Freed<curl_easy_cleanup>> easy{curl_easy_init()};
  std::unique_ptr<curl_slist, Freed<curl_slist_free_all>> headers;
  std::array<char, CURL_ERROR_SIZE> fault = {};
  std::string body, answer;
  bool is_busy = false;
};

HttpPost::HttpPost(std::unique_ptr<Curl> curl) : curl_(std::move(curl)) {}

HttpPost::~HttpPost() {
  if (curl_->is_busy) curl_multi_remove_handle(curl_->multi.get(), curl_->easy.get());
}

Expected<std::unique_ptr<HttpPost>> HttpPost::make(const std::string& url, const std::string& secret) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto curl = std::make_unique<Curl>();
  CURL* const easy = curl->easy.get();
  if (easy == nullptr || curl->multi == nullptr) return fail(ExitCode::kFailure, "libcurl cannot begin");
  const auto add_header = [&](const std::string& header) {
    // On a failure the list is still the old one.
    if (curl_slist* longer = curl_slist_append(curl->headers.get(), header.c_str())) {
      (void)curl->headers.release();
      curl->headers.reset(longer);
    }
  };
  add_header("Content-Type: text/plain; charset=utf-8");
  if (secret.find(':') != std::string::npos) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERPWD, secret.c_str());
  } else if (!secret.empty()) {
    add_header("Authorization: Token " + secret);
  }
  if (curl_easy_setopt(easy, CURLOPT_URL, url.c_str()) != CURLE_OK)
    return fail(ExitCode::kFailure, "libcurl does not take " + url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, curl->headers.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, (std::string("pitbridge/") + kVersion).c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectWithinMs);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, kAnswerWithinMs);
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, curl->fault.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &curl->answer);
  return std::unique_ptr<HttpPost>(new HttpPost(std::move(curl)));
}

bool HttpPost::is_busy() const {
  return curl_->is_busy;
}

void HttpPost::post(std::string body) {
  curl_->body = std::move(body);
  curl_->answer.clear();
  curl_->fault.fill('\0');
  curl_easy_setopt(curl_->easy.get(), CURLOPT_POSTFIELDS, curl_->body.c_str());
  curl_easy_setopt(curl_->easy.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(curl_->body.size()));
  curl_->is_busy = curl_multi_add_handle(curl_->multi.get(), curl_->easy.get()) == CURLM_OK;
}

void HttpPost::add_to(Waits& waits, std::int64_t now_ns) const {
  if (!curl_->is_busy) return;
  fd_set reads = {}, writes = {}, faults = {};
  int most = -1;
  curl_multi_fdset(curl_->multi.get(), &reads, &writes, &faults, &most);
  for (int fd = 0; fd <= most; ++fd) {
    const int events = (FD_ISSET(fd, &reads) ? POLLIN : 0) | (FD_ISSET(fd, &writes) ? POLLOUT : 0);
    if (events != 0) waits.fds.push_back({fd, static_cast<short>(events), 0});
  }
  // Without a descriptor it is looking a name up; libcurl wants to be asked every 100 ms then.
  long timeout_ms = -1;
  curl_multi_timeout(curl_->multi.get(), &timeout_ms);
  if (timeout_ms < 0 || most < 0) timeout_ms = std::min(timeout_ms < 0 ? 100L : timeout_ms, 100L);
  waits.until(now_ns + timeout_ms * kNsPerMs);
}

std::optional<HttpAnswer> HttpPost::work() {
  if (!curl_->is_busy) return std::nullopt;
  int rest = 0;
  curl_multi_perform(curl_->multi.get(), &rest);
  const CURLMsg* message = curl_multi_info_read(curl_->multi.get(), &rest);
  if (message == nullptr || message->msg != CURLMSG_DONE) return std::nullopt;
  HttpAnswer answer;
  if (message->data.result != CURLE_OK) {
    answer.fault = curl_->fault[0] != '\0' ? curl_->fault.data() : curl_easy_strerror(message->data.result);
  } else {
    curl_easy_getinfo(curl_->easy.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    answer.fault = curl_->answer;
  }
  curl_multi_remove_handle(curl_->multi.get(), curl_->easy.get());
  curl_->is_busy = false;
  return answer;
}

std::optional<HttpAnswer> HttpPost::wait(int within_ms) {
  MonotonicClock clock;
  const std::int64_t until_ns = clock.now_ns() + within_ms * kNsPerMs;
  while (is_busy() && clock.now_ns() < until_ns) {
    if (auto answer = work()) return answer;
    curl_multi_poll(curl_->multi.get(), nullptr, 0, 50, nullptr);
  }
  return std::nullopt;
}

}  // namespace pitbridge
