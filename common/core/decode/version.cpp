// SPDX-License-Identifier: MIT
#include "common/core/decode/version.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <compare>
#include <vector>

#include "common/core/decode/telemetry.hpp"
#include "common/core/decode/title.hpp"
#include "common/core/sim/number_text.hpp"

namespace pitbridge {
namespace {

/// "1.16.4" as {1, 16, 4}; what is no number ends it.
std::vector<std::uint32_t> parts_of(std::string_view version) {
  std::vector<std::uint32_t> parts;
  while (!version.empty()) {
    const auto digits = std::min(version.find_first_not_of("0123456789"), version.size());
    const auto part = number_from<std::uint32_t>(version.substr(0, digits));
    if (!part) break;
    parts.push_back(*part);
    if (digits == version.size() || version[digits] != '.') break;
    version.remove_prefix(digits + 1);
  }
  return parts;
}

/// As far as `bound` goes.
std::strong_ordering compared(const std::vector<std::uint32_t>& version,
                              const std::vector<std::uint32_t>& bound) {
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const std::uint32_t part = i < version.size() ? version[i] : 0;
    if (part != bound[i]) return part <=> bound[i];
  }
  return std::strong_ordering::equal;
}

/// Whole numbers, one a field, or a text with dots in it; nothing while the memory holds none.
std::optional<std::string> stated_version(const Title& title, const Snapshot& snapshot) {
  const VersionWord& word = title.version;
  std::string stated;
  bool any = false;
  for (const std::string_view name : word.fields) {
    const auto field = find_title_field(title, snapshot, word.mapping, name);
    if (!field) return std::nullopt;
    if (is_text(field->type)) return snapshot.text(word.mapping, *field);
    const auto part = snapshot.integer(word.mapping, *field);
    if (!part) return std::nullopt;
    any |= *part != 0;
    stated += fmt::format("{}{}", stated.empty() ? "" : ".", *part);
  }
  return any ? std::optional(stated) : std::nullopt;
}

/// "3.4..3.5" for people.
std::string in_words(std::string_view range) {
  const auto dots = range.find("..");
  if (dots == std::string_view::npos) return std::string(range);
  return fmt::format("{} to {}", range.substr(0, dots), range.substr(dots + 2));
}

/// `word`: of `title`, or of the one of its other versions that stated this.
std::string fault_of(const Title& title, const VersionWord& word, std::string_view stated) {
  std::vector<std::string> known;
  for (const Title* each = &title; each != nullptr; each = each->other_version)
    if (each->version.mapping == word.mapping)
      for (const std::string_view range : each->version.known) known.push_back(in_words(range));
  return fmt::format("{}: {} {} is not known ({})", title.name, word.what, stated, fmt::join(known, ", "));
}

bool has_data(const Title& title, const Snapshot& snapshot) {
  return std::any_of(title.layouts.begin(), title.layouts.end(),
                     [&](const Layout& layout) { return snapshot.has_data(layout.mapping); });
}

}  // namespace

bool is_in_versions(std::string_view version, std::string_view range) {
  const auto dots = range.find("..");
  const auto first = parts_of(range.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : parts_of(range.substr(dots + 2));
  const auto parts = parts_of(version);
  return !parts.empty() && std::is_gteq(compared(parts, first)) && std::is_lteq(compared(parts, last));
}

TitleVersion version_of(const Title& title, const Snapshot& snapshot) {
  if (title.version.fields.empty()) return {"", &title, ""};
  const Title* unstated = nullptr;
  for (const Title* word_of = &title; word_of != nullptr; word_of = word_of->other_version) {
    const VersionWord& word = word_of->version;
    const std::string stated = stated_version(*word_of, snapshot).value_or("");
    if (stated.empty()) {
      const bool may_hold = word.may_be_unstated && (word_of == &title || has_data(*word_of, snapshot));
      if (may_hold && unstated == nullptr) unstated = word_of;
      continue;
    }
    for (const Title* each = word_of; each != nullptr; each = each->other_version)
      if (each->version.mapping == word.mapping)
        for (const std::string_view range : each->version.known)
          if (is_in_versions(stated, range)) return {stated, each, ""};
    return {stated, nullptr, fault_of(title, word, stated)};
  }
  return {"", unstated, ""};
}

}  // namespace pitbridge
