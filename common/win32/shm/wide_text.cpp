// SPDX-License-Identifier: MIT
#include "common/win32/shm/wide_text.hpp"

#include "common/win32/shm/windows_api.hpp"

namespace pitbridge {

std::u16string wide(std::string_view utf8) {
  const int size = static_cast<int>(utf8.size());
  const int units = MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, nullptr, 0);
  std::u16string out(static_cast<std::size_t>(units), u'\0');
  MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, reinterpret_cast<WCHAR*>(out.data()), units);
  return out;
}

std::string narrow(const char16_t* wide) {
  const auto* text = reinterpret_cast<const WCHAR*>(wide);
  const int bytes = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  if (bytes <= 0) return {};
  std::string out(static_cast<std::size_t>(bytes), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, out.data(), bytes, nullptr, nullptr);
  out.pop_back();  // the terminating NUL
  return out;
}

}  // namespace pitbridge
