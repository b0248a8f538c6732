// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "tests/e2e/process.hpp"

namespace pitbridge::e2e {

/// A Windows program that does with pitshm what it is told (tests/e2e/pitshm/pitshm_program.cpp).
class PitshmProcess {
 public:
  /// `variant`: which of those that were built, such as "pe64". Waits until it listens.
  PitshmProcess(const std::string& variant, const std::map<std::string, std::string>& environment);

  /// Its answer, without the number.
  std::string ask(const std::string& line) { return answer(tell(line)); }
  /// As above in two steps, for what takes a while. Returns the number of the answer.
  int tell(const std::string& line);
  /// Empty: none came in time.
  std::string answer(int number) const;
  void kill();

 private:
  Process process_;
  int told_ = 0;
};

bool starts_with(const std::string& text, const std::string& start);

}  // namespace pitbridge::e2e
