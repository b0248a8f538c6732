// SPDX-License-Identifier: MIT
#include "common/core/mirror/live_page.hpp"

#include <cstring>
#include <utility>

#include "common/core/decode/title.hpp"
#include "common/core/decode/version.hpp"
#include "common/core/mirror/mirror.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

constexpr std::uint64_t kBeatEveryNs = 500'000'000;
constexpr std::uint64_t kSilenceNs = 2'000'000'000;

}  // namespace

bool is_silent(const LivePage& page, std::uint64_t now_ns) {
  return now_ns > page.heartbeat_ns && now_ns - page.heartbeat_ns > kSilenceNs;
}

LiveClaim::LiveClaim(const Sim& sim, const StatusWriter& status) : sim_(sim), status_(status) {}

Expected<void> LiveClaim::open(SinkFactory& files) {
  if (sim_.titles.empty()) return {};
  auto slot = files.open_live_slot();
  if (!slot) return tl::unexpected<Error>(std::move(slot.error()));
  slot_ = std::move(*slot);
  return {};
}

void LiveClaim::follow(std::span<const Mirror> mirrors, std::int64_t now_ns) {
  if (!slot_) return;
  const bool was_live = std::exchange(is_live_, activity_of(mirrors, now_ns) == Activity::kLive);
  if (is_live_ && !was_live) {
    claims_ = true;
    since_ns_ = static_cast<std::uint64_t>(now_ns);
  }
  claims_ = claims_ && is_live_;
  if (!next_page(slot_->read(), now_ns)) return;
  // Again with the lock held: another bridge may have written it since.
  if (slot_->change([&](const auto& page) { return next_page(page, now_ns); })) claims_ = false;
}

void LiveClaim::leave() {
  is_live_ = claims_ = false;
  watch_ = ActivityWatch();
  const auto page = slot_ ? slot_->read() : std::nullopt;
  if (!page || !is_own(*page)) return;
  (void)slot_->change([&](const auto& now) {
    return now && is_own(*now) ? std::optional<LivePage>(LivePage{}) : std::nullopt;
  });
}

Activity LiveClaim::activity_of(std::span<const Mirror> mirrors, std::int64_t now_ns) {
  for (const Mirror& mirror : mirrors) snapshot_.show(mirror.mapping().file_name(), mirror.published());
  const Title* title = identify_title(sim_, status_.title(), snapshot_);
  const Title* by = title != nullptr ? version_of(*title, snapshot_).by : nullptr;
  return by != nullptr ? watch_.decide(*by, snapshot_, now_ns) : Activity::kUnknown;
}

bool LiveClaim::is_own(const LivePage& page) const {
  return page.bridge_pid == status_.bridge_pid() && fixed_text(page.sim) == sim_.name;
}

std::optional<LivePage> LiveClaim::next_page(const std::optional<LivePage>& page, std::int64_t now_ns) const {
  const auto now = static_cast<std::uint64_t>(now_ns);
  const bool own = page && is_own(*page);
  const bool taken = page && !own && page->bridge_pid != 0 && !is_silent(*page, now);
  const bool takes = is_live_ && (claims_ || !taken || page->is_live == 0);
  if (!own && !takes) return std::nullopt;
  const std::uint32_t is_live = is_live_ ? 1 : 0;
  if (own && !claims_ && page->is_live == is_live && now - page->heartbeat_ns < kBeatEveryNs)
    return std::nullopt;
  LivePage next = {};
  std::memcpy(next.magic, kLiveMagic, sizeof next.magic);
  next.version = kLiveVersion;
  next.page_bytes = sizeof(LivePage);
  next.is_live = is_live;
  next.bridge_pid = status_.bridge_pid();
  next.since_ns = since_ns_;
  next.heartbeat_ns = now;
  put_text(next.sim, sim_.name);
  put_text(next.title, status_.title());
  put_text(next.status_file, status_file_name(sim_.name));
  put_text(next.values_file, values_file_name(sim_.name));
  return next;
}

}  // namespace pitbridge
