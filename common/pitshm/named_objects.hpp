// SPDX-License-Identifier: MIT
// Named mutexes and events of Windows. What each call promises: named_objects.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "named_objects.h"
#include "result.hpp"

namespace pitshm {

class Mutex {
 public:
  static Result<Mutex> create(const std::string& name) {
    pitshm_mutex* mutex = nullptr;
    const pitshm_result result = pitshm_mutex_create(name.c_str(), &mutex);
    if (result != PITSHM_OK) return Failure::last(result);
    return Mutex(mutex);
  }

  /// True: the holder before has died with it, perhaps in the middle of a change.
  Result<bool> acquire(Timeout timeout = kForever) {
    int abandoned = 0;
    const pitshm_result result = pitshm_mutex_acquire(mutex_.get(), timeout.count(), &abandoned);
    if (result != PITSHM_OK) return Failure::last(result);
    return abandoned != 0;
  }
  Result<void> release() { return Result<void>::of(pitshm_mutex_release(mutex_.get())); }

 private:
  struct Close {
    void operator()(pitshm_mutex* mutex) const { pitshm_mutex_close(mutex); }
  };
  explicit Mutex(pitshm_mutex* mutex) : mutex_(mutex) {}
  std::unique_ptr<pitshm_mutex, Close> mutex_;
};

class Event {
 public:
  static Result<Event> create(const std::string& name, pitshm_event_kind kind) {
    pitshm_event* event = nullptr;
    const pitshm_result result = pitshm_event_create(name.c_str(), kind, &event);
    if (result != PITSHM_OK) return Failure::last(result);
    return Event(event);
  }

  Result<void> set() { return Result<void>::of(pitshm_event_set(event_.get())); }
  Result<void> reset() { return Result<void>::of(pitshm_event_reset(event_.get())); }
  Result<void> wait(Timeout timeout = kForever) {
    return Result<void>::of(pitshm_event_wait(event_.get(), timeout.count()));
  }

 private:
  struct Close {
    void operator()(pitshm_event* event) const { pitshm_event_close(event); }
  };
  explicit Event(pitshm_event* event) : event_(event) {}
  std::unique_ptr<pitshm_event, Close> event_;
};

}  // namespace pitshm
