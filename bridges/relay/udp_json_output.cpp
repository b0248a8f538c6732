// SPDX-License-Identifier: MIT
#include "bridges/relay/udp_json_output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bridges/output/json_text.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kAgainNs = 1'000'000'000;

}  // namespace

UdpJson udp_json(const Frame& frame, std::size_t most_bytes) {
  UdpJson made;
  Json json = {{"sim", frame.sim != nullptr ? frame.sim->name : ""},
               {"title", frame.title},
               {"activity", frame.activity}};
  std::size_t size = json_text(json, JsonForm::kOneLine).size();
  for (const GroupValues& group : frame.groups) {
    // Without the two braces, and with a comma.
    const std::size_t more = group.text.size() - 1;
    if (size + more > most_bytes) {
      made.left_out.push_back(group.name);
      continue;
    }
    size += more;
    json.update(group.values);
  }
  made.text = json_text(json, JsonForm::kOneLine);
  return made;
}

void UdpJsonOutput::send(const Frame& frame, std::int64_t now_ns) {
  if (frame.number == told_frame_ && now_ns < next_ns_) return;
  told_frame_ = frame.number;
  next_ns_ = now_ns + kAgainNs;
  const UdpJson made = udp_json(frame, kMostBytes);
  if (!made.left_out.empty() && !has_said_) {
    has_said_ = true;
    log_.write(LogLevel::kWarning,
               fmt::format("--udp-json: a datagram has no room for {}; choose with --groups",
                           fmt::join(made.left_out, ", ")));
  }
  const Datagram packet = {std::as_bytes(std::span(made.text)), {}};
  forwarder_.send({&packet, 1});
  ++counts_.sent;
}

}  // namespace pitbridge
