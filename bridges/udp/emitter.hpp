// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/settings/user_settings.hpp"
#include "common/posix/net/udp_socket.hpp"
#include "common/reader/pitbridge.hpp"

namespace pitbridge {

/// Sends what a live sim's values page says on as OutGauge, for what understands nothing else. It is a reader
/// of the pages like any, so that the sim may send packets or have shared memory, and anybody's bridge may
/// serve it.
class OutgaugeEmitter {
 public:
  /// `sims`: of several the first that is live; of none whichever is driven. `user` must outlive it.
  OutgaugeEmitter(const std::vector<const Sim*>& sims, NetAddress target, const UserSettings& user);

  const NetAddress& target() const { return target_; }
  std::int64_t next_ns() const { return next_ns_; }
  /// Sends, if it is time and a car is driven.
  void step(std::int64_t now_ns);

 private:
  /// False: no car is driven there.
  bool send_from(reader::Reader& reader, std::int64_t now_ns);

  std::vector<reader::Reader> readers_;
  std::size_t live_ = 0;  ///< the reader whose sim was live last
  NetAddress target_;
  Forwarder sender_;
  std::int64_t start_ns_ = 0;
  std::int64_t next_ns_ = 0;
};

}  // namespace pitbridge
