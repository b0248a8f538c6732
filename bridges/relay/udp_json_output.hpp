// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bridges/relay/output.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/posix/net/udp_socket.hpp"

namespace pitbridge {

/// A frame as one JSON object: "sim", "title", "activity", and the values of as many groups as fit into
/// `most_bytes`, each whole.
struct UdpJson {
  std::string text;
  std::vector<std::string_view> left_out;
};
UdpJson udp_json(const Frame& frame, std::size_t most_bytes);

/// One datagram whenever something has changed, and once a second, for one may be lost.
class UdpJsonOutput final : public Output {
 public:
  /// What a network carries in one piece.
  static constexpr std::size_t kMostBytes = 1'400;

  UdpJsonOutput(std::vector<NetAddress> targets, Log& log) : forwarder_(std::move(targets)), log_(log) {}

  std::string_view name() const override { return "udp-json"; }
  void add_to(Waits& /*waits*/) const override {}
  Expected<void> work(std::int64_t /*now_ns*/) override { return {}; }
  void send(const Frame& frame, std::int64_t now_ns) override;
  OutputCounts counts() const override { return counts_; }

 private:
  Forwarder forwarder_;
  Log& log_;
  std::uint64_t told_frame_ = 0;
  std::int64_t next_ns_ = 0;
  bool has_said_ = false;
  OutputCounts counts_;
};

}  // namespace pitbridge
