// SPDX-License-Identifier: MIT
#include "bridges/doctor/path_facts.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {

PathFacts path_facts(const std::string& path, bool follow) {
  struct stat found = {};
  if ((follow ? ::stat(path.c_str(), &found) : ::lstat(path.c_str(), &found)) != 0) return {};
  return {true,         found.st_mode, found.st_uid,
          found.st_dev, found.st_ino,  static_cast<std::uint64_t>(std::max<off_t>(found.st_size, 0))};
}

bool is_same_content(const std::string& a, const std::string& b) {
  if (is_same_file(a, b)) return true;
  const auto first = small_file(a, kMaxProgramBytes);
  return first && first == small_file(b, kMaxProgramBytes);
}

}  // namespace pitbridge::doctor
