// SPDX-License-Identifier: MIT
#include "common/posix/session/command_family.hpp"

#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

class CommandFamilyTest : public ::testing::Test {
 protected:
  PlantedProcess process(pid_t pid, pid_t parent, const std::string& prefix = {}) const {
    PlantedProcess planted;
    planted.pid = pid;
    planted.parent = parent;
    planted.environment = {"HOME=/home/u"};
    if (!prefix.empty()) planted.environment.push_back("WINEPREFIX=" + prefix);
    planted.exe = "/bin/sh";
    return planted;
  }
  ProcessInfo plant(const PlantedProcess& planted) const {
    const auto found = find_process(tree_.process(planted).pid, tree_.root());
    EXPECT_TRUE(found);
    return found.value_or(ProcessInfo{});
  }
  void end(pid_t pid) const { std::filesystem::remove_all(tree_.root() + "/proc/" + std::to_string(pid)); }
  CommandFamily family() const { return CommandFamily({10, 5000}, tree_.root()); }

  PlantedTree tree_;
};

TEST_F(CommandFamilyTest, HoldsTheCommandAndWhatDescendsFromIt) {
  const auto command = plant(process(10, 1));
  const CommandFamily family = this->family();
  EXPECT_TRUE(family.has(command));
  (void)plant(process(11, 10));
  EXPECT_TRUE(family.has(plant(process(12, 11, "/a")))) << "started after the look";
  EXPECT_FALSE(family.has(plant(process(13, 1, "/b"))));
  EXPECT_FALSE(family.has(plant(process(14, 13))));
}

TEST_F(CommandFamilyTest, HoldsAnOrphanThatWasSeenBefore) {
  PlantedProcess command = process(10, 1);
  command.children = "11 ";
  (void)plant(command);
  PlantedProcess launcher = process(11, 10);
  launcher.children = "12 ";
  (void)plant(launcher);
  (void)plant(process(12, 11));
  CommandFamily family = this->family();
  end(10);
  end(11);
  end(12);
  const auto orphan = plant(process(12, 1));
  family.look();
  EXPECT_TRUE(family.has(orphan));
  PlantedProcess reused = process(12, 1);
  reused.start_ticks = 9000;
  end(12);
  EXPECT_FALSE(family.has(plant(reused))) << "another process with its pid";
}

TEST_F(CommandFamilyTest, HoldsAnOrphanInAPrefixOfTheCommand) {
  PlantedProcess command = process(10, 1, "/by/command");
  command.children = "11 ";
  (void)plant(command);
  (void)plant(process(11, 10, "/by/launcher/"));
  const CommandFamily family = this->family();
  end(11);
  EXPECT_TRUE(family.has(plant(process(20, 1, "/by/command"))));
  EXPECT_TRUE(family.has(plant(process(21, 1, "/by/launcher"))));
  tree_.directory("/by/command");
  tree_.link(tree_.root() + "/by/command", "/by/link");
  EXPECT_TRUE(family.has(plant(process(22, 1, "/by/link"))));
  EXPECT_FALSE(family.has(plant(process(23, 1, "/by/others"))));
}

TEST_F(CommandFamilyTest, TheHomesPrefixIsTheCommandsOnlyIfAWineUsesIt) {
  PlantedProcess command = process(10, 1);
  command.children = "11 ";
  (void)plant(command);
  (void)plant(process(11, 10));
  CommandFamily family = this->family();
  const auto others = plant(process(20, 1));
  EXPECT_FALSE(family.has(others)) << "a shell has a home, too";
  end(11);
  PlantedProcess wine = process(11, 10);
  wine.exe = "/usr/lib/wine/wine64";
  (void)plant(wine);
  family.look();
  EXPECT_TRUE(family.has(others));
}

}  // namespace
}  // namespace pitbridge
