// SPDX-License-Identifier: MIT
#include "bridges/serve/http.hpp"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <limits>

#include "common/posix/net/port_owner.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::serve {
namespace {

constexpr int kMostHeaderBytes = 16 << 10;
/// Who takes nothing for so long, or sends half a request, is let go.
constexpr int kPatienceSeconds = 10;
/// Of the kernel, for what one client has not taken yet.
constexpr int kSendBytes = 64 << 10;
constexpr int kBacklog = 64;
/// Descriptors of this process, when no more connections are taken.
constexpr std::size_t kMostDescriptors = 300;
constexpr timeval kPause = {.tv_sec = 0, .tv_usec = 250'000};

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 303:
      return "See Other";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

struct BufferDeleter {
  void operator()(evbuffer* buffer) const { ::evbuffer_free(buffer); }
};
using Buffer = std::unique_ptr<evbuffer, BufferDeleter>;

/// The text is not copied: it lives as long as the last client has not taken it.
void add_shared(evbuffer* buffer, const SharedText& text) {
  auto* keeper = new SharedText(text);
  const auto release = [](const void*, std::size_t, void* kept) { delete static_cast<SharedText*>(kept); };
  if (::evbuffer_add_reference(buffer, text->data(), text->size(), release, keeper) != 0) delete keeper;
}

void add_headers(evhttp_request* request, const HttpHeaders& headers, std::string_view content_type) {
  evkeyvalq* out = ::evhttp_request_get_output_headers(request);
  for (const auto& [name, value] : headers) ::evhttp_add_header(out, name.c_str(), value.c_str());
  if (!content_type.empty()) ::evhttp_add_header(out, "Content-Type", std::string(content_type).c_str());
}

void set_option(int fd, int level, int option, int value) {
  (void)::setsockopt(fd, level, option, &value, sizeof value);
}

Error bind_error(const NetAddress& address, int error_number) {
  const std::string what =
      fmt::format("cannot listen on {}: {}", address.text(), system_message(error_number));
  if (error_number == EADDRINUSE)
    return {ExitCode::kFailure,
            fmt::format("cannot listen on {}: {} has the port. End it, or choose another port with --port N",
                        address.text(), describe_owner(owners_of_tcp_port(address.port())))};
  if (error_number == EACCES)
    return {ExitCode::kFailure, what + "; choose a port from 1024 on with --port N"};
  return {ExitCode::kFailure, what + "; name an address of this machine with --listen"};
}

Expected<UniqueFd> listening_socket(const NetAddress& address) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd)
    return fail(ExitCode::kFailure,
                fmt::format("cannot make a socket for {}: {}", address.text(), system_message(errno)));
  // Connections of a server before this one, which the kernel still remembers, are in nobody's way.
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  // The sockets that it accepts have these too.
  set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, kSendBytes);
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (::bind(fd.get(), address.data(), address.size_bytes()) != 0 || ::listen(fd.get(), kBacklog) != 0)
    return tl::unexpected<Error>(bind_error(address, errno));
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  (void)::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return NetAddress(reinterpret_cast<const sockaddr*>(&address), size).port();
}

}  // namespace

HttpRequest::Method HttpRequest::method() const {
  switch (::evhttp_request_get_command(request_)) {
    case EVHTTP_REQ_HEAD:
      return Method::kHead;
    case EVHTTP_REQ_OPTIONS:
      return Method::kOptions;
    default:
      return Method::kGet;
  }
}

std::string HttpRequest::path() const {
  const evhttp_uri* uri = ::evhttp_request_get_evhttp_uri(request_);
  const char* path = uri != nullptr ? ::evhttp_uri_get_path(uri) : nullptr;
  return path != nullptr ? path : "";
}

std::optional<std::string> HttpRequest::parameter(const char* name) const {
  const evhttp_uri* uri = ::evhttp_request_get_evhttp_uri(request_);
  const char* query = uri != nullptr ? ::evhttp_uri_get_query(uri) : nullptr;
  if (query == nullptr) return std::nullopt;
  evkeyvalq all = {};
  if (::evhttp_parse_query_str(query, &all) != 0) return std::nullopt;
  const char* value = ::evhttp_find_header(&all, name);
  std::optional<std::string> found = value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  ::evhttp_clear_headers(&all);
  return found;
}

std::string_view HttpRequest::header(const char* name) const {
  const char* value = ::evhttp_find_header(::evhttp_request_get_input_headers(request_), name);
  return value != nullptr ? value : "";
}

void HttpRequest::answer(const HttpAnswer& answer) const {
  add_headers(request_, answer.headers, answer.body != nullptr ? answer.content_type : "");
  const Buffer body(::evbuffer_new());
  if (answer.body != nullptr && method() != Method::kHead) add_shared(body.get(), answer.body);
  if (answer.body != nullptr && method() == Method::kHead)
    add_headers(request_, {{"Content-Length", std::to_string(answer.body->size())}}, "");
  ::evhttp_send_reply(request_, answer.status, std::string(reason_of(answer.status)).c_str(), body.get());
}

