// SPDX-License-Identifier: MIT
#include "common/posix/session/wine_traits.hpp"

#include <gtest/gtest.h>

#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

class WineTraitsTest : public testing::Test {
 protected:
  std::optional<bool> loads_winelib(const std::string& loader) const {
    return wine_traits("", tree.root() + loader).loads_winelib;
  }
  const PlantedTree tree;
};

TEST_F(WineTraitsTest, TheRegistryTellsOfA32BitPrefix) {
  tree.file("/old/system.reg",
            "WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n\n#arch=win32\n");
  tree.file("/new/system.reg", "WINE REGISTRY Version 2\n\n#arch=win64\n");
  EXPECT_TRUE(wine_traits(tree.root() + "/old", "").is_32_bit_prefix);
  EXPECT_FALSE(wine_traits(tree.root() + "/new", "").is_32_bit_prefix);
  EXPECT_FALSE(wine_traits(tree.root() + "/none", "").is_32_bit_prefix);
  EXPECT_FALSE(wine_traits("", "").is_32_bit_prefix);
}

TEST_F(WineTraitsTest, ALoaderThatAsksForWinelibLoadsIt) {
  tree.file("/proton/files/lib/wine/x86_64-unix/ntdll.so", std::string("a\0__wine_spec_nt_header\0b", 25));
  EXPECT_EQ(loads_winelib("/proton/files/bin/wine64"), true);
  tree.file("/usr/lib/x86_64-linux-gnu/wine/x86_64-unix/ntdll.so", "__wine_spec_nt_header");
  EXPECT_EQ(loads_winelib("/usr/lib/wine/wine64"), true);
}

TEST_F(WineTraitsTest, OneThatDoesNotOrIsForAnotherMachineDoesNot) {
  tree.file("/stripped/lib/wine/x86_64-unix/ntdll.so", "no such thing");
  EXPECT_EQ(loads_winelib("/stripped/bin/wine"), false);
  tree.file("/arm/lib/wine/aarch64-unix/ntdll.so", "__wine_spec_nt_header");
  EXPECT_EQ(loads_winelib("/arm/bin/wine"), false);
}

TEST_F(WineTraitsTest, OfOneThatIsNotFoundNothingIsKnown) {
  EXPECT_EQ(loads_winelib("/elsewhere/bin/wine"), std::nullopt);
  EXPECT_EQ(wine_traits("", "").loads_winelib, std::nullopt);
}

}  // namespace
}  // namespace pitbridge
