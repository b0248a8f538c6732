// SPDX-License-Identifier: MIT
#include "bridges/record/player.hpp"

#include <unistd.h>

#include <algorithm>

namespace pitbridge::record {
namespace {

/// Longer than the system lets any process wait that it does not stop.
constexpr std::int64_t kLongestLateNs = 500'000'000;

}  // namespace

void Player::go_to(std::int64_t time_ns) {
  cursor_.seek(time_ns);
  const Record* record = cursor_.peek();
  while (record != nullptr && (record->time_ns < time_ns || record->kind == RecordKind::kState ||
                               record->kind == RecordKind::kTitle)) {
    if (record->time_ns > time_ns) break;
    show(*record);
    cursor_.pop();
    record = cursor_.peek();
  }
  follow_game();
}

std::optional<std::int64_t> Player::next_ns() {
  const Record* record = cursor_.peek();
  return record != nullptr ? std::optional(record->time_ns) : std::nullopt;
}

void Player::show_next() {
  const Record* record = cursor_.peek();
  const std::int64_t time_ns = record != nullptr ? record->time_ns : 0;
  for (; record != nullptr && record->time_ns == time_ns; record = cursor_.peek()) {
    show(*record);
    cursor_.pop();
  }
  follow_game();
}

void Player::show(const Record& record) {
  if (cursor_.takes_gap()) close();
  if (record.kind == RecordKind::kTitle) title_ = record.title;
  if (record.kind == RecordKind::kTitle || record.kind == RecordKind::kLost) return;
  const std::string& name = reader_.header().mappings[record.mapping];
  std::size_t& size = sizes_[record.mapping];
  if (record.kind == RecordKind::kGone) {
    size = 0;
    return sections_.close(name);
  }
  if (record.kind == RecordKind::kChange && size != record.size_bytes) return;  // the file is wrong
  const auto section = sections_.section(name, record.size_bytes);
  if (section.empty()) return;  // of a sim that has changed since
  // That of the next chunk says again what is there already.
  const bool is_news =
      record.is_frame() || size != record.size_bytes || !std::ranges::equal(section, record.bytes);
  size = record.size_bytes;
  if (!is_news) return;
  show_in(record, section);
  sections_.updated(name);
  frames_ += record.is_frame() ? 1 : 0;
}

void Player::follow_game() {
  const bool is_there = std::ranges::any_of(sizes_, [](std::size_t size) { return size != 0; });
  const Title* title = sections_.sim().find_title(title_);
  const std::string exe =
      title != nullptr && !title->exe_names.empty() ? std::string(*title->exe_names.begin()) : "";
  const auto& game = sections_.game();
  if (!is_there) return sections_.set_game(std::nullopt);
  if (!game || game->exe_name != exe)
    sections_.set_game(Game{.pid = static_cast<std::uint32_t>(::getpid()), .exe_name = exe});
}

void Player::close() {
  sections_.close_all();
  sections_.set_game(std::nullopt);
  std::ranges::fill(sizes_, 0);
}

std::int64_t Schedule::due_ns(std::int64_t recorded_ns, std::int64_t now_ns) {
  const auto at = [&] {
    return start_ns_ + static_cast<std::int64_t>(static_cast<double>(recorded_ns - recorded_ns_) / speed_);
  };
  if (now_ns - at() > kLongestLateNs) start(recorded_ns, now_ns);
  return at();
}

}  // namespace pitbridge::record
