// SPDX-License-Identifier: MIT
// Stands in for the steam.exe of Proton: starts the game, becomes a system process of the wineserver, waits
// until the last ordinary process of the session has ended, and returns the game's exit code. Unlike Proton's
// it lets the game inherit the streams, so that a test can talk to the game.
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <string>

namespace {

/// ProcessWineMakeProcessSystem: Wine answers with the event of the session's end.
HANDLE make_process_system() {
  using Call = LONG(WINAPI*)(HANDLE, int, void*, ULONG);
  const auto address = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtSetInformationProcess");
  const auto call = reinterpret_cast<Call>(reinterpret_cast<void*>(address));
  HANDLE event = nullptr;
  if (call == nullptr || call(GetCurrentProcess(), 1000, &event, sizeof event) < 0) return nullptr;
  return event;
}

/// The command line behind our own name, as it was written.
std::wstring arguments_of(const wchar_t* line) {
  bool quoted = false;
  while (*line != L'\0' && (quoted || *line != L' ')) quoted ^= *line++ == L'"';
  while (*line == L' ') ++line;
  return line;
}

/// The first word of a Unix path needs Wine's own name for it.
std::wstring with_windows_path(const std::wstring& line) {
  const bool quoted = line[0] == L'"';
  const std::size_t begin = quoted ? 1 : 0;
  if (line.size() <= begin || line[begin] != L'/') return line;
  const std::size_t end = std::min(line.find(quoted ? L'"' : L' ', begin), line.size());
  std::wstring path = L"Z:" + line.substr(begin, end - begin);
  for (wchar_t& c : path)
    if (c == L'/') c = L'\\';
  return L"\"" + path + L"\"" + line.substr(std::min(end + begin, line.size()));
}

}  // namespace

int main() {
  std::wstring line = with_windows_path(arguments_of(GetCommandLineW()));
  STARTUPINFOW startup = {};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION game = {};
  if (!CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup, &game)) {
    std::fprintf(stderr, "steam.exe: cannot start %ls: Windows error %lu\n", line.c_str(), GetLastError());
    return 1;
  }
  // Without a game id Proton's helper waits for its child alone.
  HANDLE session = std::getenv("SteamGameId") != nullptr ? make_process_system() : nullptr;
  WaitForSingleObject(session != nullptr ? session : game.hProcess, INFINITE);
  DWORD code = 1;
  GetExitCodeProcess(game.hProcess, &code);
  return static_cast<int>(code);
}
