// SPDX-License-Identifier: MIT
#include "bridges/shmbridge_run.hpp"

#include "bridges/place.hpp"
#include "bridges/shared_mapping.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/bridge_directory.hpp"
#include "common/posix/shm/section_server.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/win32/file_mapping.hpp"

namespace pitbridge {
namespace {

/// Native programs ask for a mapping once; they can wait a moment for it.
constexpr std::int64_t kServeEveryNs = 50'000'000;
/// A look asks the wineserver once for each mapping, which takes some 50 us.
constexpr std::int64_t kLookEveryNs = 200'000'000;

}  // namespace

Expected<void> run_to_wine(const Sim& sim, const BridgeOptions& options, Log& log) {
  auto directory = open_bridge_directory(options.shm_directory);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  std::vector<std::unique_ptr<ShmFile>> files;
  std::vector<Section> mappings;
  for (const Mapping& mapping : sim.mappings) {
    auto file = ShmFile::open(*directory, mapping.file_name(), mapping.size_bytes, options.file_mode);
    if (!file) return tl::unexpected<Error>(std::move(file.error()));
    auto made = make_file_mapping(mapping.name, (*file)->path());
    if (!made) return tl::unexpected<Error>(std::move(made.error()));
    log.write(LogLevel::kInfo, (*file)->path() + " is now the mapping " + std::string(mapping.name));
    files.push_back(std::move(*file));
    mappings.push_back(std::move(*made));
  }
  MonotonicClock clock;
  while (stop_signal() == 0) clock.sleep_until(clock.now_ns() + 1'000'000'000);
  return {};
}

Expected<void> run_both(const Sim& sim, const BridgeOptions& options, Log& log) {
  auto directory = open_bridge_directory(options.shm_directory);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  const SimPlace place = {options.shm_directory, std::string(sim.name), options.file_mode};
  // The files are not cleared: what native programs have written into them is good.
  (void)clean_up_after_killed_bridge(*directory, sim.name, {});
  auto lock = enter_place(sim, place, *directory);
  if (!lock) return tl::unexpected<Error>(std::move(lock.error()));
  if (!(*lock)->take_patiently())
    return tl::unexpected<Error>(another_runs(**directory, place.sim, (*lock)->holder()));
  auto sections = SectionServer::open(*directory, sim.name);
  if (!sections) return tl::unexpected<Error>(std::move(sections.error()));
  std::vector<SharedMapping> shared;
  for (const Mapping& mapping : sim.mappings) {
    shared.emplace_back(mapping, *directory, options.file_mode, log);
    if (auto looked = shared.back().look(); !looked) return tl::unexpected<Error>(std::move(looked.error()));
  }
  const auto find = [&](std::string_view file_name) -> std::optional<OfferedSection> {
    for (const SharedMapping& mapping : shared)
      if (mapping.file_name() == file_name) return mapping.offered();
    return std::nullopt;
  };
  MonotonicClock clock;
  std::int64_t next_look_ns = clock.now_ns() + kLookEveryNs;
  while (stop_signal() == 0) {
    const std::int64_t now = clock.now_ns();
    if (now >= next_look_ns) {
      for (SharedMapping& mapping : shared) mapping.look_again();
      (void)(*lock)->check();
      next_look_ns = now + kLookEveryNs;
    }
    (*sections)->serve(find);
    clock.sleep_until(now + kServeEveryNs);
  }
  log.write(LogLevel::kInfo, "asked to stop; the files stay as they are");
  return {};
}

}  // namespace pitbridge
