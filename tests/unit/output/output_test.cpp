// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

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

TEST(Output, OfReadEndsWithItsReaderWhereSigpipeIsIgnored) {
  const TempDirectory directory;
  write_file(directory / "acpmf_physics", std::string(2048, '\0'));
  const std::string program = (build_dir() / "bin" / "pitbridge").string();
  for (const char* json : {"", "--json"}) {
    // As below systemd; `timeout` would end what does not end itself with 124.
    const Outcome outcome = run(
        {"bash", "-c",
         "trap '' PIPE; { timeout 30 \"$0\" read ac $2 --interval 1 --shm-dir \"$1\"; echo \"ended with $?\" "
         ">&2; } | head -n 1 >/dev/null",
         program, directory.path(), json});
    EXPECT_NE(outcome.output.find("ended with 1\n"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("cannot write the output: Broken pipe"), std::string::npos)
        << outcome.output;
  }
}

}  // namespace
}  // namespace pitbridge
