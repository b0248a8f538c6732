// SPDX-License-Identifier: MIT
#include "common/posix/system/paths.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace pitbridge {
namespace {

/// The XDG rules: a relative path counts as unset.
std::string own_directory(const char* variable, const char* below_home) {
  const std::string base = environment_or(variable, "");
  if (!base.empty() && base.front() == '/') return base + "/pitbridge";
  const std::string home = home_directory();
  return home.empty() ? "" : home + below_home + "/pitbridge";
}

}  // namespace

std::string environment_or(const char* name, std::string_view fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : std::string(fallback);
}

std::string home_directory() {
  return home_directory(environment_or("HOME", ""));
}

std::string home_directory(std::string_view home_variable) {
  // A relative one would be another directory for each process that we start.
  if (home_variable.starts_with('/')) return std::string(home_variable);
  const passwd* user = ::getpwuid(::geteuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "";
}

std::string wine_prefix() {
  return environment_or("WINEPREFIX", home_directory() + "/.wine");
}

std::string state_directory() {
  return own_directory("XDG_STATE_HOME", "/.local/state");
}

std::string data_directory() {
  return own_directory("XDG_DATA_HOME", "/.local/share");
}

std::string user_runtime_directory() {
  const std::string directory = environment_or("XDG_RUNTIME_DIR", "");
  return directory.starts_with('/') ? directory : "";
}

std::string runtime_directory() {
  const std::string directory = user_runtime_directory();
  return directory.empty() ? state_directory() : directory + "/pitbridge";
}

bool is_in_path(const std::string& program) {
  const std::string path = environment_or("PATH", "/usr/local/bin:/usr/bin:/bin");
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find(':', begin), path.size());
    const std::string file = path.substr(begin, end - begin) + "/" + program;
    struct stat found = {};
    if (::stat(file.c_str(), &found) == 0 && S_ISREG(found.st_mode) && ::access(file.c_str(), X_OK) == 0)
      return true;
    begin = end + 1;
  }
  return false;
}

bool make_directories(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return false;
    if (slash == std::string::npos) return true;
  }
}

}  // namespace pitbridge
