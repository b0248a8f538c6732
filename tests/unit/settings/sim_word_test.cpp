// SPDX-License-Identifier: MIT
#include "common/core/settings/sim_word.hpp"

#include <gtest/gtest.h>

namespace pitbridge {
namespace {

TEST(SimWord, MayBeASimATitleAnExeOrAnAppIdInAnyCase) {
  const auto title = [](std::string_view word) -> std::string_view {
    const auto meant = title_of_word(word);
    if (!meant) return "(none)";
    return meant->title != nullptr ? meant->title->id : meant->sim->name;
  };
  EXPECT_EQ(title("ac"), "ac");
  EXPECT_EQ(title("AC"), "ac");
  EXPECT_EQ(title("acc"), "assetto_corsa_competizione");
  EXPECT_EQ(title("ets2"), "ets2");
  EXPECT_EQ(title("ETS2"), "ets2");
  EXPECT_EQ(title("euro truck simulator 2"), "ets2");
  EXPECT_EQ(title("eurotrucks2.EXE"), "ets2");
  EXPECT_EQ(title("acs"), "assetto_corsa");
  EXPECT_EQ(title("Content Manager.exe"), "assetto_corsa");
  EXPECT_EQ(title("244210"), "assetto_corsa");
  for (const char* none : {"", ".exe", "24421", "0", "ac "}) EXPECT_EQ(title(none), "(none)") << none;
}

TEST(SimWord, EachSimIsNamedByItsOwnName) {
  for (const Sim* sim : all_sims()) {
    const auto meant = title_of_word(sim->name);
    ASSERT_TRUE(meant) << sim->name;
    EXPECT_EQ(meant->sim, sim);
    EXPECT_EQ(meant->title, nullptr);
    for (const Title& title : sim->titles) {
      const auto by_id = title_of_word(title.id);
      ASSERT_TRUE(by_id) << title.id;
      EXPECT_EQ(by_id->sim, sim) << title.id;
    }
  }
}

TEST(SimWord, AnUnknownOneIsAnsweredWithTheNearest) {
  const auto wrong = title_of_word("ETS3");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ExitCode::kUsage);
  EXPECT_NE(wrong.error().message.find("did you mean \"ets2\"?"), std::string::npos) << wrong.error().message;
  EXPECT_NE(wrong.error().message.find("pitbridge list"), std::string::npos) << wrong.error().message;
}

}  // namespace
}  // namespace pitbridge
