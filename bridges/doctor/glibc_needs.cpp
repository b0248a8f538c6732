// SPDX-License-Identifier: MIT
#include "bridges/doctor/glibc_needs.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace pitbridge::doctor {
namespace {

/// No file has more; one that says so is broken, and its lists may have no end.
constexpr unsigned kMaxEntries = 4096;

/// A record at an offset of the file; nothing when it does not lie within.
template <typename Record>
std::optional<Record> record_at(std::string_view file, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(Record)) return std::nullopt;
  Record record;
  std::memcpy(&record, file.data() + offset, sizeof record);
  return record;
}

/// The text that begins at `offset` of a section; empty when it does not end within it.
std::string_view text_at(std::string_view file, const Elf64_Shdr& section, std::uint64_t offset) {
  if (section.sh_offset > file.size() || offset >= section.sh_size) return {};
  const std::string_view bytes = file.substr(section.sh_offset, section.sh_size);
  if (offset >= bytes.size()) return {};
  const std::string_view rest = bytes.substr(offset);
  const auto end = rest.find('\0');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

std::optional<Elf64_Shdr> section_at(std::string_view file, const Elf64_Ehdr& header, unsigned index) {
  if (header.e_shoff > file.size()) return std::nullopt;
  return record_at<Elf64_Shdr>(file, header.e_shoff + std::uint64_t{index} * sizeof(Elf64_Shdr));
}

/// The newest GLIBC_ version among the needed ones. False when a record lies outside of the file.
bool read_needed(std::string_view file, const Elf64_Shdr& needed, const Elf64_Shdr& names, ElfNeeds& out) {
  std::uint64_t at = needed.sh_offset;
  for (unsigned i = 0; i < std::min(needed.sh_info, kMaxEntries); ++i) {
    const auto library = record_at<Elf64_Verneed>(file, at);
    if (!library) return false;
    std::uint64_t version_at = at + library->vn_aux;
    for (unsigned j = 0; j < library->vn_cnt; ++j) {
      const auto version = record_at<Elf64_Vernaux>(file, version_at);
      if (!version) return false;
      constexpr std::string_view kGlibc = "GLIBC_";
      const std::string_view name = text_at(file, names, version->vna_name);
      if (name.starts_with(kGlibc))
        if (const auto found = parse_glibc_version(name.substr(kGlibc.size())))
          out.glibc = std::max(out.glibc.value_or(GlibcVersion{}), *found);
      if (version->vna_next == 0) break;
      version_at += version->vna_next;
    }
    if (library->vn_next == 0) break;
    at += library->vn_next;
  }
  return true;
}

}  // namespace

std::optional<GlibcVersion> parse_glibc_version(std::string_view text) {
  GlibcVersion version;
  const char* const end = text.data() + text.size();
  const auto [dot, major_error] = std::from_chars(text.data(), end, version.major);
  if (major_error != std::errc() || dot == end || *dot != '.') return std::nullopt;
  const auto [rest, minor_error] = std::from_chars(dot + 1, end, version.minor);
  if (minor_error != std::errc() || rest == dot + 1) return std::nullopt;
  return version;
}

std::string text_of(const GlibcVersion& version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

ElfNeeds elf_needs(std::string_view file) {
  ElfNeeds needs;
  const auto header = record_at<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      header->e_machine != EM_X86_64)
    return needs;
  needs.is_elf = true;
  if (header->e_shnum == 0 || header->e_shentsize != sizeof(Elf64_Shdr)) return needs;
  for (unsigned i = 0; i < header->e_shnum; ++i) {
    const auto section = section_at(file, *header, i);
    if (!section) return needs;
    if (section->sh_type != SHT_GNU_verneed) continue;
    const auto names = section_at(file, *header, section->sh_link);
    if (!names || !read_needed(file, *section, *names, needs)) return needs;
  }
  needs.is_whole = true;
  return needs;
}

std::optional<GlibcVersion> glibc_of_library(std::string_view file) {
  // "GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36."
  const auto banner = file.find("GNU C Library");
  if (banner == std::string_view::npos) return std::nullopt;
  const std::string_view line = file.substr(banner, file.substr(banner, 256).find('\n'));
  constexpr std::string_view kVersion = "release version ";
  const auto at = line.find(kVersion);
  return at == std::string_view::npos ? std::nullopt : parse_glibc_version(line.substr(at + kVersion.size()));
}

}  // namespace pitbridge::doctor
