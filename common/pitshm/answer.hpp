// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

#include "common/core/error.hpp"
#include "common/pitshm/result.h"

/// How the C interface answers; not installed.
namespace pitshm::detail {

/// Keeps the text for pitshm_error_text().
pitshm_result answer(pitshm_result result, const std::string& text);
/// The exit codes of our programs are the first results.
inline pitshm_result answer(const pitbridge::Error& error) {
  return answer(static_cast<pitshm_result>(error.code), error.message);
}
inline pitshm_result null_pointer() {
  return answer(PITSHM_BAD_ARGUMENT, "a pointer that must not be null is null");
}

void forget_text();

pitshm_result bad_argument(const char* function, const char* why);

/// What is reserved in options must be 0, so that it can mean something one day.
template <std::size_t kCount>
pitbridge::Expected<void> check_reserved(const std::uint32_t (&reserved)[kCount]) {
  for (const std::uint32_t word : reserved)
    if (word != 0)
      return pitbridge::fail(
          pitbridge::ExitCode::kUsage,
          "an option is set of a later version of libpitshm, or the options are not all zeros where "
          "nothing is wanted; update the library, or begin with = {0}");
  return {};
}

/// No exception crosses the C interface: the only one there is says that memory is out. What the call before
/// said is forgotten.
template <typename Body>
pitshm_result answered(Body body) {
  forget_text();
  try {
    return body();
  } catch (const std::exception& exception) {
    return answer(PITSHM_FAILED, exception.what());
  }
}

}  // namespace pitshm::detail
