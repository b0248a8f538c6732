// SPDX-License-Identifier: MIT
#include "bridges/relay/mqtt_client.hpp"

#include <fmt/format.h>
#include <mosquitto.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// A broker that says nothing for so long counts as lost, and tells our will after one and a half of it.
constexpr int kKeepAliveSeconds = 10;
constexpr std::int64_t kConnectWithinNs = 10'000'000'000;
constexpr int kSendBufferBytes = 64 * 1024;
constexpr std::int64_t kFarewellNs = 1'000'000'000;
/// More than a frame of all groups and cars.
constexpr std::size_t kMostUnacknowledged = 32;
/// The answers of a broker of MQTT 3.1.1 that have to do with who asks.
constexpr int kBadUserOrPassword = 4, kNotAuthorised = 5;

std::string text_of(int code, int error_number) {
  return code == MOSQ_ERR_ERRNO ? system_message(error_number) : mosquitto_strerror(code);
}

}  // namespace

MqttClient::MqttClient(MqttSettings settings, Log& log)
    : settings_(std::move(settings)), log_(log), mosquitto_(nullptr, mosquitto_destroy) {}

MqttClient::~MqttClient() {
  mosquitto_.reset();
  mosquitto_lib_cleanup();
}

Expected<std::unique_ptr<MqttClient>> MqttClient::make(const MqttSettings& settings, Log& log) {
  mosquitto_lib_init();
  std::unique_ptr<MqttClient> client(new MqttClient(settings, log));
  if (auto done = client->set_up(); !done) return tl::unexpected<Error>(std::move(done.error()));
  return client;
}

Expected<void> MqttClient::set_up() {
  const auto check = [&](int code, std::string_view what) -> Expected<void> {
    if (code == MOSQ_ERR_SUCCESS) return {};
    return fail(ExitCode::kUsage, fmt::format("--mqtt: cannot set {}: {}", what, text_of(code, errno)));
  };
  mosquitto_.reset(mosquitto_new(settings_.client_id.c_str(), true, this));
  if (mosquitto_ == nullptr)
    return fail(ExitCode::kFailure, "--mqtt: cannot begin: " + system_message(errno));
  mosquitto* const m = mosquitto_.get();
  mosquitto_connect_callback_set(
      m, [](mosquitto*, void* self, int code) { static_cast<MqttClient*>(self)->on_connect(code); });
  mosquitto_disconnect_callback_set(
      m, [](mosquitto*, void* self, int code) { static_cast<MqttClient*>(self)->on_disconnect(code); });
  mosquitto_publish_callback_set(
      m, [](mosquitto*, void* self, int id) { static_cast<MqttClient*>(self)->unacknowledged_.erase(id); });
  mosquitto_log_callback_set(m, [](mosquitto*, void* self, int level, const char* text) {
    if (level == MOSQ_LOG_ERR) static_cast<MqttClient*>(self)->library_says_ = text;
  });
  auto done =
      check(mosquitto_will_set(m, settings_.will_topic.c_str(), static_cast<int>(settings_.will.size()),
                               settings_.will.c_str(), 1, true),
            "the last will");
  if (done && !settings_.user.empty())
    done = check(mosquitto_username_pw_set(m, settings_.user.c_str(),
                                           settings_.password.empty() ? nullptr : settings_.password.c_str()),
                 "--user");
  if (done && settings_.url.tls && settings_.ca_file.empty())
    done = check(mosquitto_int_option(m, MOSQ_OPT_TLS_USE_OS_CERTS, 1), "TLS");
  if (done && settings_.url.tls && !settings_.ca_file.empty())
    done = check(mosquitto_tls_set(m, settings_.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr),
                 "--ca " + settings_.ca_file);
  return done;
}

void MqttClient::add_to(Waits& waits) const {
  if (state_ == State::kIdle) return waits.until(back_off_.next_ns());
  const int fd = mosquitto_socket(mosquitto_.get());
  if (fd >= 0) waits.fds.push_back({fd, static_cast<short>(wants_to_write() ? POLLIN | POLLOUT : POLLIN), 0});
}

Expected<void> MqttClient::work(std::int64_t now_ns) {
  if (state_ == State::kIdle) {
    if (back_off_.is_over(now_ns)) connect(now_ns);
  } else {
    drive();
    if (state_ == State::kConnecting && now_ns > connecting_until_ns_) disconnected_ = "it does not answer";
  }
  if (fatal_) return tl::unexpected<Error>(*fatal_);
  if (disconnected_) lost(now_ns, *std::exchange(disconnected_, std::nullopt));
  return {};
}

void MqttClient::connect(std::int64_t now_ns) {
  disconnected_.reset();
  library_says_.clear();
  // Of a name with addresses of both kinds the library tries the first alone when it may not wait.
  const int code =
      mosquitto_connect_bind_async(mosquitto_.get(), settings_.url.host.c_str(), settings_.url.port,
                                   kKeepAliveSeconds, by_ipv4_ ? "0.0.0.0" : nullptr);
  const int error_number = errno;
  if (code != MOSQ_ERR_SUCCESS) {
    judge(code);
    return lost(now_ns, text_of(code, error_number));
  }
  // What is not sent at once is a frame that was true a while ago.
  ::setsockopt(mosquitto_socket(mosquitto_.get()), SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes,
               sizeof kSendBufferBytes);
  state_ = State::kConnecting;
  is_open_ = false;
  connecting_until_ns_ = now_ns + kConnectWithinNs;
}

