// SPDX-License-Identifier: MIT
// What others have written never reaches the terminal or a log raw, from whichever source it comes.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "common/core/mirror/status_page.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/launch/watch_notice.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

namespace fs = std::filesystem;

/// Sets the title of a terminal, starts a C1 sequence, turns the rest of the line around, and forges a line.
const std::string kEvil =
    "E\x1b]0;owned\x07\xC2\x9b"
    "31m\xE2\x80\xAE\npitbridge: all is well";
const std::string kMarker = "\\u001b]0;owned";

bool is_plain(const std::string& output) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);)
    if (printable(line) != line || line.starts_with("pitbridge: all is well")) return false;
  return true;
}

class ForeignText : public testing::Test {
 protected:
  TempDirectory directory_;
  std::unique_ptr<StatusFile> status_;
  std::optional<StatusWriter> writer_;

  /// The page of a living bridge, as its owner, or whoever may write it, can make it.
  void plant_page(const std::string& title = kEvil.substr(0, 20)) {
    auto opened = StatusFile::open({directory_.path(), "ac", 0600});
    ASSERT_TRUE(opened);
    status_ = std::move(*opened);
    writer_.emplace(*status_, status_->page());
    const std::vector<std::string> files = {kEvil};
    writer_->start("ac", "/prefix" + kEvil, ::getpid(), static_cast<std::uint64_t>(MonotonicClock().now_ns()),
                   files);
    writer_->set_game(7, title);
    writer_->set_message(kEvil);
    writer_->set_state(BridgeState::kAttached);
  }

  /// Runs the command in the planted directory, and expects that it shows the text, and that printable.
  void expect_plain(std::vector<std::string> arguments, const std::string& marker = kMarker) {
    arguments.insert(arguments.end(), {"--shm-dir", directory_.path()});
    expect_plain_output(run_pitbridge(arguments).output, marker);
  }
  static void expect_plain_output(const std::string& output, const std::string& marker = kMarker) {
    EXPECT_NE(output.find(marker), std::string::npos) << "the text was not shown at all:\n" << output;
    EXPECT_TRUE(is_plain(output)) << output;
  }
};

TEST_F(ForeignText, OfAStatusPage) {
  plant_page();
  expect_plain({"status", "--interval", "1"});
  expect_plain({"status", "--json", "--interval", "1"},
               "E\\u001b]0;owned\\u0007\\u009b31m\\u202e\\npitbridge: all");
}

TEST_F(ForeignText, OfAMirroredGame) {
  plant_page("assetto_corsa");
  // The car's model in acpmf_static, in UTF-16.
  constexpr std::size_t kCarModelOffset = 68;
  std::string bytes(2048, '\0');
  const std::u16string model =
      u"E\x1b]0;owned\x07\x9b"
      u"31m\x202e\nx";
  for (std::size_t i = 0; i < model.size(); ++i) {
    bytes[kCarModelOffset + 2 * i] = static_cast<char>(model[i] & 0xFF);
    bytes[kCarModelOffset + 2 * i + 1] = static_cast<char>(model[i] >> 8);
  }
  write_file(directory_ / "acpmf_static", bytes);
  for (const char* file : {"acpmf_physics", "acpmf_graphics"})
    write_file(directory_ / file, std::string(2048, '\1'));
  expect_plain({"read", "ac", "--once"});
  expect_plain({"read", "ac", "--once", "--json", "--raw"}, "E\\u001b]0;owned\\u0007\\ufffd31m\\u202e\\n");
}

TEST_F(ForeignText, OfTheNameOfADirectory) {
  const std::string evil = directory_ / kEvil.substr(0, 18);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"read", "ac", "--once"}, {"status"}, {"doctor", "ac", "--interval", "1"}}) {
    auto words = arguments;
    words.insert(words.end(), {"--shm-dir", evil});
    expect_plain_output(run_pitbridge(words).output);
  }
}

TEST_F(ForeignText, OfTheConfigurationAndItsPath) {
  const std::string path = directory_ / ("c" + kEvil.substr(0, 14) + ".toml");
  write_file(
      path,
      "\"k\\u001b]0;owned\\u009b\\n\" = 1\nshm_dir = \"/v\\u001B]0;owned\\u202e\"\n[\"t\\u001b]0;owned\"]\n");
  for (const char* command : {"config", "list", "status"})
    expect_plain_output(
        run({(build_dir() / "bin/pitbridge").string(), command}, {"PITBRIDGE_CONFIG_FILE=" + path}).output);
  // A value stands in it as TOML has it.
  const Outcome toml = run({(build_dir() / "bin/pitbridge").string(), "config"},
                           {"PITBRIDGE_CONFIG_FILE=" + path}, "2>/dev/null");
  EXPECT_NE(toml.output.find("shm_dir = \"/v\\u001B]0;owned\\u202e\""), std::string::npos) << toml.output;
}

TEST_F(ForeignText, OfVariables) {
  expect_plain_output(run_pitbridge({"config"}, {"PITBRIDGE_MODE=" + kEvil}).output);
  expect_plain_output(run_pitbridge({"config"}, {"PITBRIDGE_LOG_LEVEL=" + kEvil}).output);
  expect_plain_output(run_pitbridge({"read", "ac", "--once"}, {"PITBRIDGE_SHM_DIR=/no" + kEvil}).output);
}

TEST_F(ForeignText, OfACommandLine) {
  expect_plain({"read", kEvil});
  expect_plain({"doctor", kEvil});
  expect_plain({"config", kEvil});
  expect_plain({"protontricks", kEvil});
  expect_plain_output(run_pitbridge({kEvil.substr(0, 18)}).output);
  expect_plain_output(run_pitbridge({"run", "--dry-run", "--", "/usr/bin/env", kEvil}).output);
  expect_plain_output(run_pitbridge({"run", "--", "/no/such/" + kEvil}).output);
}

TEST_F(ForeignText, OfTheFileInWhichAWatcherSpeaks) {
  const std::string runtime = directory_ / "run";
  auto lock = WatchLock::take(runtime + "/pitbridge");
  ASSERT_TRUE(lock);
  lock->publish(
      "{\"pid\": 1, \"games\": [{\"exe\": \"e\\u001b]0;owned\\n\", \"pid\": 2, \"prefix\": \"/p\\u202e\", "
      "\"refusal\": \"r\\u009b\"}]}");
  const Outcome outcome =
      run_pitbridge({"status", "--shm-dir", directory_.path()}, {"XDG_RUNTIME_DIR=" + runtime});
  expect_plain_output(outcome.output);
}

}  // namespace
}  // namespace pitbridge
