// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "bridges/relay/back_off.hpp"
#include "bridges/relay/mqtt_names.hpp"
#include "bridges/relay/output.hpp"
#include "common/core/error.hpp"
#include "common/core/mirror/ports.hpp"

struct mosquitto;

namespace pitbridge {

struct MqttSettings {
  MqttUrl url;
  std::string ca_file = {};  ///< with TLS; empty: those of the system
  std::string user = {}, password = {};
  std::string client_id;  ///< of two with the same a broker throws the older out
  std::string will_topic, will;
};

/// A connection to a broker that is made again whenever it is lost. The socket of libmosquitto is driven from
/// our thread; only the look-up of the broker's name may wait, as long as the system lets it.
class MqttClient {
 public:
  static Expected<std::unique_ptr<MqttClient>> make(const MqttSettings& settings, Log& log);
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;
  ~MqttClient();

  void add_to(Waits& waits) const;
  /// An error is one that trying again does not mend: the broker refuses the user, or shows a certificate
  /// that nobody vouches for.
  Expected<void> work(std::int64_t now_ns);
  bool is_connected() const { return state_ == State::kConnected; }
  /// Counts the connections: over each new one everything has to be said again.
  std::uint64_t connections() const { return connections_; }
  /// What was published before has not gone out or was not acknowledged: another frame would only queue.
  bool is_slow() const;
  /// Only while it is connected. False: the library did not take it.
  bool publish(const std::string& topic, const std::string& payload, int qos, bool retain);
  /// A farewell, so that the broker does not tell the will. Waits a second at most.
  void disconnect();

 private:
  enum class State : std::uint8_t { kIdle, kConnecting, kConnected };

  MqttClient(MqttSettings settings, Log& log);
  Expected<void> set_up();
  void connect(std::int64_t now_ns);
  /// Whether trying again does not mend it.
  void judge(int code);
  void lost(std::int64_t now_ns, const std::string& why);
  void drive();
  bool wants_to_write() const;
  void on_connect(int code);
  void on_disconnect(int code);

  MqttSettings settings_;
  Log& log_;
  std::unique_ptr<mosquitto, void (*)(mosquitto*)> mosquitto_;
  State state_ = State::kIdle;
  bool by_ipv4_ = false;  ///< the next attempt
  bool is_open_ = false;  ///< the socket is, whatever the broker says then
  std::int64_t connecting_until_ns_ = 0;
  BackOff back_off_;
  bool has_said_ = false;  ///< that it is not connected
  std::string library_says_;
  std::optional<std::string> disconnected_;
  std::optional<Error> fatal_;
  std::set<int> unacknowledged_;
  std::uint64_t connections_ = 0;
};

}  // namespace pitbridge
