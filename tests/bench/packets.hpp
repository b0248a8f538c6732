// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pitbridge::bench {

/// What one way of receiving packets gave in one case.
struct PacketFigures {
  std::vector<double> latencies_us;  ///< from before a packet is sent until its bytes are in the file
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;  ///< sent, and never in a file
  double cpu_percent = 0;  ///< of one core
  double wake_ups_hz = 0;
};
/// By case, then by variant. The names stand in the tables.
using PacketResults = std::map<std::string, std::map<std::string, PacketFigures>>;

/// `pitbridge udp` beside a loop of recvfrom that copies into a file: all kinds of packets of a sim at 60 Hz,
/// one of them at 1000 Hz, and nothing at all. Needs no Wine.
void run_packets(double seconds, PacketResults& results);

std::string table_of_packets(const PacketResults& results);

}  // namespace pitbridge::bench
