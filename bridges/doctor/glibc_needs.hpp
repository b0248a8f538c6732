// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace pitbridge::doctor {

/// A version of glibc: 2.34.
struct GlibcVersion {
  unsigned major = 0;
  unsigned minor = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the zero of the comparison for a pointer.
  friend auto operator<=>(const GlibcVersion&, const GlibcVersion&) = default;
};
/// "2.34", also with more behind it.
std::optional<GlibcVersion> parse_glibc_version(std::string_view text);
std::string text_of(const GlibcVersion& version);

/// What a program file says of itself. Nothing in it is trusted: all offsets are bounded by the file's size.
struct ElfNeeds {
  bool is_elf = false;                ///< a 64-bit ELF file for x86-64; the rest holds only then
  bool is_whole = false;              ///< its tables lie within the file
  std::optional<GlibcVersion> glibc;  ///< the newest GLIBC_ version that it needs; nothing: none
};
/// From the bytes of the file.
ElfNeeds elf_needs(std::string_view file);

/// The version that a libc.so.6 says in its banner, from the bytes of the file; nothing for another libc.
std::optional<GlibcVersion> glibc_of_library(std::string_view file);

}  // namespace pitbridge::doctor
