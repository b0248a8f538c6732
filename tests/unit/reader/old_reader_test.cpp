// SPDX-License-Identifier: MIT
// Programs that were built with the header of version 0.1.0 read the values that a bridge of today writes.
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/core/mirror/values_page.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {
namespace {

constexpr char kProgram[] = R"(
#include "pitbridge_0_1.h"
int main(int argc, char** argv) {
  pitbridge_reader reader;
  pitbridge_values values;
  pitbridge_result result = pitbridge_open(&reader, "toy", argv[argc - 1]);
  if (result == PITBRIDGE_OK) result = pitbridge_read_values(&reader, &values);
  if (result != PITBRIDGE_OK) return printf("%s", pitbridge_message(result)), 1;
  printf("%g rpm, %u entries, driver %s, shift at %g", pitbridge_number(&values, "rpm", 0, 0), values.entry_count,
         pitbridge_text(&values, "driver"), pitbridge_number(&values, "shift_rpm", 0, -1));
  return 0;
}
)";

TEST(OldReader, ReadsTheValuesOfToday) {
  const TempDirectory directory;
  ToyBridge bridge(directory.path(), monotonic_ns());
  bridge.attach();
  bridge.publish(1);
  auto file = ShmFile::open(directory.path(), values_file_name("toy"), kValuesPageBytes, 0600);
  ASSERT_TRUE(file);
  Telemetry telemetry;
  telemetry.activity = Activity::kLive;
  telemetry.values[static_cast<std::size_t>(Quantity::kRpm)] = 7123.0;
  telemetry.values[static_cast<std::size_t>(Quantity::kDriver)] = std::string("Anna");
  telemetry.values[static_cast<std::size_t>(Quantity::kShiftRpm)] = 8000.0;
  ValuesWriter(**file, 1).publish(telemetry, "toy", monotonic_ns());

  write_file(directory / "program.c", kProgram);
  const std::string program = directory / "program";
  const std::string compile = "cc -std=c99 -Wall -Wextra -Werror -I" +
                              (source_dir() / "tests/data").string() + " -o " + program + " " +
                              directory / "program.c";
  ASSERT_EQ(std::system(compile.c_str()), 0);
  const Outcome done = run({program, directory.path()});
  EXPECT_EQ(done.output, "7123 rpm, 21 entries, driver Anna, shift at -1");
  EXPECT_EQ(done.status, 0);
}

}  // namespace
}  // namespace pitbridge
