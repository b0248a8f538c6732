// SPDX-License-Identifier: MIT
#include "common/posix/system/fd_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "common/core/sim/text.hpp"
#include "common/posix/system/impatient_write.hpp"
#include "common/posix/system/log_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

std::string timestamp() {
  timespec now = {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm local = {};
  ::localtime_r(&now.tv_sec, &local);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03} ", local.tm_year + 1900, local.tm_mon + 1,
                     local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, now.tv_nsec / 1'000'000);
}

UniqueFd open_log(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600));
}

/// Where we were started without a stderr its number belongs to somebody else's file, perhaps to Wine's
/// socket; such a file closes on exec, and an inherited stream never does.
bool stderr_is_writable() {
  const int flags = ::fcntl(STDERR_FILENO, F_GETFL);
  const int fd_flags = ::fcntl(STDERR_FILENO, F_GETFD);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && (fd_flags & FD_CLOEXEC) == 0;
}

/// systemd gives device and inode of the stream that it reads into the journal: ours may be another by now.
bool stderr_is_the_journal() {
  const std::string stream = environment_or("JOURNAL_STREAM", "");
  struct stat own = {};
  return !stream.empty() && ::fstat(STDERR_FILENO, &own) == 0 &&
         stream == fmt::format("{}:{}", own.st_dev, own.st_ino);
}

/// Of syslog(3): error 3, warning 4, info 6, debug 7.
int journal_priority(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return 3;
    case LogLevel::kWarning:
      return 4;
    case LogLevel::kInfo:
      return 6;
    case LogLevel::kDebug:
      return 7;
  }
  return 6;
}

}  // namespace

FdLog::FdLog(std::string program, LogLevel level, std::string path, UniqueFd file)
    : program_(std::move(program)), level_(level), path_(std::move(path)), file_(std::move(file)) {}

FdLog FdLog::to_stderr(std::string program, LogLevel level) {
  if (!stderr_is_writable()) return to_state_directory(std::move(program), level);
  return {std::move(program), level, {}, UniqueFd()};
}

FdLog FdLog::to_state_directory(std::string program, LogLevel level) {
  UniqueFd file;
  const std::string directory = state_directory();
  std::string path = directory + "/" + program + ".log";
  if (!directory.empty() && make_directories(directory)) file = open_log(path);
  return {std::move(program), level, std::move(path), std::move(file)};
}

Expected<FdLog> FdLog::to_file(std::string program, LogLevel level, const std::string& path) {
  UniqueFd file = open_log(path);
  if (!file)
    return fail(ExitCode::kUsage,
                fmt::format("log file {}: {}; give a path that can be written with --log-file", path,
                            system_message(errno)));
  return FdLog(std::move(program), level, path, std::move(file));
}

void FdLog::write(LogLevel level, std::string_view line) {
  if (level > level_) return;
  if (!file_ && !stderr_is_writable()) return;
  if (file_) cut_log(file_.get(), path_);
  MonotonicClock clock;
  for (const LogLine& due : repeated_.admit(level, line, clock.now_ns())) put_line(due);
}

void FdLog::put_line(const LogLine& line) {
  if (lost_lines_ != 0 &&
      put(text_of({LogLevel::kWarning, fmt::format("{} line{} could not be written here", lost_lines_,
                                                   lost_lines_ == 1 ? "" : "s")})))
    lost_lines_ = 0;
  if (lost_lines_ != 0 || !put(text_of(line))) ++lost_lines_;
}

std::string FdLog::text_of(const LogLine& line) const {
  // The journal has its own time, program and level for each line.
  if (!file_ && stderr_is_the_journal())
    return fmt::format("<{}>{}\n", journal_priority(line.level), printable(line.text));
  return fmt::format("{}{}: {}: {}\n", file_ ? timestamp() : "", program_,
                     kLogLevelNames[static_cast<std::size_t>(line.level)], printable(line.text));
}

bool FdLog::put(const std::string& text) {
  const std::string whole = (is_within_line_ ? "\n" : "") + text;
  const std::size_t done = write_without_waiting(file_ ? file_.get() : STDERR_FILENO, whole);
  if (done != 0) is_within_line_ = done < whole.size();
  return done == whole.size();
}

}  // namespace pitbridge
