// SPDX-License-Identifier: MIT
#include "common/posix/shm/abandoned.hpp"

#include <fcntl.h>

#include <algorithm>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/bridge_directory.hpp"
#include "common/posix/shm/section_server.hpp"
#include "common/posix/shm/status_file.hpp"

namespace pitbridge {
namespace {

/// A file that is a game's own memory (--own) is not ours to clear: the game may live on.
bool is_memory_of_a_game(const ShmFile& file, const Status& page) {
  return std::any_of(page.mappings.begin(), page.mappings.end(), [&](const StatusMapping& mapping) {
    return file.id() == SectionId{mapping.section_device, mapping.section_inode};
  });
}

void clear(ShmFile& file) {
  // A hole is as empty as zeros are, and never takes memory: a file may be longer than what it holds.
  const auto size_bytes = static_cast<off_t>(file.memory().size());
  if (::fallocate(file.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size_bytes) != 0) file.clear();
}

}  // namespace

std::optional<std::int32_t> clean_up_after_killed_bridge(const std::shared_ptr<ShmDirectory>& directory,
                                                         std::string_view sim,
                                                         std::span<const std::string> file_names) {
  const auto status = StatusFile::of_killed_bridge(directory, sim);
  if (!status) return std::nullopt;
  const auto content = status->content();
  const auto page = read_status(content);
  if (!page) return std::nullopt;
  remove_section_socket(*directory, sim);
  std::vector<std::string> names(file_names.begin(), file_names.end());
  names.push_back(values_file_name(sim));
  for (const std::string& name : names)
    if (auto file = ShmFile::open_existing(directory, name); file && !is_memory_of_a_game(**file, *page))
      clear(**file);
  std::vector<std::string> mappings;
  for (const StatusMapping& mapping : page->mappings) mappings.emplace_back(fixed_text(mapping.file_name));
  StatusWriter writer(*status, content);
  writer.start(sim, fixed_text(page->header.prefix), page->header.bridge_pid, page->header.bridge_start_ns,
               mappings);
  writer.set_state(BridgeState::kGone);
  writer.set_message("the bridge was killed; its files are cleared");
  return status->killed_bridge();
}

std::optional<std::int32_t> clean_up_after_killed_bridge(const std::string& directory, std::string_view sim,
                                                         std::span<const std::string> file_names) {
  auto opened = open_bridge_directory(directory);
  return opened ? clean_up_after_killed_bridge(*opened, sim, file_names) : std::nullopt;
}

}  // namespace pitbridge
