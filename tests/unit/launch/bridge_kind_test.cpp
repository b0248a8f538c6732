// SPDX-License-Identifier: MIT
#include "common/core/launch/bridge_kind.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

BridgeKind kind(std::string_view wish, const WineTraits& wine) {
  return choose_bridge(wish, wine).kind;
}

TEST(BridgeKind, IsWinelibWhereNothingSpeaksAgainstIt) {
  EXPECT_EQ(kind("auto", {}), BridgeKind::kWinelib);
  EXPECT_EQ(kind("auto", {.loads_winelib = true}), BridgeKind::kWinelib);
  EXPECT_EQ(choose_bridge("auto", {}).reason, "");
}

TEST(BridgeKind, IsTheTwinWhereWineLoadsNoWinelibOrTheUserWantsIt) {
  EXPECT_EQ(kind("auto", {.loads_winelib = false}), BridgeKind::kTwin);
  EXPECT_EQ(kind("never", {.loads_winelib = false}), BridgeKind::kWinelib);
  EXPECT_EQ(kind("always", {.loads_winelib = true}), BridgeKind::kTwin);
  EXPECT_NE(choose_bridge("always", {}).reason, "");
}

TEST(BridgeKind, LeavesA32BitPrefixNoChoice) {
  for (const char* wish : {"auto", "always", "never"})
    EXPECT_EQ(kind(wish, {.is_32_bit_prefix = true, .loads_winelib = true}), BridgeKind::kTwin32) << wish;
}

TEST(BridgeKind, NamesTheFile) {
  EXPECT_EQ(bridge_file("acbridge", BridgeKind::kWinelib), "acbridge.exe.so");
  EXPECT_EQ(bridge_file("acbridge", BridgeKind::kTwin), "acbridge.exe");
  EXPECT_EQ(bridge_file("acbridge", BridgeKind::kTwin32), "win32/acbridge.exe");
}

}  // namespace
}  // namespace pitbridge
