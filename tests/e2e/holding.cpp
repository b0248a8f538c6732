// SPDX-License-Identifier: MIT
#include "tests/e2e/holding.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace pitbridge::e2e {
namespace fs = std::filesystem;

Holding holding_of(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  Holding holding;
  for (const auto& descriptor : fs::directory_iterator(process + "/fd")) {
    ++holding.descriptors;
    std::error_code closed;  // in the meantime
    const auto target = fs::read_symlink(descriptor.path(), closed).string();
    holding.has_ring = holding.has_ring || target.starts_with("/memfd:pitshm-ring");
  }
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmRSS:", 0) == 0) holding.resident_kb = std::stol(line.substr(6));
  return holding;
}

}  // namespace pitbridge::e2e
