// SPDX-License-Identifier: MIT
#include "tests/e2e/holding.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace pitbridge::e2e {
namespace fs = std::filesystem;

Holding holding_of(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  Holding holding;
  holding.descriptors = static_cast<std::size_t>(std::distance(fs::directory_iterator(process + "/fd"), {}));
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmRSS:", 0) == 0) holding.resident_kb = std::stol(line.substr(6));
  return holding;
}

}  // namespace pitbridge::e2e
