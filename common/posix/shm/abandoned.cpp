// SPDX-License-Identifier: MIT
#include "common/posix/shm/abandoned.hpp"

#include <sys/stat.h>

#include "common/posix/shm/section_server.hpp"
#include "common/posix/shm/status_file.hpp"

namespace pitbridge {

std::optional<std::int32_t> clean_up_after_killed_bridge(const SimPlace& place,
                                                         std::span<const std::string> more_files) {
  struct stat found = {};
  const std::string page_path = place.path_of(status_file_name(place.sim));
  if (::lstat(page_path.c_str(), &found) != 0) return std::nullopt;  // opening would make it
  auto status = StatusFile::open({place.directory, place.sim, found.st_mode & 0666U});
  if (!status || !(*status)->abandoned_by()) return std::nullopt;
  const auto page = read_status((*status)->page());
  if (!page) return std::nullopt;
  std::vector<std::string> names;
  std::vector<std::string> files;
  for (const StatusMapping& mapping : page->mappings) {
    names.emplace_back(fixed_text(mapping.file_name));
    // A file that is a game's own memory (--own) is not ours to clear: the game may live on.
    if (::lstat(place.path_of(names.back()).c_str(), &found) == 0 && found.st_dev == mapping.section_device &&
        found.st_ino == mapping.section_inode)
      continue;
    files.push_back(names.back());
  }
  files.insert(files.end(), more_files.begin(), more_files.end());
  files.push_back(values_file_name(place.sim));
  remove_section_socket(place);
  for (const std::string& name : files) {
    if (::lstat(place.path_of(name).c_str(), &found) != 0) continue;
    auto file =
        ShmFile::open(place.directory, name, static_cast<std::size_t>(found.st_size), found.st_mode & 0666U);
    if (file) (*file)->clear();
  }
  StatusWriter writer(**status, (*status)->page());
  writer.start(place.sim, fixed_text(page->header.prefix), page->header.bridge_pid,
               page->header.bridge_start_ns, names);
  writer.set_state(BridgeState::kGone);
  writer.set_message("the bridge was killed; its files are cleared");
  return (*status)->abandoned_by();
}

}  // namespace pitbridge
