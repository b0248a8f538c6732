// SPDX-License-Identifier: MIT
#include "common/core/model/field_marks.hpp"

#include "common/core/model/bytes.hpp"
#include "common/core/model/iracing.hpp"
#include "common/core/model/rfactor.hpp"

namespace pitbridge::model {
namespace {

/// The first number of those by which cars are told apart.
constexpr double kFirstNumber = 100;

/// Writes fields by name, in the record of a car.
class Records {
 public:
  Records(const Place& place, const FieldFinder& find, std::uint32_t record_bytes)
      : place_(place), find_(find), record_bytes_(record_bytes) {}

  void set(std::string_view name, double value, std::size_t car = 0) const {
    if (const auto field = find_(name)) write_number(place_.section, *field, value, 0, car * record_bytes_);
  }
  void set_element(std::string_view name, double value, std::size_t index) const {
    if (const auto field = find_(name))
      write_number(place_.section, *field, value, static_cast<std::uint32_t>(index));
  }

  std::uint32_t record_bytes() const { return record_bytes_; }

 private:
  const Place& place_;
  const FieldFinder& find_;
  std::uint32_t record_bytes_;
};

double number_of(std::size_t car) {
  return kFirstNumber + static_cast<double>(car);
}

void mark_crew_chief(const Records& records, const std::vector<FieldCar>& field) {
  records.set("numVehicles", static_cast<double>(field.size()));
  for (std::size_t i = 0; i < field.size(); ++i) {
    records.set("vehicle0.isConnected", 1, i);
    records.set("vehicle0.carId", field[i].is_player ? 0 : number_of(i), i);
    records.set("vehicle0.spLineLength", field[i].number(Quantity::kLapFraction, 0), i);
  }
}

void mark_competizione(const Records& records, const std::vector<FieldCar>& field) {
  records.set("activeCars", static_cast<double>(field.size()));
  for (std::size_t i = 0; i < field.size(); ++i) {
    records.set_element("carID", number_of(i), i);
    if (field[i].is_player) records.set("playerCarID", number_of(i));
  }
}

void mark_evo(const Records& records, const std::vector<FieldCar>& field) {
  records.set("active_cars", static_cast<double>(field.size()));
  for (std::size_t i = 0; i < field.size(); ++i) {
    records.set_element("car_ids", number_of(i), 2 * i);
    if (field[i].is_player) records.set("player_car_id_a", number_of(i));
  }
}

void mark_raceroom(const Records& records, const std::vector<FieldCar>& field) {
  for (std::size_t i = 0; i < field.size(); ++i) {
    records.set("driver0.driver_info.slot_id", number_of(i), i);
    records.set("driver0.driver_info.car_number", std::stod(field[i].number_text), i);
    if (field[i].is_player) records.set("vehicle_info.slot_id", number_of(i));
  }
}

void mark_pcars(const Records& records, const std::vector<FieldCar>& field) {
  records.set("mNumParticipants", static_cast<double>(field.size()));
  for (std::size_t i = 0; i < field.size(); ++i) {
    records.set("mParticipantInfo0.mIsActive", 1, i);
    if (field[i].is_player) records.set("mViewedParticipantIndex", static_cast<double>(i));
  }
}

void mark_f1(const Place& place, const Records& records, const std::vector<FieldCar>& field,
             const FieldFinder& find) {
  constexpr double kActive = 2;
  constexpr std::uint32_t kGapBytes = 14;  // from 2023 on, behind the last lap's time
  const auto last = place.mapping == "pitbridge.udp.f1.lap" ? find("m_lastLapTimeInMS") : std::nullopt;
  const bool has_minutes = place.title.id == "f1_24" || place.title.id == "f1_25";
  for (std::size_t i = 0; i < field.size(); ++i) {
    records.set("m_raceNumber", std::stod(field[i].number_text), i);
    if (!last) continue;
    records.set("m_resultStatus", kActive, i);
    if (place.title.id == "f1_22" || field[i].gap_ahead_seconds == kNoneNow) continue;
    put_minutes(place.section, last->offset_bytes + kGapBytes + i * records.record_bytes(), has_minutes,
                field[i].gap_ahead_seconds);
  }
}

void mark_wreckfest(const Place& place, const std::vector<FieldCar>& field) {
  constexpr std::size_t kFirstStatus = 15, kRecordBytes = 32;
  if (!place.mapping.ends_with(".leaderboard")) return;
  for (std::size_t i = 0; i < field.size(); ++i)
    put(place.section, kFirstStatus + i * kRecordBytes, std::uint8_t{3});
}

}  // namespace

std::uint32_t players_place(const Title& title) {
  if (title.find_variable != nullptr) return 7;
  return title.id == "rfactor_2" || title.id == "le_mans_ultimate" ? 2 : 0;
}

void mark_cars(const Place& place, const Moment& moment, const FieldFinder& find) {
  // All channels of one mapping whose records are in one array have one distance.
  std::uint32_t record_bytes = 0;
  for (const Channel& channel : place.title.cars->channels)
    if (channel.mapping == place.mapping && record_bytes < channel.record_bytes)
      record_bytes = channel.record_bytes;
  const Records records(place, find, record_bytes);
  if (place.mapping == "acpmf_crewchief") return mark_crew_chief(records, moment.field);
  if (place.title.id == "assetto_corsa_competizione") return mark_competizione(records, moment.field);
  if (place.mapping == "acevo_pmf_graphics") return mark_evo(records, moment.field);
  if (place.mapping == "$R3E") return mark_raceroom(records, moment.field);
  if (place.mapping == "$pcars2$" || place.mapping == "$pcars$") return mark_pcars(records, moment.field);
  if (place.title.find_variable != nullptr) return write_iracing_field(place, moment, find);
  if (place.mapping.starts_with("pitbridge.udp.f1.")) return mark_f1(place, records, moment.field, find);
  if (place.mapping.starts_with("pitbridge.udp.wreckfest2.")) return mark_wreckfest(place, moment.field);
  write_rfactor_field(place, moment);
}

}  // namespace pitbridge::model
