// SPDX-License-Identifier: MIT
#include "common/posix/region/region_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pitbridge {
namespace {

bool is_control(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code < 0x20 || code == 0x7F;
}

/// As much of it as a person can read.
std::string shown(std::string_view name) {
  std::string text(name.substr(0, kMaxRegionNameBytes));
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return text;
}

tl::unexpected<Error> refuse_name(std::string_view name, std::string_view why) {
  return fail(ExitCode::kUsage,
              fmt::format("name \"{}\": {}; use a name like my_telemetry", shown(name), why));
}

}  // namespace

Expected<void> check_region_name(std::string_view name) {
  const auto refuse = [&](std::string_view why) { return refuse_name(name, why); };
  if (name.empty()) return refuse("is empty");
  if (name.size() > kMaxRegionNameBytes)
    return refuse(fmt::format("has {} bytes, and may have {}", name.size(), kMaxRegionNameBytes));
  if (std::any_of(name.begin(), name.end(), is_control)) return refuse("holds a control character");
  if (name.find('/') != std::string_view::npos) return refuse("holds a slash");
  if (name.front() == '.') return refuse("begins with a dot");
  for (const std::string_view suffix : {kLockSuffix, kStreamSuffix})
    if (name.ends_with(suffix))
      return refuse(fmt::format("ends in {}, as what belongs to a name does", suffix));
  return {};
}

Expected<void> check_published_name(std::string_view name) {
  if (name.starts_with(kBridgePrefix)) return refuse_name(name, "begins as the own files of bridges do");
  return check_region_name(name);
}

}  // namespace pitbridge
