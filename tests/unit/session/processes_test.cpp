// SPDX-License-Identifier: MIT
#include "common/posix/session/processes.hpp"

#include <sys/wait.h>

#include <csignal>

#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

using namespace std::string_literals;

// Recorded: a game under Wine 8.0.
constexpr std::string_view kStat =
    "5513 (acs.exe) S 5511 5511 2528 0 -1 4194304 1553 0 3 0 30 39 0 0 20 0 2 0 2240095 1803177984 2393 "
    "18446744073709551615 2097156096 2097157377 140728705770240 0 0 0 0 4096 1790 0 0 0 17 0 0 0 0 0 0\n";

TEST(ProcStat, ReadsARecordedLine) {
  const auto stat = parse_stat(kStat);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 5513);
  EXPECT_EQ(stat->comm, "acs.exe");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 5511);
  EXPECT_EQ(stat->start_ticks, 2240095U);
}

TEST(ProcStat, TakesANameThatLooksLikeTheRest) {
  const auto stat = parse_stat("7 (a) S 1 (b ) c) Z 3 1 1 0 -1 4194304 1 0 0 0 1 1 0 0 20 0 2 0 99 1 1\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->comm, "a) S 1 (b ) c");
  EXPECT_EQ(stat->state, 'Z');
  EXPECT_EQ(stat->start_ticks, 99U);
}

TEST(ProcStat, RefusesWhatIsCutOrForeign) {
  for (std::size_t size = 0; size < kStat.find("2240095"); ++size)
    EXPECT_FALSE(parse_stat(kStat.substr(0, size))) << size;
  EXPECT_FALSE(parse_stat("x (a) S 1 1 1 0 -1 4194304 1 0 0 0 1 1 0 0 20 0 2 0 99 1"));
  EXPECT_FALSE(parse_stat("-5 (a) S 1 1 1 0 -1 4194304 1 0 0 0 1 1 0 0 20 0 2 0 99 1"));
  EXPECT_FALSE(parse_stat("5 (a) S 1 1 1 0 -1 4194304 1 0 0 0 1 1 0 0 20 0 2 0 9x 1"));
  EXPECT_FALSE(parse_stat("5 )a( S 1"));
  EXPECT_FALSE(parse_stat(" (a"));
}

TEST(ProcCmdline, DropsWhatWineLeavesBehindTheArguments) {
  EXPECT_EQ(parse_cmdline("/tmp/hb/acs.exe\0\0\0\0\0"s), std::vector<std::string>{"/tmp/hb/acs.exe"});
  EXPECT_EQ(parse_cmdline("a\0\0b\0"s), (std::vector<std::string>{"a", "", "b"}));
}

TEST(ProcCmdline, TakesTextsWithoutAnEnd) {
  EXPECT_TRUE(parse_cmdline("").empty());
  EXPECT_TRUE(parse_cmdline("\0\0\0"s).empty());
  EXPECT_EQ(parse_cmdline("no end"), std::vector<std::string>{"no end"});
  EXPECT_EQ(parse_cmdline(std::string(1 << 20, 'x')).front().size(), std::size_t{1} << 20U);
}

TEST(ProcEnviron, ReadsAndSurvivesEverything) {
  const Environment environment =
      parse_environ("A=1\0B=x=y\0none\0=empty name\0EMPTY=\0BYTES=\xff\xfe\0A=2\0CUT=with no en"s);
  EXPECT_EQ(value_or_empty(environment, "A"), "1") << "as getenv";
  EXPECT_EQ(value_or_empty(environment, "B"), "x=y");
  EXPECT_EQ(value_or_empty(environment, "BYTES"), "\xff\xfe");
  EXPECT_EQ(value_or_empty(environment, "CUT"), "with no en");
  EXPECT_TRUE(environment.contains("EMPTY"));
  EXPECT_EQ(environment.size(), 5U);
  EXPECT_TRUE(parse_environ("").empty());
  EXPECT_TRUE(parse_environ(std::string(1 << 20, '\0')).empty());
  EXPECT_TRUE(parse_environ(std::string(1 << 20, 'x')).empty());
}

TEST(ProcMaps, GivesEachFileOnce) {
  const auto files = parse_maps(
      "140000000-140001000 r--p 00000000 fe:00 77                         /games/Le Mans Ultimate.exe\n"
      "140001000-140002000 r-xp 00001000 fe:00 77                         /games/Le Mans Ultimate.exe\n"
      "7f0000-7f1000 rw-s 00000000 00:19 5                        /dev/shm/wine-a74003-fsync (deleted)\n"
      "7f1000-7f2000 rw-p 00000000 00:00 0 \n"
      "7ffd0000-7ffd1000 rw-p 00000000 00:00 0                          [stack]\n"
      "no map at all\n"
      "7f3000-7f4000 r--p 0 0:0 0 /cut");
  EXPECT_EQ(files, (std::vector<std::string>{"/games/Le Mans Ultimate.exe",
                                             "/dev/shm/wine-a74003-fsync (deleted)", "/cut"}));
  EXPECT_EQ(without_deleted_mark(files[1]), "/dev/shm/wine-a74003-fsync");
  EXPECT_EQ(without_deleted_mark("/a (deleted) b"), "/a (deleted) b");
  EXPECT_TRUE(parse_maps("").empty());
  EXPECT_EQ(parse_maps(std::string(1 << 20, '/')).size(), 1U);
}

