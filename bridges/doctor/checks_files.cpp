// SPDX-License-Identifier: MIT
// The links of the readers' files.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor::judge {
namespace {

constexpr mode_t kNeededBits = S_IRUSR | S_IWUSR;

bool any_file(const Facts& facts) {
  return std::any_of(facts.files.begin(), facts.files.end(),
                     [](const FileFacts& file) { return file.outside.exists; });
}

/// What is wrong with each file; then the verdict over all. A command of the remedy gets the paths of the
/// files that are broken.
template <typename Fault>
Finding judge_files(const Facts& facts, const std::string& when_good, Remedy remedy, Fault fault) {
  if (!any_file(facts)) return unknown("there is no file");
  std::vector<std::string> faults;
  std::vector<std::string> paths;
  for (const FileFacts& file : facts.files)
    if (file.outside.exists)
      if (std::string text = fault(file); !text.empty()) {
        faults.push_back(std::move(text));
        paths.push_back(fmt::format("{}/{}", facts.shm.directory, file.name));
      }
  if (faults.empty()) return ok(when_good);
  for (std::string& command : remedy.commands) command = command_of(command, paths);
  return broken(fmt::format("{}", fmt::join(faults, "; ")), std::move(remedy));
}

std::string described(const PathFacts& path) {
  if (!path.exists) return "absent";
  return fmt::format("device {:x} inode {}, {} bytes, user {}", path.device, path.inode, path.size_bytes,
                     path.owner);
}

}  // namespace

Finding files_present(const Facts& facts) {
  std::vector<std::string> there;
  std::vector<std::string> missing;
  for (const FileFacts& file : facts.files) {
    if (file.outside.exists) {
      there.push_back(fmt::format("{}: {}", file.name, described(file.outside)));
    } else if (file.wanted_bytes != 0) {
      missing.push_back(file.name);
    }
  }
  if (there.empty() && !facts.page.is_locked) return unknown("no bridge runs that would make them");
  if (missing.empty()) return ok(fmt::format("{}", fmt::join(there, "; ")));
  return broken(fmt::format("missing in {}: {}", facts.shm.directory, fmt::join(missing, ", ")),
                facts.page.is_locked
                    ? Remedy{"look again: a bridge that is well makes them anew within a second"}
                    : start_a_bridge(facts));
}

Finding files_kind(const Facts& facts) {
  return judge_files(facts, "plain files",
                     {"remove what is none: a bridge writes into plain files only", {"rm -r"}},
                     [](const FileFacts& file) {
                       if (S_ISREG(file.outside.mode)) return std::string();
                       return fmt::format("{} is {}", file.name, kind_of(file.outside.mode));
                     });
}

Finding files_owner(const Facts& facts) {
  const bool any_of_others = std::any_of(facts.files.begin(), facts.files.end(), [&](const FileFacts& file) {
    return file.outside.exists && file.outside.owner != facts.own_user;
  });
  return judge_files(facts, fmt::format("user {} owns them", facts.own_user),
                     any_of_others ? Remedy{"remove them; let one user run all", {"sudo rm -r"}}
                                   : Remedy{"give yourself the right", {"chmod u+rw"}},
                     [&](const FileFacts& file) {
                       if (file.outside.owner != facts.own_user)
                         return fmt::format("{} belongs to user {}", file.name, file.outside.owner);
                       if ((file.outside.mode & kNeededBits) != kNeededBits && S_ISREG(file.outside.mode))
                         return fmt::format("{} has mode {:o}", file.name, file.outside.mode & 07777U);
                       return std::string();
                     });
}

Finding files_size(const Facts& facts) {
  return judge_files(
      facts, "large enough for the sections and for the known readers",
      {"end the program that cuts them; a bridge makes them whole, and a reader that maps more dies with "
       "SIGBUS"},
      [](const FileFacts& file) {
        if (file.outside.size_bytes >= file.wanted_bytes || !S_ISREG(file.outside.mode)) return std::string();
        return fmt::format("{} has {} bytes of {}", file.name, file.outside.size_bytes, file.wanted_bytes);
      });
}

Finding files_held(const Facts& facts) {
  if (!facts.page.is_locked) return unknown("no bridge runs");
  const bool any = std::any_of(facts.files.begin(), facts.files.end(),
                               [](const FileFacts& file) { return file.is_held_by_bridge.has_value(); });
  if (!any) return unknown("the bridge's descriptors cannot be looked at");
  return judge_files(
      facts, "the bridge has open what stands at their paths",
      {"look again: a bridge that is well takes its paths up again within a second; one in a sandbox has a "
       "/dev/shm of its own, see files-same-inside"},
      [](const FileFacts& file) {
        if (file.wanted_bytes == 0 || file.is_held_by_bridge.value_or(true)) return std::string();
        return fmt::format("{} is not the bridge's file", file.name);
      });
}

Finding files_same_inside(const Facts& facts) {
  const WineSession* session = facts.session();
  if (session == nullptr) return unknown(facts.game ? facts.game->why_no_session : "no game runs");
  if (session->shares_mounts) return ok("the game has our mounts");
  std::vector<std::string> faults;
  bool any = false;
  for (const FileFacts& file : facts.files) {
    if (!file.inside || (!file.inside->exists && !file.outside.exists)) continue;
    any = true;
    if (!file.inside->is_same_file(file.outside))
      faults.push_back(fmt::format("{}: outside {}; inside {}", file.name, described(file.outside),
                                   described(*file.inside)));
  }
  if (!any) return unknown("there is no file, outside or inside");
  if (faults.empty()) return ok("each is one file, by device and inode");
  return broken(fmt::format("{}", fmt::join(faults, "; ")),
                session->sandbox == Sandbox::kFlatpak ? reach_flatpak_files(facts)
                                                      : Remedy{"let the sandbox share our /dev/shm"});
}

}  // namespace pitbridge::doctor::judge
