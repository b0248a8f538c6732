// SPDX-License-Identifier: MIT
// The built `pitbridge top` on a terminal of the test.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <utmp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <regex>

#include "tests/unit/support/model_side.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

std::string program() {
  return (build_dir() / "bin" / "pitbridge-top").string();
}

/// A terminal of xterm's kind, in which `pitbridge top ac` runs.
class Pty {
 public:
  Pty(const std::string& shm, bool with_colour) {
    const winsize size = {.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    const std::string path = program();
    int master = -1, slave = -1;
    if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) std::abort();
    (void)::tcgetattr(master, &before_);  // the program may change it at once
    pid_ = ::fork();
    if (pid_ == 0) {
      (void)::close(master);
      (void)::login_tty(slave);
      ::setenv("TERM", "xterm-256color", 1);
      ::setenv("LC_ALL", "C.UTF-8", 1);
      ::setenv("NO_COLOR", with_colour ? "" : "1", 1);
      ::execl(path.c_str(), path.c_str(), "top", "ac", "--shm-dir", shm.c_str(), nullptr);
      ::_exit(127);
    }
    (void)::close(slave);
    master_ = UniqueFd(master);
    (void)::fcntl(master, F_SETFL, O_NONBLOCK);
  }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;
  ~Pty() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  /// Takes what has come; what the program has written since the last `forget`.
  const std::string& output() {
    std::array<char, 4096> bytes = {};
    for (ssize_t n = 0; (n = ::read(master_.get(), bytes.data(), bytes.size())) > 0;)
      output_.append(bytes.data(), static_cast<std::size_t>(n));
    return output_;
  }
  bool shows(const std::string& text) { return output().find(text) != std::string::npos; }
  void forget() {
    (void)output();
    output_.clear();
  }
  void type(const char* keys) const {
    if (::write(master_.get(), keys, std::strlen(keys)) < 0) ADD_FAILURE() << keys;
  }
  void resize(unsigned short columns, unsigned short rows) const {
    const winsize size = {.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(master_.get(), TIOCSWINSZ, &size);
  }
  void send(int signal) const { ::kill(pid_, signal); }
  /// The exit status, once it has ended.
  std::optional<int> status() {
    (void)output();
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = -1;
    (void)output();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  bool is_as_before() const {
    termios now = {};
    (void)::tcgetattr(master_.get(), &now);
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag;
  }

 private:
  pid_t pid_ = -1;
  UniqueFd master_;
  termios before_ = {};
  std::string output_;
};

class TopTerminal : public testing::Test {
 protected:
  bool drives_until(auto condition) { return side_.drives_until(condition); }
  static bool shows_rpm(Pty& pty) {
    return std::regex_search(pty.output(), std::regex("[0-9]+ / [0-9]+ rpm"));
  }

  const TempDirectory directory_;
  const ScopedEnvironment config_{"PITBRIDGE_CONFIG_FILE", "/dev/null"};
  ModelSide side_{directory_.path()};
};

/// The colours that the text asks for.
std::vector<std::string> colours_in(const std::string& text) {
  return all_matches(text, "\x1b\\[([0-9;]*;)?(3[0-79]|4[0-79]|38|48)(;[0-9;]*)?m");
}

TEST_F(TopTerminal, ShowsTheCarThePagesAndAnySize) {
  Pty pty(directory_.path(), true);
  ASSERT_TRUE(drives_until([&] { return shows_rpm(pty); })) << pty.output();
  EXPECT_FALSE(colours_in(pty.output()).empty());
  pty.type("2");
  ASSERT_TRUE(drives_until([&] { return pty.shows("acpmf_physics") && pty.shows("rpms="); }));
  // The arrow to the right, as the program has asked for it. Of a line only what differs is sent, and all of
  // it on a screen of another size.
  pty.type("\x1bOC");
  pty.resize(100, 30);
  ASSERT_TRUE(drives_until([&] { return pty.shows("acpmf_graphics"); }));
  pty.forget();
  pty.type("3");
  ASSERT_TRUE(drives_until([&] { return pty.shows(std::to_string(::getpid())); })) << pty.output();
  for (const auto& [columns, rows] : {std::pair<unsigned short, unsigned short>{3, 1}, {40, 10}, {200, 60}}) {
    pty.forget();
    pty.type("1");
    pty.resize(columns, rows);
    EXPECT_TRUE(drives_until([&] { return !pty.output().empty(); })) << columns;
  }
  EXPECT_TRUE(drives_until([&] { return shows_rpm(pty); })) << pty.output();
  pty.type("q");
  std::optional<int> status;
  EXPECT_TRUE(drives_until([&] { return (status = pty.status()).has_value(); }));
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(pty.is_as_before());
}

TEST_F(TopTerminal, TheEndOfTheGameIsShownWithTheRemedy) {
  Pty pty(directory_.path(), true);
  ASSERT_TRUE(drives_until([&] { return shows_rpm(pty); })) << pty.output();
  side_.leave();
  EXPECT_TRUE(soon([&] {
    side_.show();
    return pty.shows("pitbridge doctor");
  })) << pty.output();
}

/// Of each signal that asks for the end.
class TopEnds : public TopTerminal, public testing::WithParamInterface<int> {};

TEST_P(TopEnds, AndLeavesTheTerminalAsItWas) {
  Pty pty(directory_.path(), true);
  ASSERT_TRUE(drives_until([&] { return shows_rpm(pty); })) << pty.output();
  EXPECT_FALSE(pty.is_as_before());
  pty.send(GetParam());
  std::optional<int> status;
  ASSERT_TRUE(drives_until([&] { return (status = pty.status()).has_value(); }));
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(pty.is_as_before());
  const std::string end =
      pty.output().substr(pty.output().size() - std::min<std::size_t>(pty.output().size(), 100));
  EXPECT_NE(end.find("\x1b[?1049l"), std::string::npos) << "the screen before";
  EXPECT_NE(end.find("\x1b[?25h"), std::string::npos) << "the cursor";
}

INSTANTIATE_TEST_SUITE_P(OfEachSignal, TopEnds, testing::Values(SIGTERM, SIGINT, SIGHUP));

TEST_F(TopTerminal, WithoutColourItAsksForNone) {
  Pty pty(directory_.path(), false);
  ASSERT_TRUE(drives_until([&] { return shows_rpm(pty); })) << pty.output();
  pty.type("q");
  ASSERT_TRUE(drives_until([&] { return pty.status().has_value(); }));
  EXPECT_EQ(colours_in(pty.output()), std::vector<std::string>());
}

TEST_F(TopTerminal, WhatIsNoTerminalIsRefused) {
  const Outcome outcome = run({program(), "top"});
  EXPECT_EQ(outcome.status, 1) << outcome.output;
  EXPECT_NE(outcome.output.find("pitbridge read --json"), std::string::npos) << outcome.output;
  const Outcome unknown = run({"script", "-qec", "env TERM=nosuch " + program() + " top", "/dev/null"});
  EXPECT_NE(unknown.output.find("TERM=xterm"), std::string::npos) << unknown.output;
  EXPECT_EQ(run({program(), "top", "nosuchsim"}).status, 2);
}

}  // namespace
}  // namespace pitbridge
