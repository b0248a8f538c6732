// SPDX-License-Identifier: MIT
#include "common/posix/paths.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace pitbridge {

std::string environment_or(const char* name, std::string_view fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : std::string(fallback);
}

std::string home_directory() {
  std::string home = environment_or("HOME", "");
  if (!home.empty()) return home;
  const passwd* user = ::getpwuid(::geteuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "";
}

std::string wine_prefix() {
  return environment_or("WINEPREFIX", home_directory() + "/.wine");
}

std::string state_directory() {
  const std::string state = environment_or("XDG_STATE_HOME", "");
  if (!state.empty() && state.front() == '/') return state + "/pitbridge";
  const std::string home = home_directory();
  return home.empty() ? "" : home + "/.local/state/pitbridge";
}

bool make_directories(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return false;
    if (slash == std::string::npos) return true;
  }
}

}  // namespace pitbridge
