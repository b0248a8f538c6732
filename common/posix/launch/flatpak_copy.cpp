// SPDX-License-Identifier: MIT
#include "common/posix/launch/flatpak_copy.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// Nothing of another user's is written to, and no link is followed to elsewhere.
Expected<void> check_own_directory(const std::string& path) {
  struct stat found = {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISDIR(found.st_mode))
    return fail(ExitCode::kOutputRefused,
                fmt::format("{} is {}, and no directory; remove it", path, kind_of(found.st_mode)));
  if (found.st_uid != ::geteuid())
    return fail(
        ExitCode::kOutputRefused,
        fmt::format("{} belongs to user {}; run this as that user, who runs Steam", path, found.st_uid));
  return {};
}

}  // namespace

std::string flatpak_steam_home(const std::string& home) {
  return home + "/.var/app/com.valvesoftware.Steam";
}

std::string flatpak_copy_directory(const std::string& home) {
  return flatpak_steam_home(home) + "/pitbridge";
}

Expected<std::string> copy_into_flatpak(const std::string& program, const std::string& bridges_directory,
                                        const std::string& home) {
  const std::string inside = flatpak_steam_home(home);
  if (!is_directory(inside))
    return fail(ExitCode::kFailure,
                fmt::format("there is no {}, so this user has no Steam as a Flatpak; start it once, or for "
                            "another Steam use pitbridge where it is",
                            inside));
  const std::string to = flatpak_copy_directory(home);
  for (const std::string& directory : {inside, to})
    if (const auto own = check_own_directory(directory); !own) return tl::unexpected<Error>(own.error());
  for (const char* below : {"", "/win32"})
    for (const std::string& name : directory_entries(bridges_directory + below)) {
      if (!name.ends_with("bridge.exe.so") && !name.ends_with("bridge.exe") && name != kTwinsNativeHalf)
        continue;
      auto copy = stage_file(fmt::format("{}{}/{}", bridges_directory, below, name), to + below, "");
      if (!copy) return copy;
    }
  return stage_file(program, to, "");
}

bool is_in_flatpak(const std::string& home, const std::string& root) {
  const std::string inside = root + flatpak_steam_home(home);
  return is_program(root + flatpak_copy_directory(home) + "/pitbridge") ||
         is_program(inside + "/.local/bin/pitbridge");
}

}  // namespace pitbridge
