// SPDX-License-Identifier: MIT
#include "common/core/decode/title.hpp"

namespace pitbridge {

const Title* identify_title(const Sim& sim, std::string_view title_id, const Snapshot& snapshot) {
  if (const Title* title = sim.find_title(title_id)) return title;
  for (const Title& title : sim.titles)
    if (title.recognises != nullptr && title.recognises(snapshot)) return &title;
  return sim.titles.size() == 1 && sim.titles.front().recognises == nullptr ? &sim.titles.front() : nullptr;
}

std::optional<Field> find_title_field(const Title& title, const Snapshot& snapshot, std::string_view mapping,
                                      std::string_view name) {
  const Layout* layout = title.find_layout(mapping);
  const Field* field = layout == nullptr ? nullptr : find_field(layout->fields, name);
  if (field != nullptr) return *field;
  return title.find_variable != nullptr ? title.find_variable(snapshot, mapping, name) : std::nullopt;
}

}  // namespace pitbridge
