// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/model/scene.hpp"

/// rFactor 2's plugin and Le Mans Ultimate, which keep the same records of a session and its vehicles.
namespace pitbridge::model {

extern const Scene kRfactor2Scene;
extern const Scene kLeMansUltimateScene;

/// The records of the moment's field, whose third car is the player's.
void write_rfactor_field(const Place& place, const Moment& moment);
/// What is computed of the player's records, and of the session's.
void write_rfactor_computed(const Place& place, const Moment& moment);

}  // namespace pitbridge::model
