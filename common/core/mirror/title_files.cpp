// SPDX-License-Identifier: MIT
#include "common/core/mirror/title_files.hpp"

#include <algorithm>

namespace pitbridge {
namespace {

constexpr std::int64_t kSearchEveryNs = 3'000'000'000;

}  // namespace

TitleFiles::TitleFiles(const Sim& sim, std::span<Mirror> mirrors, std::string_view expected, Source& source,
                       const StatusWriter& status)
    : sim_(sim), mirrors_(mirrors), expected_(sim.find_title(expected)), source_(source), status_(status) {
  for (const Mapping& mapping : sim.mappings)
    titles_differ_ |= std::any_of(sim.titles.begin(), sim.titles.end(), [&](const Title& title) {
      return sim.is_of_another_title(mapping, title);
    });
}

void TitleFiles::choose(bool is_waiting, std::int64_t now_ns) {
  if (!titles_differ_) return;
  const Title* title = running(is_waiting, now_ns);
  for (Mirror& mirror : mirrors_) {
    if (mirror.attached()) continue;
    if (title != nullptr && sim_.is_of_another_title(mirror.mapping(), *title)) {
      mirror.put_aside();
    } else {
      mirror.put_back();
    }
  }
}

void TitleFiles::put_all_back() {
  for (Mirror& mirror : mirrors_) mirror.put_back();
}

const Title* TitleFiles::running(bool is_waiting, std::int64_t now_ns) {
  if (const Title* known = sim_.find_title(status_.title())) return known;
  if (is_waiting && now_ns >= next_search_ns_) {
    next_search_ns_ = now_ns + kSearchEveryNs;
    const auto game = source_.find_game(sim_);
    found_ = game ? sim_.title_of_exe(game->exe_name) : nullptr;
  }
  return found_ != nullptr ? found_ : expected_;
}

}  // namespace pitbridge
