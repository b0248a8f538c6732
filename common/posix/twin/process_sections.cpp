// SPDX-License-Identifier: MIT
#include "common/posix/twin/process_sections.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// One line of /proc/PID/maps.
struct Mapped {
  std::uint64_t begin = 0;
  std::uint64_t inode = 0;
  std::string path;
};

template <typename Number>
Number number_of(std::string_view text, int base) {
  Number number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

/// "begin-end perms offset major:minor inode    path".
Mapped parse(std::string_view line) {
  std::string_view fields[5];
  for (std::string_view& field : fields) {
    field = line.substr(0, line.find(' '));
    line.remove_prefix(field.size());
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  }
  return {number_of<std::uint64_t>(fields[0].substr(0, fields[0].find('-')), 16),
          number_of<std::uint64_t>(fields[4], 10), std::string(line)};
}

/// The first for which `wanted` holds.
template <typename Wanted>
std::optional<Mapped> find_mapped(const std::string& maps, const Wanted& wanted) {
  const auto text = small_file(maps);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (const Mapped mapped = parse(line); wanted(mapped)) return mapped;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return std::nullopt;
}

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::optional<ProcessSections::Section> ProcessSections::at(std::uint64_t address) const {
  const auto view = find_mapped(directory_ + "/maps", [&](const Mapped& m) { return m.begin == address; });
  if (!view || view->inode == 0) return std::nullopt;
  for (const std::string& name : directory_entries(directory_ + "/fd")) {
    const std::string path = directory_ + "/fd/" + name;
    // By the name and the inode: the device is told in another way by some file systems, and the inode
    // alone may be of another one.
    if (link_target(path) != view->path) continue;
    const auto status = status_of(path);
    if (status && status->st_ino == view->inode)
      return Section{{status->st_dev, status->st_ino}, number_of<int>(name, 10)};
  }
  return std::nullopt;
}

bool ProcessSections::has(const Section& section) const {
  const auto status = status_of(directory_ + "/fd/" + std::to_string(section.number));
  return status && SectionId{status->st_dev, status->st_ino} == section.id;
}

UniqueFd ProcessSections::open(const Section& section) const {
  const std::string path = directory_ + "/fd/" + std::to_string(section.number);
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

std::optional<pid_t> process_that_maps(int file) {
  struct stat status = {};
  const auto path = link_target("/proc/self/fd/" + std::to_string(file));
  if (!path || ::fstat(file, &status) != 0) return std::nullopt;
  for (const std::string& name : directory_entries("/proc")) {
    if (!is_number(name)) continue;
    const auto owner = status_of("/proc/" + name);
    if (!owner || owner->st_uid != ::geteuid()) continue;
    if (find_mapped("/proc/" + name + "/maps",
                    [&](const Mapped& m) { return m.inode == status.st_ino && m.path == *path; }))
      return number_of<pid_t>(name, 10);
  }
  return std::nullopt;
}

}  // namespace pitbridge
