// SPDX-License-Identifier: MIT
#include "tests/e2e/wine_environment.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/posix/system/paths.hpp"
#include "tests/e2e/process.hpp"

namespace pitbridge::e2e {
namespace fs = std::filesystem;

std::map<std::string, std::string> wine_environment(const std::string& prefix) {
  return {{"WINEPREFIX", prefix},
          {"WINEDEBUG", "-all"},
          // Proton, too, has no menus made.
          {"WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe="},
          {"DISPLAY", ""}};
}

std::string wineserver() {
  return fs::absolute(environment_or("PITBRIDGE_SOURCE_DIR", ".")).string() + "/tests/wineserver";
}

std::string wine_loader() {
  for (const char* loader :
       {"/usr/lib/wine/wine64", "/usr/lib/x86_64-linux-gnu/wine/wine", "/usr/lib/wine/wine"})
    if (fs::exists(loader)) return loader;
  return "wine";
}

void run_wineserver(const std::string& prefix, const std::string& option) {
  Process server({.arguments = {wineserver(), option}, .environment = wine_environment(prefix)});
  (void)server.wait();
}

pid_t wineserver_pid(const std::string& prefix) {
  struct stat status = {};
  if (::stat(prefix.c_str(), &status) != 0) return 0;
  const std::string directory = fmt::format("server-{:x}-{:x}", status.st_dev, status.st_ino);
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::error_code ignored;
    const auto cwd = fs::read_symlink(entry.path() / "cwd", ignored);
    std::ifstream comm(entry.path() / "comm");
    std::string program;
    std::getline(comm, program);
    if (cwd.filename() == directory && program.rfind("wineserver", 0) == 0)
      return static_cast<pid_t>(std::stol(entry.path().filename()));
  }
  return 0;
}

std::string built(const std::string& path) {
  return fs::absolute(environment_or("PITBRIDGE_BUILD_DIR", "build")).string() + "/" + path;
}

}  // namespace pitbridge::e2e
