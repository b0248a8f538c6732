// SPDX-License-Identifier: MIT
#include "common/posix/session/process_scan.hpp"

#include <filesystem>

#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

class ProcessScanTest : public testing::Test {
 protected:
  std::vector<pid_t> pids() {
    std::vector<pid_t> all;
    for (const RunningGame& game : scan_.look()) all.push_back(game.process.id.pid);
    return all;
  }
  void plant(const PlantedProcess& p) {
    tree_.process(p);
    tree_.file("/proc/" + std::to_string(p.pid) + "/comm", p.comm + "\n");
  }
  void remove(pid_t pid) { std::filesystem::remove_all(tree_.root() + "/proc/" + std::to_string(pid)); }
  /// In place, as exec does it: the directory of the process stays.
  void becomes(pid_t pid, const std::string& comm, const std::string& argv0, const std::string& exe) {
    const std::string at = "/proc/" + std::to_string(pid);
    tree_.file(at + "/cmdline", argv0 + '\0');
    tree_.file(at + "/comm", comm + "\n");
    std::filesystem::remove(tree_.root() + at + "/exe");
    tree_.link(exe, at + "/exe");
  }

  PlantedTree tree_;
  ProcessScan scan_{tree_.root()};
};

TEST_F(ProcessScanTest, FindsGamesThatStartAndForgetsThoseThatEnd) {
  EXPECT_TRUE(pids().empty());
  plant({.pid = 100});
  plant({.pid = 101, .comm = "bash", .argv = {"bash"}, .exe = "/usr/bin/bash"});
  EXPECT_EQ(pids(), std::vector<pid_t>{100});
  plant({.pid = 102, .start_ticks = 4000, .comm = "RRRE64.exe", .argv = {"Z:\\RRRE64.exe"}});
  EXPECT_EQ(pids(), (std::vector<pid_t>{102, 100})) << "oldest first";
  remove(100);
  EXPECT_EQ(pids(), std::vector<pid_t>{102});
  EXPECT_EQ(scan_.process_count(), 2U) << "what has gone is forgotten";
}

TEST_F(ProcessScanTest, AGameThatIsAZombieHasEnded) {
  plant({.pid = 100});
  EXPECT_EQ(pids().size(), 1U);
  PlantedProcess zombie = {.pid = 100, .state = 'Z'};
  remove(100);
  plant(zombie);
  EXPECT_TRUE(pids().empty());
}

TEST_F(ProcessScanTest, OldProcessesAreLookedAtSeldomButNotNever) {
  for (pid_t pid = 200; pid < 264; ++pid)
    plant({.pid = pid, .comm = "idle", .argv = {"idle"}, .exe = "/usr/bin/idle"});
  (void)scan_.look();
  EXPECT_EQ(scan_.looked_at(), 64U);
  for (int i = 0; i < 20; ++i) (void)scan_.look();
  for (int i = 0; i < 16; ++i) {
    (void)scan_.look();
    EXPECT_EQ(scan_.looked_at(), 4U) << "each has its own turn";
  }
  plant({.pid = 300, .comm = "idle", .argv = {"idle"}, .exe = "/usr/bin/idle"});
  (void)scan_.look();
  EXPECT_GE(scan_.looked_at(), 5U) << "a new one is young";
  // A launch script that becomes the game after minutes.
  becomes(210, "acs.exe", "Z:\\acs.exe", "/usr/lib/wine/wine64");
  std::vector<pid_t> found;
  for (int i = 0; i < 16 && found.empty(); ++i) found = pids();
  EXPECT_EQ(found, std::vector<pid_t>{210});
}

TEST_F(ProcessScanTest, AnotherProcessWithTheSamePidIsNew) {
  plant({.pid = 100, .comm = "idle", .argv = {"idle"}, .exe = "/usr/bin/idle"});
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(pids().empty());
  // The filesystem may give the same inode again, which procfs does not: keep the old one busy.
  std::filesystem::rename(tree_.root() + "/proc/100", tree_.root() + "/old");
  plant({.pid = 100, .start_ticks = 9000});
  EXPECT_EQ(pids(), std::vector<pid_t>{100}) << "at once, and not at its turn";
}

TEST_F(ProcessScanTest, AProcessThatWineIsJustLoadingIsLookedAtAgain) {
  plant({.pid = 100, .comm = "wine", .argv = {"wine", "acs.exe"}});
  EXPECT_TRUE(pids().empty());
  becomes(100, "acs.exe", "Z:\\acs.exe", "/usr/lib/wine/wine64");
  EXPECT_EQ(pids(), std::vector<pid_t>{100});
}

TEST_F(ProcessScanTest, WhileNothingStartsTheOldOnesAreLookedAtAllTheSame) {
  tree_.file("/proc/loadavg", "0.1 0.2 0.3 1/300 100\n");
  plant({.pid = 100, .comm = "bash", .argv = {"bash"}, .exe = "/usr/bin/bash"});
  EXPECT_TRUE(pids().empty());
  becomes(100, "acs.exe", "Z:\\acs.exe", "/usr/lib/wine/wine64");
  EXPECT_EQ(pids(), std::vector<pid_t>{100}) << "exec gives no new pid";
  plant({.pid = 101, .comm = "RRRE64.exe", .argv = {"Z:\\RRRE64.exe"}});
  EXPECT_EQ(pids(), std::vector<pid_t>{100}) << "the list is spared";
  tree_.file("/proc/loadavg", "0.1 0.2 0.3 1/300 101\n");
  EXPECT_EQ(pids(), (std::vector<pid_t>{100, 101}));
  remove(100);
  EXPECT_EQ(pids(), std::vector<pid_t>{101});
}

TEST_F(ProcessScanTest, TheJudgeDecides) {
  plant({.pid = 100});
  plant({.pid = 101, .comm = "other.exe", .argv = {"Z:\\other.exe"}});
  plant({.pid = 102, .comm = "bash", .argv = {"bash"}, .exe = "/usr/bin/bash"});
  std::vector<pid_t> asked;
  scan_.set_judge(
      [&](const ProcessInfo& process, const std::string&) {
        asked.push_back(process.id.pid);
        return std::optional<RunningGame>();
      },
      true);
  EXPECT_TRUE(pids().empty());
  EXPECT_EQ(asked.size(), 2U) << "whatever ends in .exe, and nothing else";
}

TEST_F(ProcessScanTest, TheRealProcIsRead) {
  ProcessScan real;
  (void)real.look();
  EXPECT_GT(real.process_count(), 1U);
  EXPECT_EQ(real.looked_at(), real.process_count());
}

}  // namespace
}  // namespace pitbridge
