// SPDX-License-Identifier: MIT
// Whatever comes to the port of sims that send packets: what a packet is by each sim's tables, and a whole
// drive of packets through the sections of all sims at once. The input is cut into packets.
#include <algorithm>

#include "common/core/mirror/status_page.hpp"
#include "common/core/packets/packet_sections.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace pitbridge {
namespace {

class StillClock final : public Clock {
 public:
  std::int64_t now = 1;
  std::int64_t now_ns() override { return now; }
};
class NoGames final : public GameFinder {
 public:
  std::optional<Game> find(const Sim& /*sim*/) override { return std::nullopt; }
  bool runs(const Game& /*game*/) override { return false; }
};
class NoLog final : public Log {
 public:
  void write(LogLevel /*level*/, std::string_view /*line*/) override {}
};

void check_class(const PacketSections& sections, std::span<const std::byte> packet) {
  const PacketClass found = sections.classify(packet);
  if (found.kind == nullptr) return;
  bool has_size = false;
  for (const std::uint32_t size : found.kind->sizes) has_size |= size == packet.size();
  fuzz::require(has_size);
  fuzz::require(sections.sim().find_mapping(found.kind->mapping) != nullptr);
}

/// What is shown is of a size that a kind has.
void check_sections(PacketSections& sections) {
  for (const Mapping& mapping : sections.sim().mappings) {
    auto view = sections.open(mapping.name);
    fuzz::require(view.has_value());
    if (*view == nullptr) continue;
    std::vector<std::byte> bytes((*view)->size_bytes());
    fuzz::require((*view)->read(0, bytes));
    fuzz::require(sections.classify(bytes).kind != nullptr);
  }
}

/// Cut or filled up to a size that some kind has, in most cases: the others end early.
std::vector<std::byte> take_packet(fuzz::Input& input, const Sim& sim) {
  const auto& kinds = sim.packets->kinds;
  const PacketKind& kind = kinds[input.take_u8() % kinds.size()];
  const std::uint8_t how = input.take_u8();
  const std::size_t size = how < 16 ? input.take_u16() % 4096 : kind.sizes[how % kind.sizes.size()];
  std::vector<std::byte> packet(size);
  const auto content = input.take(std::min<std::size_t>(input.take_u8(), size));
  std::copy(content.begin(), content.end(), packet.begin());
  if (how % 4 == 0) return packet;
  for (const PacketMark& mark : kind.marks)
    for (std::uint32_t i = 0; i < mark.width_bytes && mark.offset_bytes + i < size; ++i)
      packet[mark.offset_bytes + i] = static_cast<std::byte>(mark.value >> (8 * i) & 0xFFU);
  return packet;
}

}  // namespace
}  // namespace pitbridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge;
  fuzz::Input input(data, size);
  StillClock clock;
  NoGames games;
  NoLog log;
  std::vector<std::unique_ptr<PacketSections>> sections;
  std::vector<PacketSections*> all;
  for (const Sim* sim : all_sims()) {
    if (sim->packets == nullptr) continue;
    all.push_back(sections.emplace_back(std::make_unique<PacketSections>(*sim, games, clock, log)).get());
  }
  if (all.empty()) return 0;
  std::uint64_t sent = 0;
  for (int i = 0; i < 64; ++i) {
    const auto packet = take_packet(input, all[input.take_u8() % all.size()]->sim());
    PacketSender sender;
    sender.port = input.take_u8();
    clock.now += std::int64_t{input.take_u8()} * 20'000'000;
    for (const PacketSections* one : all) check_class(*one, packet);
    deliver(all, packet, sender);
    ++sent;
  }
  for (PacketSections* one : all) {
    fuzz::require(one->counts().taken + one->counts().all_junk() <= sent);
    check_sections(*one);
  }
  return 0;
}
