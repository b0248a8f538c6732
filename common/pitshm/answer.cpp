// SPDX-License-Identifier: MIT
#include "common/pitshm/answer.hpp"

namespace pitshm::detail {
namespace {
thread_local std::string g_error_text;
}

pitshm_result answer(pitshm_result result, const std::string& text) {
  g_error_text = text;
  return result;
}

void forget_text() {
  g_error_text.clear();
}

pitshm_result bad_argument(const char* function, const char* why) {
  return answer(PITSHM_BAD_ARGUMENT, std::string(function) + ": " + why);
}

}  // namespace pitshm::detail

extern "C" const char* pitshm_error_text(void) {
  return pitshm::detail::g_error_text.c_str();
}