TEST(Processes, AreListedWithWhatTheyAre) {
  const PlantedTree tree;
  tree.process({.pid = 42, .comm = "reaper", .argv = {"reaper", "--"}});
  tree.process({.pid = 7, .argv = {"Z:\\acs.exe", "-x"}});
  tree.process({.pid = 9, .state = 'Z'});
  tree.directory("/proc/12");        // went before it was read
  tree.directory("/proc/irq");       // no process
  tree.file("/proc/13/stat", "13");  // cut
  tree.process({.pid = 14});
  std::filesystem::rename(tree.root() + "/proc/14", tree.root() + "/proc/15");  // tells another pid
  const auto all = own_processes(tree.root());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, (ProcessId{7, 5000}));
  EXPECT_EQ(all[0].argv, (std::vector<std::string>{"Z:\\acs.exe", "-x"}));
  EXPECT_EQ(all[0].parent, 1);
  EXPECT_EQ(all[1].comm, "reaper");
  EXPECT_TRUE(own_processes(tree.root() + "/none").empty());
}

TEST(Processes, TellWhatTheirFilesSay) {
  const PlantedTree tree;
  const ProcessId id = tree.process({.environment = {"A=1"},
                                     .exe = "/opt/wine64-preloader (deleted)",
                                     .descriptors = {"/dev/ntsync", "socket:[7]"},
                                     .cwd = "/tmp",
                                     .mount_namespace = 4026532000,
                                     .pid_namespace = 2});
  EXPECT_EQ(environment_of(id, tree.root())->at("A"), "1");
  EXPECT_EQ(exe_of(id, tree.root()), "/opt/wine64-preloader");
  EXPECT_EQ(mapped_files(id, tree.root()), std::vector<std::string>{"/nothing/of/interest"});
  EXPECT_EQ(open_files(id, tree.root()), (std::vector<std::string>{"/dev/ntsync", "socket:[7]"}));
  EXPECT_EQ(working_directory_of(id, tree.root()), "/tmp");
  EXPECT_EQ(namespaces_of(id, tree.root()), (Namespaces{4026532000, 2}));
  EXPECT_EQ(own_namespaces(tree.root()), (Namespaces{1, 2}));
}

TEST(Processes, SayNothingOfAnotherWithTheSamePid) {
  const PlantedTree tree;
  ProcessId id = tree.process({.environment = {"A=1"}, .cwd = "/tmp"});
  EXPECT_TRUE(is_alive(id, tree.root()));
  id.start_ticks -= 1;
  EXPECT_FALSE(is_alive(id, tree.root()));
  EXPECT_FALSE(environment_of(id, tree.root()));
  EXPECT_FALSE(exe_of(id, tree.root()));
  EXPECT_FALSE(mapped_files(id, tree.root()));
  EXPECT_TRUE(open_files(id, tree.root()).empty());
  EXPECT_FALSE(namespaces_of(id, tree.root()));
  EXPECT_FALSE(working_directory_of(id, tree.root()));
}

TEST(Processes, KnowThisOneByTheRealProc) {
  const auto self = find_process(::getpid());
  ASSERT_TRUE(self);
  EXPECT_EQ(self->parent, ::getppid());
  EXPECT_TRUE(is_alive(self->id));
  EXPECT_TRUE(exe_of(self->id)->ends_with("unit_tests"));
  EXPECT_EQ(namespaces_of(self->id), own_namespaces());
  EXPECT_TRUE(own_namespaces());
  bool listed = false;
  for (const ProcessInfo& process : own_processes()) listed |= process.id == self->id;
  EXPECT_TRUE(listed);
}

TEST(ExitWatch, TellsTheEndOfAChild) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto info = find_process(child);
  ASSERT_TRUE(info);
  auto watch = watch_exit(info->id);
  ASSERT_TRUE(watch && *watch);
  EXPECT_FALSE((*watch)->has_ended());
  EXPECT_TRUE((*watch)->send_signal(SIGTERM));
  EXPECT_TRUE((*watch)->wait_ms(10'000));
  EXPECT_FALSE(is_alive(info->id)) << "a zombie does not live";
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE((*watch)->has_ended());
  EXPECT_FALSE((*watch)->send_signal(SIGTERM));
  const auto late = watch_exit(info->id);
  ASSERT_TRUE(late);
  EXPECT_FALSE(*late);
}

TEST(ExitWatch, IsNotGivenForAnotherWithTheSamePid) {
  auto self = find_process(::getpid())->id;
  ++self.start_ticks;
  const auto watch = watch_exit(self);
  ASSERT_TRUE(watch);
  EXPECT_FALSE(*watch);
}

TEST(Proc, ThatIsNotThereIsAnErrorWithTheRemedy) {
  EXPECT_TRUE(check_proc());
  const TempDirectory empty;
  const auto checked = check_proc(empty.path());
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("mount /proc"), std::string::npos);
}

}  // namespace
}  // namespace pitbridge
