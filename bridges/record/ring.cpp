// SPDX-License-Identifier: MIT
#include "bridges/record/ring.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "bridges/record/texts.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::record {
namespace {

constexpr std::string_view kEnding = ".pbrec";
constexpr std::string_view kDatePattern = "-dddd-dd-dd-dddddd";

struct OldFile {
  std::int64_t changed_ns;
  std::string path;
  std::uint64_t bytes;
};

}  // namespace

std::string automatic_name(std::string_view sim, std::int64_t unix_ns) {
  return fmt::format("{}-{}{}", sim, date_for_file(unix_ns), kEnding);
}

bool is_automatic_name(std::string_view name) {
  if (!name.ends_with(kEnding)) return false;
  name.remove_suffix(kEnding.size());
  if (name.size() <= kDatePattern.size()) return false;
  const std::string_view date = name.substr(name.size() - kDatePattern.size());
  const bool is_date = std::ranges::equal(date, kDatePattern, [](char c, char pattern) {
    return pattern == 'd' ? c >= '0' && c <= '9' : c == pattern;
  });
  return is_date && find_sim(name.substr(0, name.size() - kDatePattern.size())) != nullptr;
}

Expected<void> Ring::make_directory() const {
  if (pitbridge::make_directories(directory_)) return {};
  return fail(ExitCode::kOutputRefused,
              fmt::format("cannot make the directory {}: {}; name another with --directory", directory_,
                          system_message(errno)));
}

std::string Ring::path_of(std::string_view name) const {
  return fmt::format("{}/{}", directory_, name);
}

void Ring::make_room(std::uint64_t bytes) const {
  std::vector<OldFile> files;
  std::uint64_t total = bytes;
  for (const std::string& name : directory_entries(directory_)) {
    const std::string path = path_of(name);
    struct stat found = {};
    if (!is_automatic_name(name) || ::lstat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) continue;
    const auto size = static_cast<std::uint64_t>(found.st_size);
    files.push_back({found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec, path, size});
    total += size;
  }
  std::ranges::sort(files, {}, &OldFile::changed_ns);
  for (const OldFile& file : files) {
    if (total <= most_bytes_) break;
    if (::unlink(file.path.c_str()) == 0) total -= file.bytes;
  }
}

}  // namespace pitbridge::record
