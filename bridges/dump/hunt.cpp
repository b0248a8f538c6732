// SPDX-License-Identifier: MIT
#include "bridges/dump/hunt.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "common/core/decode/snapshot.hpp"
#include "common/core/settings/nearest_word.hpp"
#include "common/core/sim/number_text.hpp"

namespace pitbridge {
namespace {

using Kind = HuntLook::Kind;

struct KindWord {
  std::string_view word;
  Kind kind;
};
constexpr KindWord kKinds[] = {{"any", Kind::kAny},
                               {"changed", Kind::kChanged},
                               {"unchanged", Kind::kUnchanged},
                               {"increased", Kind::kIncreased},
                               {"decreased", Kind::kDecreased}};

struct TypeWord {
  std::string_view word;
  FieldType type;
};
constexpr std::array<TypeWord, 9> kTypes = {{{"float", FieldType::kFloat32},
                                             {"double", FieldType::kFloat64},
                                             {"int", FieldType::kInt32},
                                             {"uint", FieldType::kUint32},
                                             {"short", FieldType::kInt16},
                                             {"ushort", FieldType::kUint16},
                                             {"byte", FieldType::kUint8},
                                             {"sbyte", FieldType::kInt8},
                                             {"int64", FieldType::kInt64}}};

constexpr std::string_view kMagic = "pitbridge hunt 1";

/// Reads numbers anywhere in the bytes.
class Numbers {
 public:
  explicit Numbers(std::span<const std::byte> bytes) { snapshot_.show("", bytes); }
  std::optional<double> at(std::uint32_t offset_bytes, FieldType type) const {
    return snapshot_.number("", {"", offset_bytes, type});
  }

 private:
  Snapshot snapshot_;
};

bool goes_along(const HuntLook& look, double now, double before) {
  switch (look.kind) {
    case Kind::kAny:
      return true;
    case Kind::kEquals:
      return std::abs(now - look.value) <= look.tolerance;
    case Kind::kChanged:
      return now != before;
    case Kind::kUnchanged:
      return now == before;
    case Kind::kIncreased:
      return now > before;
    case Kind::kDecreased:
      return now < before;
  }
  return false;
}

/// The next part of `text` up to `separator`, taken from it.
std::string_view next_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

std::optional<HuntPlace> place_of(std::string_view line) {
  const auto offset = number_from<std::uint32_t>(next_part(line, ' '));
  const std::string_view type = next_part(line, ' ');
  const auto value = number_from<double>(line);
  const auto found = std::ranges::find(kTypes, type, &TypeWord::word);
  if (!offset || !value || found == kTypes.end()) return std::nullopt;
  return HuntPlace{*offset, found->type, *value};
}

}  // namespace

Expected<HuntLook> parse_look(std::string_view word) {
  for (const KindWord& each : kKinds)
    if (each.word == word) return HuntLook{.kind = each.kind};
  const auto value = number_from<double>(word);
  if (!value || !std::isfinite(*value))
    return fail(ExitCode::kUsage, fmt::format("\"{}\" is no value to look for: a number, or any, changed, "
                                              "unchanged, increased or decreased",
                                              word));
  const auto dot = word.find('.');
  const auto exponent = word.find_first_of("eE");
  const auto end = std::min(exponent, word.size());
  const auto decimals = dot == std::string_view::npos || dot > end ? 0 : static_cast<int>(end - dot - 1);
  const double last_digit = std::pow(10, -decimals);
  // What is given with an exponent is exact to its digits, whatever they count.
  const double scale = exponent == std::string_view::npos
                           ? 1
                           : std::pow(10, number_from<int>(word.substr(exponent + 1)).value_or(0));
  return HuntLook{.kind = Kind::kEquals, .value = *value, .tolerance = 0.500001 * last_digit * scale};
}

Expected<std::vector<FieldType>> parse_types(std::string_view list) {
  std::vector<FieldType> types;
  while (!list.empty()) {
    const std::string_view word = next_part(list, ',');
    const auto found = std::ranges::find(kTypes, word, &TypeWord::word);
    if (found == kTypes.end()) {
      std::array<std::string_view, kTypes.size()> words;
      std::ranges::transform(kTypes, words.begin(), &TypeWord::word);
      return fail(ExitCode::kUsage,
                  fmt::format("--as: no type is called \"{}\"; did you mean \"{}\"? There are {}", word,
                              nearest_word(word, words), fmt::join(words, ", ")));
    }
    if (std::ranges::find(types, found->type) == types.end()) types.push_back(found->type);
  }
  if (types.empty()) return fail(ExitCode::kUsage, fmt::format("--as: name a type, such as {}", kUsualTypes));
  return types;
}

Expected<Hunt> Hunt::begin(std::span<const std::byte> bytes, std::span<const FieldType> types,
                           const HuntLook& look) {
  if (look.kind != Kind::kEquals && look.kind != Kind::kAny)
    return fail(ExitCode::kUsage,
                "the first look cannot say how something has changed; begin with a value, "
                "or with \"any\"");
  Hunt hunt;
  const Numbers numbers(bytes);
  for (std::uint32_t offset = 0; offset < bytes.size(); ++offset)
    for (const FieldType type : types) {
      const auto number = numbers.at(offset, type);
      if (!number || !std::isfinite(*number) || !goes_along(look, *number, 0)) continue;
      if (hunt.places_.size() == kMostPlaces)
        return fail(ExitCode::kFailure, fmt::format("more than {} places hold it; begin with a value that is "
                                                    "rarer, or with fewer types (--as)",
                                                    kMostPlaces));
      hunt.places_.push_back({offset, type, *number});
    }
  return hunt;
}

void Hunt::narrow(std::span<const std::byte> bytes, const HuntLook& look) {
  const Numbers numbers(bytes);
  std::erase_if(places_, [&](HuntPlace& place) {
    const auto number = numbers.at(place.offset_bytes, place.type);
    if (!number || !goes_along(look, *number, place.value)) return true;
    place.value = *number;
    return false;
  });
}

std::string Hunt::saved(std::string_view mapping) const {
  std::string text = fmt::format("{} {}\n", kMagic, mapping);
  for (const HuntPlace& place : places_)
    text += fmt::format("{} {} {}\n", place.offset_bytes,
                        std::ranges::find(kTypes, place.type, &TypeWord::type)->word, place.value);
  return text;
}

Expected<Hunt> Hunt::loaded(std::string_view text, std::string_view mapping) {
  std::string_view first = next_part(text, '\n');
  if (!first.starts_with(kMagic)) return fail(ExitCode::kUsage, "it is none that --find has written");
  first.remove_prefix(std::min(first.size(), kMagic.size() + 1));
  if (first != mapping)
    return fail(ExitCode::kUsage, fmt::format("it is of the mapping {}, and not of {}", first, mapping));
  Hunt hunt;
  for (std::size_t line = 2; !text.empty(); ++line) {
    const auto place = place_of(next_part(text, '\n'));
    if (!place || hunt.places_.size() == kMostPlaces)
      return fail(ExitCode::kUsage, fmt::format("its line {} is damaged", line));
    hunt.places_.push_back(*place);
  }
  return hunt;
}

}  // namespace pitbridge
