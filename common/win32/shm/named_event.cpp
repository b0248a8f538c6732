// SPDX-License-Identifier: MIT
#include "common/win32/shm/named_event.hpp"

#include "common/win32/shm/object_name.hpp"

namespace pitbridge {

Expected<NamedEvent> NamedEvent::make(std::string_view name, EventKind kind) {
  const auto text = object_name(name);
  if (!text) return tl::unexpected<Error>(text.error());
  UniqueHandle handle(CreateEventW(nullptr, kind == EventKind::kWakesAll, FALSE,
                                   reinterpret_cast<const WCHAR*>(text->c_str())));
  if (!handle) return refuse_object("make the event", name, GetLastError());
  return NamedEvent(name, std::move(handle));
}

Expected<void> NamedEvent::set() {
  if (SetEvent(handle_.get()) != 0) return {};
  return refuse_object("set the event", name_, GetLastError());
}

Expected<void> NamedEvent::reset() {
  if (ResetEvent(handle_.get()) != 0) return {};
  return refuse_object("reset the event", name_, GetLastError());
}

Expected<bool> NamedEvent::wait(std::optional<std::uint32_t> timeout_ms) {
  switch (WaitForSingleObject(handle_.get(), timeout_ms.value_or(INFINITE))) {
    case WAIT_OBJECT_0:
      return true;
    case WAIT_TIMEOUT:
      return false;
    default:
      return refuse_object("wait for the event", name_, GetLastError());
  }
}

}  // namespace pitbridge
