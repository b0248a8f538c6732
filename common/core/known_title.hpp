// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/sim.hpp"

namespace pitbridge {

/// A sim and one of its titles.
struct KnownTitle {
  const Sim* sim = nullptr;
  const Title* title = nullptr;

  friend bool operator==(const KnownTitle&, const KnownTitle&) = default;
};
/// By the exe's name, case-insensitive, or by Steam's number of the game.
std::optional<KnownTitle> title_of_exe_name(std::string_view exe_name);
std::optional<KnownTitle> title_of_app(std::uint32_t app_id);

/// The part behind the last slash or backslash: of "Z:\games\acs.exe" and "/games/acs.exe" it is "acs.exe".
std::string_view base_name(std::string_view path);

}  // namespace pitbridge
