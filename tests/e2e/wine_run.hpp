// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/core/decode/telemetry.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/wine_environment.hpp"

namespace pitbridge::e2e {

/// Makes one Wine prefix for the whole run (10 s), which every test then copies.
class PrefixTemplate : public ::testing::Environment {
 public:
  void SetUp() override;
  void TearDown() override;
  static void copy_to(const std::string& prefix);
};

struct GameSetup {
  std::string exe_name = "acs.exe";  ///< what the process is called: the bridge knows games by it
  std::vector<std::string> arguments = {};
  std::string program = "fake_game.exe";  ///< what is built; a copy of it gets the name
};

/// A game of `title` under its own exe name, with every mapping that its layouts know.
GameSetup setup_of(const Sim& sim, const Title& title);

struct BridgeSetup {
  std::string sim = "ac";
  std::vector<std::string> arguments = {};
  std::map<std::string, std::string> environment = {};
};

/// A test with a real Wine of its own: prefix, wineserver and output directory, all removed at its end.
class WineRun : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  /// Where the prefix is made, below `directory()`.
  virtual std::string prefix_name() const { return "prefix"; }
  /// Where the files go; made if it is not there.
  virtual std::string shm_directory() const { return directory_ + "/shm"; }

  /// The program that start_bridge starts: with PITBRIDGE_TEST_TWIN=1 the twin, in every test.
  virtual std::string bridge_file(const std::string& sim) const;

  /// Starts the fake game and waits until its mappings exist.
  Process start_game(const GameSetup& setup = {});

  /// Starts a bridge; does not wait for anything.
  Process start_bridge(const BridgeSetup& setup = {});
  /// Starts `pitbridge udp`; does not wait for anything.
  Process start_receiver(const std::vector<std::string>& arguments);
  /// `pitbridge` with this run's output directory; waits for its end.
  Process run_pitbridge(const std::vector<std::string>& arguments);

  MirrorReading reading(const std::string& sim = "ac") const;
  Telemetry telemetry(const std::string& sim = "ac") const;
  BridgeState state(const std::string& sim = "ac") const;
  bool becomes(BridgeState wanted, const std::string& sim = "ac", Seconds deadline = kPatience) const;
  /// Waits until the files show a car being driven.
  bool becomes_live(const std::string& sim = "ac") const;
  /// All files of the sim exist and hold nothing but zeros.
  bool is_clear(const std::string& sim = "ac") const;

  /// The file holds what the section itself holds, by the descriptor that the status page names.
  bool is_mirrored(std::string_view mapping, const std::string& sim = "ac") const;

  virtual std::map<std::string, std::string> environment() const;
  std::string shm_path(const std::string& name = {}) const;
  const std::string& prefix() const { return prefix_; }
  /// Of this run alone; everything is below it.
  const std::string& directory() const { return directory_; }
  /// A copy of what was built, under the exe's name. Returns its path.
  std::string place_game(const GameSetup& setup, const std::string& directory) const;
  /// Ends this run's wineserver and everything in it.
  void kill_wineserver() const;

 private:
  std::string directory_, prefix_, shm_;
  mutable std::map<std::string, ActivityWatch> watches_;  ///< of `telemetry`, by sim
};

}  // namespace pitbridge::e2e
