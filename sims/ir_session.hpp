// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
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
  const auto offset = bounded(snapshot, field_in<kHeader>("sessionInfoOffset"), bytes->size());
  const auto length = bounded(snapshot, field_in<kHeader>("sessionInfoLen"), bytes->size());
  if (!offset || !length || *length == 0 || *offset + std::uint64_t{*length} > bytes->size())
    return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()) + *offset, *length);
  // It is long and is asked for by each car: the end is looked for anew when the game has written it anew.
  static std::atomic<std::uint64_t> known = 0;
  const auto update =
      static_cast<std::uint32_t>(snapshot.integer(kName, field_in<kHeader>("sessionInfoUpdate")).value_or(0));
  const std::uint64_t before = known.load(std::memory_order_relaxed);
  const auto end = static_cast<std::size_t>(before & 0xFFFFFFFFU);
  if (before >> 32U == update && end > 0 && end < text.size() && text[end] == '\0' && text[end - 1] != '\0')
    return text.substr(0, end);
  const std::string_view found = text.substr(0, text.find('\0'));
  known.store(std::uint64_t{update} << 32U | found.size(), std::memory_order_relaxed);
  return found;
}

/// Where something was before.
using Place = std::atomic<std::uint32_t>;

/// The text from `line` on, which is looked for first where it was before.
inline std::optional<std::string_view> text_from(std::string_view text, std::string_view line, Place& place) {
  const std::uint32_t likely = place.load(std::memory_order_relaxed);
  if (likely < text.size() && text.substr(likely).starts_with(line)) return text.substr(likely);
  const std::size_t at = text.find(line);
  if (at == std::string_view::npos) return std::nullopt;
  place.store(static_cast<std::uint32_t>(at), std::memory_order_relaxed);
  return text.substr(at);
}

/// The record that starts with `first_line`, up to the next that starts with `key`.
inline std::optional<std::string_view> record_at(std::string_view text, std::string_view first_line,
                                                 std::string_view key, Place& place) {
  const auto record = text_from(text, first_line, place);
  return record ? std::optional(record->substr(0, record->find(key, 1))) : std::nullopt;
}

/// What the text says of the driver of a car. Each is asked for several times at each update.
inline std::optional<std::string_view> driver_record(std::string_view text, std::string_view car) {
  static std::array<Place, kMostCars + 1> places = {};
  std::size_t number = kMostCars;
  std::from_chars(car.data(), car.data() + car.size(), number);
  return record_at(text, "- CarIdx: " + std::string(car) + "\n",
                   "- CarIdx:", places[std::min<std::size_t>(number, kMostCars)]);
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
  static Place place = 0;
  const auto record = text_from(*text, "- SessionNum: " + std::to_string(*current) + "\n", place);
  const auto type = record ? value_after(*record, "SessionType:") : std::nullopt;
  if (!type ||
      record->substr(0, static_cast<std::size_t>(type->data() - record->data())).find("- SessionNum:", 1) !=
          std::string_view::npos)
    return std::nullopt;
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
  static Place place = 0;
  const auto record =
      record_at(*text, "- TireIndex: " + std::to_string(*index) + "\n", "- TireIndex:", place);
  return record ? value_after(*record, "TireCompoundType:") : std::nullopt;
}

/// A car that takes part: neither the pace car nor a spectator's.
inline bool takes_part(const Snapshot& snapshot, std::uint32_t car) {
  const auto record = driver_record(snapshot, car);
  return record && value_after(*record, "CarIsPaceCar:").value_or("0") == "0" &&
         value_after(*record, "IsSpectator:").value_or("0") == "0";
}

}  // namespace pitbridge::ir
