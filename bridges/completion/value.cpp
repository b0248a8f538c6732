// SPDX-License-Identifier: MIT
#include "bridges/completion/value.hpp"

#include <algorithm>

#include "common/core/sim/sim.hpp"

namespace pitbridge {
namespace {

std::vector<std::string> names_of_sims() {
  std::vector<std::string> names;
  for (const Sim* sim : all_sims()) names.emplace_back(sim->name);
  return names;
}

std::vector<std::string> names_of_titles() {
  std::vector<std::string> ids;
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      if (std::find(ids.begin(), ids.end(), title.id) == ids.end()) ids.emplace_back(title.id);
  return ids;
}

/// Of "0|1|2" each.
std::vector<std::string> alternatives(const std::string& value) {
  std::vector<std::string> words;
  for (std::size_t from = 0; from <= value.size();) {
    const auto to = std::min(value.find('|', from), value.size());
    words.push_back(value.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

bool is_small(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Offer offer_for(const DescribedOption& option) {
  const std::string value = option.value.substr(0, option.value.find_first_of("[:"));
  if (!option.words.empty()) return {Offer::Kind::kWords, option.words};
  if (value.starts_with("SIM") || (option.is_argument && option.names.front() == "sim"))
    return {Offer::Kind::kWords, names_of_sims()};
  if (value == "TITLE") return {Offer::Kind::kWords, names_of_titles()};
  if (value == "FILE" || value == "PATH") return {Offer::Kind::kFile};
  if (value == "DIR") return {Offer::Kind::kDirectory};
  if (option.is_argument && option.names.front() == "command") return {Offer::Kind::kCommand};
  if (value.find('|') != std::string::npos && is_small(value))
    return {Offer::Kind::kWords, alternatives(value)};
  return {};
}

}  // namespace pitbridge
