// SPDX-License-Identifier: MIT
// The documents of the repository and the directory of the build, for the tests about them.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "common/posix/system/paths.hpp"

namespace pitbridge {

inline std::filesystem::path source_dir() {
  return std::filesystem::absolute(environment_or("PITBRIDGE_SOURCE_DIR", "."));
}

/// Where `make` has put what the tests look at.
inline std::filesystem::path build_dir() {
  return source_dir() / environment_or("PITBRIDGE_BUILD_DIR", "build");
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path << " cannot be read; set PITBRIDGE_SOURCE_DIR to the root of the repository";
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string readme() {
  return text_of(source_dir() / "README.md");
}

/// What stands between the two.
inline std::string block_after(const std::string& text, const std::string& begin, const std::string& end) {
  const auto at = text.find(begin);
  EXPECT_NE(at, std::string::npos) << begin;
  if (at == std::string::npos) return "";
  const auto from = at + begin.size();
  const auto to = text.find(end, from);
  EXPECT_NE(to, std::string::npos) << end;
  return text.substr(from, to - from);
}

/// What the pattern (or its group) matches, in the order of the text.
inline std::vector<std::string> all_matches(const std::string& text, const char* pattern,
                                            std::size_t group = 0) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it)
    found.push_back((*it)[group].str());
  return found;
}

}  // namespace pitbridge
