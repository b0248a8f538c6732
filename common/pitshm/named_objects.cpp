// SPDX-License-Identifier: MIT
#include "common/pitshm/named_objects.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "common/pitshm/answer.hpp"
#include "common/win32/shm/named_event.hpp"
#include "common/win32/shm/named_mutex.hpp"

using pitbridge::Acquired;
using pitbridge::EventKind;
using pitbridge::Expected;
using pitbridge::NamedEvent;
using pitbridge::NamedMutex;
using pitshm::detail::answer;
using pitshm::detail::answered;
using pitshm::detail::null_pointer;

struct pitshm_mutex {
  NamedMutex mutex;
};
struct pitshm_event {
  NamedEvent event;
};

namespace {

pitshm_result answer_of(const Expected<void>& done) {
  return done ? PITSHM_OK : answer(done.error());
}

std::optional<std::uint32_t> patience(std::int64_t timeout_ms) {
  constexpr std::int64_t kMost = 0xFFFF'FFFE;  // one more is Windows' word for ever
  if (timeout_ms < 0) return std::nullopt;
  return static_cast<std::uint32_t>(std::min(timeout_ms, kMost));
}

}  // namespace

pitshm_result pitshm_mutex_create(const char* name, pitshm_mutex** mutex) {
  if (name == nullptr || mutex == nullptr) return null_pointer();
  return answered([&] {
    auto made = NamedMutex::make(name);
    if (!made) return answer(made.error());
    *mutex = new pitshm_mutex{std::move(*made)};
    return PITSHM_OK;
  });
}

void pitshm_mutex_close(pitshm_mutex* mutex) {
  delete mutex;
}

pitshm_result pitshm_mutex_acquire(pitshm_mutex* mutex, int64_t timeout_ms, int* abandoned) {
  if (mutex == nullptr) return null_pointer();
  return answered([&] {
    const auto acquired = mutex->mutex.acquire(patience(timeout_ms));
    if (!acquired) return answer(acquired.error());
    if (*acquired == Acquired::kTimedOut) return answer(PITSHM_TIMED_OUT, "");
    if (abandoned != nullptr) *abandoned = *acquired == Acquired::kAbandoned ? 1 : 0;
    return PITSHM_OK;
  });
}

pitshm_result pitshm_mutex_release(pitshm_mutex* mutex) {
  if (mutex == nullptr) return null_pointer();
  return answered([&] { return answer_of(mutex->mutex.release()); });
}

pitshm_result pitshm_event_create(const char* name, pitshm_event_kind kind, pitshm_event** event) {
  if (name == nullptr || event == nullptr) return null_pointer();
  return answered([&] {
    auto made =
        NamedEvent::make(name, kind == PITSHM_WAKES_ALL ? EventKind::kWakesAll : EventKind::kWakesOne);
    if (!made) return answer(made.error());
    *event = new pitshm_event{std::move(*made)};
    return PITSHM_OK;
  });
}

void pitshm_event_close(pitshm_event* event) {
  delete event;
}

pitshm_result pitshm_event_set(pitshm_event* event) {
  if (event == nullptr) return null_pointer();
  return answered([&] { return answer_of(event->event.set()); });
}

pitshm_result pitshm_event_reset(pitshm_event* event) {
  if (event == nullptr) return null_pointer();
  return answered([&] { return answer_of(event->event.reset()); });
}

pitshm_result pitshm_event_wait(pitshm_event* event, int64_t timeout_ms) {
  if (event == nullptr) return null_pointer();
  return answered([&] {
    const auto woken = event->event.wait(patience(timeout_ms));
    if (!woken) return answer(woken.error());
    return *woken ? PITSHM_OK : answer(PITSHM_TIMED_OUT, "");
  });
}
