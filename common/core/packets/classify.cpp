// SPDX-License-Identifier: MIT
#include "common/core/packets/classify.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace pitbridge {
namespace {

/// A format is named by its year, and other games of a series are a few years away.
constexpr std::uint64_t kYearsAround = 20;

bool has_size(const PacketKind& kind, std::size_t size_bytes) {
  return std::find(kind.sizes.begin(), kind.sizes.end(), size_bytes) != kind.sizes.end();
}

bool has_marks(const PacketKind& kind, std::span<const std::byte> packet) {
  return std::all_of(kind.marks.begin(), kind.marks.end(), [&](const PacketMark& mark) {
    return mark.offset_bytes + mark.width_bytes <= packet.size() &&
           packet_word(packet, mark.offset_bytes, mark.width_bytes) == mark.value;
  });
}

bool is_plausible(const PacketKind& kind, std::span<const std::byte> packet) {
  return std::all_of(kind.bounds.begin(), kind.bounds.end(), [&](const PacketBound& bound) {
    if (bound.offset_bytes + sizeof(float) > packet.size()) return false;
    const auto value = static_cast<double>(std::bit_cast<float>(
        static_cast<std::uint32_t>(packet_word(packet, bound.offset_bytes, sizeof(float)))));
    return value >= bound.least && value <= bound.most;  // and so not for NaN
  });
}

/// The first mark of the kind is a word that names a format, and the packet has one that is near.
bool is_of_another_format(const PacketKind& kind, std::span<const std::byte> packet) {
  if (kind.marks.empty() || kind.marks.front().width_bytes < 2) return false;
  const PacketMark& format = kind.marks.front();
  if (format.offset_bytes + format.width_bytes > packet.size()) return false;
  const std::uint64_t word = packet_word(packet, format.offset_bytes, format.width_bytes);
  const std::uint64_t apart = word > format.value ? word - format.value : format.value - word;
  return apart != 0 && apart <= kYearsAround;
}

/// Of a packet whose size no kind has.
JunkReason fault_of_size(std::span<const PacketKind> kinds, std::size_t size_bytes) {
  std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t most = 0;
  for (const PacketKind& kind : kinds) {
    for (const std::uint32_t size : kind.sizes) {
      least = std::min(least, size);
      most = std::max(most, size);
    }
  }
  if (size_bytes < least) return JunkReason::kTooShort;
  return size_bytes > most ? JunkReason::kTooLong : JunkReason::kOtherSize;
}

}  // namespace

std::uint64_t packet_word(std::span<const std::byte> packet, std::uint32_t offset_bytes,
                          std::uint32_t width_bytes) {
  if (width_bytes > sizeof(std::uint64_t) || offset_bytes + std::size_t{width_bytes} > packet.size())
    return 0;
  std::uint64_t word = 0;
  for (std::uint32_t i = width_bytes; i-- > 0;)
    word = word << 8U | std::to_integer<std::uint64_t>(packet[offset_bytes + i]);
  return word;
}

PacketClass classify(std::span<const PacketKind> kinds, std::span<const std::byte> packet) {
  bool known_size = false;
  bool known_marks = false;
  bool known_format = false;
  bool other_format = false;
  for (const PacketKind& kind : kinds) {
    const bool size_fits = has_size(kind, packet.size());
    const bool marks_fit = has_marks(kind, packet);
    if (size_fits && marks_fit && is_plausible(kind, packet)) return {.kind = &kind};
    known_size |= size_fits;
    known_marks |= size_fits && marks_fit;
    if (kind.marks.empty()) continue;
    const PacketMark& first = kind.marks.front();
    known_format |= packet_word(packet, first.offset_bytes, first.width_bytes) == first.value;
    other_format |= is_of_another_format(kind, packet);
  }
  if (known_marks) return {.reason = JunkReason::kImplausible};
  if (other_format && !known_format) return {.reason = JunkReason::kOtherFormat};
  if (!known_size) return {.reason = fault_of_size(kinds, packet.size())};
  return {.reason = JunkReason::kUnknownMark};
}

}  // namespace pitbridge
