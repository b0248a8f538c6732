// SPDX-License-Identifier: MIT
// The examples of libpitshm, as a reader of its documents compiles and starts them.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "common/posix/system/paths.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitshm {
namespace {

using pitbridge::environment_or;
using pitbridge::run;

std::string built(const std::string& example) {
  return environment_or("PITBRIDGE_BUILD_DIR", "build") + "/examples/" + example;
}

/// A program at one end of a pipe; its end waits for it.
class Piped {
 public:
  Piped(const std::string& command, const char* mode) : pipe_(::popen(command.c_str(), mode)) {}
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;
  ~Piped() {
    if (pipe_ != nullptr) ::pclose(pipe_);
  }
  void say(const char* line) {
    std::fputs(line, pipe_);
    std::fflush(pipe_);
  }
  std::string next_line() {
    char line[200] = "";
    return std::fgets(line, sizeof line, pipe_) != nullptr ? line : "";
  }
  int end() { return ::pclose(std::exchange(pipe_, nullptr)); }

 private:
  std::FILE* pipe_;
};

class PitshmExamples : public testing::Test {
 protected:
  std::string command(const std::string& example, const std::string& arguments) const {
    return "PITSHM_DIR=" + directory_.path() + " timeout 60 " + built(example) + " " + arguments;
  }
  pitbridge::Outcome run_here(const std::vector<std::string>& words) const {
    return run(words, {"PITSHM_DIR=" + directory_.path()});
  }

  pitbridge::TempDirectory directory_;
};

TEST_F(PitshmExamples, ARegionIsPublishedAndReadInThreeLanguages) {
  Piped publisher(command("region_publish", "car 1000"), "w");
  publisher.say("\n\n");
  Piped reader(command("region_read", "car"), "r");
  const std::string third = "3.0 6.0 lap 1 gear 4\n";
  std::string line;
  while (line != third && (line = reader.next_line()) != "") {
  }
  EXPECT_EQ(line, third);
  const auto python = run_here(
      {"python3", pitbridge::source_dir().string() + "/common/pitshm/examples/region_read.py", "car"});
  EXPECT_EQ(python.output, third);
  EXPECT_EQ(publisher.end(), 0);
  EXPECT_EQ(reader.end(), 0) << "it ends when the publisher has left";
}

TEST_F(PitshmExamples, AStreamOfAProgramInCReachesOneInCpp) {
  Piped consumer(command("stream_consume", "log"), "r");
  const auto producer = run_here({built("stream_produce"), "log", "3000"});
  EXPECT_EQ(producer.status, 0) << producer.output;
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(consumer.next_line(), "frame " + std::to_string(i) + "\n");
  EXPECT_EQ(consumer.next_line(), "0 lost\n");
  EXPECT_EQ(consumer.end(), 0);
}

/// At 30 Hz, pictures of 6 MB and clouds of 12 MB. All of them have room in the ring, so none can be lost.
TEST_F(PitshmExamples, AWholeCameraAndAPointCloudReachThreeReadersInPlace) {
  const auto camera = run_here({built("camera_in_place"), "camera", "6"});
  EXPECT_EQ(camera.status, 0) << camera.output;
  const std::string each = "6 pictures, 6 clouds, 0 mixed\n";
  EXPECT_EQ(camera.output, each + each + each);
}

}  // namespace
}  // namespace pitshm
