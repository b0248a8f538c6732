/* SPDX-License-Identifier: MIT */
/* Named mutexes and events of Windows, beside a mapping. They are objects of the session: native programs do
 * not see them. */
#ifndef PITSHM_NAMED_OBJECTS_H
#define PITSHM_NAMED_OBJECTS_H

#include <stdint.h>

#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Keeps several writers apart. Names are as those of mappings, and of one set: a mutex cannot have the name
 * of a mapping. */
typedef struct pitshm_mutex pitshm_mutex;

/* Makes it, free, or opens the one that has the name. PITSHM_REFUSED: something of another kind has the name.
 */
PITSHM_API pitshm_result pitshm_mutex_create(const char* name, pitshm_mutex** mutex);
/* Release it first; else the next holder finds it abandoned when this thread has ended. */
PITSHM_API void pitshm_mutex_close(pitshm_mutex* mutex);
/* PITSHM_OK: this thread holds it. `abandoned` (may be null) becomes 1 where the holder before has died with
 * it, perhaps in the middle of a change, else 0. PITSHM_TIMED_OUT: another one holds it. */
PITSHM_API pitshm_result pitshm_mutex_acquire(pitshm_mutex* mutex, int64_t timeout_ms, int* abandoned);
/* PITSHM_BAD_ARGUMENT: this thread does not hold it. */
PITSHM_API pitshm_result pitshm_mutex_release(pitshm_mutex* mutex);

/* Says "new data" to programs that wait. */
typedef struct pitshm_event pitshm_event;
typedef enum pitshm_event_kind {
  PITSHM_WAKES_ONE = 0, /* and is reset by waking it: one for each reader */
  PITSHM_WAKES_ALL = 1  /* until it is reset */
} pitshm_event_kind;

/* Makes it, not set, or opens the one that has the name, which keeps its own kind. */
PITSHM_API pitshm_result pitshm_event_create(const char* name, pitshm_event_kind kind, pitshm_event** event);
PITSHM_API void pitshm_event_close(pitshm_event* event);
PITSHM_API pitshm_result pitshm_event_set(pitshm_event* event);
PITSHM_API pitshm_result pitshm_event_reset(pitshm_event* event);
/* PITSHM_TIMED_OUT: nobody has set it. */
PITSHM_API pitshm_result pitshm_event_wait(pitshm_event* event, int64_t timeout_ms);

#ifdef __cplusplus
}
#endif

#endif
