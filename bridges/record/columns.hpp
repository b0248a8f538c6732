// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "bridges/record/known_recording.hpp"
#include "common/core/decode/telemetry.hpp"

namespace pitbridge::record {

/// A quantity, or one element of one that has several: "tyre_pressure.fl", "velocity.x".
struct Column {
  const QuantityInfo* info;
  std::uint32_t element = 0;

  std::string name() const;
};

/// Those that `names` name (a quantity stands for all its elements); without names those that the title
/// gives.
Expected<std::vector<Column>> choose_columns(const Title& title, const std::vector<std::string>& names);

/// Nothing; a number; a word or a text.
using Cell = std::variant<std::monostate, double, std::string>;
Cell cell_of(const Telemetry& telemetry, const Column& column);

struct Sampling {
  double rate_hz = 60;      ///< so many rows a second, of what there was then
  bool of_changes = false;  ///< instead a row for each moment at which a cell has changed
};

/// Called with the time and the cells of a row.
using TakeRow =
    std::function<Expected<void>(std::int64_t time_ns, Activity activity, const std::vector<Cell>& row)>;
/// Rows exist while a game was there.
Expected<void> for_each_row(const KnownRecording& recording, const std::vector<Column>& columns,
                            const Sampling& sampling, const TakeRow& take);

}  // namespace pitbridge::record
