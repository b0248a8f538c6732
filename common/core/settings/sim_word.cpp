// SPDX-License-Identifier: MIT
#include "common/core/settings/sim_word.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/core/settings/app_id.hpp"
#include "common/core/settings/nearest_word.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

std::string_view without_exe(std::string_view name) {
  return is_exe_name(name) ? name.substr(0, name.size() - std::string_view(".exe").size()) : name;
}

/// The words for a title, the shortest kinds first.
std::vector<std::string_view> words_of(const Title& title) {
  std::vector<std::string_view> words = {title.id, title.name};
  for (const std::string_view exe : title.exe_names) words.push_back(without_exe(exe));
  for (const std::string_view exe : title.launchers) words.push_back(without_exe(exe));
  return words;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower_case);
  return out;
}

}  // namespace

Expected<KnownTitle> title_of_word(std::string_view word) {
  std::vector<std::string> known;
  std::vector<std::string_view> sims;
  for (const Sim* sim : all_sims()) {
    if (equals_ignoring_case(word, sim->name)) return KnownTitle{sim, nullptr};
    sims.push_back(sim->name);
    known.emplace_back(sim->name);
  }
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      for (const std::string_view name : words_of(title)) {
        if (equals_ignoring_case(without_exe(word), name)) return KnownTitle{sim, &title};
        known.push_back(lower(name));
      }
  if (const auto app_id = parse_app_id(word))
    if (const auto title = title_of_app(*app_id)) return *title;
  const std::vector<std::string_view> views(known.begin(), known.end());
  return fail(
      ExitCode::kUsage,
      fmt::format("no sim is called \"{}\", and no title, exe or app id; did you mean \"{}\"? The sims "
                  "are: {}; pitbridge list shows their titles",
                  word, nearest_word(lower(word), views), fmt::join(sims, ", ")));
}

Expected<std::string> mapping_of_word(const Sim& sim, std::string_view word) {
  std::vector<std::string_view> names;
  for (const Mapping& mapping : sim.mappings) {
    if (word == mapping.file_name() || word == mapping.name) return std::string(mapping.file_name());
    names.push_back(mapping.file_name());
  }
  return fail(ExitCode::kUsage, fmt::format("{} has no mapping \"{}\"; did you mean \"{}\"?", sim.description,
                                            word, nearest_word(word, names)));
}

}  // namespace pitbridge