EventStream::EventStream(const HttpRequest& request, const HttpHeaders& headers)
    : request_(request.request_) {
  add_headers(request_, headers, "text/event-stream");
  ::evhttp_connection_set_closecb(::evhttp_request_get_connection(request_), on_close, this);
  ::evhttp_send_reply_start(request_, 200, "OK");
}

EventStream::~EventStream() {
  // Of a connection that has failed the request is left to us; else it goes with the connection.
  evhttp_connection* connection = is_closed_ ? nullptr : ::evhttp_request_get_connection(request_);
  if (connection == nullptr) return;
  ::evhttp_connection_set_closecb(connection, nullptr, nullptr);
  ::evhttp_connection_free(connection);
}

void EventStream::on_close(evhttp_connection*, void* self) {
  auto& stream = *static_cast<EventStream*>(self);
  stream.is_closed_ = true;
  if (::evhttp_request_get_connection(stream.request_) == nullptr) ::evhttp_request_free(stream.request_);
  stream.request_ = nullptr;
}

void EventStream::on_sent(evhttp_connection*, void* self) {
  static_cast<EventStream*>(self)->is_sending_ = false;
}

void EventStream::send(const SharedText& text) {
  if (!can_take()) return;
  is_sending_ = true;
  const Buffer buffer(::evbuffer_new());
  add_shared(buffer.get(), text);
  ::evhttp_send_reply_chunk_with_cb(request_, buffer.get(), on_sent, this);
}

Expected<std::unique_ptr<HttpServer>> HttpServer::open(const NetAddress& address, Handler handler) {
  auto socket = listening_socket(address);
  if (!socket) return tl::unexpected<Error>(std::move(socket.error()));
  const std::uint16_t port = port_of(socket->get());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(*socket), std::move(handler), port));
}

HttpServer::HttpServer(UniqueFd socket, Handler handler, std::uint16_t port)
    : socket_(std::move(socket)), handler_(std::move(handler)), port_(port) {
  base_ = ::event_base_new();
  http_ = ::evhttp_new(base_);
  if (http_ == nullptr) std::abort();  // no memory at the very start
  ::evhttp_set_allowed_methods(http_, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_OPTIONS);
  ::evhttp_set_max_headers_size(http_, kMostHeaderBytes);
  ::evhttp_set_max_body_size(http_, 0);
  ::evhttp_set_timeout(http_, kPatienceSeconds);
  ::evhttp_set_gencb(http_, on_request, this);
  const auto new_connection = [](event_base* base, void* self) {
    static_cast<HttpServer*>(self)->count_connections();
    return ::bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
  };
  ::evhttp_set_bevcb(http_, new_connection, this);
  listener_ = ::evconnlistener_new(base_, nullptr, nullptr, LEV_OPT_CLOSE_ON_EXEC, 0, socket_.get());
  ::evhttp_bind_listener(http_, listener_);
  timer_ = ::evtimer_new(base_, on_tick, this);
  const auto go_on = [](int, short, void* self) {
    ::evconnlistener_enable(static_cast<HttpServer*>(self)->listener_);
  };
  pause_ = ::evtimer_new(base_, go_on, this);
}

HttpServer::~HttpServer() {
  ::event_free(pause_);
  ::event_free(timer_);
  ::evhttp_free(http_);
  ::event_base_free(base_);
}

void HttpServer::count_connections() {
  if (directory_entries("/proc/self/fd").size() < kMostDescriptors) return;
  ::evconnlistener_disable(listener_);
  ::evtimer_add(pause_, &kPause);
}

void HttpServer::on_request(evhttp_request* request, void* self) {
  auto& server = *static_cast<HttpServer*>(self);
  server.handler_(HttpRequest(request));
  server.do_tick();
}

void HttpServer::on_tick(int, short, void* self) {
  static_cast<HttpServer*>(self)->do_tick();
}

void HttpServer::do_tick() {
  if (!tick_) return;
  const std::int64_t next_ns = tick_();
  ::evtimer_del(timer_);
  if (next_ns == std::numeric_limits<std::int64_t>::max()) return;
  const std::int64_t rest_us = std::max<std::int64_t>(0, (next_ns - MonotonicClock().now_ns()) / 1000);
  const timeval rest = {.tv_sec = rest_us / 1'000'000, .tv_usec = rest_us % 1'000'000};
  ::evtimer_add(timer_, &rest);
}

void HttpServer::run(std::function<std::int64_t()> tick) {
  tick_ = std::move(tick);
  const auto stop = [](int, short, void* base) { ::event_base_loopbreak(static_cast<event_base*>(base)); };
  std::array<event*, 3> signals = {};
  const std::array numbers = {SIGTERM, SIGINT, SIGHUP};
  for (std::size_t i = 0; i < signals.size(); ++i) {
    signals[i] = evsignal_new(base_, numbers[i], stop, base_);
    ::event_add(signals[i], nullptr);
  }
  do_tick();
  // One that came before these events stood is only in the flag.
  if (stop_signal() == 0) ::event_base_dispatch(base_);
  for (event* signal : signals) ::event_free(signal);
  tick_ = nullptr;
}

}  // namespace pitbridge::serve
