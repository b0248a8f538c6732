// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/model/scene.hpp"

namespace pitbridge::model {

/// Project CARS 1 and 2 and Automobilista 2: the participants.
extern const Scene kPcarsScene;

}  // namespace pitbridge::model
