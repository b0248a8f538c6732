// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/support/child.hpp"
#include "tests/unit/support/model_side.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {

/// The built relay beside a live side.
class RelayTest : public testing::Test {
 protected:
  std::vector<std::string> words(std::vector<std::string> more) const {
    std::vector<std::string> all = {(build_dir() / "bin" / "pitbridge-relay").string(), "relay", "--shm-dir",
                                    directory_.path()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Child start(const std::vector<std::string>& more) const { return Child(words(more), log_path()); }
  /// To its end.
  Outcome run_relay(const std::vector<std::string>& more) const { return run(words(more)); }
  std::string log_path() const { return directory_ / "relay.log"; }
  std::string log() const { return content_of(log_path()); }
  bool log_has(const std::string& text) const { return log().find(text) != std::string::npos; }
  /// A file that only we may read.
  std::string secret(const std::string& name, const std::string& text) const {
    write_file(directory_ / name, text);
    ::chmod((directory_ / name).c_str(), 0600);
    return directory_ / name;
  }

  const TempDirectory directory_;
  const ScopedEnvironment config_{"PITBRIDGE_CONFIG_FILE", "/dev/null"};
  const ScopedEnvironment asan_{"ASAN_OPTIONS", kKeepLittle};
  ModelSide side_{directory_.path()};
};

}  // namespace pitbridge
