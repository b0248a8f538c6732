// SPDX-License-Identifier: MIT
// The programs as users run them, on a live bridge of this process.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "bridges/record/reader.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/unit/record/recorded_drive.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/model_drive.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge::record {
namespace {

/// A game that goes on by itself.
class LiveDrive {
 public:
  explicit LiveDrive(const std::string& directory)
      : drive_(*find_sim("ac"), directory), thread_([this] {
          for (int i = 0; !ends_; ++i) {
            drive_.drive(i * 0.01);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
        }) {}
  ~LiveDrive() {
    ends_ = true;
    thread_.join();
  }

 private:
  ModelDrive drive_;
  std::atomic<bool> ends_ = false;
  std::thread thread_;  // last: it uses the others
};

class RecordProgram : public testing::Test {
 protected:
  std::vector<std::string> environment() const {
    return {"PITBRIDGE_SHM_DIR=" + shm_.path(), "HOME=" + files_.path(),
            "XDG_DATA_HOME=", "PITBRIDGE_CONFIG_FILE=/dev/null"};
  }
  Outcome tool(std::vector<std::string> words, const std::string& redirection = "2>&1") const {
    return run_pitbridge(std::move(words), environment(), redirection);
  }
  /// Ended by a signal after a second, which it must take for an order.
  Outcome tool_for_a_second(const char* signal, std::vector<std::string> words) const {
    words.insert(words.begin(), {"timeout", "--preserve-status", "-s", signal, "1",
                                 (build_dir() / "bin" / "pitbridge").string()});
    return run(words, environment());
  }
  pid_t start(const std::vector<std::string>& words) const {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    for (const std::string& variable : environment()) ::putenv(::strdup(variable.c_str()));
    std::vector<char*> arguments;
    const std::string program = (build_dir() / "bin" / "pitbridge").string();
    arguments.push_back(::strdup(program.c_str()));
    for (const std::string& word : words) arguments.push_back(::strdup(word.c_str()));
    arguments.push_back(nullptr);
    const int nowhere = ::open("/dev/null", O_WRONLY);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  static int end(pid_t pid, int signal) {
    ::kill(pid, signal);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  bool is_cleared() const {
    const auto page = read_status_of(shm_.path(), "ac");
    return page && has_ended(static_cast<BridgeState>(page->header.state)) &&
           all_zero(bytes_of(content_of(shm_ / "acpmf_physics")));
  }
  reader::Reader reader_of_files() const { return std::move(*reader::Reader::open("ac", shm_.path())); }

  TempDirectory shm_, files_;
  std::string path_ = files_ / "drive.pbrec";
};

TEST_F(RecordProgram, RecordsWhatIsDrivenAndNeverOverAFile) {
  const LiveDrive drive(shm_.path());
  const Outcome outcome = tool({"record", "ac", path_, "--for", "1.2"});
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("end it with Ctrl-C"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find(" lost"), std::string::npos) << outcome.output;
  const auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_TRUE((*reader)->has_index());
  EXPECT_GE((*reader)->length_ns(), 1'000'000'000);
  const Outcome again = tool({"record", "ac", path_});
  EXPECT_EQ(again.status, 4);
  EXPECT_NE(again.output.find("--force"), std::string::npos) << again.output;
}

TEST_F(RecordProgram, WithoutWordsItRecordsTheSimThatIsDriven) {
  const LiveDrive drive(shm_.path());
  const std::string program = (build_dir() / "bin" / "pitbridge").string();
  const Outcome outcome = run(
      {"bash", "-c", "cd \"$1\" && exec \"$2\" record --for 1", "-", files_.path(), program}, environment());
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("into ac-20"), std::string::npos) << outcome.output;
}

TEST_F(RecordProgram, ASignalEndsARecordingInOrder) {
  const LiveDrive drive(shm_.path());
  for (const char* signal : {"INT", "TERM"}) {
    const Outcome outcome = tool_for_a_second(signal, {"record", "ac", path_, "--force"});
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    const auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_TRUE((*reader)->has_index()) << signal;
  }
}

TEST_F(RecordProgram, KilledAtAnyMomentItLeavesWhatItHad) {
  const LiveDrive drive(shm_.path());
  const pid_t recorder = start({"record", "ac", path_});
  EXPECT_TRUE(soon([&] { return content_of(path_).size() > 20'000; }));
  end(recorder, SIGKILL);
  const auto reader = RecordingReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_FALSE((*reader)->has_index());
  ASSERT_FALSE((*reader)->chunks().empty());
  EXPECT_TRUE((*reader)->load(0));
}

TEST_F(RecordProgram, AFullDiskEndsItWithWhatIsThere) {
  const LiveDrive drive(shm_.path());
  const std::string program = (build_dir() / "bin" / "pitbridge").string();
  const Outcome outcome =
      run({"bash", "-c", "ulimit -f 20; exec \"$@\"", "-", program, "record", "ac", path_, "--for", "50"},
          environment());
  EXPECT_EQ(outcome.status, 4) << outcome.output;
  EXPECT_NE(outcome.output.find("is kept; about a second is lost"), std::string::npos) << outcome.output;
  const Outcome info = tool({"record", "info", path_});
  EXPECT_EQ(info.status, 0) << info.output;
  EXPECT_NE(info.output.find("damage      none"), std::string::npos) << info.output;
}

TEST_F(RecordProgram, WhereNothingIsPublishedNoFileStays) {
  const Outcome outcome = tool_for_a_second("INT", {"record", "ac", path_});
  EXPECT_EQ(outcome.status, 1) << outcome.output;
  EXPECT_NE(outcome.output.find("is not kept"), std::string::npos) << outcome.output;
  EXPECT_NE(::access(path_.c_str(), F_OK), 0);
}

TEST_F(RecordProgram, EachDriveGoesIntoAFileOfItsOwn) {
  pid_t recorder = 0;
  const std::string ring = files_ / ".local/share/pitbridge/recordings";
  const auto recordings = [&] {
    std::size_t count = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(ring, none)) {
      const auto reader = RecordingReader::open(entry.path().string());
      count += reader && (*reader)->has_index() ? 1 : 0;
    }
    return count;
  };
  for (std::size_t run = 1; run <= 2; ++run) {
    auto drive = std::make_unique<LiveDrive>(shm_.path());
    if (recorder == 0) recorder = start({"record", "--auto"});
    ASSERT_TRUE(soon([&] {
      std::error_code none;
      const auto files = std::filesystem::directory_iterator(ring, none);
      std::size_t begun = 0;
      for (const auto& entry : files) begun += entry.file_size(none) > 2000 ? 1 : 0;
      return begun == run;
    }));
    drive.reset();
    EXPECT_TRUE(soon([&] { return recordings() == run; }));
  }
  EXPECT_EQ(end(recorder, SIGTERM), 0);
}

TEST_F(RecordProgram, AReplayIsRefusedWhileABridgeLives) {
  record_model(path_, "ac", 2, 50);
  const LiveDrive drive(shm_.path());
  auto reader = reader_of_files();
  EXPECT_TRUE(soon([&] { return reader.liveness() == reader::Result::kOk; }));
  const Outcome outcome = tool({"replay", path_});
  EXPECT_EQ(outcome.status, 3) << outcome.output;
  EXPECT_NE(outcome.output.find("another bridge"), std::string::npos) << outcome.output;
  EXPECT_EQ(reader.liveness(), reader::Result::kOk) << "and it goes on";
}

TEST_F(RecordProgram, AReplayIsLiveForReadersAndEndsClean) {
  record_model(path_, "ac", 60, 50);
  const pid_t player = start({"replay", path_, "--from", "10"});
  auto reader = reader_of_files();
  std::optional<double> rpm;
  EXPECT_TRUE(soon([&] {
    (void)reader.wait(std::chrono::milliseconds(50));
    if (const auto values = reader.values()) rpm = values->number("rpm");
    return rpm.has_value();
  }));
  auto live = std::move(*reader::Reader::open_live(shm_.path()));
  EXPECT_TRUE(soon([&] { return live.liveness() == reader::Result::kOk && live.sim() == "ac"; }));
  EXPECT_EQ(end(player, SIGTERM), 0);
  EXPECT_TRUE(is_cleared());
}

TEST_F(RecordProgram, FasterAndAgainUntilASignal) {
  record_model(path_, "ac", 2, 50);
  const Outcome outcome = tool_for_a_second("TERM", {"replay", path_, "--speed", "50", "--loop"});
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  // Two mappings change in each of 101 moments.
  const auto frames = all_matches(outcome.output, "([0-9]+) frames played", 1);
  ASSERT_EQ(frames.size(), 1U) << outcome.output;
  EXPECT_GT(std::stoi(frames[0]), 202) << "more than once";
  EXPECT_TRUE(is_cleared());
  const Outcome once = tool({"replay", path_, "--speed", "50"});
  EXPECT_EQ(once.status, 0) << once.output;
}

TEST_F(RecordProgram, StepByStepEachLineShowsAMoment) {
  record_model(path_, "ac", 2, 50);
  write_file(files_ / "lines", "\n\n\n");
  const Outcome outcome = tool({"replay", path_, "--step"}, "2>/dev/null < " + (files_ / "lines"));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.output, "0:00.000\n0:00.020\n0:00.040\n");
  EXPECT_TRUE(is_cleared());
}

}  // namespace
}  // namespace pitbridge::record
