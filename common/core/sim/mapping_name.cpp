// SPDX-License-Identifier: MIT
#include "common/core/sim/mapping_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pitbridge {
namespace {

constexpr std::size_t kMaxPartBytes = 255;  // NAME_MAX of Linux

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_bad_part(std::string_view part) {
  return part.empty() || part == "." || part == ".." || part.size() > kMaxPartBytes;
}

}  // namespace

Expected<void> check_file_name(std::string_view name) {
  const auto refuse = [&](std::string_view why) {
    return fail(ExitCode::kUsage, fmt::format("mapping name \"{}\": {}; use a name like acpmf_physics or "
                                              "SCS/SCSTelemetry",
                                              name, why));
  };
  if (name.empty()) return refuse("is empty");
  if (std::any_of(name.begin(), name.end(), is_control)) return refuse("holds a control character");
  if (std::count(name.begin(), name.end(), '/') > 1) return refuse("holds more than one slash");
  const auto slash = name.find('/');
  if (is_bad_part(name.substr(0, slash)) ||
      (slash != std::string_view::npos && is_bad_part(name.substr(slash + 1))))
    return refuse("holds an empty, \".\", \"..\" or too long part");
  return {};
}

}  // namespace pitbridge
