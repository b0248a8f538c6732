// SPDX-License-Identifier: MIT
#include "common/win32/process_watch.hpp"

#include "common/win32/wide_text.hpp"
#include "common/win32/windows_api.hpp"
// After windows.h.
#include <tlhelp32.h>

namespace pitbridge {

std::optional<Game> ProcessWatch::find(const Sim& sim) {
  const UniqueHandle processes(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  if (!processes) return std::nullopt;
  PROCESSENTRY32W entry = {};
  entry.dwSize = sizeof entry;
  for (BOOL more = Process32FirstW(processes.get(), &entry); more != 0;
       more = Process32NextW(processes.get(), &entry)) {
    const std::string exe_name = narrow(reinterpret_cast<const char16_t*>(entry.szExeFile));
    if (sim.title_of_exe(exe_name) == nullptr) continue;
    UniqueHandle process(OpenProcess(SYNCHRONIZE, FALSE, entry.th32ProcessID));
    if (!process || WaitForSingleObject(process.get(), 0) != WAIT_TIMEOUT) continue;  // ended already
    process_ = std::move(process);
    return Game{entry.th32ProcessID, exe_name};
  }
  return std::nullopt;
}

bool ProcessWatch::runs() const {
  return process_ && WaitForSingleObject(process_.get(), 0) == WAIT_TIMEOUT;
}

}  // namespace pitbridge
