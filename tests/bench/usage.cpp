// SPDX-License-Identifier: MIT
#include "tests/bench/usage.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace pitbridge::bench {
namespace {

namespace fs = std::filesystem;

/// The number behind `key` in a file of "key: value" lines; 0 when it is not there.
std::int64_t number_in(const fs::path& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.rfind(key + ":", 0) == 0) return std::stoll(line.substr(key.size() + 1));
  return 0;
}

}  // namespace

Usage& Usage::operator+=(const Usage& other) {
  cpu_ns += other.cpu_ns;
  wake_ups += other.wake_ups;
  return *this;
}

Usage Usage::operator-(const Usage& other) const {
  return {cpu_ns - other.cpu_ns, wake_ups - other.wake_ups};
}

Usage usage_of(pid_t pid) {
  Usage sum;
  std::error_code gone;
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    std::int64_t cpu_ns = 0;
    std::ifstream(task.path() / "schedstat") >> cpu_ns;
    sum += {cpu_ns, number_in(task.path() / "status", "voluntary_ctxt_switches")};
  }
  return sum;
}

Usage usage_of(const std::vector<pid_t>& pids) {
  Usage sum;
  for (const pid_t pid : pids) sum += usage_of(pid);
  return sum;
}

std::vector<pid_t> with_children(pid_t pid) {
  std::vector<pid_t> all = {pid};
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const std::string name = entry.path().filename();
    if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) continue;
    if (number_in(entry.path() / "status", "PPid") == pid) all.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return all;
}

}  // namespace pitbridge::bench
