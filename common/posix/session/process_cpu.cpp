// SPDX-License-Identifier: MIT
#include "common/posix/session/process_cpu.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>

#include "common/core/sim/number_text.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {

std::optional<std::uint64_t> parse_cpu_ticks(std::string_view stat) {
  // Behind the name, which may hold blanks and brackets itself, stands the third field of proc(5); user and
  // system time are the 14th and the 15th.
  constexpr int kThird = 3, kUser = 14, kSystem = 15;
  const auto close = stat.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  std::string_view rest = stat.substr(close + 1);
  std::uint64_t ticks = 0;
  for (int field = kThird; field <= kSystem; ++field) {
    const auto begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(begin);
    const auto end = rest.find_first_of(" \n");
    const auto number = number_from<std::uint64_t>(rest.substr(0, end));
    if (field >= kUser && !number) return std::nullopt;
    if (field >= kUser) ticks += *number;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  }
  return ticks;
}

std::optional<double> cpu_seconds_of(pid_t pid, const std::string& root) {
  const auto text = small_file(fmt::format("{}/proc/{}/stat", root, pid));
  const auto ticks = text ? parse_cpu_ticks(*text) : std::nullopt;
  const long a_second = ::sysconf(_SC_CLK_TCK);
  if (!ticks || a_second <= 0) return std::nullopt;
  return static_cast<double>(*ticks) / static_cast<double>(a_second);
}

}  // namespace pitbridge
