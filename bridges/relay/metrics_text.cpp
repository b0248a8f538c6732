// SPDX-License-Identifier: MIT
#include "bridges/relay/metrics_text.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>

#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

/// A value of a label: names of files and titles are of others.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// One metric: its head, then a line for each thing that has it.
class Metric {
 public:
  Metric(std::string& out, std::string_view name, std::string_view type, std::string_view help)
      : out_(out), name_(name) {
    out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <typename Number>
  void add(const std::string& labels, Number value) {
    out_ += fmt::format("{}{{{}}} {}\n", name_, labels, value);
  }

 private:
  std::string& out_;
  std::string_view name_;
};

std::string labels_of(const BridgeView& bridge) {
  return fmt::format("sim=\"{}\",directory=\"{}\"", label(bridge.entry.sim), label(bridge.entry.directory));
}

struct MappingMetric {
  std::string_view name, type, help;
  std::function<std::optional<double>(const MappingView&)> value;
};

void add_mappings(std::string& out, std::span<const BridgeView> bridges) {
  const auto count = [](std::uint64_t number) { return static_cast<double>(number); };
  const MappingMetric metrics[] = {
      {"pitbridge_mapping_updates_total", "counter", "Updates of the mapping that were published.",
       [&](const MappingView& m) { return count(m.now.updates); }},
      {"pitbridge_mapping_updates_per_second", "gauge", "Updates a second, since the scrape before.",
       [&](const MappingView& m) { return m.rate_hz; }},
      {"pitbridge_mapping_age_seconds", "gauge", "Since the last update.",
       [&](const MappingView& m) { return m.age_s; }},
      {"pitbridge_mapping_retries_total", "counter", "Copies that were made again, since the game wrote.",
       [&](const MappingView& m) { return count(m.now.retries); }},
      {"pitbridge_mapping_torn_total", "counter", "States that were published though the game never rested.",
       [&](const MappingView& m) { return count(m.now.torn); }},
      {"pitbridge_mapping_repairs_total", "counter", "Times that the file was made whole again.",
       [&](const MappingView& m) { return count(m.now.repairs); }}};
  for (const MappingMetric& metric : metrics) {
    Metric lines(out, metric.name, metric.type, metric.help);
    for (const BridgeView& bridge : bridges)
      for (const MappingView& mapping : bridge.mappings)
        if (const auto value = metric.value(mapping))
          lines.add(
              fmt::format("{},file=\"{}\"", labels_of(bridge), label(fixed_text(mapping.now.file_name))),
              *value);
  }
}

void add_packets(std::string& out, std::span<const BridgeView> bridges) {
  Metric taken(out, "pitbridge_packets_taken_total", "counter", "Packets of the sim that were taken.");
  for (const BridgeView& bridge : bridges)
    if (bridge.entry.status.packets) taken.add(labels_of(bridge), bridge.entry.status.packets->taken);
  Metric junk(out, "pitbridge_packets_junk_total", "counter", "Packets that were not taken, by the reason.");
  for (const BridgeView& bridge : bridges)
    if (bridge.entry.status.packets)
      for (const auto& [reason, number] : junk_of(*bridge.entry.status.packets))
        junk.add(fmt::format("{},reason=\"{}\"", labels_of(bridge), reason), number);
}

}  // namespace

std::string metrics_text(std::span<const BridgeView> bridges, std::span<const NamedCounts> outputs) {
  std::string out;
  Metric up(out, "pitbridge_bridge_up", "gauge", "1 while the bridge lives and shows signs of life.");
  for (const BridgeView& bridge : bridges)
    up.add(labels_of(bridge), bridge.entry.bridge_runs && !bridge.hang ? 1 : 0);
  Metric state(out, "pitbridge_bridge_state", "gauge", "1; the state and the game stand in the labels.");
  for (const BridgeView& bridge : bridges)
    state.add(fmt::format("{},state=\"{}\",title=\"{}\"", labels_of(bridge), bridge.state(),
                          label(bridge.title_name())),
              1);
  add_mappings(out, bridges);
  add_packets(out, bridges);
  Metric sent(out, "pitbridge_relay_sent_total", "counter", "Messages, lines or datagrams that were sent.");
  for (const NamedCounts& output : outputs)
    sent.add(fmt::format("output=\"{}\"", output.name), output.counts.sent);
  Metric dropped(out, "pitbridge_relay_dropped_total", "counter", "Those that could not be sent in time.");
  for (const NamedCounts& output : outputs)
    dropped.add(fmt::format("output=\"{}\"", output.name), output.counts.dropped);
  return out;
}

}  // namespace pitbridge
