// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace pitbridge {

/// What a program tells its caller. The values are the documented exit codes of every pitbridge program.
enum class ExitCode : int {
  kOk = 0,
  kFailure = 1,
  kUsage = 2,           ///< an option, a number or a name is wrong
  kAlreadyRunning = 3,  ///< another bridge serves this sim
  kOutputRefused = 4,   ///< an output file or its directory cannot be used safely
};

/// A fault, told to a person: what was tried, on which object, what the system answered, and what to do.
struct Error {
  ExitCode code = ExitCode::kFailure;
  std::string message;
};

template <typename T>
using Expected = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ExitCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace pitbridge
