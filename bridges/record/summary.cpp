// SPDX-License-Identifier: MIT
#include "bridges/record/summary.hpp"

#include <algorithm>

#include "bridges/record/cursor.hpp"
#include "bridges/record/drive.hpp"

namespace pitbridge::record {
namespace {

/// A line that is crossed is seen this late at most; when it was crossed the lap time says.
constexpr std::int64_t kLookEveryNs = 50'000'000;

class Rate {
 public:
  void frame(std::int64_t time_ns) {
    if (is_there_) span_ns_ += time_ns - last_ns_, ++steps_;
    is_there_ = true;
    last_ns_ = time_ns;
  }
  void gone() { is_there_ = false; }
  double hz() const {
    return span_ns_ == 0 ? 0 : static_cast<double>(steps_) * 1e9 / static_cast<double>(span_ns_);
  }

 private:
  bool is_there_ = false;
  std::int64_t last_ns_ = 0, span_ns_ = 0;
  std::uint64_t steps_ = 0;
};

void keep(std::string& text, const Telemetry& telemetry, Quantity quantity) {
  if (const auto now = telemetry.text(quantity); now && !now->empty()) text = *now;
}

}  // namespace

Summary summarise(const KnownRecording& recording) {
  RecordingReader& reader = *recording.reader;
  const auto& names = reader.header().mappings;
  Summary all;
  all.mappings.resize(names.size());
  std::vector<Rate> rates(names.size());
  Drive drive(*recording.sim, names);
  LapFinder laps;
  Cursor cursor(reader);
  std::int64_t next_look_ns = 0;
  const auto look = [&](std::int64_t time_ns) {
    const Telemetry telemetry = drive.decode(time_ns);
    laps.look(time_ns, telemetry);
    keep(all.car, telemetry, Quantity::kCar);
    keep(all.track, telemetry, Quantity::kTrack);
    keep(all.driver, telemetry, Quantity::kDriver);
    if (const Title* title = drive.title()) all.game = title->name, all.title_id = title->id;
    next_look_ns = time_ns + kLookEveryNs;
  };
  std::int64_t now_ns = 0;
  while (const Record* record = cursor.peek()) {
    if (record->time_ns > now_ns && now_ns >= next_look_ns) look(now_ns);
    now_ns = record->time_ns;
    const bool has_gap = cursor.takes_gap();
    drive.take(*record, has_gap);
    if (has_gap)
      for (Rate& rate : rates) rate.gone();
    Summary::MappingPart& part = all.mappings[record->kind == RecordKind::kTitle ? 0 : record->mapping];
    if (record->kind == RecordKind::kLost) part.lost += record->lost;
    if (record->kind == RecordKind::kGone) rates[record->mapping].gone();
    if (record->is_frame()) {
      rates[record->mapping].frame(now_ns);
      part.size_bytes = record->size_bytes;
      ++part.frames;
      all.raw_bytes += record->size_bytes;
    }
    cursor.pop();
  }
  look(now_ns);
  all.laps = laps.finish(now_ns);
  for (std::size_t i = 0; i < names.size(); ++i) {
    all.mappings[i].name = names[i];
    all.mappings[i].rate_hz = rates[i].hz();
    all.frames += all.mappings[i].frames;
    all.lost += all.mappings[i].lost;
  }
  std::erase_if(all.mappings, [](const Summary::MappingPart& part) { return part.frames == 0; });
  return all;
}

}  // namespace pitbridge::record
