// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/core/sim/sim.hpp"

namespace pitbridge::model {

/// Finds a field of the mapping that is written; nothing for an unknown or empty name.
using FieldFinder = std::function<std::optional<Field>(std::string_view name)>;

/// What is told of a car.
struct Told {
  std::function<double(Quantity, int element)> number;  ///< NaN: nothing; `kNoneNow`: that there is none
  std::function<const std::string&(Quantity)> text;     ///< empty: nothing
};

/// Writes the fields of channels so that core's decoder finds what is told: its opposite. What a channel
/// computes it leaves alone (`write_computed`).
class ChannelWriter {
 public:
  /// How far the record of a field lies behind the first.
  using ShiftOf = std::function<std::uint64_t(const Field& field)>;

  /// `channels` are all of one car, the title's or those of its table of cars.
  ChannelWriter(std::span<std::byte> section, std::span<const Channel> channels, std::string_view mapping,
                const FieldFinder& find, double clock_seconds)
      : section_(section),
        channels_(channels),
        mapping_(mapping),
        find_(find),
        clock_seconds_(clock_seconds) {}

  void write(const Channel& channel, const Told& told, const ShiftOf& shift_of) const;

 private:
  struct RawValues {
    double field = 0;
    std::optional<double> other;
  };

  void write_element(const Channel& channel, std::uint32_t i, const Told& told,
                     const ShiftOf& shift_of) const;
  void write_word(const Channel& channel, const Field& field, double number, std::uint32_t index,
                  std::uint64_t shift_bytes) const;
  std::optional<RawValues> raw_values(const Channel& channel, const Told& told, double value) const;
  /// What a channel of its own tells of this field.
  std::optional<double> raw_told(std::string_view field, const Told& told) const;
  /// The word itself, or the nearest one that the sim has.
  std::uint8_t word_to_say(Quantity quantity, std::uint8_t word) const;
  bool is_said_before(const Channel& channel, std::uint8_t word) const;

  std::span<std::byte> section_;
  std::span<const Channel> channels_;
  std::string_view mapping_;
  const FieldFinder& find_;
  double clock_seconds_;
};

}  // namespace pitbridge::model
