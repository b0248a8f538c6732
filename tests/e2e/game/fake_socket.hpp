// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pitbridge::model {

/// What the game sends its packets with, to a port of this machine. Of Windows.
class FakeSocket {
 public:
  explicit FakeSocket(std::uint16_t port);
  FakeSocket(const FakeSocket&) = delete;
  FakeSocket& operator=(const FakeSocket&) = delete;
  ~FakeSocket();

  bool is_open() const;
  void send(std::span<const std::byte> packet) const;

 private:
  std::uint16_t port_;
  std::uintptr_t socket_;
};

}  // namespace pitbridge::model
