// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Which program serves a game: the bridge of Winelib, or its twin, for a Wine that loads no Winelib.
namespace pitbridge {

enum class BridgeKind : std::uint8_t {
  kWinelib,
  kTwin,
  kTwin32,  ///< for a prefix that runs no 64-bit program
};

/// For people: "Winelib", "twin", "32-bit twin".
std::string_view kind_name(BridgeKind kind);

/// The file of a bridge, below the directory of them all; `program`: "acbridge".
std::string bridge_file(std::string_view program, BridgeKind kind);

/// The native half of every twin, which lies in that directory too.
inline constexpr std::string_view kTwinsNativeHalf = "pitbridge-keeper";

/// What is known of a Wine and of its prefix before a bridge is started.
struct WineTraits {
  bool is_32_bit_prefix = false;
  std::optional<bool> loads_winelib;  ///< nothing: only a trial can tell
};

struct ChosenBridge {
  BridgeKind kind = BridgeKind::kWinelib;
  std::string reason;  ///< why it is a twin; empty: it is none

  bool is_twin() const { return kind != BridgeKind::kWinelib; }
};

/// `wish`: the setting "twin". A prefix that runs no 64-bit program has no choice.
ChosenBridge choose_bridge(std::string_view wish, const WineTraits& wine);

}  // namespace pitbridge
