// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/packets/packet_sender.hpp"
#include "common/posix/net/host_port.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// A packet as it came. Its bytes stay until the next `receive`.
struct Datagram {
  std::span<const std::byte> bytes;
  PacketSender sender;
};

/// A port that packets are sent to. Never waits.
class UdpSocket {
 public:
  static constexpr std::size_t kMostAtOnce = 64;
  /// Wreckfest 2 sends 8195. Of what is longer, so much is received.
  static constexpr std::size_t kMostBytes = 16'384;

  /// Fails where another program has the port, and says which.
  static Expected<UdpSocket> open(const NetAddress& address);
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&& other) noexcept;
  ~UdpSocket();

  int fd() const { return fd_.get(); }
  const NetAddress& address() const { return address_; }
  /// What has arrived, at most `kMostAtOnce`.
  std::span<const Datagram> receive();
  /// How many more the kernel has thrown away, because nobody took them in time, since the last call.
  std::uint64_t takes_dropped();

 private:
  struct Buffers;
  UdpSocket(UniqueFd fd, const NetAddress& address);

  UniqueFd fd_;
  NetAddress address_;
  std::unique_ptr<Buffers> buffers_;
  std::uint32_t dropped_ = 0, dropped_before_ = 0;
};

/// Sends each packet on to where other programs wait for it. What does not arrive is lost, as for any sender.
class Forwarder {
 public:
  explicit Forwarder(std::vector<NetAddress> targets);

  void send(std::span<const Datagram> packets) const;
  bool empty() const { return targets_.empty(); }

 private:
  std::vector<NetAddress> targets_;
  UniqueFd ipv4_, ipv6_;
};

/// Whether what is sent to `target` would come in at `listener` again.
bool leads_back(const NetAddress& target, const NetAddress& listener);

}  // namespace pitbridge
