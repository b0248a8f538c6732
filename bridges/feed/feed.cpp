// SPDX-License-Identifier: MIT
#include "bridges/feed/feed.hpp"

#include <algorithm>

#include "bridges/command/places.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

using std::chrono::milliseconds;

/// How soon another game, or a bridge in another directory, is seen.
constexpr std::int64_t kFollowEveryNs = 250'000'000;
constexpr milliseconds kWithoutReader(250);

/// The page has the quantities in our order: what stands elsewhere is of a bridge that counts otherwise.
/// Null: it has none of this quantity.
const pitbridge_value* entry_of(const pitbridge_values& page, const QuantityInfo& info) {
  const auto at = static_cast<std::uint32_t>(info.quantity);
  const bool is_first = at < page.entry_count;
  if (!is_first && at - page.entry_count >= page.more_count) return nullptr;
  const pitbridge_value& entry = is_first ? page.entries[at] : page.more[at - page.entry_count];
  return entry.name == info.name ? &entry : nullptr;
}

std::optional<Value> value_of(const pitbridge_value& entry, const QuantityInfo& info) {
  constexpr std::uint32_t kNumber = 1, kText = 2;
  if (info.text) return entry.kind == kText ? std::optional<Value>(std::string(entry.text)) : std::nullopt;
  if (entry.kind != kNumber || entry.count != info.count) return std::nullopt;
  // The words that it counts are ours.
  for (std::uint32_t i = 0; i < info.count && !info.codes.empty(); ++i)
    if (!(entry.number[i] >= 0 && entry.number[i] < static_cast<double>(info.codes.size())))
      return std::nullopt;
  if (info.count == 1) return entry.number[0];
  return std::vector<double>(entry.number, entry.number + info.count);
}

template <std::size_t kSize>
std::optional<Value> text_of(const char (&text)[kSize]) {
  return std::string(text, std::find(text, text + kSize, '\0'));
}

CarRow row_of(const reader::Car& car) {
  CarRow row;
  row.is_player = car.is_player != 0;
  const auto set = [&](std::uint32_t member, Quantity quantity, std::optional<Value> value) {
    const auto at =
        std::find(kCarQuantities.begin(), kCarQuantities.end(), quantity) - kCarQuantities.begin();
    if (reader::has(car, member)) row.values[static_cast<std::size_t>(at)] = std::move(value);
  };
  set(PITBRIDGE_CAR_HAS_CAR_NUMBER, Quantity::kCarNumber, text_of(car.car_number));
  set(PITBRIDGE_CAR_HAS_DRIVER, Quantity::kDriver, text_of(car.driver));
  set(PITBRIDGE_CAR_HAS_CAR, Quantity::kCar, text_of(car.car));
  set(PITBRIDGE_CAR_HAS_CAR_CLASS, Quantity::kCarClass, text_of(car.car_class));
  set(PITBRIDGE_CAR_HAS_POSITION, Quantity::kPosition, car.position);
  set(PITBRIDGE_CAR_HAS_CLASS_POSITION, Quantity::kClassPosition, car.class_position);
  set(PITBRIDGE_CAR_HAS_LAP, Quantity::kLap, car.lap);
  set(PITBRIDGE_CAR_HAS_LAP_DISTANCE, Quantity::kLapDistance, car.lap_distance);
  set(PITBRIDGE_CAR_HAS_LAST_LAP_TIME, Quantity::kLastLapTime, car.last_lap_time);
  set(PITBRIDGE_CAR_HAS_BEST_LAP_TIME, Quantity::kBestLapTime, car.best_lap_time);
  set(PITBRIDGE_CAR_HAS_GAP_AHEAD, Quantity::kGapAhead, car.gap_ahead);
  const double words = static_cast<double>(quantity_info(Quantity::kPitState).codes.size());
  if (car.pit_state >= 0 && car.pit_state < words)
    set(PITBRIDGE_CAR_HAS_PIT_STATE, Quantity::kPitState, car.pit_state);
  set(PITBRIDGE_CAR_HAS_WORLD_POSITION, Quantity::kWorldPosition,
      std::vector<double>(car.world_position, car.world_position + 3));
  set(PITBRIDGE_CAR_HAS_HEADING, Quantity::kHeading, car.heading);
  return row;
}

}  // namespace

