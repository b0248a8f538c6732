// SPDX-License-Identifier: MIT
#include "common/posix/session/native_games.hpp"

#include <algorithm>

namespace pitbridge {
namespace {

constexpr std::int64_t kLookEveryNs = 1'000'000'000;

}  // namespace

std::optional<Game> NativeGames::find(const Sim& sim) {
  const std::int64_t now_ns = clock_.now_ns();
  if (now_ns >= next_look_ns_) {
    (void)scan_.look();
    next_look_ns_ = now_ns + kLookEveryNs;
  }
  for (const RunningGame& game : scan_.games()) {
    if (game.known.sim != &sim || !is_alive(game.process.id)) continue;
    if (std::find(found_.begin(), found_.end(), game.process.id) == found_.end())
      found_.push_back(game.process.id);
    return Game{static_cast<std::uint32_t>(game.process.id.pid), game.exe_name};
  }
  return std::nullopt;
}

bool NativeGames::runs(const Game& game) {
  std::erase_if(found_, [](const ProcessId& id) { return !is_alive(id); });
  return std::any_of(found_.begin(), found_.end(),
                     [&](const ProcessId& id) { return static_cast<std::uint32_t>(id.pid) == game.pid; });
}

}  // namespace pitbridge
