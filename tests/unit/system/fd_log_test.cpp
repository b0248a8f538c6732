// SPDX-License-Identifier: MIT
#include "common/posix/system/fd_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>

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
