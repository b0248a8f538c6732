// SPDX-License-Identifier: MIT
#include "bridges/output/output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "bridges/output/columns.hpp"
#include "common/posix/system/fd.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

const std::vector<std::vector<std::string>> kThatPrint = {
    {"--help"},
    {"--version"},
    {"read", "--help"},
    {"list"},
    {"list", "--json"},
    {"list", "--markdown"},
    {"config"},
    {"config", "--json"},
    {"doctor", "--list"},
    {"run", "--dry-run", "--", "true"},
    {"run", "--dry-run", "--json", "--", "true"},
    {"watch", "--dry-run"},
    {"watch", "--dry-run", "--json"},
    {"protontricks", "ac"},
};

TEST(Output, ThatCannotBeWrittenIsAnErrorOfEachCommand) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "there is no /dev/full here";
  const TempDirectory directory;  // protontricks copies the bridge that it names
  write_file(directory / "acbridge.exe.so", "");
  const std::vector<std::string> environment = {"PITBRIDGE_BRIDGE_DIR=" + directory.path(),
                                                "XDG_DATA_HOME=" + (directory / "data")};
  for (const auto& arguments : kThatPrint) {
    const Outcome outcome = run_pitbridge(arguments, environment, "2>&1 >/dev/full");
    EXPECT_EQ(outcome.status, 1) << arguments.front() << "\n" << outcome.output;
    EXPECT_NE(outcome.output.find("cannot write the output: No space left on device"), std::string::npos)
        << arguments.front() << "\n"
        << outcome.output;
    EXPECT_EQ(run_pitbridge(arguments, environment, ">/dev/null").status, 0) << arguments.front();
  }
}

TEST(Fitted, CutsBetweenLettersAndCountsWideOnesTwice) {
  EXPECT_EQ(fitted("plain", 10), "plain");
  EXPECT_EQ(fitted("plain", 3), "pla");
  EXPECT_EQ(fitted("Zürich", 2), "Zü");
  EXPECT_EQ(fitted("東京 x", 4), "東京");
  EXPECT_EQ(fitted("東京", 3), "東");
  EXPECT_EQ(fitted("🏎🏎", 2), "🏎");
  EXPECT_EQ(fitted("", 0), "");
}

TEST(Output, OfReadFitsTheTerminal) {
  const TempDirectory directory;
  const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
    GTEST_SKIP() << "there are no terminals here";
  const UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  constexpr std::size_t kColumns = 40;
  const winsize size = {.ws_row = 24, .ws_col = kColumns, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(::ioctl(terminal.get(), TIOCSWINSZ, &size), 0);
  const std::string program = (build_dir() / "bin" / "pitbridge").string();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(terminal.get(), STDOUT_FILENO);
    ::execl(program.c_str(), program.c_str(), "read", "ac", "--interval", "1", "--shm-dir",
            directory.path().c_str(), nullptr);
    ::_exit(127);
  }
  std::string text;
  char buffer[1024];
  pollfd ready = {master.get(), POLLIN, 0};
  while (text.size() < 1000 && ::poll(&ready, 1, 60'000) == 1) {
    const ssize_t n = ::read(master.get(), buffer, sizeof buffer);
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  ::kill(child, SIGTERM);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  const std::string begin = "\r\033[K";
  std::size_t lines = 0;
  for (std::size_t at = text.find(begin); at != std::string::npos; ++lines) {
    const std::size_t next = text.find(begin, at + begin.size());
    const std::string line =
        text.substr(at + begin.size(), next == std::string::npos ? next : next - at - begin.size());
    EXPECT_LE(line.size(), kColumns) << line;
    if (lines == 0) {
      EXPECT_TRUE(line.starts_with("waiting for Assetto Corsa")) << line;
    }
    at = next;
  }
  EXPECT_GE(lines, 2U) << text;
}

TEST(Output, OfReadEndsWithItsReaderWhereSigpipeIsIgnored) {
  const TempDirectory directory;
  write_file(directory / "acpmf_physics", std::string(2048, '\0'));
  const std::string program = (build_dir() / "bin" / "pitbridge").string();
  // One that waits writes nothing, and must see all the same that its reader has gone.
  const std::pair<const char*, const char*> kCases[] = {{"--json", "head -n 1"}, {"", "true"}};
  for (const auto& [json, reader] : kCases) {
    // As below systemd; `timeout` would end what does not end itself with 124.
    const std::string script =
        "trap '' PIPE; { timeout 30 \"$0\" read ac $2 --interval 1 --shm-dir \"$1\"; "
        "echo \"ended with $?\" >&2; } | $3 >/dev/null";
    const Outcome outcome = run({"bash", "-c", script, program, directory.path(), json, reader});
    EXPECT_NE(outcome.output.find("ended with 1\n"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("cannot write the output: Broken pipe"), std::string::npos)
        << outcome.output;
  }
}

}  // namespace
}  // namespace pitbridge
