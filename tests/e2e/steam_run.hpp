// SPDX-License-Identifier: MIT
#pragma once

#include "tests/e2e/launch_run.hpp"

namespace pitbridge::e2e {

/// A test with a model of Steam's launch chain (steam/README.md): reaper, container, Proton, its steam.exe.
class SteamRun : public LaunchRun {
 protected:
  void SetUp() override;
  std::string prefix_name() const override { return "home/.steam/steamapps/compatdata/244210/pfx"; }

  /// What Steam sets for Assetto Corsa.
  Variables steam() const;
  /// What Steam puts in the place of %command%; with the container's entry point in it where this machine has
  /// one.
  Words command(const GameSetup& setup = {}) const;
  Words command_without_container(const GameSetup& setup = {}) const;
  /// Why there is no container here; empty: there is one.
  static const std::string& no_container();

  std::string steam_path(const std::string& path) const { return home() + "/.steam/" + path; }
  std::string proton_directory() const { return steam_path("steamapps/common/Proton 9.0 (Model)"); }
};

}  // namespace pitbridge::e2e
