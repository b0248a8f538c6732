// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace pitbridge::serve {

/// A file of the page, which is part of the program.
struct PageFile {
  std::string_view path;  ///< "/" or "/page.js"
  std::string_view content_type;
  std::string_view content;
};

std::span<const PageFile> page_files();

}  // namespace pitbridge::serve
