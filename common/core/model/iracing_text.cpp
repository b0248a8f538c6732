// SPDX-License-Identifier: MIT
#include "common/core/model/iracing_text.hpp"

namespace pitbridge::model {

std::string driver_text(std::size_t number, std::string_view driver, std::string_view car,
                        std::string_view more) {
  std::string text = " - CarIdx: " + std::to_string(number) + "\n   UserName: ";
  return text.append(driver).append("\n   CarScreenName: ").append(car).append("\n").append(more);
}

std::string session_text(const LapState& car, const SessionText& session) {
  return "---\nWeekendInfo:\n TrackName: x\n TrackDisplayName: " + car.track + "\n" + session.weekend_more +
         "\nSessionInfo:\n Sessions:\n - SessionNum: 0\n   SessionType: " + std::string(session.kind) +
         "\n\nDriverInfo:\n DriverCarIdx: " + std::to_string(session.own_number) +
         "\n DriverCarIdleRPM: " + std::to_string(car.number(Quantity::kIdleRpm)) +
         "\n DriverCarGearNumForward: " + std::to_string(car.number(Quantity::kGears)) +
         "\n DriverCarRedLine: " + std::to_string(car.number(Quantity::kMaxRpm)) + "\n" +
         session.driver_more + " Drivers:\n" + session.drivers + "\n...\n";
}

}  // namespace pitbridge::model
