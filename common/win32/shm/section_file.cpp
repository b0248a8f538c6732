// SPDX-License-Identifier: MIT
#include "common/win32/shm/section_file.hpp"

#include "common/win32/shm/object_name.hpp"
#include "common/win32/shm/wide_text.hpp"

namespace pitbridge {

Expected<UniqueHandle> open_section_file(std::string_view path) {
  const std::u16string text = wide(path);
  UniqueHandle file(CreateFileW(reinterpret_cast<const WCHAR*>(text.c_str()), GENERIC_READ | GENERIC_WRITE,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                OPEN_EXISTING, 0, nullptr));
  if (!file) return refuse_object("open the file", path, GetLastError());
  return file;
}

}  // namespace pitbridge
