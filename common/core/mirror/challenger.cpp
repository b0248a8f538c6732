// SPDX-License-Identifier: MIT
#include "common/core/mirror/challenger.hpp"

#include <utility>

namespace pitbridge {

Challenger::Challenger(const Sim& sim, bool stay, bool guest, std::uint64_t max_total_bytes, Source& source,
                       Log& log)
    : sim_(sim),
      stay_(stay),
      max_total_bytes_(max_total_bytes),
      source_(source),
      log_(log),
      session_(guest, source) {}

void Challenger::look() {
  report(session_.look());
  if (must_leave()) return;
  const bool had_data = has_data_;
  has_data_ = false;
  for (const Mapping& mapping : sim_.mappings)
    if (sim_.tells_of_game(mapping) && was_written(mapping)) has_data_ = true;
  // Whoever writes is a running program, so the session lives without us.
  if (has_data_) report(session_.release());
  if (!had_data || has_data_ || !sections_.empty()) return;
  log_.write(LogLevel::kInfo, "the game has gone");
  game_has_gone_ = !stay_;
}

bool Challenger::was_written(const Mapping& mapping) {
  const auto id = source_.identify(mapping.name);
  const auto known = sections_.find(&mapping);
  if (known != sections_.end() && id == known->second.id()) return known->second.was_written();
  if (known != sections_.end()) sections_.erase(known);
  if (!id) return false;
  auto view = source_.open(mapping.name);
  if (!view || *view == nullptr) return false;
  // As a bridge would refuse it.
  const std::uint64_t most = mapping.most_section_bytes();
  if ((*view)->size_bytes() > max_total_bytes_ || (most != 0 && (*view)->size_bytes() > most)) return false;
  sections_.emplace(&mapping, WatchedSection(std::move(*view)));
  return false;
}

void Challenger::report(const std::optional<Error>& refusal) {
  if (refusal) log_.write(LogLevel::kWarning, refusal->message);
}

}  // namespace pitbridge
