// SPDX-License-Identifier: MIT
#include "bridges/relay/mqtt_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace pitbridge {
namespace {

constexpr const char* kOnline = "online";
constexpr const char* kOffline = "offline";

}  // namespace

Expected<std::unique_ptr<MqttOutput>> MqttOutput::make(const MqttOutputSettings& settings, Log& log) {
  std::unique_ptr<MqttOutput> output(new MqttOutput(settings, log));
  auto client = MqttClient::make({.url = settings.url,
                                  .ca_file = settings.ca_file,
                                  .user = settings.user,
                                  .password = settings.password,
                                  .client_id = fmt::format("pitbridge-{}-{}", settings.host, ::getpid()),
                                  .will_topic = output->status_topic(),
                                  .will = kOffline},
                                 log);
  if (!client) return tl::unexpected<Error>(std::move(client.error()));
  output->client_ = std::move(*client);
  return output;
}

MqttOutput::~MqttOutput() {
  if (client_ == nullptr || !client_->is_connected()) return;
  publish(status_topic(), kOffline, 1, true);
  client_->disconnect();
}

std::string MqttOutput::topic(std::string_view sim, std::string_view what) const {
  return fmt::format("{}/{}/{}/{}", settings_.url.prefix, settings_.host, topic_level(sim), what);
}

std::string MqttOutput::status_topic() const {
  return fmt::format("{}/{}/status", settings_.url.prefix, settings_.host);
}

void MqttOutput::publish(const std::string& topic, const std::string& payload, int qos, bool retain) {
  std::string& told = told_[topic];
  if (told == payload) return;
  if (!client_->publish(topic, payload, qos, retain)) return;
  told = payload;
  ++counts_.sent;
}

void MqttOutput::drop() {
  ++counts_.dropped;
  if (dropped_in_a_row_++ == 0)
    log_.write(LogLevel::kWarning,
               settings_.url.text() + ": the broker is slow, or does not acknowledge; frames are dropped");
}

void MqttOutput::send(const Frame& frame, std::int64_t /*now_ns*/) {
  if (!client_->is_connected()) return;
  const bool is_new_connection = client_->connections() != told_connections_;
  if (!is_new_connection && frame.number == told_frame_) return;
  // A frame goes out whole or not at all. Of one that does not, the next has whatever is still true.
  if (client_->is_slow()) return drop();
  if (dropped_in_a_row_ != 0)
    log_.write(LogLevel::kInfo, fmt::format("{}: goes on after {} frames that were dropped",
                                            settings_.url.text(), dropped_in_a_row_));
  dropped_in_a_row_ = 0;
  if (is_new_connection) told_.clear();
  told_connections_ = client_->connections();
  told_frame_ = frame.number;
  send_all(frame);
}

void MqttOutput::forget_values() {
  const std::string begin = topic(told_sim_, ""), state = topic(told_sim_, "state");
  for (auto it = told_.lower_bound(begin); it != told_.end() && it->first.starts_with(begin);) {
    if (it->first == state) {
      ++it;
      continue;
    }
    // Who comes later must not take the last values of a game for those of now.
    if (settings_.retain) (void)client_->publish(it->first, "", settings_.qos, true);
    it = told_.erase(it);
  }
}

void MqttOutput::send_all(const Frame& frame) {
  const int sure = std::max(settings_.qos, 1);
  publish(status_topic(), kOnline, sure, true);
  if (frame.sim == nullptr) return;
  if (!told_sim_.empty() && told_sim_ != frame.sim->name) {
    publish(topic(told_sim_, "state"), state_of_nobody(), sure, true);
    forget_values();
  }
  told_sim_ = frame.sim->name;
  if (frame.groups.empty()) forget_values();
  publish(topic(told_sim_, "state"), frame.state, sure, true);
  for (const GroupValues& group : frame.groups)
    publish(topic(told_sim_, group.name), group.text, settings_.qos, settings_.retain);
  if (!frame.cars.empty()) publish(topic(told_sim_, kCarsGroup), frame.cars, settings_.qos, settings_.retain);
}

}  // namespace pitbridge
