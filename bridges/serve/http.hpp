// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/serve/sim_feed.hpp"
#include "common/core/error.hpp"
#include "common/posix/net/host_port.hpp"
#include "common/posix/system/fd.hpp"

struct event;
struct event_base;
struct evconnlistener;
struct evhttp;
struct evhttp_connection;
struct evhttp_request;

/// HTTP by libevent, which has one thread: ours. Nothing here waits but `HttpServer::run`.
namespace pitbridge::serve {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 200;
  std::string_view content_type = "application/json";
  SharedText body = nullptr;
  HttpHeaders headers = {};
};

/// A request, as long as it is not answered.
class HttpRequest {
 public:
  enum class Method { kGet, kHead, kOptions };

  explicit HttpRequest(evhttp_request* request) : request_(request) {}

  Method method() const;
  /// Without the query, and as it was sent: nothing of it is unescaped.
  std::string path() const;
  /// Of the query, unescaped; nothing when it is not there.
  std::optional<std::string> parameter(const char* name) const;
  /// Empty: it was not sent.
  std::string_view header(const char* name) const;
  void answer(const HttpAnswer& answer) const;

 private:
  friend class EventStream;

  evhttp_request* request_;
};

/// An answer that has no end: server-sent events. Who reads slowly has at most one text on its way, and what
/// comes after that is for its owner to decide.
class EventStream {
 public:
  /// Begins the answer.
  EventStream(const HttpRequest& request, const HttpHeaders& headers);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream();

  bool is_closed() const { return is_closed_; }
  /// All that was sent before is on its way.
  bool can_take() const { return !is_closed_ && !is_sending_; }
  void send(const SharedText& text);

 private:
  static void on_close(evhttp_connection* connection, void* self);
  static void on_sent(evhttp_connection* connection, void* self);

  evhttp_request* request_;
  bool is_sending_ = false, is_closed_ = false;
};

class HttpServer {
 public:
  using Handler = std::function<void(const HttpRequest&)>;

  /// Listens; a port that somebody has is told with who has it. Port 0: the system chooses.
  static Expected<std::unique_ptr<HttpServer>> open(const NetAddress& address, Handler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  std::uint16_t port() const { return port_; }
  /// Calls `tick`, which says when it wants to be called again (CLOCK_MONOTONIC), and after each request;
  /// until SIGTERM, SIGINT or SIGHUP, which may have come before.
  void run(std::function<std::int64_t()> tick);

 private:
  HttpServer(UniqueFd socket, Handler handler, std::uint16_t port);
  static void on_request(evhttp_request* request, void* self);
  static void on_tick(int fd, short what, void* self);
  void do_tick();
  /// So that those who only connect have a bound too.
  void count_connections();

  UniqueFd socket_;
  Handler handler_;
  std::function<std::int64_t()> tick_;
  std::uint16_t port_;
  event_base* base_ = nullptr;
  evhttp* http_ = nullptr;
  evconnlistener* listener_ = nullptr;
  event* timer_ = nullptr;
  event* pause_ = nullptr;
};

}  // namespace pitbridge::serve
