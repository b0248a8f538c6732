// SPDX-License-Identifier: MIT
#include "common/posix/session/borders.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/core/launch/command_line.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

bool is_of_our_user(const ProcessId& process, const std::string& root) {
  struct stat found = {};
  return ::stat(fmt::format("{}/proc/{}", root, process.pid).c_str(), &found) == 0 &&
         found.st_uid == ::geteuid();
}

bool names_a_container(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return is_container_entry(word); });
}

/// `reaper SteamLaunch AppId=N -- .../_v2-entry-point --verb=V -- COMMAND...`, which stays above all that
/// Steam starts for a game.
bool is_steams_reaper(const ProcessInfo& process, const std::string& root) {
  const auto exe = exe_of(process.id, root);
  return exe && base_name(*exe) == "reaper" && process.argv.size() > 1 && process.argv[1] == "SteamLaunch" &&
         names_a_container(process.argv);
}

/// umu-run starts nothing but Steam's container, with Proton in it. It is a script, behind its interpreter.
bool is_umu_run(const ProcessInfo& process) {
  auto word = process.argv.begin();
  if (word != process.argv.end() && base_name(*word).starts_with("python"))
    word = std::find_if(word + 1, process.argv.end(), [](const auto& w) { return !w.starts_with('-'); });
  return word != process.argv.end() && (base_name(*word) == "umu-run" || base_name(*word) == "umu_run.py");
}

}  // namespace

bool shares_our_files(const ProcessId& process, const std::string& root) {
  const auto own = own_namespaces(root);
  const auto theirs = namespaces_of(process, root);
  return own && theirs && own->mount == theirs->mount &&
         is_same_file(root + "/", fmt::format("{}/proc/{}/root/", root, process.pid));
}

bool is_in_steams_container(const ProcessId& process, const std::string& root) {
  const auto inside = namespaces_of(process, root);
  auto child = find_process(process.pid, root);
  if (!inside || !child || child->id != process) return false;
  bool was_outside = false;
  for (int i = 0; i < kMostAncestors; ++i) {
    auto parent = find_process(child->parent, root);
    // Whoever is younger than its child has only got the pid of a parent that has ended.
    if (!parent || parent->id.start_ticks > child->id.start_ticks || !is_of_our_user(parent->id, root))
      return false;
    if (shares_our_files(parent->id, root)) {
      was_outside = true;
      if (is_steams_reaper(*parent, root) || is_umu_run(*parent)) return true;
    } else if (const auto theirs = namespaces_of(parent->id, root);
               was_outside || !theirs || theirs->mount != inside->mount) {
      return false;
    }
    child = std::move(parent);
  }
  return false;
}

}  // namespace pitbridge
