// SPDX-License-Identifier: MIT
#include "common/posix/launch/bridge_start.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <csignal>

#include "common/posix/system/small_file.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

/// Shell scripts stand in for Wine, and the "bridge" is their first argument.
class BridgeStartTest : public ::testing::Test {
 protected:
  std::string script(const std::string& body) const {
    tree.file("/wine", "#!/bin/sh\n" + body, 0755);
    return tree.root() + "/wine";
  }
  /// Starts, and returns the exit code and what was written.
  std::pair<int, std::string> run(BridgeStart start) const {
    start.output_path = tree.root() + "/log/bridge.log";
    const auto started = start_bridge(start);
    EXPECT_TRUE(started) << started.error().message;
    if (!started) return {-1, ""};
    int status = -1;
    EXPECT_EQ(::waitpid(started->id.pid, &status, 0), started->id.pid);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content_of(start.output_path)};
  }

  const PlantedTree tree;
};

TEST_F(BridgeStartTest, PassesArgumentsAndExactlyTheEnvironment) {
  const ScopedEnvironment ours("PITBRIDGE_SECRET", "1");
  const auto [code, output] = run({.loader = script("echo \"$@\"; /usr/bin/env; exit 7"),
                                   .bridge = "/b/ac bridge.exe.so",
                                   .arguments = {"--stay", "a  b"},
                                   .environment = {"WINEPREFIX=/p", "X="}});
  EXPECT_EQ(code, 7);
  EXPECT_TRUE(output.starts_with("/b/ac bridge.exe.so --stay a  b\n")) << output;
  EXPECT_NE(output.find("WINEPREFIX=/p\n"), std::string::npos);
  EXPECT_EQ(output.find("PITBRIDGE_SECRET"), std::string::npos) << output;
}

TEST_F(BridgeStartTest, LeavesNothingOpenAndStdinAtItsEnd) {
  constexpr int kLeak = 77;
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const UniqueFd leak(::dup2(null.get(), kLeak));  // without O_CLOEXEC
  ASSERT_EQ(leak.get(), kLeak);
  const auto [code, output] = run({.loader = script("/bin/cat; /bin/ls /proc/$$/fd"), .bridge = "x"});
  EXPECT_EQ(code, 0);
  EXPECT_TRUE(output.starts_with("0\n1\n")) << output;
  EXPECT_EQ(output.find("77\n"), std::string::npos) << output;
}

TEST_F(BridgeStartTest, GivesSignalsBackTheirMeaning) {
  ::signal(SIGTERM, SIG_IGN);
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto [code, output] = run({.loader = script("kill -TERM $$; echo alive"), .bridge = "x"});
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGTERM, SIG_DFL);
  EXPECT_EQ(code, 128 + SIGTERM) << output;
}

TEST_F(BridgeStartTest, MakesASessionOfItsOwnWhenAsked) {
  for (const bool own : {true, false}) {
    auto started = start_bridge({.loader = script("exec /bin/sleep 60"), .bridge = "x", .new_session = own});
    ASSERT_TRUE(started);
    EXPECT_EQ(::getsid(started->id.pid) == started->id.pid, own);
    EXPECT_NE(started->id.start_ticks, 0U);
    EXPECT_FALSE(started->watch.has_ended());
    EXPECT_TRUE(started->watch.send_signal(SIGKILL));
    EXPECT_TRUE(started->watch.wait_ms(10'000));
    ::waitpid(started->id.pid, nullptr, 0);
  }
}

TEST_F(BridgeStartTest, WritesToTheDescriptorThatItIsGiven) {
  const UniqueFd out(::open((tree.root() + "/out").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const auto started =
      start_bridge({.loader = script("echo one; echo two >&2"), .bridge = "x", .output_fd = out.get()});
  ASSERT_TRUE(started);
  ::waitpid(started->id.pid, nullptr, 0);
  EXPECT_EQ(content_of(tree.root() + "/out"), "one\ntwo\n");
}

TEST_F(BridgeStartTest, AppendsToItsLogWhichIsPrivate) {
  (void)run({.loader = script("echo one"), .bridge = "x"});
  const auto [code, output] = run({.loader = script("echo two"), .bridge = "x"});
  EXPECT_EQ(code, 0);
  EXPECT_EQ(output, "one\ntwo\n");
  EXPECT_EQ(stat_of(tree.root() + "/log/bridge.log").st_mode & 0777U, 0600U);
}

TEST_F(BridgeStartTest, SaysWhyItCouldNotStart) {
  tree.file("/plain", "text", 0644);
  const auto plain = start_bridge({.loader = tree.root() + "/plain", .bridge = "x.exe.so"});
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().message,
            "cannot start x.exe.so with " + tree.root() + "/plain: execve: Permission denied");
  const auto log = start_bridge({.loader = "/bin/true", .bridge = "x", .output_path = tree.root()});
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ExitCode::kOutputRefused);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no zombie is left";
}

TEST_F(BridgeStartTest, OfAProgramThatEndsAtOnceIsNoError) {
  const auto started = start_bridge({.loader = "/bin/true", .bridge = "x"});
  ASSERT_TRUE(started) << started.error().message;
  int status = -1;
  EXPECT_EQ(::waitpid(started->id.pid, &status, 0), started->id.pid);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pitbridge
