// SPDX-License-Identifier: MIT
#include "bridges/serve/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "bridges/serve/page.hpp"
#include "bridges/serve/sims_text.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/core/sim/number_text.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge::serve {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMs;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
/// A bridge has decoded by then, if it ever does.
constexpr std::int64_t kWaitNs = 400 * kMs;
constexpr std::int64_t kWhileWaitingNs = 20 * kMs;
constexpr std::size_t kMostWaiting = 64;
/// So that a client knows a dead connection from a game that stands still, and we a client that has gone.
constexpr std::int64_t kBeatEveryNs = 2 * kSecond;
/// A sim that nobody has asked for in so long is not read any more.
constexpr std::int64_t kDroppedAfterNs = 5 * kSecond;
constexpr int kDefaultHz = 30, kMostHz = 60;

/// Nothing but our own files, and no other page around ours.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view kNoTokenPage =
    "<!doctype html><meta charset=\"utf-8\"><title>pitbridge</title><p>This page needs the token that "
    "<code>pitbridge serve</code> has printed: open the address that it shows, or scan its code.</p>";

bool wants_page(const std::string& path) {
  return !path.starts_with("/api/");
}

Claims claims_of(const HttpRequest& request, const std::string& query_token) {
  return {.host = request.header("Host"),
          .authorization = request.header("Authorization"),
          .cookie = request.header("Cookie"),
          .query_token = query_token};
}

const SharedText& beat() {
  static const SharedText kBeat = std::make_shared<const std::string>("event: beat\ndata: {}\n\n");
  return kBeat;
}

}  // namespace

Service::Service(AccessRules rules) : rules_(std::move(rules)), doctor_(doctor_report) {}

HttpHeaders Service::headers(HttpHeaders more, bool may_be_kept) const {
  more.insert(more.end(), {{"Content-Security-Policy", kPolicy},
                           {"X-Content-Type-Options", "nosniff"},
                           {"Referrer-Policy", "no-referrer"},
                           {"Cache-Control", may_be_kept ? "no-cache" : "no-store"}});
  if (!rules_.cors_origin.empty()) {
    more.emplace_back("Access-Control-Allow-Origin", rules_.cors_origin);
    more.emplace_back("Vary", "Origin");
  }
  return more;
}

void Service::send(const HttpRequest& request, int status, std::string text, std::string_view type,
                   HttpHeaders more) {
  request.answer({.status = status,
                  .content_type = type,
                  .body = std::make_shared<const std::string>(std::move(text)),
                  .headers = headers(std::move(more), false)});
}

void Service::send_error(const HttpRequest& request, int status, std::string_view what, HttpHeaders more) {
  send(request, status, json_text({{"error", what}}, JsonForm::kOneLine), "application/json",
       std::move(more));
}

void Service::refuse(const HttpRequest& request, Access access) {
  if (access == Access::kForeignHost)
    return send_error(request, 403,
                      "this server is for its own machine: ask for it by 127.0.0.1 or localhost; for other "
                      "machines there is pitbridge serve --listen");
  HttpHeaders more = {{"WWW-Authenticate", "Bearer"}};
  if (wants_page(request.path()))
    return send(request, 401, std::string(kNoTokenPage), "text/html; charset=utf-8", std::move(more));
  send_error(request, 401, "the token that pitbridge serve has printed is missing or wrong", std::move(more));
}

void Service::handle(const HttpRequest& request) {
  if (request.method() == HttpRequest::Method::kOptions) {
    // A browser asks so, without any secret, before a page of the other origin may send one.
    if (rules_.cors_origin.empty())
      return send_error(request, 405, "GET and HEAD are answered, nothing else");
    return request.answer({.status = 204,
                           .headers = headers({{"Access-Control-Allow-Methods", "GET, HEAD"},
                                               {"Access-Control-Allow-Headers", "Authorization"}},
                                              false)});
  }
  const std::string query_token = request.parameter("token").value_or("");
  const Access access = access_of(rules_, claims_of(request, query_token));
  if (access != Access::kGranted) return refuse(request, access);
  const std::string path = request.path();
  if (!wants_page(path)) return answer_api(request, path);
  if (rules_.token.empty() || query_token.empty()) return answer_page(request, path);
  // The token goes out of the address, which stands in histories and on screens.
  request.answer({.status = 303,
                  .headers = headers({{"Location", "/"},
                                      {"Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax",
                                                                 cookie_name(rules_), rules_.token)}},
                                     false)});
}

void Service::answer_page(const HttpRequest& request, const std::string& path) {
  for (const PageFile& file : page_files()) {
    if (file.path != path) continue;
    // It lives as long as the program.
    const auto content = std::make_shared<const std::string>(file.content);
    return request.answer({.content_type = file.content_type, .body = content, .headers = headers({}, true)});
  }
  send_error(request, 404, "there is no such page; see pitbridge-serve(1)");
}

