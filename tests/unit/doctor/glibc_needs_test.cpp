// SPDX-License-Identifier: MIT
#include "bridges/doctor/glibc_needs.hpp"

#include <elf.h>
#include <gnu/libc-version.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "common/posix/system/small_file.hpp"
#include "tests/unit/support/own_library.hpp"

namespace pitbridge::doctor {
namespace {

std::string own_program() {
  return small_file(own_library("libstdc++.so"), std::size_t{64} << 20U).value_or("");
}

GlibcVersion own_glibc() {
  return parse_glibc_version(::gnu_get_libc_version()).value();
}

TEST(GlibcVersion, IsReadFromTextAndCompared) {
  EXPECT_EQ(parse_glibc_version("2.34"), (GlibcVersion{2, 34}));
  EXPECT_EQ(parse_glibc_version("2.2.5"), (GlibcVersion{2, 2}));
  EXPECT_EQ(parse_glibc_version("2.36-9+deb12u10"), (GlibcVersion{2, 36}));
  for (const char* bad : {"", "2", "2.", ".3", "PRIVATE", "2.x", "99999999999.1"})
    EXPECT_FALSE(parse_glibc_version(bad)) << bad;
  EXPECT_LT((GlibcVersion{2, 9}), (GlibcVersion{2, 34}));
  EXPECT_EQ(text_of(GlibcVersion{2, 34}), "2.34");
}

TEST(ElfNeeds, TellsTheNewestVersionThatAProgramNeeds) {
  std::string program = own_program();
  const ElfNeeds needs = elf_needs(program);
  EXPECT_TRUE(needs.is_elf);
  EXPECT_TRUE(needs.is_whole);
  ASSERT_TRUE(needs.glibc);
  EXPECT_LE(*needs.glibc, own_glibc()) << "it runs, after all";
  EXPECT_GE(*needs.glibc, (GlibcVersion{2, 2}));

  // The names stand in a table of texts, each ended by a NUL.
  const std::string name = "GLIBC_" + text_of(*needs.glibc) + '\0';
  const std::string newer = (name.size() == 11 ? "GLIBC_9.98" : "GLIBC_9.9") + std::string(1, '\0');
  ASSERT_EQ(name.size(), newer.size());
  int replaced = 0;
  for (auto at = program.find(name); at != std::string::npos; at = program.find(name, at + 1), ++replaced)
    program.replace(at, name.size(), newer);
  ASSERT_GT(replaced, 0);
  EXPECT_EQ(elf_needs(program).glibc, parse_glibc_version(newer.substr(6)));
}

TEST(ElfNeeds, RefusesWhatIsNoProgramForThisMachine) {
  for (const char* text : {"", "#!/bin/sh\nexec wine\n",
                           "\x7f"
                           "ELF",
                           "MZ"}) {
    EXPECT_FALSE(elf_needs(text).is_elf) << text;
    EXPECT_FALSE(elf_needs(text).is_whole) << text;
  }
  std::string program = own_program();
  program[EI_CLASS] = ELFCLASS32;
  EXPECT_FALSE(elf_needs(program).is_elf);
}

TEST(ElfNeeds, SurvivesAnyCut) {
  const std::string program = own_program();
  const std::string_view all = program;
  for (std::size_t size = 0; size < 4096; size += 7)
    EXPECT_FALSE(elf_needs(all.substr(0, size)).is_whole) << size;
  for (std::size_t part = 1; part < 100; ++part)
    EXPECT_FALSE(elf_needs(all.substr(0, all.size() / 100 * part)).is_whole) << part;
  EXPECT_FALSE(elf_needs(all.substr(0, all.size() - 1)).is_whole) << "the table of sections is at the end";
}

TEST(ElfNeeds, SurvivesAnyWrongNumber) {
  std::string program = own_program();
  Elf64_Ehdr header;
  std::memcpy(&header, program.data(), sizeof header);
  const std::size_t table = header.e_shoff;
  const std::size_t table_bytes = header.e_shnum * sizeof(Elf64_Shdr);
  ASSERT_LE(table + table_bytes, program.size());
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    const bool in_header = round % 4 == 0;
    const std::size_t at = in_header ? random() % sizeof header : table + random() % table_bytes;
    const char before = program[at];
    program[at] = static_cast<char>(random());
    (void)elf_needs(program);  // the sanitizers and the fault handler are the judges
    program[at] = before;
  }
  EXPECT_TRUE(elf_needs(program).is_whole);
}

TEST(GlibcOfLibrary, IsReadFromTheBanner) {
  EXPECT_EQ(glibc_of_library(
                "\x01\x02GNU C Library (Debian GLIBC 2.31-13) stable release version 2.31.\nCopyright"),
            (GlibcVersion{2, 31}));
  for (const char* none : {"", "musl libc", "GNU C Library", "GNU C Library release version x",
                           "GNU C Library\nstable release version 2.31"})
    EXPECT_FALSE(glibc_of_library(none)) << none;

  const auto banner = small_file(own_library("libc.so.6"), std::size_t{64} << 20U);
  EXPECT_EQ(glibc_of_library(banner.value_or("")), own_glibc());
}

}  // namespace
}  // namespace pitbridge::doctor
