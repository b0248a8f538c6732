// SPDX-License-Identifier: MIT
#include "common/core/model/game.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/core/model/field_marks.hpp"

namespace pitbridge::model {
namespace {

/// Whether the title's table of cars needs the mapping: a mod makes it, where there is one.
bool tells_of_cars(const Title& title, std::string_view mapping) {
  return title.cars != nullptr && std::ranges::any_of(title.cars->channels, [&](const Channel& channel) {
           return channel.mapping == mapping;
         });
}

}  // namespace

Moment moment_of(const Title& title, const Drive& drive, FieldSetup field, Activity activity,
                 double racing_seconds) {
  Moment moment;
  moment.activity = activity;
  moment.clock_seconds = drive.session_seconds;
  moment.car = drive_state(drive);
  if (field.cars == 0) return moment;
  FieldCar own = {.is_player = true, .driven_seconds = drive.driven_seconds, .pit = drive.pit};
  own.driver = moment.car.driver;
  own.car = moment.car.car;
  own.car_class = moment.car.car_class;
  own.number_text = moment.car.car_number;
  own.last_lap_seconds = moment.car.number(Quantity::kLastLapTime);
  own.best_lap_seconds = moment.car.number(Quantity::kBestLapTime);
  field.player = std::min(players_place(title), field.cars - 1);
  moment.field = field_at(field, racing_seconds, own);
  moment.car = drive_state(drive, moment.field);
  return moment;
}

ModelGame::ModelGame(const Sim& sim, const Title& title, double rate_hz, std::uint64_t session)
    : title_(title) {
  const auto add = [&](const Mapping& mapping, const Layout& layout, std::vector<GamePacket> packet) {
    const double rate = rate_hz > 0 ? rate_hz : mapping.detector.nominal_rate_hz;
    parts_.push_back({&mapping, &layout, UpdateSchedule(rate, 0), std::move(packet)});
  };
  if (sim.packets != nullptr) {
    for (GamePacket& packet : packets_of(sim, title, session, {})) {
      const std::string_view name = packet.mapping();
      add(*sim.find_mapping(name), *title.find_layout(name), {std::move(packet)});
    }
    return;
  }
  for (const Mapping& mapping : sim.mappings) {
    const Layout* layout = title.find_layout(mapping.file_name());
    if (layout != nullptr && (!mapping.optional || tells_of_cars(title, mapping.file_name())))
      add(mapping, *layout, {});
  }
}

void ModelGame::start(double now_seconds) {
  for (Part& part : parts_) part.schedule.start(now_seconds);
}

double ModelGame::next_seconds() const {
  double next = std::numeric_limits<double>::max();
  for (const Part& part : parts_) next = std::min(next, part.schedule.due_seconds());
  return next;
}

void ModelGame::update_due(double now_seconds, const Moment& moment, const SectionOf& section_of,
                           const Updated& updated) {
  // As a game counts them: in milliseconds, so that all of one moment have the same number.
  const auto frame = static_cast<std::uint32_t>(now_seconds * 1000);
  for (Part& part : parts_) {
    if (now_seconds < part.schedule.due_seconds()) continue;
    part.schedule.advance(now_seconds);
    const std::string_view name = part.mapping->file_name();
    if (part.is_begun && stands_still(title_, name, moment.activity)) continue;
    update(part, moment, section_of(name, part.layout->size_bytes), frame);
    updated(name);
  }
}

void ModelGame::update(Part& part, const Moment& moment, std::span<std::byte> section, std::uint32_t frame) {
  const bool is_first = !std::exchange(part.is_begun, true);
  if (!part.packet.empty()) {
    std::ranges::copy(part.packet.front().next(moment, frame), section.begin());
    return;
  }
  const std::string_view name = part.mapping->file_name();
  begin_update(section, part.mapping->detector);
  if (is_first) prepare_section({section, title_, name}, moment.car);
  write_title(section, title_, name, moment, field_finder(section, title_, name));
  end_update(section, part.mapping->detector);
}

}  // namespace pitbridge::model
