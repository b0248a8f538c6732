// SPDX-License-Identifier: MIT
#include "common/core/mirror/made_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace pitbridge {
namespace {

/// No file system has this number, so that no section of ours is taken for a file.
constexpr std::uint64_t kDevice = ~std::uint64_t{0};

}  // namespace

class MadeSections::MadeView final : public View {
 public:
  explicit MadeView(std::shared_ptr<Section> section) : section_(std::move(section)) {}

  SectionId id() const override { return section_->id; }
  std::size_t size_bytes() const override { return section_->bytes.size(); }
  /// The mirrored file is the only memory that anybody else can map, and it has the same bytes.
  int descriptor() const override { return -1; }
  bool read(std::size_t offset_bytes, std::span<std::byte> out) const override {
    std::memcpy(out.data(), section_->bytes.data() + offset_bytes, out.size());
    return true;
  }
  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const override {
    return std::memcmp(known.data(), section_->bytes.data() + offset_bytes, known.size()) == 0;
  }
  /// Nobody writes while we look.
  void let_the_game_go_on() const override {}
  std::optional<std::uint64_t> updates() const override { return section_->updates; }

 private:
  std::shared_ptr<Section> section_;
};

MadeSections::MadeSections(const Sim& sim) : sim_(sim) {
  for (const Mapping& mapping : sim.mappings) slots_.push_back({.mapping = &mapping});
}

MadeSections::Slot* MadeSections::slot_of(std::string_view file_name) {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const Slot& slot) { return slot.mapping->file_name() == file_name; });
  return found == slots_.end() ? nullptr : &*found;
}

const MadeSections::Section* MadeSections::section_named(std::string_view mapping_name) const {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const Slot& slot) { return slot.mapping->name == mapping_name; });
  return found == slots_.end() ? nullptr : found->section.get();
}

std::span<std::byte> MadeSections::section(std::string_view file_name, std::size_t size_bytes) {
  Slot* slot = slot_of(file_name);
  if (slot == nullptr) return {};
  if (slot->section == nullptr || slot->section->bytes.size() != size_bytes) {
    slot->section = std::make_shared<Section>();
    slot->section->id = {kDevice, ++sections_made_};
    slot->section->bytes.resize(size_bytes);
    has_new_names_ = true;
  }
  return slot->section->bytes;
}

void MadeSections::updated(std::string_view file_name) {
  const Slot* slot = slot_of(file_name);
  if (slot == nullptr || slot->section == nullptr) return;
  ++slot->section->updates;
  ++updates_;
}

void MadeSections::close(std::string_view file_name) {
  Slot* slot = slot_of(file_name);
  if (slot == nullptr || slot->section == nullptr) return;
  slot->section.reset();
  has_new_names_ = true;
}

void MadeSections::close_all() {
  for (const Slot& slot : slots_) close(slot.mapping->file_name());
}

Expected<std::unique_ptr<View>> MadeSections::open(std::string_view mapping_name) {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const Slot& slot) { return slot.mapping->name == mapping_name; });
  if (found == slots_.end() || found->section == nullptr) return std::unique_ptr<View>();
  return std::unique_ptr<View>(std::make_unique<MadeView>(found->section));
}

std::optional<SectionId> MadeSections::identify(std::string_view mapping_name) {
  const Section* found = section_named(mapping_name);
  return found != nullptr ? std::optional(found->id) : std::nullopt;
}

bool MadeSections::takes_new_names() {
  return std::exchange(has_new_names_, false);
}

Expected<void> MadeSections::own(std::string_view mapping_name, const std::string& /*file_path*/) {
  return fail(ExitCode::kUsage,
              fmt::format("{}: no game makes this section, so none could take it as memory", mapping_name));
}

}  // namespace pitbridge
