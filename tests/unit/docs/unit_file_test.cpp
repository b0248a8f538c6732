// SPDX-License-Identifier: MIT
// The systemd unit: systemd itself reads it, and nothing in it keeps a bridge from joining a game.
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "common/posix/system/paths.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

std::string unit_text() {
  return content_of(environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/bridges/systemd/pitbridge.service");
}

/// The lines that are no comments.
std::string settings_of(const std::string& unit) {
  std::istringstream lines(unit);
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('#')) text += line + "\n";
  return text;
}

TEST(UnitFile, SystemdUnderstandsIt) {
  if (std::system("command -v systemd-analyze >/dev/null") != 0) GTEST_SKIP() << "no systemd-analyze here";
  const TempDirectory directory;
  std::string text = unit_text();
  const std::string placeholder = "@PREFIX@/bin/pitbridge";
  const auto at = text.find(placeholder);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, placeholder.size(), "/bin/true");
  write_file(directory / "pitbridge.service", text);
  std::FILE* pipe =
      ::popen(("XDG_RUNTIME_DIR=" + directory.path() + " timeout 30 systemd-analyze verify --user --man=no " +
               (directory / "pitbridge.service") + " 2>&1")
                  .c_str(),
              "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 4096> buffer;
  std::string output;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), n);
  const int status = ::pclose(pipe);
  EXPECT_EQ(WEXITSTATUS(status), 0) << output;
  EXPECT_EQ(output.find("pitbridge.service:"), std::string::npos) << output;
}

TEST(UnitFile, HasNothingThatBreaksABridge) {
  const std::string settings = settings_of(unit_text());
  for (const char* setting :
       {"Private", "Protect", "MemoryDenyWriteExecute", "SystemCallArchitectures", "@cpu-emulation", "@debug",
        "@mount", "@system-service", "CapabilityBoundingSet", "RestrictNamespaces", "LD_LIBRARY_PATH"})
    EXPECT_EQ(settings.find(setting), std::string::npos) << setting;
  for (const char* setting : {"Type=notify\n", "Restart=on-failure\n", "NoNewPrivileges=yes\n",
                              "LockPersonality=yes\n", "RestrictAddressFamilies=", "SystemCallFilter=~",
                              "WatchdogSec=", "KillMode=process\n", "WantedBy=default.target\n"})
    EXPECT_NE(settings.find(setting), std::string::npos) << setting;
}

}  // namespace
}  // namespace pitbridge
