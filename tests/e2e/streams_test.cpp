// SPDX-License-Identifier: MIT
// A bridge whose stderr nobody reads, or whose game gives it the same thing to say again and again.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

class Streams : public WineRun {
 protected:
  void SetUp() override {
    WineRun::SetUp();
    int ends[2] = {};
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    reader_ = UniqueFd(ends[0]);
    writer_ = UniqueFd(ends[1]);
    const std::string much(4096, 'x');
    while (::write(writer_.get(), much.data(), much.size()) > 0) {
    }
    while (::write(writer_.get(), "x", 1) > 0) {
    }
    ::fcntl(writer_.get(), F_SETFL, 0);
  }
  Process start_bridge_with_full_stderr() const {
    return Process({.arguments = {"wine", built("bin/acbridge.exe.so"), "--log-level", "debug"},
                    .environment = environment(),
                    .in_child = [fd = writer_.get()] { ::dup2(fd, STDERR_FILENO); }});
  }
  std::string drained() const {
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(reader_.get(), buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<std::size_t>(n));
    return text;
  }

 private:
  UniqueFd reader_, writer_;
};

TEST_F(Streams, AStderrThatNobodyReadsStopsNoBridge) {
  Process bridge = start_bridge_with_full_stderr();
  Process game = start_game();
  ASSERT_TRUE(becomes_live());
  const std::uint64_t before = reading().status->find("acpmf_physics")->updates;
  EXPECT_TRUE(eventually([&] { return reading().status->find("acpmf_physics")->updates > before + 100; }));
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0);
  EXPECT_TRUE(is_clear());
}

TEST_F(Streams, WhatWasLostIsSaidWhenStderrIsReadAgain) {
  Process bridge = start_bridge_with_full_stderr();
  Process game = start_game();
  ASSERT_TRUE(becomes_live());
  (void)drained();
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0);
  const std::string text = drained();
  EXPECT_NE(text.find("could not be written here"), std::string::npos) << text;
  EXPECT_NE(text.find("asked to stop"), std::string::npos) << text;
}

}  // namespace
}  // namespace pitbridge::e2e
