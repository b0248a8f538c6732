// SPDX-License-Identifier: MIT
#include "common/core/mirror/live_values.hpp"

#include "common/core/decode/title.hpp"
#include "common/core/sim/sim_place.hpp"

namespace pitbridge {
namespace {

/// Readers ask again once a second; one that has gone is not served for long.
constexpr std::int64_t kServedForNs = 2'000'000'000;

}  // namespace

LiveValues::LiveValues(const Sim& sim, StatusWriter& status) : sim_(sim), status_(status) {}

Expected<void> LiveValues::open(SinkFactory& files, std::int64_t now_ns) {
  if (sim_.titles.empty()) return {};
  auto file = files.open(values_file_name(sim_.name), kValuesPageBytes);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  file_ = std::move(*file);
  file_->clear();
  writer_.emplace(*file_, static_cast<std::uint64_t>(now_ns));
  requests_ = status_.value_requests();
  return {};
}

void LiveValues::watch_requests(std::int64_t now_ns) {
  if (!writer_) return;
  const std::uint32_t requests = status_.value_requests();
  if (requests != requests_) {
    requests_ = requests;
    wanted_until_ns_ = now_ns + kServedForNs;
    due_ |= !shown_;
  } else if (shown_ && now_ns >= wanted_until_ns_) {
    clear(now_ns);
  }
}

void LiveValues::publish(std::span<const Mirror> mirrors, std::int64_t now_ns) {
  // A game whose counter stands still writes nothing that would call for a look.
  due_ |= shown_ && watch_.turns_at_ns() && now_ns >= *watch_.turns_at_ns();
  if (!due_ || now_ns >= wanted_until_ns_) return;
  due_ = false;
  for (const Mirror& mirror : mirrors) snapshot_.show(mirror.mapping().file_name(), mirror.published());
  const Title* title = identify_title(sim_, status_.title(), snapshot_);
  writer_->publish(title != nullptr ? decoder_.decode(*title, snapshot_, watch_, now_ns) : Telemetry{},
                   title != nullptr ? title->id : "", static_cast<std::uint64_t>(now_ns));
  shown_ = true;
  status_.announce();
}

void LiveValues::clear(std::int64_t now_ns) {
  if (!shown_) return;
  shown_ = false;
  watch_ = ActivityWatch();
  due_ = true;  // for the next who asks
  writer_->publish(Telemetry{}, "", static_cast<std::uint64_t>(now_ns));
  status_.announce();
}

Expected<bool> LiveValues::check() {
  if (!file_) return false;
  auto repaired = file_->check();
  if (repaired && *repaired) due_ = true;
  return repaired;
}

}  // namespace pitbridge
