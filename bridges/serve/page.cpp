// SPDX-License-Identifier: MIT
#include "bridges/serve/page.hpp"

// Made by the Makefile of `web/` and of the charting library.
#include "serve_page.hpp"

namespace pitbridge::serve {

std::span<const PageFile> page_files() {
  return kPageFiles;
}

}  // namespace pitbridge::serve
