// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// UTF-8 to and from the 2-byte characters of Win32. Wide text stays within `common/win32`.
namespace pitbridge {

std::u16string wide(std::string_view utf8);
std::string narrow(const char16_t* wide);

}  // namespace pitbridge
