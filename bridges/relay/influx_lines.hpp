// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "bridges/relay/frame.hpp"

namespace pitbridge {

/// Letters of a tag's value, or of a field's name, that mean something else there get a backslash. A line
/// ends where a control stands, so that each becomes a blank.
std::string influx_key(std::string_view text);
/// As the value of a field, in quotes.
std::string influx_text(std::string_view text);

/// The values of frames as lines of InfluxDB's line protocol: those fields alone that have changed.
/// https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
class InfluxLines {
 public:
  explicit InfluxLines(std::string host) : host_(std::move(host)) {}

  /// "pitbridge,host=rig1,sim=ac rpm=6000,gear=3 1700000000000000000\n"; empty: nothing has changed. Of
  /// several numbers each is a field: tyre_pressure_fl, velocity_x, sector_times_1.
  std::string line(const Frame& frame, std::int64_t wall_clock_ns);
  /// Lines were lost: the next has all again.
  void forget() { told_.clear(); }

 private:
  std::string host_, sim_;
  std::map<std::string, std::string, std::less<>> told_;  ///< by field
};

}  // namespace pitbridge
