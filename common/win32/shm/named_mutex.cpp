// SPDX-License-Identifier: MIT
#include "common/win32/shm/named_mutex.hpp"

#include "common/win32/shm/object_name.hpp"

namespace pitbridge {

Expected<NamedMutex> NamedMutex::make(std::string_view name) {
  const auto text = object_name(name);
  if (!text) return tl::unexpected<Error>(text.error());
  UniqueHandle handle(CreateMutexW(nullptr, FALSE, reinterpret_cast<const WCHAR*>(text->c_str())));
  if (!handle) return refuse_object("make the mutex", name, GetLastError());
  return NamedMutex(name, std::move(handle));
}

Expected<Acquired> NamedMutex::acquire(std::optional<std::uint32_t> timeout_ms) {
  switch (WaitForSingleObject(handle_.get(), timeout_ms.value_or(INFINITE))) {
    case WAIT_OBJECT_0:
      return Acquired::kYes;
    case WAIT_ABANDONED:
      return Acquired::kAbandoned;
    case WAIT_TIMEOUT:
      return Acquired::kTimedOut;
    default:
      return refuse_object("wait for the mutex", name_, GetLastError());
  }
}

Expected<void> NamedMutex::release() {
  if (ReleaseMutex(handle_.get()) != 0) return {};
  const DWORD error = GetLastError();
  if (error == ERROR_NOT_OWNER)
    return fail(ExitCode::kUsage, name_ + ": this thread does not hold the mutex, and cannot release it");
  return refuse_object("release the mutex", name_, error);
}

}  // namespace pitbridge