bool MqttClient::wants_to_write() const {
  // That it can be written to is also how a socket says that it is open.
  return !is_open_ || mosquitto_want_write(mosquitto_.get());
}

void MqttClient::drive() {
  mosquitto* const m = mosquitto_.get();
  const int fd = mosquitto_socket(m);
  pollfd ready = {fd, static_cast<short>(POLLIN | POLLOUT), 0};
  int code = fd < 0 ? MOSQ_ERR_NO_CONN : MOSQ_ERR_SUCCESS;
  if (code == MOSQ_ERR_SUCCESS && ::poll(&ready, 1, 0) > 0) {
    if ((ready.revents & POLLOUT) != 0 && wants_to_write()) {
      is_open_ = true;
      code = mosquitto_loop_write(m, 1);
    }
    if (code == MOSQ_ERR_SUCCESS && (ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
      code = mosquitto_loop_read(m, 1);
  }
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_loop_misc(m);
  const int error_number = errno;
  if (code == MOSQ_ERR_SUCCESS) return;
  judge(code);
  if (!disconnected_) disconnected_ = text_of(code, error_number);
}

void MqttClient::judge(int code) {
  const bool is_tls = code == MOSQ_ERR_TLS || code == MOSQ_ERR_TLS_HANDSHAKE;
  // Later it may be a broker that goes down within a handshake.
  if (!is_tls || connections_ != 0) return;
  fatal_ = Error{ExitCode::kFailure,
                 fmt::format("{}: no secure connection: {}{}{}; name the file of the authority that has "
                             "signed its certificate with --ca, and the host as the certificate does",
                             settings_.url.text(), mosquitto_strerror(code),
                             library_says_.empty() ? "" : ": ", library_says_)};
}

void MqttClient::lost(std::int64_t now_ns, const std::string& why) {
  const bool is_name = settings_.url.host.find(':') == std::string::npos;
  if (state_ != State::kConnected) by_ipv4_ = is_name && !by_ipv4_;
  state_ = State::kIdle;
  back_off_.failed(now_ns);
  if (std::exchange(has_said_, true)) return;
  log_.write(LogLevel::kWarning,
             fmt::format("{}: not connected: {}; it is tried again, after a minute at most",
                         settings_.url.text(), why));
}

void MqttClient::on_connect(int code) {
  if (code == 0) {
    state_ = State::kConnected;
    ++connections_;
    back_off_.succeeded();
    has_said_ = false;
    log_.write(LogLevel::kInfo, settings_.url.text() + ": connected");
  } else if (code == kBadUserOrPassword || code == kNotAuthorised) {
    fatal_ = Error{
        ExitCode::kFailure,
        fmt::format("{}: the broker refuses {}: {}; see --user and --password-file", settings_.url.text(),
                    settings_.user.empty() ? std::string("who comes without a user")
                                           : fmt::format("the user \"{}\"", settings_.user),
                    mosquitto_connack_string(code))};
  } else {
    disconnected_ = mosquitto_connack_string(code);
  }
}

void MqttClient::on_disconnect(int code) {
  if (!disconnected_) disconnected_ = text_of(code, errno);
}

bool MqttClient::is_slow() const {
  return mosquitto_want_write(mosquitto_.get()) || unacknowledged_.size() >= kMostUnacknowledged;
}

bool MqttClient::publish(const std::string& topic, const std::string& payload, int qos, bool retain) {
  int id = 0;
  const int code = mosquitto_publish(mosquitto_.get(), &id, topic.c_str(), static_cast<int>(payload.size()),
                                     payload.c_str(), qos, retain);
  if (code == MOSQ_ERR_SUCCESS && qos > 0) unacknowledged_.insert(id);
  return code == MOSQ_ERR_SUCCESS;
}

void MqttClient::disconnect() {
  if (state_ != State::kConnected) return;
  MonotonicClock clock;
  const std::int64_t until_ns = clock.now_ns() + kFarewellNs;
  const auto drive_while = [&](auto condition) {
    while (!disconnected_ && !fatal_ && clock.now_ns() < until_ns && condition()) {
      pollfd ready = {mosquitto_socket(mosquitto_.get()), static_cast<short>(POLLIN | POLLOUT), 0};
      if (!mosquitto_want_write(mosquitto_.get())) ready.events = POLLIN;
      (void)::poll(&ready, 1, 50);
      drive();
    }
  };
  drive_while([&] { return mosquitto_want_write(mosquitto_.get()) || !unacknowledged_.empty(); });
  (void)mosquitto_disconnect(mosquitto_.get());
  drive_while([&] { return mosquitto_socket(mosquitto_.get()) >= 0; });
  state_ = State::kIdle;
}

}  // namespace pitbridge
