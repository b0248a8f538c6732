// SPDX-License-Identifier: MIT
#include "bridges/output/columns.hpp"

#include <gtest/gtest.h>

#include "tests/unit/support/run_program.hpp"

namespace pitbridge {
namespace {

TEST(Columns, TextIsBrokenBetweenWordsAndWithinThoseThatAreTooLong) {
  EXPECT_EQ(wrapped("ab cd ef", "x: ", 20), "x: ab cd ef\n");
  EXPECT_EQ(wrapped("the wineserver of the game", "is: ", 19), "is: the wineserver\n    of the game\n");
  EXPECT_EQ(wrapped("a /long/long/path b", "", 12), "a\n/long/long/p\nath b\n");
  EXPECT_EQ(wrapped("", "x", 20), "x\n");
  EXPECT_EQ(columns_of("a\xe6\xbc\xa2"), 3U);
}

TEST(Columns, ACommandThatIsCopiedFromSeveralLinesIsTheSame) {
  const std::vector<std::string> commands = {
      "printf %s one two three four five six seven eight nine ten",
      "printf %s '/a b/" + std::string(50, 'c') + " d'\\''s/" + std::string(30, '"') + "'",
      "printf %s " + std::string(100, 'x') + "\\ y" + std::string(30, '\\') + "z"};
  for (const std::string& command : commands) {
    const Outcome whole = run({"/bin/sh", "-c", command});
    EXPECT_EQ(whole.status, 0) << command;
    for (std::size_t columns = 12; columns < 90; ++columns) {
      const std::string lines = wrapped_command(command, 6, columns);
      for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1)
        EXPECT_LE(lines.find('\n', at) - at, columns) << lines;
      EXPECT_EQ(run({"/bin/sh", "-c", lines}).output, whole.output) << lines;
    }
  }
}

}  // namespace
}  // namespace pitbridge
