// SPDX-License-Identifier: MIT
#include "common/posix/system/fd_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <termios.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "common/posix/system/impatient_write.hpp"
#include "common/posix/system/log_file.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

/// Puts another descriptor in the place of stderr for the length of a test.
class ScopedStderr {
 public:
  explicit ScopedStderr(int replacement) : saved_(::dup(STDERR_FILENO)) {
    if (replacement < 0) {
      ::close(STDERR_FILENO);
    } else {
      ::dup2(replacement, STDERR_FILENO);
      ::close(replacement);
    }
  }
  ScopedStderr(const ScopedStderr&) = delete;
  ScopedStderr& operator=(const ScopedStderr&) = delete;
  ~ScopedStderr() {
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

class FdLogTest : public testing::Test {
 protected:
  TempDirectory directory_;

  void write_each_level(LogLevel level, const std::string& path) {
    auto log = FdLog::to_file("toybridge", level, path);
    ASSERT_TRUE(log);
    log->write(LogLevel::kError, "an E");
    log->write(LogLevel::kWarning, "a W");
    log->write(LogLevel::kInfo, "an I");
    log->write(LogLevel::kDebug, "a D");
  }
};

TEST_F(FdLogTest, FiltersByLevel) {
  const struct {
    LogLevel level;
    std::size_t lines;
  } kCases[] = {{LogLevel::kError, 1}, {LogLevel::kWarning, 2}, {LogLevel::kInfo, 3}, {LogLevel::kDebug, 4}};
  for (const auto& c : kCases) {
    const std::string path = directory_ / ("log" + std::to_string(c.lines));
    write_each_level(c.level, path);
    const std::string text = content_of(path);
    EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), c.lines) << text;
    EXPECT_NE(text.find("toybridge: error: an E\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("toybridge: debug: a D\n") != std::string::npos, c.level == LogLevel::kDebug) << text;
  }
}

TEST_F(FdLogTest, AppendsToWhatIsThere) {
  const std::string path = directory_ / "log";
  write_file(path, "from yesterday\n");
  write_each_level(LogLevel::kError, path);
  write_each_level(LogLevel::kError, path);
  const std::string text = content_of(path);
  EXPECT_EQ(text.find("from yesterday\n"), 0U) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
}

TEST_F(FdLogTest, ALineInAFileStartsWithTheTime) {
  const std::string path = directory_ / "log";
  write_each_level(LogLevel::kError, path);
  const std::string text = content_of(path);
  ASSERT_GT(text.size(), 24U);
  EXPECT_EQ(text[4], '-');
  EXPECT_EQ(text[10], ' ');
  EXPECT_EQ(text[13], ':');
  EXPECT_EQ(text[19], '.');
}

TEST_F(FdLogTest, AFileIsForItsOwnerOnly) {
  const std::string path = directory_ / "log";
  write_each_level(LogLevel::kError, path);
  EXPECT_EQ(stat_of(path).st_mode & 0777U, 0600U);
}

TEST_F(FdLogTest, APathThatCannotBeWrittenIsAnErrorWithARemedy) {
  for (const std::string& path : {directory_ / "missing/log", directory_.path()}) {
    const auto log = FdLog::to_file("toybridge", LogLevel::kInfo, path);
    ASSERT_FALSE(log) << path;
    EXPECT_EQ(log.error().code, ExitCode::kUsage);
    EXPECT_NE(log.error().message.find(path), std::string::npos) << log.error().message;
    EXPECT_NE(log.error().message.find("--log-file"), std::string::npos) << log.error().message;
  }
}

TEST_F(FdLogTest, ALineIsOneLineWhateverStandsInIt) {
  const std::string path = directory_ / "log";
  auto log = FdLog::to_file("toybridge", LogLevel::kInfo, path);
  ASSERT_TRUE(log);
  log->write(LogLevel::kInfo, "a\nb\x1b[31m\xC2\x9b\xE2\x80\xAE\xFF");
  const std::string text = content_of(path);
  EXPECT_NE(text.find("toybridge: info: a\\nb\\u001b[31m\\u009b\\u202e\\xff\n"), std::string::npos) << text;
}

/// Both ends of a pipe, of which the kernel takes no byte more.
struct FullPipe {
  FullPipe() {
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) std::abort();
    reader = UniqueFd(ends[0]);
    writer = UniqueFd(ends[1]);
    fill(writer.get());
    ::fcntl(writer.get(), F_SETFL, 0);  // as a game has it, which may not notice us
  }
  static void fill(int fd) {
    const std::string much(4096, 'x');
    while (::write(fd, much.data(), much.size()) > 0) {
    }
    while (::write(fd, "x", 1) > 0) {
    }
  }
  std::string drain() const { return drained(reader.get()); }
  static std::string drained(int fd) {
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(fd, buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<std::size_t>(n));
    return text;
  }
  UniqueFd reader, writer;
};

TEST_F(FdLogTest, AFullPipeLosesLinesAndTheNextOneThatFitsSaysHowMany) {
  const FullPipe pipe;
  std::string text;
  {
    const ScopedStderr scoped(::dup(pipe.writer.get()));
    FdLog log = FdLog::to_stderr("toybridge", LogLevel::kInfo);
    log.write(LogLevel::kInfo, "one");
    log.write(LogLevel::kInfo, "two");
    (void)pipe.drain();
    log.write(LogLevel::kInfo, "three");
    log.write(LogLevel::kInfo, "four");
    text = pipe.drain();
    EXPECT_EQ(::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK, 0) << "the game's own stderr has changed";
  }
  EXPECT_EQ(text,
            "toybridge: warning: 2 lines could not be written here\ntoybridge: info: three\n"
            "toybridge: info: four\n");
}

TEST_F(FdLogTest, ALineThatFitsInPartEndsBeforeTheNext) {
  const FullPipe pipe;
  std::string text;
  {
    const ScopedStderr scoped(::dup(pipe.writer.get()));
    FdLog log = FdLog::to_stderr("toybridge", LogLevel::kInfo);
    char page[4096];
    ASSERT_EQ(::read(pipe.reader.get(), page, sizeof page), 4096);  // room for a page, and no more
    log.write(LogLevel::kInfo, std::string(10'000, 'l'));
    (void)pipe.drain();
    log.write(LogLevel::kInfo, "next");
    text = pipe.drain();
  }
  EXPECT_EQ(text, "\ntoybridge: warning: 1 line could not be written here\ntoybridge: info: next\n");
}

TEST_F(FdLogTest, AStoppedTerminalKeepsNobodyWaiting) {
  const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
    GTEST_SKIP() << "there are no terminals here";
  const UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal);
  ASSERT_EQ(::tcflow(terminal.get(), TCOOFF), 0);  // as Ctrl-S does
  std::string text;
  {
    const ScopedStderr scoped(::dup(terminal.get()));
    FdLog log = FdLog::to_stderr("toybridge", LogLevel::kInfo);
    log.write(LogLevel::kInfo, "one");
    ASSERT_EQ(::tcflow(terminal.get(), TCOON), 0);
    log.write(LogLevel::kInfo, "two");
    text = FullPipe::drained(master.get());
  }
  EXPECT_NE(text.find("1 line could not be written here"), std::string::npos) << text;
  EXPECT_NE(text.find("info: two"), std::string::npos) << text;
}

TEST_F(FdLogTest, ASocketThatNobodyReadsKeepsNobodyWaiting) {
  int ends[2] = {};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd reader(ends[0]), writer(ends[1]);
  const std::string much(4096, 'x');
  while (::send(writer.get(), much.data(), much.size(), MSG_DONTWAIT) > 0) {
  }
  while (::send(writer.get(), "x", 1, MSG_DONTWAIT) > 0) {
  }
  ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
  std::string text;
  {
    const ScopedStderr scoped(::dup(writer.get()));
    FdLog log = FdLog::to_stderr("toybridge", LogLevel::kInfo);
    log.write(LogLevel::kInfo, "one");
    (void)FullPipe::drained(reader.get());
    log.write(LogLevel::kInfo, "two");
    text = FullPipe::drained(reader.get());
  }
  EXPECT_EQ(text, "toybridge: warning: 1 line could not be written here\ntoybridge: info: two\n");
}

TEST_F(FdLogTest, WhatOthersOfTheProcessPrintToStderrDoesNotWaitEither) {
  const FullPipe pipe;
  ssize_t written = 0;
  int error_number = 0;
  {
    const ScopedStderr scoped(::dup(pipe.writer.get()));
    keep_stderr_from_waiting();
    written = ::write(STDERR_FILENO, "fixme", 5);  // as Wine does
    error_number = errno;
  }
  EXPECT_EQ(written, -1);
  EXPECT_EQ(error_number, EAGAIN);
  EXPECT_EQ(::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK, 0) << "the game's own stderr has changed";
}

TEST_F(FdLogTest, AFileIsCutAtItsBoundAndItsEndKept) {
  const std::string path = directory_ / "log";
  write_file(path, "the beginning\n" + std::string(kMaxLogBytes, 'x') + "\nthe end\n");
  const UniqueFd other(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));  // Wine's own messages
  auto log = FdLog::to_file("toybridge", LogLevel::kInfo, path);
  ASSERT_TRUE(log);
  log->write(LogLevel::kInfo, "fresh");
  ASSERT_EQ(::write(other.get(), "fixme\n", 6), 6);
  const std::string text = content_of(path);
  EXPECT_LT(text.size(), 200U);
  EXPECT_NE(text.find("info: fresh\nfixme\n"), std::string::npos) << text;
  const std::string before = content_of(path + ".1");
  EXPECT_EQ(before.size(), kMaxLogBytes);
  EXPECT_TRUE(before.ends_with("x\nthe end\n"));
  EXPECT_EQ(stat_of(path + ".1").st_mode & 0777U, 0600U);
}

TEST_F(FdLogTest, ALinkInPlaceOfTheOldLogIsNotFollowed) {
  const std::string path = directory_ / "log";
  write_file(directory_ / "precious", "precious");
  ASSERT_EQ(::symlink((directory_ / "precious").c_str(), (path + ".1").c_str()), 0);
  write_file(path, std::string(kMaxLogBytes + 1, 'x'));
  auto log = FdLog::to_file("toybridge", LogLevel::kInfo, path);
  ASSERT_TRUE(log);
  log->write(LogLevel::kInfo, "fresh");
  EXPECT_EQ(content_of(directory_ / "precious"), "precious");
  EXPECT_LT(content_of(path).size(), 200U);
}

TEST_F(FdLogTest, AnOldLogOfAnotherUserIsNotWrittenTo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make another user's file";
  const std::string path = directory_ / "log";
  write_file(path + ".1", "theirs");
  ASSERT_EQ(::chown((path + ".1").c_str(), 12345, 12345), 0);
  write_file(path, std::string(kMaxLogBytes + 1, 'x'));
  auto log = FdLog::to_file("toybridge", LogLevel::kInfo, path);
  ASSERT_TRUE(log);
  log->write(LogLevel::kInfo, "fresh");
  EXPECT_EQ(content_of(path + ".1"), "theirs");
  EXPECT_LT(content_of(path).size(), 200U);
}

TEST_F(FdLogTest, WhatIsSaidAgainAndAgainDoesNotFillTheFile) {
  const std::string path = directory_ / "log";
  auto log = FdLog::to_file("toybridge", LogLevel::kInfo, path);
  ASSERT_TRUE(log);
  for (int i = 0; i < 1000; ++i)
    log->write(LogLevel::kInfo, "attached to X (" + std::to_string(i) + " bytes)");
  const std::string text = content_of(path);
  EXPECT_EQ(static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')),
            RepeatedLines::kMostOfOneThing);
}

TEST_F(FdLogTest, WritesToStderr) {
  const std::string path = directory_ / "stderr";
  {
    const ScopedStderr scoped(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    FdLog::to_stderr("toybridge", LogLevel::kInfo).write(LogLevel::kInfo, "hello");
  }
  EXPECT_EQ(content_of(path), "toybridge: info: hello\n");
}

TEST_F(FdLogTest, GoesToTheStateDirectoryWhereNobodyCanReadStderr) {
  const ScopedEnvironment state("XDG_STATE_HOME", (directory_ / "state").c_str());
  {
    const ScopedStderr scoped(::open("/dev/null", O_RDONLY | O_CLOEXEC));  // as simd gives it to us
    FdLog::to_stderr("toybridge", LogLevel::kInfo).write(LogLevel::kInfo, "hello");
  }
  EXPECT_NE(content_of(directory_ / "state/pitbridge/toybridge.log").find("toybridge: info: hello\n"),
            std::string::npos);
}

TEST_F(FdLogTest, GoesToTheStateDirectoryWhenStderrIsClosed) {
  const ScopedEnvironment state("XDG_STATE_HOME", (directory_ / "state").c_str());
  {
    const ScopedStderr scoped(-1);
    FdLog::to_stderr("toybridge", LogLevel::kInfo).write(LogLevel::kInfo, "hello");
  }
  EXPECT_NE(content_of(directory_ / "state/pitbridge/toybridge.log").find("hello"), std::string::npos);
}

TEST_F(FdLogTest, WithNowhereToWriteItIsSilent) {
  const ScopedEnvironment state("XDG_STATE_HOME", "/proc/no/such/place");
  const ScopedStderr scoped(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  FdLog::to_stderr("toybridge", LogLevel::kInfo).write(LogLevel::kInfo, "hello");
}

TEST_F(FdLogTest, TheJournalGetsLevelsAndNothingThatItHasItself) {
  const std::string path = directory_ / "journal";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_GE(fd, 0);
  const struct stat file = stat_of(path);
  const std::string stream = std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
  {
    const ScopedStderr replaced(fd);
    FdLog log = FdLog::to_stderr("toybridge", LogLevel::kDebug);
    const auto write_all = [&] {
      log.write(LogLevel::kError, "an E");
      log.write(LogLevel::kWarning, "a W");
      log.write(LogLevel::kInfo, "an I");
      log.write(LogLevel::kDebug, "a D");
    };
    {
      const ScopedEnvironment journal("JOURNAL_STREAM", stream.c_str());
      write_all();
    }
    // Set for somebody else's stream: what we have is a pipe or a terminal.
    const ScopedEnvironment other("JOURNAL_STREAM", "1:2");
    log.write(LogLevel::kInfo, "plain");
  }
  EXPECT_EQ(content_of(path), "<3>an E\n<4>a W\n<6>an I\n<7>a D\ntoybridge: info: plain\n");
}

}  // namespace
}  // namespace pitbridge
