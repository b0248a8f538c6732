// SPDX-License-Identifier: MIT
#include "common/posix/shm/status_list.hpp"

#include "common/core/sim/sim.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/own_file.hpp"
#include "common/posix/shm/lock_file.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// A bridge writes its page often, but shortly: a reading that met a write is taken again.
constexpr int kMaxAttempts = 32;

}  // namespace

std::optional<Status> read_status_of(const std::string& directory, std::string_view sim) {
  const OwnFile page = open_own_file(directory, status_file_name(sim));
  if (!page.fd) return std::nullopt;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt)
    if (auto status = read_status(bytes_of(page, kStatusPageBytes))) return status;
  return std::nullopt;
}

std::vector<StatusEntry> status_entries(const std::string& directory) {
  std::vector<StatusEntry> all;
  for (const std::string& name : directory_entries(directory)) {
    if (!name.starts_with(kOwnFilePrefix)) continue;
    std::string sim = name.substr(kOwnFilePrefix.size());
    // In this order: the page of a bridge that leaves in between says so, and it does not look killed.
    const bool bridge_runs = bridge_lives(directory, sim);
    auto status = read_status_of(directory, sim);
    if (status) all.push_back({std::move(sim), std::move(*status), bridge_runs, directory});
  }
  return all;
}

std::vector<ForeignPage> foreign_pages(const std::string& directory) {
  std::vector<ForeignPage> all;
  for (const Sim* sim : all_sims())
    if (const auto owner = open_own_file(directory, status_file_name(sim->name)).foreign_owner)
      all.push_back({std::string(sim->name), *owner});
  return all;
}

}  // namespace pitbridge
