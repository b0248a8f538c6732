// SPDX-License-Identifier: MIT
#include "common/core/packets/packet_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pitbridge {
namespace {

/// No file system has this number, so that no section of packets is taken for a file.
constexpr std::uint64_t kDevice = ~std::uint64_t{0};

}  // namespace

class PacketSections::PacketView final : public View {
 public:
  explicit PacketView(std::shared_ptr<Section> section) : section_(std::move(section)) {}

  SectionId id() const override { return section_->id; }
  std::size_t size_bytes() const override { return section_->packet.size(); }
  /// The mirrored file is the only memory that anybody else can map, and it has the same bytes.
  int descriptor() const override { return -1; }
  bool read(std::size_t offset_bytes, std::span<std::byte> out) const override {
    std::copy_n(section_->packet.begin() + static_cast<std::ptrdiff_t>(offset_bytes), out.size(),
                out.begin());
    return true;
  }
  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const override {
    return std::equal(known.begin(), known.end(),
                      section_->packet.begin() + static_cast<std::ptrdiff_t>(offset_bytes));
  }
  /// A packet is whole when it arrives.
  void let_the_game_go_on() const override {}
  std::optional<std::uint64_t> updates() const override { return section_->updates; }

 private:
  std::shared_ptr<Section> section_;
};

PacketSections::PacketSections(const Sim& sim, GameFinder& games, Clock& clock, Log& log)
    : sim_(sim), games_(games), clock_(clock), log_(log) {
  for (const Mapping& mapping : sim.mappings) slots_.push_back({.mapping = &mapping});
}

PacketClass PacketSections::classify(std::span<const std::byte> packet) const {
  return pitbridge::classify(sim_.packets->kinds, packet);
}

std::optional<JunkReason> PacketSections::take(const PacketKind& kind, std::span<const std::byte> packet,
                                               const PacketSender& sender) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                 [&](const Slot& s) { return s.mapping->file_name() == kind.mapping; });
  if (slot == slots_.end()) return JunkReason::kUnknownMark;
  const std::int64_t now_ns = clock_.now_ns();
  if (const auto reason = refuse(kind, *slot, packet, sender, now_ns)) return reason;
  slot->last_ns = now_ns;
  if (sender_.empty() || sender != last_sender_) sender_ = sender.text();
  last_sender_ = sender;
  store(*slot, packet);
  return std::nullopt;
}

std::optional<JunkReason> PacketSections::refuse(const PacketKind& kind, Slot& slot,
                                                 std::span<const std::byte> packet,
                                                 const PacketSender& sender, std::int64_t now_ns) {
  const bool names_session = kind.session_width_bytes != 0;
  NewestOrigin& origins = names_session ? sessions_ : slot.origins;
  const PacketOrigin origin = {sender,
                               packet_word(packet, kind.session_offset_bytes, kind.session_width_bytes)};
  switch (origins.judge(origin, now_ns)) {
    case NewestOrigin::Standing::kCurrent:
      break;
    case NewestOrigin::Standing::kTakesOver:
      for (Slot& each : slots_)
        if (names_session || &each == &slot) each.late.start_anew();
      break;
    case NewestOrigin::Standing::kOlder:
      if (origins.takes_conflict())
        log_.write(LogLevel::kWarning,
                   fmt::format("{}: {} and {} send at the same time; the one that began last is shown, {}",
                               sim_.description, sender.text(), origins.current().sender.text(),
                               "let one of them send to another port"));
      return JunkReason::kOtherSender;
  }
  if (kind.order_width_bytes != 0 &&
      slot.late.is_late(packet_word(packet, kind.order_offset_bytes, kind.order_width_bytes), now_ns))
    return JunkReason::kLate;
  return std::nullopt;
}

void PacketSections::store(Slot& slot, std::span<const std::byte> packet) {
  // Layouts are told by the size, so one of another size is another section.
  if (slot.section == nullptr || slot.section->packet.size() != packet.size()) {
    slot.section = std::make_shared<Section>();
    slot.section->id = {kDevice, ++sections_made_};
    slot.section->packet.resize(packet.size());
    has_new_names_ = true;
  }
  std::copy(packet.begin(), packet.end(), slot.section->packet.begin());
  ++slot.section->updates;
}

PacketSections::Slot* PacketSections::living_slot_of(std::string_view mapping_name) {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const Slot& slot) { return slot.mapping->name == mapping_name; });
  if (found == slots_.end() || found->section == nullptr) return nullptr;
  if (!game_ && clock_.now_ns() - found->last_ns >= kSilentNs) {
    found->section.reset();
    return nullptr;
  }
  return &*found;
}

Expected<std::unique_ptr<View>> PacketSections::open(std::string_view mapping_name) {
  const Slot* slot = living_slot_of(mapping_name);
  if (slot == nullptr) return std::unique_ptr<View>();
  return std::unique_ptr<View>(std::make_unique<PacketView>(slot->section));
}

std::optional<SectionId> PacketSections::identify(std::string_view mapping_name) {
  const Slot* slot = living_slot_of(mapping_name);
  if (slot == nullptr) return std::nullopt;
  return slot->section->id;
}

bool PacketSections::takes_new_names() {
  return std::exchange(has_new_names_, false);
}

Expected<void> PacketSections::own(std::string_view mapping_name, const std::string& /*file_path*/) {
  return fail(ExitCode::kUsage, fmt::format("{}: a game that sends packets takes no memory", mapping_name));
}

std::optional<Game> PacketSections::find_game(const Sim& sim) {
  game_ = games_.find(sim);
  return game_;
}

bool PacketSections::game_runs() {
  if (game_ && games_.runs(*game_)) return true;
  if (!game_) return false;
  game_.reset();
  // What comes from now on is somebody else's.
  for (Slot& slot : slots_) slot.section.reset();
  return false;
}

void deliver(std::span<PacketSections* const> sims, std::span<const std::byte> packet,
             const PacketSender& sender) {
  PacketSections* best = nullptr;
  const PacketKind* kind = nullptr;
  for (PacketSections* sim : sims) {
    const PacketClass found = sim->classify(packet);
    if (found.kind == nullptr || (kind != nullptr && kind->marks.size() >= found.kind->marks.size()))
      continue;
    best = sim;
    kind = found.kind;
  }
  if (best == nullptr) {
    for (PacketSections* sim : sims) sim->counts().add(sim->classify(packet).reason);
    return;
  }
  if (const auto reason = best->take(*kind, packet, sender)) {
    best->counts().add(*reason);
  } else {
    ++best->counts().taken;
  }
}

}  // namespace pitbridge
