// SPDX-License-Identifier: MIT
#include "common/win32/process_watch.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/win32/shm/wide_text.hpp"
#include "common/win32/shm/windows_api.hpp"
// After windows.h.
#include <tlhelp32.h>

namespace pitbridge {
namespace {

/// What Wine and Proton start by themselves. None of them keeps a session open for long, so none is a reason
/// to leave it open: a system process that is alone with them takes the server down.
constexpr std::array<std::string_view, 13> kServices = {
    "services.exe",        "winedevice.exe", "plugplay.exe", "svchost.exe", "rpcss.exe",
    "explorer.exe",        "wineboot.exe",   "conhost.exe",  "start.exe",   "tabtip.exe",
    "winemenubuilder.exe", "xalia.exe",      "rundll32.exe"};

/// The first process for which `wanted` holds, until then each of them is looked at.
template <typename Wanted>
bool any_process(const Wanted& wanted) {
  const UniqueHandle processes(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  if (!processes) return false;
  PROCESSENTRY32W entry = {};
  entry.dwSize = sizeof entry;
  for (BOOL more = Process32FirstW(processes.get(), &entry); more != 0;
       more = Process32NextW(processes.get(), &entry))
    if (wanted(DWORD{entry.th32ProcessID}, narrow(reinterpret_cast<const char16_t*>(entry.szExeFile))))
      return true;
  return false;
}

}  // namespace

std::optional<Game> ProcessWatch::find(const Sim& sim) {
  std::optional<Game> game;
  any_process([&](DWORD pid, const std::string& exe_name) {
    if (sim.title_of_exe(exe_name) == nullptr) return false;
    UniqueHandle process(OpenProcess(SYNCHRONIZE, FALSE, pid));
    if (!process || WaitForSingleObject(process.get(), 0) != WAIT_TIMEOUT) return false;  // ended already
    process_ = std::move(process);
    game = Game{pid, exe_name};
    return true;
  });
  return game;
}

bool ProcessWatch::others_run() {
  // Neither does another of our own kind: two that took each other for a program would both leave.
  std::string own_name;
  any_process([&](DWORD pid, const std::string& exe_name) {
    if (pid != GetCurrentProcessId()) return false;
    own_name = exe_name;
    return true;
  });
  return any_process([&](DWORD pid, const std::string& exe_name) {
    return pid != 0 && exe_name != own_name &&
           std::find(kServices.begin(), kServices.end(), exe_name) == kServices.end();
  });
}

bool ProcessWatch::runs() const {
  return process_ && WaitForSingleObject(process_.get(), 0) == WAIT_TIMEOUT;
}

}  // namespace pitbridge
