// SPDX-License-Identifier: MIT
#pragma once

#include "tests/e2e/game/game_scene.hpp"

namespace pitbridge::fake {

/// Project CARS 1 and 2 and Automobilista 2: the participants.
extern const Scene kPcarsScene;

}  // namespace pitbridge::fake
