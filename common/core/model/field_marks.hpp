// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/model/scene.hpp"

namespace pitbridge::model {

/// Which of the moment's cars the title is to have as the player's: for some, the scene has chosen.
std::uint32_t players_place(const Title& title);

/// By what each title tells how many cars there are, which records hold one, and which is the player's; and
/// what it computes of each.
void mark_cars(const Place& place, const Moment& moment, const FieldFinder& find);

}  // namespace pitbridge::model
