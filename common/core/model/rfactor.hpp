// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/model/scene.hpp"

/// rFactor 2's plugin and Le Mans Ultimate, which keep the same records of a session and its vehicles.
namespace pitbridge::model {

extern const Scene kRfactor2Scene;
extern const Scene kLeMansUltimateScene;

}  // namespace pitbridge::model
