// SPDX-License-Identifier: MIT
#include "common/core/launch/bridge_kind.hpp"

#include <fmt/format.h>

namespace pitbridge {

std::string_view kind_name(BridgeKind kind) {
  switch (kind) {
    case BridgeKind::kWinelib:
      return "Winelib";
    case BridgeKind::kTwin:
      return "twin";
    case BridgeKind::kTwin32:
      return "32-bit twin";
  }
  return "";
}

std::string bridge_file(std::string_view program, BridgeKind kind) {
  switch (kind) {
    case BridgeKind::kWinelib:
      break;
    case BridgeKind::kTwin:
      return fmt::format("{}.exe", program);
    case BridgeKind::kTwin32:
      return fmt::format("win32/{}.exe", program);
  }
  return fmt::format("{}.exe.so", program);
}

ChosenBridge choose_bridge(std::string_view wish, const WineTraits& wine) {
  if (wine.is_32_bit_prefix) return {BridgeKind::kTwin32, "the prefix is one for 32-bit programs alone"};
  if (wish == "never") return {};
  if (wish == "always") return {BridgeKind::kTwin, "the setting twin says so"};
  if (wine.loads_winelib == false) return {BridgeKind::kTwin, "this Wine loads no Winelib programs"};
  return {};
}

}  // namespace pitbridge
