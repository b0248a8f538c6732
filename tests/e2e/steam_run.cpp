// SPDX-License-Identifier: MIT
#include "tests/e2e/steam_run.hpp"

#include <filesystem>
#include <fstream>

#include "common/posix/system/paths.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGameDirectory = "steamapps/common/assettocorsa";

std::string source(const std::string& path) {
  return fs::absolute(environment_or("PITBRIDGE_SOURCE_DIR", ".")).string() + "/tests/e2e/steam/" + path;
}

void place(const std::string& from, const std::string& to) {
  fs::create_directories(fs::path(to).parent_path());
  fs::copy_file(from, to);
  fs::permissions(to, fs::perms::owner_all);
}

/// Proton's loader is a program. Debian's `wine` is a script that wants a stderr, so it is not used where its
/// program is known.
void place_program(const std::string& path, const std::string& script) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path) << "#!/bin/sh\n" << script;
  fs::permissions(path, fs::perms::owner_all);
}

/// The model's; or a real one that ../test_proton.sh has prepared, whose large parts are shared.
void place_proton(const std::string& directory) {
  const std::string real = environment_or("PITBRIDGE_TEST_PROTON", "");
  if (real.empty()) {
    place(source("proton.py"), directory + "/proton");
    place_program(
        directory + "/files/bin/wine",
        "[ -x /usr/lib/wine/wine64 ] && exec /usr/lib/wine/wine64 \"$@\"\nexec /usr/bin/wine \"$@\"\n");
    place(wineserver(), directory + "/files/bin/wineserver");
    return;
  }
  fs::create_directories(directory);
  for (const auto& entry : fs::directory_iterator(real)) {
    const std::string to = directory + "/" + entry.path().filename().string();
    if (entry.is_regular_file()) place(entry.path(), to);
    if (entry.is_directory()) fs::create_symlink(entry.path(), to);
  }
}

std::string find_no_container() {
  Process probe({.arguments = {"bwrap", "--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc",
                               "--dev-bind", "/dev", "/dev", "true"}});
  const auto status = probe.wait();
  if (status == 0) return "";
  return "bwrap cannot make namespaces here: " + (status == 127 ? "it is not installed" : probe.output());
}

}  // namespace

void SteamRun::SetUp() {
  LaunchRun::SetUp();
  place(built("tests/steam/reaper"), steam_path("ubuntu12_32/reaper"));
  place(source("entry_point.sh"), steam_path("steamapps/common/SteamLinuxRuntime_sniper/_v2-entry-point"));
  place_proton(proton_directory());
  // Proton's list of what it has put into a prefix, which a real script wants beside one that is there.
  std::ofstream(fs::path(prefix()).parent_path() / "tracked_files") << "";
  place(built("tests/steam/steam.exe"), prefix() + "/drive_c/windows/system32/steam.exe");
}

Variables SteamRun::steam() const {
  Variables all = desktop();
  all["SteamAppId"] = all["SteamGameId"] = all["STEAM_COMPAT_APP_ID"] = "244210";
  all["STEAM_COMPAT_DATA_PATH"] = fs::path(prefix()).parent_path().string();
  all["STEAM_COMPAT_CLIENT_INSTALL_PATH"] = steam_path("");
  all["MODEL_HIDE"] = built("bin");
  all["STEAM_COMPAT_INSTALL_PATH"] = steam_path(kGameDirectory);
  all["STEAM_COMPAT_TOOL_PATHS"] =
      proton_directory() + ":" + steam_path("steamapps/common/SteamLinuxRuntime_sniper");
  return all;
}

Words SteamRun::command_without_container(const GameSetup& setup) const {
  return Words{steam_path("ubuntu12_32/reaper"),
               "SteamLaunch",
               "AppId=244210",
               "--",
               proton_directory() + "/proton",
               "waitforexitandrun",
               place_game(setup, steam_path(kGameDirectory))} +
         setup.arguments;
}

Words SteamRun::command(const GameSetup& setup) const {
  Words words = command_without_container(setup);
  if (no_container().empty())
    words.insert(words.begin() + 4, {steam_path("steamapps/common/SteamLinuxRuntime_sniper/_v2-entry-point"),
                                     "--verb=waitforexitandrun", "--"});
  return words;
}

const std::string& SteamRun::no_container() {
  static const std::string why = find_no_container();
  return why;
}

}  // namespace pitbridge::e2e
