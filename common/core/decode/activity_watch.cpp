// SPDX-License-Identifier: MIT
#include "common/core/decode/activity_watch.hpp"

#include <bit>

#include "common/core/decode/telemetry.hpp"
#include "common/core/decode/title.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

/// The rule of `title` that watches for changes: of several the first whose mapping is filled.
const ActivityRule* watching_rule(const Title& title, const Snapshot& snapshot) {
  const ActivityRule* first = nullptr;
  for (const ActivityRule& rule : title.activity_rules) {
    if (rule.changes_within_ms == 0) continue;
    if (snapshot.has_data(rule.mapping)) return &rule;
    if (first == nullptr) first = &rule;
  }
  return first;
}

/// What the rule's field holds, as bits that are 0 for zero; nothing where it is not there or no number.
std::optional<std::uint64_t> field_bits(const Title& title, const Snapshot& snapshot,
                                        const ActivityRule& rule) {
  const auto field = find_title_field(title, snapshot, rule.mapping, rule.field);
  if (!field) return std::nullopt;
  if (const auto whole = snapshot.integer(rule.mapping, *field)) return static_cast<std::uint64_t>(*whole);
  const auto number = snapshot.number(rule.mapping, *field);
  if (!number) return std::nullopt;
  return *number == 0 ? 0 : std::bit_cast<std::uint64_t>(*number);
}

}  // namespace

void ActivityWatch::look(const Title& title, const Snapshot& snapshot, std::int64_t now_ns) {
  const ActivityRule* rule = watching_rule(title, snapshot);
  if (title_ != &title || rule_ != rule) *this = ActivityWatch();
  title_ = &title;
  rule_ = rule;
  turns_at_ns_.reset();
  if (rule == nullptr) return;
  const auto value = field_bits(title, snapshot, *rule);
  if (value == value_) return;
  has_moved_ = value_.value_or(0) != 0;
  since_ns_ = now_ns;
  value_ = value;
}

Activity ActivityWatch::decide(const Title& title, const Snapshot& snapshot, std::int64_t now_ns) {
  look(title, snapshot, now_ns);
  for (const ActivityRule& rule : title.activity_rules) {
    if (!snapshot.has_data(rule.mapping)) continue;  // nobody has filled it: zeros say nothing
    if (rule.changes_within_ms == 0) {
      const auto field = find_title_field(title, snapshot, rule.mapping, rule.field);
      if (field && snapshot.integer(rule.mapping, *field) == rule.value) return rule.activity;
    } else if (&rule == rule_ && value_) {
      if (*value_ == 0) return Activity::kOff;
      const std::int64_t until_ns = since_ns_ + std::int64_t{rule.changes_within_ms} * kNsPerMs;
      if (now_ns >= until_ns) return Activity::kPaused;
      turns_at_ns_ = until_ns;
      return has_moved_ ? rule.activity : Activity::kUnknown;
    }
  }
  return Activity::kUnknown;
}

}  // namespace pitbridge
