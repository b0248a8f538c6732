// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>

#include "common/core/sim/codes.hpp"
#include "sims/ir_map.hpp"

/// What iRacing's session text says. Its records start with "- " and the number that they go by.
namespace pitbridge::ir {

constexpr std::uint32_t kMostCars = 64;

/// The rest of the line after `key` in `text`, without quotes around it; nothing when `key` is not there.
inline std::optional<std::string_view> value_after(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const auto begin = text.find_first_not_of(' ', at + key.size());
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view value = text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  const bool is_quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'');
  if (is_quoted && value.back() == value.front()) value = value.substr(1, value.size() - 2);
  return value;
}

/// The number that a value starts with, whatever its unit.
inline std::optional<double> number_after(std::string_view text, std::string_view key) {
  const auto value = value_after(text, key);
  double number = 0;
  if (!value || std::from_chars(value->data(), value->data() + value->size(), number).ec != std::errc())
    return std::nullopt;
  return number;
}

/// The session text, up to its NUL.
inline std::optional<std::string_view> session_text(const Snapshot& snapshot) {
  const auto* bytes = snapshot.bytes(kName);
  if (bytes == nullptr) return std::nullopt;
  const auto offset = bounded(snapshot, "sessionInfoOffset", bytes->size());
  const auto length = bounded(snapshot, "sessionInfoLen", bytes->size());
  if (!offset || !length || *length == 0 || *offset + std::uint64_t{*length} > bytes->size())
    return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()) + *offset, *length);
  return text.substr(0, text.find('\0'));
}

/// The record that starts with `first_line`, up to the next that starts with `key`.
inline std::optional<std::string_view> record_at(std::string_view text, std::string_view first_line,
                                                 std::string_view key, std::size_t likely = 0) {
  const bool is_there = likely < text.size() && text.substr(likely).starts_with(first_line);
  const std::size_t at = is_there ? likely : text.find(first_line);
  if (at == std::string_view::npos) return std::nullopt;
  return text.substr(at, text.find(key, at + 1) - at);
}

/// What the text says of the driver of a car. It is long, and each driver is asked for several times at each
/// update: so he is looked for first where he stood before.
inline std::optional<std::string_view> driver_record(std::string_view text, std::string_view car) {
  static std::array<std::size_t, kMostCars> places = {};
  std::size_t number = kMostCars;
  std::from_chars(car.data(), car.data() + car.size(), number);
  const std::size_t likely = number < kMostCars ? places[number] : 0;
  const auto record = record_at(text, "- CarIdx: " + std::string(car) + "\n", "- CarIdx:", likely);
  if (record && number < kMostCars) places[number] = static_cast<std::size_t>(record->data() - text.data());
  return record;
}
/// The driver of car `car`; without, the player.
inline std::optional<std::string_view> driver_record(const Snapshot& snapshot,
                                                     std::optional<std::uint32_t> car = {}) {
  const auto text = session_text(snapshot);
  if (!text) return std::nullopt;
  if (car) return driver_record(*text, std::to_string(*car));
  const auto own = value_after(*text, "DriverCarIdx:");
  return own ? driver_record(*text, *own) : std::nullopt;
}

/// By the word of the session that is on.
inline std::optional<SessionKind> session_kind(const Snapshot& snapshot) {
  struct Word {
    std::string_view word;
    SessionKind kind;
  };
  constexpr Word kWords[] = {{"Race", SessionKind::kRace},
                             {"Practice", SessionKind::kPractice},
                             {"Warmup", SessionKind::kWarmup},
                             {"Open Qualify", SessionKind::kQualifying},
                             {"Lone Qualify", SessionKind::kQualifying},
                             {"Offline Testing", SessionKind::kTest}};
  const auto text = session_text(snapshot);
  const auto current = bits(snapshot, "SessionNum");
  if (!text || !current) return std::nullopt;
  const auto record = record_at(*text, "- SessionNum: " + std::to_string(*current) + "\n", "- SessionNum:");
  const auto type = record ? value_after(*record, "SessionType:") : std::nullopt;
  for (const Word& word : kWords)
    if (type == word.word) return word.kind;
  return std::nullopt;
}

/// In metres; the text has "4.06 km".
inline std::optional<double> track_length(const Snapshot& snapshot) {
  constexpr double kMetresPerKm = 1000;
  const auto text = session_text(snapshot);
  const auto km = text ? number_after(*text, "TrackLength:") : std::nullopt;
  return km ? std::optional(*km * kMetresPerKm) : std::nullopt;
}

/// The sectors start at parts of the lap; nothing before the first.
inline std::optional<double> sector_at(const Snapshot& snapshot, double lap_fraction) {
  constexpr std::string_view kStart = "SectorStartPct:";
  auto text = session_text(snapshot);
  if (!text || lap_fraction < 0) return std::nullopt;
  double sector = 0;
  for (auto at = text->find(kStart); at != std::string_view::npos; at = text->find(kStart)) {
    *text = text->substr(at);
    if (number_after(*text, kStart).value_or(1) > lap_fraction) break;
    ++sector;
    *text = text->substr(kStart.size());
  }
  return sector > 0 ? std::optional(sector) : std::nullopt;
}

/// What the player's car has, and the tyres that it has on.
inline std::optional<std::string_view> tyre_compound(const Snapshot& snapshot) {
  const auto text = session_text(snapshot);
  const auto index = bits(snapshot, "PlayerTireCompound");
  if (!text || !index) return std::nullopt;
  const auto record = record_at(*text, "- TireIndex: " + std::to_string(*index) + "\n", "- TireIndex:");
  return record ? value_after(*record, "TireCompoundType:") : std::nullopt;
}

/// A car that takes part: neither the pace car nor a spectator's.
inline bool takes_part(const Snapshot& snapshot, std::uint32_t car) {
  const auto record = driver_record(snapshot, car);
  return record && value_after(*record, "CarIsPaceCar:").value_or("0") == "0" &&
         value_after(*record, "IsSpectator:").value_or("0") == "0";
}

}  // namespace pitbridge::ir
