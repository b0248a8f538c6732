// SPDX-License-Identifier: MIT
#include "tests/e2e/pitshm_process.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/wine_environment.hpp"

namespace pitbridge::e2e {

PitshmProcess::PitshmProcess(const std::string& variant,
                             const std::map<std::string, std::string>& environment)
    : process_({.arguments = {"wine", built("tests/pitshm/" + variant + "/pitshm_program.exe")},
                .environment = environment}) {
  EXPECT_TRUE(process_.says("ready")) << process_.output();
}

int PitshmProcess::tell(const std::string& line) {
  process_.tell(line);
  return ++told_;
}

std::string PitshmProcess::answer(int number) const {
  const std::string mark = "#" + std::to_string(number) + " ";
  std::string found;
  (void)eventually([&] {
    const std::string output = process_.output();
    const auto at = output.find(mark);
    if (at == std::string::npos) return false;
    const auto end = output.find_first_of("\r\n", at);
    if (end == std::string::npos) return false;
    found = output.substr(at + mark.size(), end - at - mark.size());
    return true;
  });
  return found;
}

void PitshmProcess::kill() {
  process_.signal(SIGKILL);
  EXPECT_TRUE(process_.wait().has_value());
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.starts_with(start);
}

}  // namespace pitbridge::e2e
