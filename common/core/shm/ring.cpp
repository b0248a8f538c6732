// SPDX-License-Identifier: MIT
#include "common/core/shm/ring.hpp"

#include <string>

namespace pitbridge {

Expected<std::size_t> check_ring(std::span<const std::byte> memory) {
  const auto refuse = [](const std::string& why) {
    return fail(ExitCode::kOutputRefused, "the memory is no ring of ours: " + why);
  };
  if (memory.size() < kRingControlBytes + kMinRingBytes) return refuse("it is too short");
  if (memory.size() > kRingControlBytes + kMaxRingBytes) return refuse("it is too long");
  RingControl control;
  load_relaxed(std::as_writable_bytes(std::span(&control, 1)), memory.data());
  if (std::memcmp(control.magic, kRingMagic, sizeof control.magic) != 0)
    return refuse("it does not begin as one");
  if (control.version != kRingVersion || control.control_bytes != kRingControlBytes)
    return refuse("it has version " + std::to_string(control.version) + ", and this program knows " +
                  std::to_string(kRingVersion) + "; update the older of the two");
  if (control.capacity_bytes != memory.size() - kRingControlBytes ||
      control.capacity_bytes % kRingAlignment != 0)
    return refuse("it says that it holds " + std::to_string(control.capacity_bytes) +
                  " bytes, and has room for " + std::to_string(memory.size() - kRingControlBytes));
  return static_cast<std::size_t>(control.capacity_bytes);
}

}  // namespace pitbridge
