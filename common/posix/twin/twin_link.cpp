// SPDX-License-Identifier: MIT
#include "common/posix/twin/twin_link.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/posix/system/system_error.hpp"
#include "common/posix/twin/process_sections.hpp"

namespace pitbridge {
namespace {

/// Opening a pipe is a matter of a millisecond, on a machine that does other things of seconds.
constexpr int kMeetingMs = 30'000;
/// An answer takes 60 us. A Windows half that is stopped must not keep old bytes alive.
constexpr int kAnswerMs = 5'000;
/// Who is asked to stop does not wait for that long.
constexpr int kAnswerWhenStoppingMs = 300;
constexpr int kLookEveryMs = 100;

tl::unexpected<Error> nobody_there() {
  return fail(ExitCode::kUsage,
              "this is the native half of a Windows program, which starts it: run wine <sim>bridge.exe");
}

tl::unexpected<Error> cannot(const char* what, const std::string& path) {
  return fail(ExitCode::kFailure, std::string("cannot ") + what + " " + path + ": " + system_message(errno) +
                                      "; make it writable, for the two halves of the bridge meet there");
}

/// The directory with the two pipes, which goes as soon as both ends are open.
class MeetingPlace {
 public:
  MeetingPlace() {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  MeetingPlace(const MeetingPlace&) = delete;
  MeetingPlace& operator=(const MeetingPlace&) = delete;
  ~MeetingPlace() {
    if (path_.empty()) return;
    for (const auto name : {twin::kQuestions, twin::kAnswers}) (void)::unlink(pipe(name).c_str());
    (void)::rmdir(path_.c_str());
  }

  /// Empty: it could not be made, and errno says why.
  const std::string& path() const { return path_; }
  std::string pipe(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// For reading and writing, so that the end of the other side is not waited for here.
  UniqueFd make_pipe(std::string_view name, int flags) const {
    if (::mkfifo(pipe(name).c_str(), 0600) != 0) return UniqueFd();
    return UniqueFd(::open(pipe(name).c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
  }

 private:
  // Where the wineserver, which opens them, meets its programs too.
  std::string path_ = "/tmp/pitbridge-twin-XXXXXX";
};

/// The file by which we were started; standard input is empty from then on.
UniqueFd take_meeting_file() {
  char mark[twin::kMeetingMark.size()] = {};
  struct stat found = {};
  if (::fstat(STDIN_FILENO, &found) != 0 || !S_ISREG(found.st_mode) || found.st_uid != ::geteuid() ||
      ::pread(STDIN_FILENO, mark, sizeof mark, 0) != static_cast<ssize_t>(sizeof mark) ||
      std::string_view(mark, sizeof mark) != twin::kMeetingMark)
    return UniqueFd();
  UniqueFd file(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  (void)::dup2(nothing.get(), STDIN_FILENO);
  return file;
}

bool write_path(int file, const std::string& path) {
  const auto size = static_cast<ssize_t>(path.size() + 1);
  if (::pwrite(file, path.c_str(), path.size() + 1, static_cast<off_t>(twin::kMeetingPathAt)) != size)
    return false;
  return ::pwrite(file, "!", 1, static_cast<off_t>(twin::kMeetingReadyAt)) == 1;
}

}  // namespace

Expected<TwinLink> TwinLink::meet() {
  const UniqueFd file = take_meeting_file();
  if (!file) return nobody_there();
  const auto pid = process_that_maps(file.get());
  if (!pid)
    return fail(ExitCode::kFailure,
                "cannot look into the Windows half of the bridge by /proc, as a sandbox may forbid; use the "
                "bridge of Winelib, <sim>bridge.exe.so");
  const MeetingPlace place;
  if (place.path().empty()) return cannot("make a directory in", "/tmp");
  // We alone may write questions: the Windows half sees our end by the end of its pipe.
  UniqueFd questions = place.make_pipe(twin::kQuestions, O_RDWR);
  UniqueFd answers = place.make_pipe(twin::kAnswers, O_RDONLY | O_NONBLOCK);
  if (!questions || !answers) return cannot("make a pipe in", place.path());
  if (!write_path(file.get(), place.path())) return cannot("write into", "the file of the Windows half");
  TwinLink link(*pid, std::move(questions), std::move(answers));
  const auto hello = link.wait_for_message(kMeetingMs);
  if (!hello || hello->size() != 2 || hello->front() != twin::kHello)
    return fail(ExitCode::kFailure,
                "the Windows half of the bridge does not answer; see its log, and whether /tmp is one "
                "directory for it and for native programs");
  link.wine_version_ = hello->back();
  return link;
}

std::optional<twin::Message> TwinLink::ask(const twin::Message& question) {
  tell(question);
  if (has_gone_) return std::nullopt;
  auto answer = wait_for_message(kAnswerMs);
  has_gone_ = has_gone_ || !answer || answer->empty();
  return answer;
}

void TwinLink::tell(const twin::Message& message) {
  if (has_gone_) return;
  const std::string bytes = twin::packed(message);
  // It is read by whoever waits for nothing else, so there is always room for one.
  has_gone_ = ::write(questions_.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size());
}

std::optional<twin::Message> TwinLink::wait_for_message(int patience_ms) {
  MonotonicClock clock;
  const std::int64_t since = clock.now_ns();
  for (;;) {
    if (auto message = reader_.next()) return message;
    if (reader_.is_broken()) return std::nullopt;
    const std::int64_t waited_ms = (clock.now_ns() - since) / 1'000'000;
    if (waited_ms >= (stop_signal() != 0 ? std::min(patience_ms, kAnswerWhenStoppingMs) : patience_ms))
      return std::nullopt;
    pollfd wait = {answers_.get(), POLLIN, 0};
    if (::poll(&wait, 1, kLookEveryMs) <= 0) continue;
    char buffer[4096];
    const ssize_t n = ::read(answers_.get(), buffer, sizeof buffer);
    if (n > 0) {
      reader_.add({buffer, static_cast<std::size_t>(n)});
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      return std::nullopt;
    }
  }
}

}  // namespace pitbridge