Telemetry telemetry_of(const reader::Values& values) {
  Telemetry telemetry;
  telemetry.activity = static_cast<Activity>(values.activity());
  telemetry.version = values.layout_version();
  telemetry.version_fault = values.fault();
  for (const QuantityInfo& info : kQuantities) {
    const pitbridge_value* entry = entry_of(values.page(), info);
    if (entry == nullptr) continue;
    const auto at = static_cast<std::size_t>(info.quantity);
    telemetry.values[at] = value_of(*entry, info);
    if (entry->kind == 0 && entry->count <= static_cast<std::uint32_t>(AbsentReason::kCutOff))
      telemetry.reasons[at] = static_cast<AbsentReason>(entry->count);
  }
  for (const reader::Car& car : values.cars()) telemetry.cars.push_back(row_of(car));
  return telemetry;
}

Expected<Feed> Feed::open(const std::string& word) {
  if (word.empty()) return Feed(nullptr);
  const auto meant = title_of_word(word);
  if (!meant) return tl::unexpected<Error>(meant.error());
  return Feed(meant->sim);
}

void Feed::follow(std::int64_t now_ns) {
  if (now_ns < next_follow_ns_) return;
  next_follow_ns_ = now_ns + kFollowEveryNs;
  const Sim* sim = named_ != nullptr ? named_ : driven_sim();
  if (sim == nullptr) return;  // between two games it stays with the one before
  std::string directory = directory_to_read(sim->name);
  if (sim == sim_ && directory == directory_ && reader_) return;
  sim_ = sim;
  directory_ = std::move(directory);
  // Its name is one of a table, so that nothing can be wrong with it.
  if (auto opened = reader::Reader::open(std::string(sim->name), directory_)) {
    reader_.emplace(std::move(*opened));
  } else {
    reader_.reset();
  }
  frames_.reset();
  states_.emplace(*sim_);
  if (!takes_frames_) return;
  if (auto frames = FrameFeed::in(*sim_, directory_, 0)) frames_ = std::move(*frames);
}

/// False: there are no frames, not yet or not for us.
bool Feed::look_at_frames(Moment& moment) {
  constexpr int kMostFrames = 256;
  MappingFrame frame;
  for (int i = 0; frames_ && i < kMostFrames; ++i) {
    const auto next = frames_->next(frame, 0);
    if (!next) frames_.reset();  // another user's bridge, or one of before there were frames
    if (next && *next == FrameFeed::Next::kLeft) states_.emplace(*sim_);
    if (!next || *next != FrameFeed::Next::kFrame) break;
    states_->take(frame);
  }
  if (!frames_ || !frames_->is_attached() || !states_->has_frames()) return false;
  reader::StatusPage page;
  moment.result = reader_->status(page);
  if (moment.result != reader::Result::kOk) return true;
  moment.title = states_->find_title(page.header.title);
  if (moment.title == nullptr) return false;
  moment.telemetry = states_->decode(MonotonicClock().now_ns());
  moment.updated_ns = static_cast<std::uint64_t>(states_->decoded_ns());
  return true;
}

bool Feed::wait(milliseconds timeout) {
  MonotonicClock clock;
  follow(clock.now_ns());
  if (!reader_) {
    clock.sleep_until(clock.now_ns() + std::chrono::nanoseconds(std::min(timeout, kWithoutReader)).count());
    return false;
  }
  return reader_->wait(timeout) == reader::Result::kOk;
}

Moment Feed::look() {
  follow(MonotonicClock().now_ns());
  Moment moment;
  moment.sim = sim_;
  if (!reader_ || look_at_frames(moment)) return moment;
  const auto values = reader_->values();
  moment.result = values.result();
  if (!values) return moment;
  moment.updated_ns = values->updated_ns();
  moment.title = sim_->find_title(values->title());
  moment.telemetry = telemetry_of(*values);
  return moment;
}

}  // namespace pitbridge
