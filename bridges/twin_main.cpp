// SPDX-License-Identifier: MIT
// The Windows half of every twin: it is in the game's Wine session, and its native half lives the life of the
// bridge. The sim is the one that is linked in.
#include <cstdio>

#include "common/core/sim/sim.hpp"
#include "common/win32/twin/native_half.hpp"
#include "common/win32/twin/session_answers.hpp"
#include "common/win32/wine_version.hpp"

namespace pitbridge {
namespace {

constexpr const char* kNativeHalf = "pitbridge-keeper";

int answer_until_the_end() {
  const Sim& sim = *all_sims().front();
  auto native = NativeHalf::start(kNativeHalf, std::string(sim.name));
  if (!native) {
    std::fprintf(stderr, "%sbridge: %s\n", std::string(sim.name).c_str(), native.error().message.c_str());
    return static_cast<int>(native.error().code);
  }
  native->answer({std::string(twin::kHello), wine_version()});
  SessionAnswers session(sim);
  while (const auto question = native->next()) {
    if (question->front() == twin::kExit)
      return static_cast<int>(twin::number_in(*question, 1).value_or(static_cast<int>(ExitCode::kFailure)));
    if (const auto answer = session.to(*question)) native->answer(*answer);
  }
  return static_cast<int>(ExitCode::kFailure);
}

}  // namespace
}  // namespace pitbridge

int main() {
  return pitbridge::answer_until_the_end();
}
