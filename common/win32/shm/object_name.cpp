// SPDX-License-Identifier: MIT
#include "common/win32/shm/object_name.hpp"

#include <algorithm>

#include "common/win32/shm/wide_text.hpp"
#include "common/win32/shm/windows_api.hpp"

namespace pitbridge {
namespace {

/// MAX_PATH less its NUL: what Windows takes, `Local\` included.
constexpr std::size_t kMaxUnits = 259;

std::string_view without_namespace(std::string_view name) {
  for (const std::string_view prefix : {"Local\\", "Global\\"})
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  return name;
}

/// A name that cannot be shown is not shown.
std::string printable(std::string_view name) {
  std::string out(name.substr(0, kMaxUnits));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return out;
}

}  // namespace

Expected<std::u16string> object_name(std::string_view utf8) {
  const auto refuse = [&](const std::string& why) {
    return fail(ExitCode::kUsage, "the name \"" + printable(utf8) + "\" " + why +
                                      "; use one like MyTelemetry or Local\\MyTelemetry");
  };
  const std::string_view plain = without_namespace(utf8);
  if (plain.empty()) return refuse("is empty");
  if (plain.find('\\') != std::string_view::npos)
    return refuse("holds a backslash beyond Local\\ or Global\\");
  if (std::any_of(plain.begin(), plain.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return refuse("holds a control character");
  std::u16string text = wide(utf8);
  if (narrow(text.c_str()) != utf8) return refuse("is no UTF-8");
  if (text.size() > kMaxUnits)
    return refuse("is longer than the " + std::to_string(kMaxUnits) + " characters that Windows takes");
  return text;
}

std::string windows_error(unsigned long error) {
  std::string text = "Windows error " + std::to_string(error);
  switch (error) {
    case ERROR_ACCESS_DENIED:
      return text +
             " (access denied: whoever made it lets nobody use it so, or only a program with more rights)";
    case ERROR_INVALID_HANDLE:
      return text +
             " (something of another kind has this name; end the program that made it, or take another name)";
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_DISK_FULL:
      return text + " (no room: ask for less, map a part, or free memory)";
    default:
      return text;
  }
}

tl::unexpected<Error> refuse_object(std::string_view what, std::string_view name, unsigned long error) {
  const bool in_the_way = error == ERROR_ACCESS_DENIED || error == ERROR_INVALID_HANDLE;
  return fail(in_the_way ? ExitCode::kOutputRefused : ExitCode::kFailure,
              std::string(name) + ": cannot " + std::string(what) + ": " + windows_error(error));
}

}  // namespace pitbridge
