// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "common/core/model/drive.hpp"
#include "common/core/model/packets.hpp"
#include "common/core/model/schedule.hpp"
#include "common/core/model/writer.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::model {

/// What the script and the field make of a moment. Of the field the player's place is the title's.
Moment moment_of(const Title& title, const Drive& drive, FieldSetup field, Activity activity,
                 double racing_seconds);

/// All that a game of a title writes: its mappings, or the packets that stand for mappings.
class ModelGame {
 public:
  /// The bytes of a mapping, the same at each call, of zeros at the first.
  using SectionOf = std::function<std::span<std::byte>(std::string_view mapping, std::size_t size_bytes)>;
  using Updated = std::function<void(std::string_view mapping)>;

  /// `rate_hz`: of each mapping; 0: the sim's own rates. `session`: what stands where packets name theirs.
  ModelGame(const Sim& sim, const Title& title, double rate_hz, std::uint64_t session);

  void start(double now_seconds);
  double next_seconds() const;
  /// Writes what is due by now.
  void update_due(double now_seconds, const Moment& moment, const SectionOf& section_of,
                  const Updated& updated);

 private:
  struct Part {
    const Mapping* mapping;
    const Layout* layout;
    UpdateSchedule schedule;
    std::vector<GamePacket> packet;  ///< one, of a sim that sends them
    bool is_begun = false;
  };
  void update(Part& part, const Moment& moment, std::span<std::byte> section, std::uint32_t frame);

  const Title& title_;
  std::vector<Part> parts_;
};

}  // namespace pitbridge::model
