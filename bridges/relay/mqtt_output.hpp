// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "bridges/relay/mqtt_client.hpp"
#include "bridges/relay/output.hpp"

namespace pitbridge {

struct MqttOutputSettings {
  MqttUrl url;
  std::string host;  ///< the level of the topics that says which machine this is
  std::string user = {}, password = {}, ca_file = {};
  int qos = 0;          ///< of the values; state and status have 1 at least
  bool retain = false;  ///< the broker keeps the values for those who come later
};

/// PREFIX/HOST/status, PREFIX/HOST/SIM/state, PREFIX/HOST/SIM/GROUP and PREFIX/HOST/SIM/cars.
class MqttOutput final : public Output {
 public:
  static Expected<std::unique_ptr<MqttOutput>> make(const MqttOutputSettings& settings, Log& log);
  /// Says that it goes.
  ~MqttOutput() override;

  std::string_view name() const override { return "mqtt"; }
  void add_to(Waits& waits) const override { client_->add_to(waits); }
  Expected<void> work(std::int64_t now_ns) override { return client_->work(now_ns); }
  void send(const Frame& frame, std::int64_t now_ns) override;
  OutputCounts counts() const override { return counts_; }

 private:
  MqttOutput(MqttOutputSettings settings, Log& log) : settings_(std::move(settings)), log_(log) {}
  std::string topic(std::string_view sim, std::string_view what) const;
  std::string status_topic() const;
  void publish(const std::string& topic, const std::string& payload, int qos, bool retain);
  void drop();
  /// The game has gone: no value of it is true any more.
  void forget_values();
  void send_all(const Frame& frame);

  MqttOutputSettings settings_;
  Log& log_;
  std::unique_ptr<MqttClient> client_;
  std::uint64_t told_connections_ = 0, told_frame_ = 0;
  std::string told_sim_;
  std::map<std::string, std::string> told_;  ///< by topic: what the broker has of us
  std::uint64_t dropped_in_a_row_ = 0;
  OutputCounts counts_;
};

}  // namespace pitbridge
