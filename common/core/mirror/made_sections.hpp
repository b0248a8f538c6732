// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/core/mirror/ports.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// Sections that this process makes, in the place of a game: of packets, of a recording, of a model. A bridge
/// mirrors them as it does a game's own. One thread writes and mirrors, so a state is whole when it is read.
class MadeSections : public Source {
 public:
  /// `sim` must outlive it.
  explicit MadeSections(const Sim& sim);

  const Sim& sim() const { return sim_; }
  /// The bytes of the section that is mirrored to `file_name`, to be written in place. It is made of zeros
  /// where there was none, or one of another size: layouts are told by the size, so that one is another
  /// section. Empty: the sim has no such mapping.
  std::span<std::byte> section(std::string_view file_name, std::size_t size_bytes);
  /// What was written there is the next state, and is to be shown.
  void updated(std::string_view file_name);
  void close(std::string_view file_name);
  void close_all();
  /// Of all sections together, since the beginning.
  std::uint64_t updates() const { return updates_; }

  /// The game that is shown, while there is one.
  void set_game(std::optional<Game> game) { game_ = std::move(game); }
  const std::optional<Game>& game() const { return game_; }

  Expected<std::unique_ptr<View>> open(std::string_view mapping_name) override;
  std::optional<SectionId> identify(std::string_view mapping_name) override;
  bool takes_new_names() override;
  Expected<void> own(std::string_view mapping_name, const std::string& file_path) override;
  std::optional<Game> find_game(const Sim& /*sim*/) override { return game_; }
  bool game_runs() override { return game_.has_value(); }
  bool others_run() override { return game_.has_value(); }
  /// There is no session that anybody could hold.
  Expected<void> stop_holding_session() override { return {}; }
  bool session_ends() override { return false; }

 private:
  struct Section {
    SectionId id;
    std::vector<std::byte> bytes;
    std::uint64_t updates = 0;
  };
  class MadeView;
  struct Slot {
    const Mapping* mapping;
    std::shared_ptr<Section> section = nullptr;
  };

  Slot* slot_of(std::string_view file_name);
  const Section* section_named(std::string_view mapping_name) const;

  const Sim& sim_;
  std::vector<Slot> slots_;
  std::optional<Game> game_;
  std::uint64_t sections_made_ = 0, updates_ = 0;
  bool has_new_names_ = false;
};

}  // namespace pitbridge
