// SPDX-License-Identifier: MIT
#include "common/posix/launch/own_traces.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/core/launch/bridge_kind.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/launch/flatpak_copy.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kUnit = "pitbridge.service";

/// The copies; `mkostemp` puts seven more letters behind one that was not finished.
bool is_bridge_name(std::string_view name) {
  for (const std::string_view end :
       {std::string_view("bridge.exe.so"), std::string_view("bridge.exe"), kTwinsNativeHalf})
    if (name.ends_with(end) || (name.size() > 7 && name.substr(0, name.size() - 7).ends_with(end)))
      return true;
  return false;
}

bool is_program_name(std::string_view name) {
  return is_bridge_name(name) || name == "pitbridge" || (name.starts_with("pitbridge.") && name.size() == 16);
}

bool is_state_name(std::string_view name) {
  return name.ends_with("bridge.log") || name.ends_with("bridge.log.1") || name == "udp.log" ||
         name == "udp.log.1" || name == "watch.lock" || name == "watch.json" || name == "watch.json.new";
}

bool is_page_name(std::string_view name) {
  return name.starts_with(kOwnFilePrefix);
}

bool is_version(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos &&
         name.front() != '.';
}

class Remover {
 public:
  explicit Remover(Removal& removal) : removal_(removal) {}

  void files(const std::string& directory, bool (*is_ours)(std::string_view)) {
    for (const std::string& name : directory_entries(directory))
      if (is_ours(name)) file(fmt::format("{}/{}", directory, name));
  }

  /// A plain file or a socket; a link only where it is asked for.
  void file(const std::string& path, bool is_link = false) {
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0 || found.st_uid != ::geteuid()) return;
    if (is_link ? !S_ISLNK(found.st_mode) : !S_ISREG(found.st_mode) && !S_ISSOCK(found.st_mode)) return;
    if (::unlink(path.c_str()) == 0) {
      removal_.removed.push_back(path);
    } else {
      removal_.failed.push_back(fmt::format("{}: {}", path, system_message(errno)));
    }
  }

  /// It, and those above it that are empty then, up to `top`.
  void empty_directories(std::string path, const std::string& top) {
    while (path.size() > top.size() && path.starts_with(top + "/") && ::rmdir(path.c_str()) == 0) {
      removal_.removed.push_back(path);
      path = parent_of(path);
    }
  }

 private:
  Removal& removal_;
};

void remove_unit_link(const std::string& units, const std::string& top, Remover& remover) {
  for (const std::string& name : directory_entries(units)) {
    if (!name.ends_with(".wants") && !name.ends_with(".requires")) continue;
    remover.file(fmt::format("{}/{}/{}", units, name, kUnit), true);
    remover.empty_directories(fmt::format("{}/{}", units, name), top);
  }
}

/// The parent of our own directory goes with it where it lies in the home; elsewhere somebody else made it.
std::string top_of(const std::string& directory, const std::string& home) {
  return directory.starts_with(home + "/") ? home : parent_of(directory);
}

}  // namespace

TraceHome own_trace_home() {
  TraceHome traces = {.top = home_directory(),
                      .data_directories = {data_directory()},
                      .state_directories = {state_directory()},
                      .runtime_directory = runtime_directory()};
  const std::string config = environment_or("XDG_CONFIG_HOME", "");
  traces.unit_directory = (config.starts_with('/') ? config : traces.top + "/.config") + "/systemd/user";
  return traces;
}

TraceHome flatpak_trace_home(const std::string& home) {
  const std::string top = flatpak_steam_home(home);
  return {.top = top,
          .data_directories = {top + "/data/pitbridge", top + "/.local/share/pitbridge"},
          .state_directories = {top + "/.local/state/pitbridge"},
          .program_directory = flatpak_copy_directory(home)};
}

TraceHome snap_trace_home(const std::string& home) {
  const std::string top = home + "/snap/steam/common";
  return {.top = top,
          .data_directories = {top + "/.local/share/pitbridge"},
          .state_directories = {top + "/.local/state/pitbridge"}};
}

void remove_traces(const TraceHome& home, Removal& removal) {
  Remover remover(removal);
  for (const std::string& data : home.data_directories) {
    for (const std::string& version : directory_entries(data)) {
      if (!is_version(version)) continue;
      const std::string copies = fmt::format("{}/{}", data, version);
      remover.files(copies + "/win32", is_bridge_name);
      remover.empty_directories(copies + "/win32", copies);
      remover.files(copies, is_bridge_name);
      remover.empty_directories(copies, data);
    }
    remover.empty_directories(data, top_of(data, home.top));
  }
  for (const std::string& state : home.state_directories) {
    remover.files(state, is_state_name);
    remover.empty_directories(state, top_of(state, home.top));
  }
  if (!home.runtime_directory.empty()) {
    remover.files(home.runtime_directory, is_state_name);
    remover.empty_directories(home.runtime_directory, parent_of(home.runtime_directory));
  }
  if (!home.program_directory.empty()) {
    remover.files(home.program_directory + "/win32", is_program_name);
    remover.empty_directories(home.program_directory + "/win32", home.program_directory);
    remover.files(home.program_directory, is_program_name);
    remover.empty_directories(home.program_directory, home.top);
  }
  if (!home.unit_directory.empty())
    remove_unit_link(home.unit_directory, top_of(home.unit_directory, home.top), remover);
}

void remove_shm_files(const std::string& directory, std::span<const std::string> file_names,
                      Removal& removal) {
  Remover remover(removal);
  remover.files(directory, is_page_name);
  for (const std::string& name : file_names) {
    const std::string path = fmt::format("{}/{}", directory, name);
    remover.file(path);
    remover.empty_directories(parent_of(path), directory);
  }
}

}  // namespace pitbridge
