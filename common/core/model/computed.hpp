// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/model/scene.hpp"

namespace pitbridge::model {

/// What the channels of a title compute of several fields, of the player's car: written so that they find
/// what the car is told of. Only for a car that has a circuit below its wheels (`drive_state`).
void write_computed(const Place& place, const Moment& moment, const FieldFinder& find);

/// The same of the sims that send packets.
void write_computed_packet(const Place& place, const Moment& moment, const FieldFinder& find);

}  // namespace pitbridge::model