void Service::answer_api(const HttpRequest& request, const std::string& path) {
  constexpr std::string_view kSims = "/api/sims/";
  const std::int64_t now_ns = MonotonicClock().now_ns();
  if (path == "/api/live") return answer_sim(request, "", "values");
  if (path == "/api/live/events") return answer_sim(request, "", "events");
  if (path == "/api/sims") return send(request, 200, sims_text(now_ns));
  if (path == "/api/doctor") return send(request, 200, doctor_.text(now_ns));
  const auto slash = path.rfind('/');
  if (path.starts_with(kSims) && slash > kSims.size())
    return answer_sim(request, path.substr(kSims.size(), slash - kSims.size()),
                      std::string_view(path).substr(slash + 1));
  send_error(request, 404, "there is no such thing; see pitbridge-serve(1)");
}

Expected<Service::Source*> Service::source_of(const std::string& word) {
  std::string name;
  if (!word.empty()) {
    const auto meant = title_of_word(word);
    if (!meant) return tl::unexpected<Error>(meant.error());
    name = meant->sim->name;
  }
  auto& source = sources_[name];
  if (source == nullptr) {
    auto feed = SimFeed::open(name);
    if (!feed) {
      sources_.erase(name);
      return tl::unexpected<Error>(std::move(feed.error()));
    }
    source = std::make_unique<Source>(Source{std::move(*feed)});
  }
  source->used_ns = MonotonicClock().now_ns();
  return source.get();
}

void Service::answer_sim(const HttpRequest& request, const std::string& word, std::string_view what) {
  if (what != "values" && what != "events")
    return send_error(request, 404, "a sim has values and events; see pitbridge-serve(1)");
  const auto source = source_of(word);
  if (!source) return send_error(request, 404, source.error().message);
  if (what == "values") return answer_values(request, **source);
  begin_events(request, **source);
}

void Service::answer_values(const HttpRequest& request, Source& source) {
  const std::int64_t now_ns = MonotonicClock().now_ns();
  source.feed.look(now_ns);
  if (source.feed.state().updated_ns == 0 && waiting_.size() < kMostWaiting) {
    waiting_.push_back({request, &source, now_ns + kWaitNs});
  } else {
    send(request, 200, whole_text(source.feed.state()));
  }
}

void Service::begin_events(const HttpRequest& request, Source& source) {
  const auto hz = request.parameter("hz");
  const auto number = hz ? number_from<int>(*hz) : kDefaultHz;
  if (!number || *number < 1 || *number > kMostHz)
    return send_error(request, 400, fmt::format("hz must be a number from 1 to {}", kMostHz));
  if (clients_.size() >= kMostStreams)
    return send_error(request, 503, "too many clients; try again later", {{"Retry-After", "5"}});
  if (request.method() == HttpRequest::Method::kHead) return send(request, 200, "", "text/event-stream");
  auto stream = std::make_unique<EventStream>(request, headers({}, false));
  clients_.push_back({.stream = std::move(stream), .source = &source, .period_ns = kSecond / *number});
}

void Service::serve(Client& client, std::int64_t now_ns) {
  // On a grid that all share: those of one rate are told together, by one text.
  client.next_ns = (now_ns / client.period_ns + 1) * client.period_ns;
  client.source->used_ns = now_ns;
  client.source->feed.look(now_ns);
  if (!client.stream->can_take()) return;  // it gets what is newest then
  const std::uint64_t newest = client.source->feed.newest();
  if (newest != client.seen) {
    client.stream->send(client.source->feed.event_after(client.seen));
    client.seen = newest;
    client.sent_ns = now_ns;
  } else if (now_ns - client.sent_ns >= kBeatEveryNs) {
    client.stream->send(beat());
    client.sent_ns = now_ns;
  }
}

std::int64_t Service::tick() {
  const std::int64_t now_ns = MonotonicClock().now_ns();
  std::int64_t next_ns = kNever;
  doctor_.step(now_ns);
  if (doctor_.is_looking()) next_ns = now_ns + kWhileWaitingNs;
  std::erase_if(clients_, [](const Client& client) { return client.stream->is_closed(); });
  for (Client& client : clients_) {
    if (now_ns >= client.next_ns) serve(client, now_ns);
    next_ns = std::min(next_ns, client.next_ns);
  }
  std::erase_if(waiting_, [&](const Waiting& one) {
    one.source->used_ns = now_ns;
    one.source->feed.look(now_ns);
    if (one.source->feed.state().updated_ns == 0 && now_ns < one.until_ns) return false;
    send(one.request, 200, whole_text(one.source->feed.state()));
    return true;
  });
  if (!waiting_.empty()) next_ns = std::min(next_ns, now_ns + kWhileWaitingNs);
  std::erase_if(sources_,
                [&](const auto& source) { return now_ns - source.second->used_ns >= kDroppedAfterNs; });
  if (!sources_.empty()) next_ns = std::min(next_ns, now_ns + kSecond);
  return next_ns;
}

std::string Service::sims_text(std::int64_t now_ns) {
  std::vector<std::string> directories = directories_of_bridges();
  if (views_ == nullptr || directories != directories_) {
    views_ = std::make_unique<BridgeViews>(directories);
    directories_ = std::move(directories);
    sims_.clear();
  }
  // The rates are those since the look before, so it must not be too near.
  if (sims_.empty() || now_ns - sims_ns_ >= kSecond / 2) {
    sims_ns_ = now_ns;
    sims_ = sims_json(views_->look());
  }
  return sims_;
}

}  // namespace pitbridge::serve
