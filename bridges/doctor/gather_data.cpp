// SPDX-License-Identifier: MIT
// The status page, the game's sections and the readers' files.
#include "bridges/doctor/gather_data.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "bridges/doctor/path_facts.hpp"
#include "common/core/decode/telemetry.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/own_file.hpp"
#include "common/posix/shm/lock_file.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {
namespace {

/// No sim's section is larger.
constexpr std::size_t kMaxSectionBytes = std::size_t{16} << 20U;

std::string why_foreign(const std::string& bytes) {
  if (bytes.size() < kStatusPageBytes)
    return fmt::format("has {} bytes, a status page {}", bytes.size(), kStatusPageBytes);
  const std::string_view magic(kStatusMagic, sizeof kStatusMagic);
  if (!bytes.starts_with(magic)) return "is no status page";
  std::uint32_t version = 0;
  bytes.copy(reinterpret_cast<char*>(&version), sizeof version, offsetof(StatusHeader, version));
  if (version != kStatusVersion)
    return fmt::format("is a status page of version {}; this pitbridge knows {}", version, kStatusVersion);
  return "is a status page that makes no sense, or that is never whole";
}

/// The bytes of the game's own section, through the bridge's descriptor; nothing when that is not to be had.
std::optional<std::string> section_bytes(pid_t bridge, const StatusMapping& mapping) {
  if (mapping.attached == 0 || mapping.section_fd < 0) return std::nullopt;
  const UniqueFd fd(
      ::open(fmt::format("/proc/{}/fd/{}", bridge, mapping.section_fd).c_str(), O_RDONLY | O_CLOEXEC));
  struct stat found = {};
  if (!fd || ::fstat(fd.get(), &found) != 0 || found.st_dev != mapping.section_device ||
      found.st_ino != mapping.section_inode || found.st_size <= 0)
    return std::nullopt;
  std::string bytes(std::min({static_cast<std::size_t>(mapping.size_bytes), kMaxSectionBytes,
                              static_cast<std::size_t>(found.st_size)}),
                    '\0');
  const ssize_t n = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  if (n != static_cast<ssize_t>(bytes.size())) return std::nullopt;
  return bytes;
}

std::vector<std::optional<std::string>> all_sections(pid_t bridge, const Status& status) {
  std::vector<std::optional<std::string>> all;
  for (const StatusMapping& mapping : status.mappings) all.push_back(section_bytes(bridge, mapping));
  return all;
}

using FileKey = std::pair<std::uint64_t, std::uint64_t>;

/// Nothing when the descriptors cannot be looked at.
std::optional<std::set<FileKey>> files_held_by(pid_t pid, const std::string& root) {
  const std::string directory = fmt::format("{}/proc/{}/fd", root, pid);
  std::set<FileKey> held;
  for (const std::string& name : directory_entries(directory))
    if (const PathFacts file = path_facts(fmt::format("{}/{}", directory, name), true); file.exists)
      held.insert({file.device, file.inode});
  if (held.empty()) return std::nullopt;
  return held;
}

}  // namespace

PageFacts PageReader::first() const {
  PageFacts page;
  const std::string path = fmt::format("{}/{}", directory_, status_file_name(sim_));
  const PathFacts at_path = path_facts(path);
  if (!at_path.exists) return page;
  page.kind = PageKind::kForeign;
  if (!S_ISREG(at_path.mode)) {
    page.why_foreign = "is no plain file";
    return page;
  }
  const OwnFile file = open_own_file(directory_, status_file_name(sim_));
  if (file.foreign_owner) {
    page.why_foreign = fmt::format("belongs to user {}; nothing in it is believed", *file.foreign_owner);
    return page;
  }
  if (!file.fd) {
    page.why_foreign = "cannot be read";
    return page;
  }
  page.is_locked = bridge_lives(directory_, sim_);
  page.challenger = challenger_of(directory_, sim_);
  page.first = read();
  page.second = page.first;
  if (page.first) {
    page.kind = PageKind::kReadable;
  } else {
    page.why_foreign = why_foreign(small_file(path, kStatusPageBytes).value_or(""));
  }
  return page;
}

