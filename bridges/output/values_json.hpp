// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "common/core/decode/cars.hpp"
#include "common/core/decode/snapshot.hpp"
#include "common/core/decode/value.hpp"
#include "common/core/sim/quantity.hpp"

namespace pitbridge {

/// A number, a list of numbers, or a text; a number that stands for a word is the word.
nlohmann::ordered_json value_json(const QuantityInfo& info, const Value& value);

/// An array of objects: "is_player", and what is known of each car by the names of the quantities.
nlohmann::ordered_json cars_json(std::span<const CarRow> cars);

/// An object of every number and text of one mapping, by the sim's own names.
nlohmann::ordered_json fields_json(const Layout& layout, const Snapshot& snapshot);

}  // namespace pitbridge
