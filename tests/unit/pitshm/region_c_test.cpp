// SPDX-License-Identifier: MIT
// Regions as a user of the library has them: region.h, and region.hpp on it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstring>
#include <string>

#include "common/pitshm/region.h"
#include "common/pitshm/region.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitshm {
namespace {

using pitbridge::content_of;
using pitbridge::ScopedEnvironment;
using pitbridge::TempDirectory;
using pitbridge::write_file;

class RegionInterface : public testing::Test {
 protected:
  RegionInterface() { options_.directory = directory_.path(); }

  TempDirectory directory_;
  RegionOptions options_;
};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST_F(RegionInterface, PublishesAndReads) {
  EXPECT_FALSE(*region_exists("toy", options_));
  auto out = RegionPublisher::create("toy", 100, options_);
  ASSERT_TRUE(out) << out.error().text;
  EXPECT_TRUE(*region_exists("toy", options_));
  auto in = RegionReader::open("toy", options_);
  ASSERT_TRUE(in) << in.error().text;
  ASSERT_TRUE(out->publish(10, bytes_of("hello")));
  std::array<char, 5> text = {};
  const auto told = in->read(10, std::as_writable_bytes(std::span(text)));
  ASSERT_TRUE(told) << told.error().text;
  EXPECT_EQ(std::string_view(text.data(), text.size()), "hello");
  EXPECT_EQ(told->data_bytes, 100U);
  EXPECT_EQ(told->generation, 1U);
  const auto info = in->info();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->life, static_cast<std::uint32_t>(PITSHM_LIVES));
  EXPECT_EQ(info->publisher_pid, ::getpid());
  ASSERT_TRUE(out->begin());
  EXPECT_EQ(in->read(0, {}).error().result, PITSHM_BUSY);
  ASSERT_TRUE(out->end());
  EXPECT_TRUE(in->wait_news(told->news, kForever)) << "there is some already";
  ASSERT_TRUE(out->grow(10'000));
  EXPECT_EQ(in->data()->size(), 10'000U);
  EXPECT_EQ(out->data()->size(), 10'000U);
  ASSERT_TRUE(out->unlink());
  EXPECT_FALSE(*region_exists("toy", options_));
  EXPECT_EQ(out->publish(0, {}).error().result, PITSHM_LEFT);
  EXPECT_EQ(in->info()->life, static_cast<std::uint32_t>(PITSHM_GONE));
}

TEST_F(RegionInterface, EachFailureHasItsResultAndAText) {
  auto out = RegionPublisher::create("toy", 100, options_);
  ASSERT_TRUE(out);
  auto in = RegionReader::open("toy", options_);
  ASSERT_TRUE(in);
  const auto expect = [](const auto& result, pitshm_result wanted, bool has_text = true) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().result, wanted) << result.error().text;
    EXPECT_EQ(!result.error().text.empty(), has_text) << result.error().text;
    EXPECT_EQ(result.error().text.find("--shm-dir"), std::string::npos) << result.error().text;
  };
  expect(RegionPublisher::create("toy", 100, options_), PITSHM_TAKEN);
  expect(RegionPublisher::create("a/b", 100, options_), PITSHM_BAD_ARGUMENT);
  expect(RegionPublisher::create("pitbridge.ac", 100, options_), PITSHM_BAD_ARGUMENT);
  expect(RegionPublisher::create("other", 0, options_), PITSHM_BAD_ARGUMENT);
  expect(RegionReader::open("other", options_), PITSHM_NOT_THERE, false);
  expect(out->publish(100, bytes_of("x")), PITSHM_BAD_ARGUMENT);
  std::array<std::byte, 1> byte = {};
  expect(in->read(100, byte), PITSHM_BAD_ARGUMENT);
  expect(in->wait_news(in->info()->news, Timeout(0)), PITSHM_TIMED_OUT, false);
  expect(RegionReader::wait("other", Timeout(0), -1, options_), PITSHM_TIMED_OUT, false);
  ASSERT_EQ(::truncate((directory_ / "toy").c_str(), 100), 0);
  expect(in->read(0, byte), PITSHM_FAULT);
  expect(out->publish(0, byte), PITSHM_FAULT);
  write_file(directory_ / "file", "no region");
  expect(RegionReader::open("file", options_), PITSHM_REFUSED);
  expect(region_exists("file", options_), PITSHM_REFUSED);
  expect(RegionPublisher::create("file", 100, options_), PITSHM_REFUSED);
  expect(RegionReader::open_fd(-1), PITSHM_REFUSED);
  RegionOptions nowhere = options_;
  nowhere.directory = "/nowhere";
  expect(RegionPublisher::create("toy", 100, nowhere), PITSHM_REFUSED);
  expect(clean_region("toy", options_), PITSHM_TAKEN);
  expect(clean_region("other", options_), PITSHM_NOT_THERE, false);
}

TEST_F(RegionInterface, WrongPointersAndRolesAreRefused) {
  auto out = RegionPublisher::create("toy", 100, options_);
  ASSERT_TRUE(out);
  const pitshm_region_options c = detail::c_options(options_);
  pitshm_region* reader = nullptr;
  ASSERT_EQ(pitshm_region_open("toy", &c, &reader), PITSHM_OK);
  pitshm_region_info info = {};
  char byte = 0;
  EXPECT_EQ(pitshm_region_create(nullptr, 1, &c, &reader), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_create("other", 1, &c, nullptr), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_open(nullptr, &c, &reader), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_publish(reader, 0, &byte, 1), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_publish(nullptr, 0, &byte, 1), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_begin(reader), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_end(reader), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_grow(reader, 200), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_unlink(reader), PITSHM_BAD_ARGUMENT);
  EXPECT_TRUE(*region_exists("toy", options_)) << "only its publisher removes it";
  EXPECT_EQ(pitshm_region_read(reader, 0, nullptr, 1, &info), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_read(nullptr, 0, &byte, 1, &info), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_get_info(nullptr, &info), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_data(reader, nullptr, nullptr), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_list(&c, nullptr, nullptr), PITSHM_BAD_ARGUMENT);
  EXPECT_EQ(pitshm_region_fd(nullptr), -1);
  pitshm_region_options newer = c;
  newer.flags = 1U << 20U;
  EXPECT_EQ(pitshm_region_exists("toy", &newer), PITSHM_BAD_ARGUMENT);
  pitshm_region_close(reader);
  pitshm_region_close(nullptr);
}

TEST_F(RegionInterface, TheDirectoryIsAnOptionElseAVariable) {
  const TempDirectory other;
  const ScopedEnvironment variable("PITSHM_DIR", other.path().c_str());
  auto here = RegionPublisher::create("toy", 8, options_);
  EXPECT_TRUE(*region_exists("toy", options_));
  EXPECT_FALSE(*region_exists("toy"));
  auto there = RegionPublisher::create("toy", 8);
  ASSERT_TRUE(there) << there.error().text;
  EXPECT_TRUE(*region_exists("toy"));
  EXPECT_EQ(pitshm_region_exists("toy", nullptr), PITSHM_OK);
}

TEST_F(RegionInterface, AnOptionOfALaterVersionIsRefused) {
  pitshm_region_options later = {};
  later.directory = directory_.path().c_str();
  later.reserved[3] = 1;
  pitshm_region* region = nullptr;
  EXPECT_EQ(pitshm_region_create("toy", 8, &later, &region), PITSHM_BAD_ARGUMENT);
  EXPECT_NE(std::string(pitshm_error_text()).find("later version"), std::string::npos) << pitshm_error_text();
}

TEST_F(RegionInterface, AnonymousRegionsGoByDescriptor) {
  RegionOptions sealed;
  sealed.seal_writing = true;
  auto out = RegionPublisher::create_anonymous("toy", 8, sealed);
  ASSERT_TRUE(out) << out.error().text;
  EXPECT_LT(::pwrite(out->fd(), "x", 1, 4096), 0);
  auto in = RegionReader::open_fd(out->fd());
  ASSERT_TRUE(in) << in.error().text;
  ASSERT_TRUE(out->publish(0, bytes_of("12345678")));
  std::array<char, 8> text = {};
  ASSERT_TRUE(in->read(0, std::as_writable_bytes(std::span(text))));
  EXPECT_EQ(std::string_view(text.data(), 8), "12345678");
  EXPECT_EQ(in->info()->life, static_cast<std::uint32_t>(PITSHM_LIFE_UNKNOWN));
  EXPECT_EQ(out->grow(100).error().result, PITSHM_BAD_ARGUMENT);
}

TEST_F(RegionInterface, ListsAndCleans) {
  { auto left = RegionPublisher::create("left", 8, options_); }
  auto lives = RegionPublisher::create("lives", 16, options_);
  std::string listed;
  const auto each = [](const pitshm_region_entry* entry, void* context) {
    *static_cast<std::string*>(context) +=
        std::string(entry->name) + (entry->info.life == PITSHM_LIVES ? "+ " : "- ");
    return 0;
  };
  const pitshm_region_options c = detail::c_options(options_);
  ASSERT_EQ(pitshm_region_list(&c, each, &listed), PITSHM_OK);
  EXPECT_EQ(listed, "left- lives+ ");
  EXPECT_TRUE(clean_region("left", options_));
  int calls = 0;
  ASSERT_EQ(pitshm_region_list(
                &c, [](const pitshm_region_entry*, void* context) { return ++*static_cast<int*>(context); },
                &calls),
            PITSHM_OK);
  EXPECT_EQ(calls, 1) << "it ends when it is told to";
}

TEST_F(RegionInterface, TheHeaderIsC99) {
  const std::string program = directory_ / "user.c";
  write_file(program,
             "#include \"region.h\"\n"
             "int main(void) {\n"
             "  pitshm_region_options options = {0};\n"
             "  pitshm_region *region = NULL;\n"
             "  options.flags = PITSHM_BARE;\n"
             "  return pitshm_region_create(\"toy\", 8, &options, &region) == PITSHM_OK ? 0 : 1;\n"
             "}\n");
  const std::string command =
      "gcc -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Icommon/pitshm '" + program + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace pitshm