std::optional<Status> PageReader::read() const {
  return read_status_of(directory_, sim_);
}

void read_again(Facts& facts, const PageReader& page, int interval_ms) {
  MonotonicClock clock;
  const std::int64_t before_ns = clock.now_ns();
  facts.page.now_ns = before_ns;
  if (!facts.page.is_locked || !facts.page.first) return;  // there is nothing to wait for
  const pid_t bridge = facts.pid_with_the_files();
  const auto sections =
      bridge != 0 ? all_sections(bridge, *facts.page.first) : std::vector<std::optional<std::string>>();
  clock.sleep_until(before_ns + std::int64_t{interval_ms} * 1'000'000);
  facts.page.second = page.read();
  facts.page.now_ns = clock.now_ns();
  facts.page.passed_s = static_cast<double>(facts.page.now_ns - before_ns) / 1e9;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const StatusMapping& mapping = facts.page.first->mappings[i];
    const auto now = section_bytes(bridge, mapping);
    SectionFacts section{std::string(fixed_text(mapping.file_name)), std::nullopt};
    if (sections[i] && now) section.has_changed = *sections[i] != *now;
    facts.sections.push_back(std::move(section));
  }
}

ValuesFacts values_facts(const Facts& facts, const GatherOptions& options) {
  if (!facts.page.is_locked) return {};
  const MirrorReading reading = read_mirror(options.root + options.shm_directory, *facts.sim);
  if (reading.title == nullptr) return {};
  return {reading.title, version_of(*reading.title, reading.snapshot),
          decode(*reading.title, reading.snapshot).absent_because(AbsentReason::kImplausible)};
}

std::vector<FileFacts> file_facts(const Facts& facts, const GatherOptions& options) {
  const pid_t holder = facts.pid_with_the_files();
  const auto held = holder != 0 ? files_held_by(holder, options.root) : std::nullopt;
  const WineSession* session = facts.session();
  const Status* status = facts.page.is_locked && facts.page.second ? &*facts.page.second : nullptr;
  std::vector<FileFacts> all;
  const auto add = [&](std::string_view name, std::string_view mapping, std::uint64_t least_bytes) {
    FileFacts file;
    file.name = name;
    file.wanted_bytes = least_bytes;
    const StatusMapping* entry = status != nullptr ? status->find(mapping) : nullptr;
    if (entry != nullptr && entry->attached != 0)
      file.wanted_bytes = std::max(file.wanted_bytes, entry->size_bytes);
    const std::string path = fmt::format("{}/{}", options.shm_directory, name);
    file.outside = path_facts(options.root + path);
    if (session != nullptr && !session->shares_mounts)
      file.inside = path_facts(path_from_here(*session, path, options.root));
    if (held) file.is_held_by_bridge = held->contains({file.outside.device, file.outside.inode});
    all.push_back(std::move(file));
  };
  const Title* running = facts.game ? facts.game->game.known.title : nullptr;
  if (running == nullptr && status != nullptr)
    running = facts.sim->find_title(fixed_text(status->header.title));
  for (const Mapping& mapping : facts.sim->mappings) {
    // A bridge puts them aside.
    const bool is_absent = running != nullptr && facts.sim->is_of_another_title(mapping, *running);
    const std::uint32_t least_bytes = is_absent ? 0 : mapping.min_file_bytes;
    add(mapping.file_name(), mapping.file_name(), least_bytes);
    for (const std::string_view extra : mapping.extra_files) add(extra, mapping.file_name(), least_bytes);
  }
  // Those that the user has added by extra_maps.
  if (status != nullptr)
    for (const StatusMapping& mapping : status->mappings)
      if (const auto name = fixed_text(mapping.file_name); facts.sim->find_mapping(name) == nullptr)
        add(name, name, 0);
  return all;
}

}  // namespace pitbridge::doctor
