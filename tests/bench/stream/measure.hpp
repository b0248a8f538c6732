// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/stream/channel.hpp"

/// One way, one size, one count of consumers: the producer is this process on core 0, each consumer a process
/// on core 1.
namespace pitbridge::bench {

struct Cell {
  std::string channel;
  std::size_t size_bytes = 64;
  std::size_t consumers = 1;
  bool is_busy = false;  ///< a process on each core computes all the time

  auto operator<=>(const Cell&) const = default;
};

struct Tools {
  std::string directory, peer;
  std::size_t ring_bytes = 0;
  std::size_t socket_bytes = 0;
};

/// As fast as it goes, and nothing lost; of a kind that loses frames, what each consumer has seen on average.
struct Throughput {
  double frames_hz = 0;
  std::uint64_t lost = 0;  ///< of all consumers together
};
/// Nothing: this way does not take such frames.
std::optional<Throughput> measure_throughput(const Cell& cell, const Tools& tools, double seconds);

/// At a rate that leaves time to sleep: from before the send to when a consumer has all of the frame.
struct Latency {
  std::vector<double> us;  ///< of each frame and consumer
  std::uint64_t sent = 0, lost = 0;
  double producer_cpu_us = 0, consumer_cpu_us = 0;  ///< for each frame
};
std::optional<Latency> measure_latency(const Cell& cell, const Tools& tools, double rate_hz, double seconds);

/// Of 64 MiB to 64 MiB in one process, in bytes a second.
double measure_memcpy(double seconds);

}  // namespace pitbridge::bench
