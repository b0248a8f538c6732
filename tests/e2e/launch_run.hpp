// SPDX-License-Identifier: MIT
#pragma once

#include "common/posix/session/wine_process.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {

using Variables = std::map<std::string, std::string>;
using Words = std::vector<std::string>;

Words operator+(Words a, const Words& b);

/// A test of `pitbridge COMMAND...`, with a home of its own, so that nothing is staged or logged elsewhere.
class LaunchRun : public WineRun {
 protected:
  void SetUp() override;

  /// As a desktop has it: the home, the shm directory, Wine quiet; no prefix.
  Variables desktop() const;
  /// The same, with this run's prefix for a plain `wine`.
  Variables desktop_with_prefix() const;
  /// Runs the words as they are.
  static Process launch(const Words& words, const Variables& environment);
  /// `pitbridge` and the words.
  static Words pitbridge(const Words& words);
  /// The command line of the fake game for a plain `wine`.
  Words wine_game(const GameSetup& setup = {}) const;

  std::string home() const { return directory() + "/home"; }
  std::string state_log(const std::string& program = "acbridge") const;
  std::string staged(const std::string& program = "acbridge") const;
  /// The game of this run, by its directory; nothing when it has gone.
  std::optional<RunningGame> running_game() const;
  /// Processes that have this run's directory in their environment or arguments, by a name.
  std::vector<ProcessInfo> processes_named(const std::string& comm) const;
  bool has_gone(const std::string& comm) const;
};

}  // namespace pitbridge::e2e
