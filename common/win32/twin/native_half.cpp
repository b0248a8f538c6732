// SPDX-License-Identifier: MIT
#include "common/win32/twin/native_half.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "common/win32/shm/object_name.hpp"
#include "common/win32/shm/wide_text.hpp"
#include "common/win32/unix_path.hpp"

namespace pitbridge {
namespace {

constexpr DWORD kMeetingMs = 20'000;
constexpr DWORD kLookEveryMs = 2;

const WCHAR* chars(const std::u16string& text) {
  return reinterpret_cast<const WCHAR*>(text.c_str());
}

tl::unexpected<Error> cannot(const std::string& what, DWORD error) {
  return fail(ExitCode::kFailure, "cannot " + what + ": " + windows_error(error));
}

std::u16string from_windows(const WCHAR* text) {
  return reinterpret_cast<const char16_t*>(text);
}

/// Where this program lies, with the backslash at its end.
std::u16string own_directory() {
  std::vector<WCHAR> path(32768);
  const DWORD size = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  const std::u16string whole(reinterpret_cast<const char16_t*>(path.data()), size);
  return whole.substr(0, whole.rfind(u'\\') + 1);
}

bool is_there(const std::u16string& path) {
  return GetFileAttributesW(chars(path)) != INVALID_FILE_ATTRIBUTES;
}

/// Beside us, or above: the programs for 32 bits have a directory of their own.
std::u16string native_program(const std::u16string& name) {
  const std::u16string here = own_directory();
  if (is_there(here + name)) return here + name;
  const std::u16string above = here.substr(0, here.rfind(u'\\', here.size() - 2) + 1);
  return is_there(above + name) ? above + name : here + name;
}

/// The command line behind our own name, as it was written.
std::u16string own_arguments() {
  const std::u16string line = from_windows(GetCommandLineW());
  const bool is_quoted = line.starts_with(u'"');
  const auto end = is_quoted ? line.find(u'"', 1) : line.find_first_of(u" \t");
  return end == std::u16string::npos ? std::u16string() : line.substr(end + (is_quoted ? 1 : 0));
}

/// The file through which the halves meet: it has a name for a moment alone, and the native half gets it as
/// its standard input. A view of it shows the native half which process we are.
class MeetingFile {
 public:
  static Expected<MeetingFile> make() {
    WCHAR directory[MAX_PATH + 1] = {};
    WCHAR path[MAX_PATH + 1] = {};
    if (GetTempPathW(MAX_PATH, directory) == 0 || GetTempFileNameW(directory, L"pbt", 0, path) == 0)
      return cannot("make a file in the directory TEMP of the prefix", GetLastError());
    MeetingFile made;
    made.file_ = UniqueHandle(CreateFileW(path, GENERIC_READ | GENERIC_WRITE,
                                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                          OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE, nullptr));
    const DWORD error = GetLastError();
    if (!made.file_) {
      DeleteFileW(path);
      return cannot("open a file in the directory TEMP of the prefix", error);
    }
    made.section_ = UniqueHandle(CreateFileMappingW(made.file_.get(), nullptr, PAGE_READWRITE, 0,
                                                    static_cast<DWORD>(twin::kMeetingBytes), nullptr));
    if (made.section_) made.view_ = MapViewOfFile(made.section_.get(), FILE_MAP_WRITE, 0, 0, 0);
    if (made.view_ == nullptr) return cannot("map a file of the prefix", GetLastError());
    std::memcpy(made.view_, twin::kMeetingMark.data(), twin::kMeetingMark.size());
    return made;
  }
  MeetingFile(MeetingFile&& other) noexcept
      : file_(std::move(other.file_)),
        section_(std::move(other.section_)),
        view_(std::exchange(other.view_, nullptr)) {}
  MeetingFile& operator=(MeetingFile&&) = delete;
  ~MeetingFile() {
    if (view_ != nullptr) UnmapViewOfFile(view_);
  }

  HANDLE file() const { return file_.get(); }

  /// The directory that the native half names; empty: it does not come.
  std::string wait_for_path() const {
    const auto* page = static_cast<const volatile char*>(view_);
    for (DWORD waited = 0; page[twin::kMeetingReadyAt] == 0; waited += kLookEveryMs) {
      if (waited >= kMeetingMs) return {};
      Sleep(kLookEveryMs);
    }
    std::string path;
    for (std::size_t at = twin::kMeetingPathAt; at < twin::kMeetingBytes && page[at] != 0; ++at)
      path += page[at];
    return path;
  }

 private:
  MeetingFile() = default;

  UniqueHandle file_, section_;
  void* view_ = nullptr;
};

/// Wine starts a program of Unix as such, and gives it our standard streams.
Expected<void> run(const std::u16string& program, const std::u16string& arguments, HANDLE input) {
  std::u16string line = u'"' + program + u"\" " + arguments;
  STARTUPINFOW start = {};
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = input;
  start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  SetHandleInformation(input, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  PROCESS_INFORMATION started = {};
  if (CreateProcessW(chars(program), reinterpret_cast<WCHAR*>(line.data()), nullptr, nullptr, TRUE, 0,
                     nullptr, nullptr, &start, &started) == 0)
    return cannot("start " + narrow(program.c_str()) +
                      ", the native half of this bridge, which must lie beside it (make install does that)",
                  GetLastError());
  const UniqueHandle process(started.hProcess), thread(started.hThread);
  return {};
}

UniqueHandle open_pipe(const std::string& path, DWORD access) {
  return UniqueHandle(CreateFileW(chars(wide(unix_path(path))), access,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                  OPEN_EXISTING, 0, nullptr));
}

}  // namespace

Expected<NativeHalf> NativeHalf::start(const std::string& program_name, const std::string& first_argument) {
  const auto meeting = MeetingFile::make();
  if (!meeting) return tl::unexpected<Error>(meeting.error());
  const std::u16string program = native_program(wide(program_name));
  if (const auto running = run(program, wide(first_argument) + own_arguments(), meeting->file()); !running)
    return tl::unexpected<Error>(running.error());
  const std::string directory = meeting->wait_for_path();
  if (directory.empty())
    return fail(ExitCode::kFailure, narrow(program.c_str()) +
                                        ", the native half of this bridge, says nothing; "
                                        "see above, or run it alone to see whether it starts");
  UniqueHandle questions = open_pipe(directory + "/" + std::string(twin::kQuestions), GENERIC_READ);
  UniqueHandle answers = open_pipe(directory + "/" + std::string(twin::kAnswers), GENERIC_WRITE);
  if (!questions || !answers) return cannot("open the pipes in " + directory, GetLastError());
  return NativeHalf(std::move(questions), std::move(answers));
}

std::optional<twin::Message> NativeHalf::next() {
  for (;;) {
    if (auto message = reader_.next()) return message;
    if (reader_.is_broken()) return std::nullopt;
    char buffer[4096];
    DWORD size = 0;
    if (ReadFile(questions_.get(), buffer, sizeof buffer, &size, nullptr) == 0 || size == 0)
      return std::nullopt;
    reader_.add({buffer, size});
  }
}

void NativeHalf::answer(const twin::Message& message) {
  const std::string bytes = twin::packed(message);
  DWORD written = 0;
  // Where nobody reads any more, the next question does not come.
  (void)WriteFile(answers_.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr);
}

}  // namespace pitbridge
