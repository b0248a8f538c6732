// SPDX-License-Identifier: MIT
#include "common/win32/file_mapping.hpp"

#include <algorithm>

#include "common/win32/wide_text.hpp"

namespace pitbridge {
namespace {

/// A Unix path as Wine opens it without a Z: drive.
std::u16string unix_path(std::string path) {
  std::replace(path.begin(), path.end(), '/', '\\');
  return wide("\\\\?\\unix" + path);
}

const WCHAR* chars(const std::u16string& text) {
  return reinterpret_cast<const WCHAR*>(text.c_str());
}

tl::unexpected<Error> refuse(std::string_view name, const std::string& path, const std::string& why) {
  return fail(ExitCode::kFailure, path + " as the mapping " + std::string(name) + ": " + why);
}

}  // namespace

Expected<UniqueHandle> make_file_mapping(std::string_view name, const std::string& path) {
  const UniqueHandle file(CreateFileW(chars(unix_path(path)), GENERIC_READ | GENERIC_WRITE,
                                      FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                      OPEN_EXISTING, 0, nullptr));
  if (!file)
    return refuse(name, path, "Windows error " + std::to_string(GetLastError()) + " when opening the file");
  SetLastError(0);
  UniqueHandle mapping(CreateFileMappingW(file.get(), nullptr, PAGE_READWRITE, 0, 0, chars(wide(name))));
  const DWORD error = GetLastError();
  if (!mapping) return refuse(name, path, "Windows error " + std::to_string(error));
  if (error == ERROR_ALREADY_EXISTS)
    return refuse(name, path, "another program made the mapping first; start the bridge before it");
  return mapping;
}

}  // namespace pitbridge
