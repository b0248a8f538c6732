// SPDX-License-Identifier: MIT
#include "common/core/sim.hpp"

#include <algorithm>
#include <vector>

namespace pitbridge {
namespace {

std::vector<const Sim*>& registry() {
  static std::vector<const Sim*> sims;
  return sims;
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace

std::uint32_t element_size_bytes(FieldType type) {
  switch (type) {
    case FieldType::kInt8:
    case FieldType::kUint8:
    case FieldType::kBool8:
    case FieldType::kUtf8:
    case FieldType::kLatin1:
    case FieldType::kBytes:
      return 1;
    case FieldType::kInt16:
    case FieldType::kUint16:
    case FieldType::kUtf16:
      return 2;
    case FieldType::kInt32:
    case FieldType::kUint32:
    case FieldType::kFloat32:
      return 4;
    case FieldType::kInt64:
    case FieldType::kUint64:
    case FieldType::kFloat64:
      return 8;
  }
  return 1;
}

bool is_text(FieldType type) {
  return type == FieldType::kUtf16 || type == FieldType::kUtf8 || type == FieldType::kLatin1;
}

std::string_view activity_name(Activity activity) {
  switch (activity) {
    case Activity::kUnknown:
      return "unknown";
    case Activity::kOff:
      return "off";
    case Activity::kMenu:
      return "menu";
    case Activity::kReplay:
      return "replay";
    case Activity::kPaused:
      return "paused";
    case Activity::kLive:
      return "live";
  }
  return "unknown";
}

const Field* find_field(std::span<const Field> fields, std::string_view name) {
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  return it == fields.end() ? nullptr : &*it;
}

const Layout* Title::find_layout(std::string_view mapping) const {
  const auto it =
      std::find_if(layouts.begin(), layouts.end(), [&](const Layout& l) { return l.mapping == mapping; });
  return it == layouts.end() ? nullptr : &*it;
}

const Mapping* Sim::find_mapping(std::string_view file_name) const {
  const auto it = std::find_if(mappings.begin(), mappings.end(),
                               [&](const Mapping& m) { return m.file_name() == file_name; });
  return it == mappings.end() ? nullptr : &*it;
}

const Title* Sim::find_title(std::string_view id) const {
  const auto it = std::find_if(titles.begin(), titles.end(), [&](const Title& t) { return t.id == id; });
  return it == titles.end() ? nullptr : &*it;
}

const Title* Sim::title_of_exe(std::string_view exe_name) const {
  for (const Title& title : titles)
    for (const std::string_view exe : title.exe_names)
      if (equals_ignoring_case(exe, exe_name)) return &title;
  return nullptr;
}

SimRegistration::SimRegistration(const Sim& sim) {
  auto& sims = registry();
  const auto by_name = [](const Sim* a, const Sim* b) { return a->name < b->name; };
  sims.insert(std::upper_bound(sims.begin(), sims.end(), &sim, by_name), &sim);
}

std::span<const Sim* const> all_sims() {
  return registry();
}

const Sim* find_sim(std::string_view name) {
  const auto sims = all_sims();
  const auto it = std::find_if(sims.begin(), sims.end(), [&](const Sim* s) { return s->name == name; });
  return it == sims.end() ? nullptr : *it;
}

}  // namespace pitbridge
