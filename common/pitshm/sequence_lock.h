/* SPDX-License-Identifier: MIT */
#ifndef PITSHM_SEQUENCE_LOCK_H
#define PITSHM_SEQUENCE_LOCK_H

#include <stddef.h>
#include <stdint.h>

#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Keeps data whole that one writer changes and any number of readers copy, in memory that several processes
 * share. Readers write nothing and never hold the writer up. It lies in the same memory, at a multiple of 4
 * bytes; zeros are a lock that was never used. Native and Windows programs of 64 and 32 bits understand each
 * other's. */
typedef struct pitshm_sequence_lock {
  uint32_t sequence; /* odd while the writer writes */
  uint32_t news;     /* raised after each update; on Linux, a futex word, that nobody wakes by itself */
} pitshm_sequence_lock;

/* Copies `in` to `shared` as one update. Only one writer at a time, see pitshm_mutex. */
PITSHM_API void pitshm_locked_write(pitshm_sequence_lock* lock, void* shared, const void* in, size_t size);

/* Copies `shared` to `out`, of one update. PITSHM_BUSY: a writer was at work in each of the attempts, or it
 * died in the middle of an update; `out` is undefined then. */
PITSHM_API pitshm_result pitshm_locked_read(const pitshm_sequence_lock* lock, void* out, const void* shared,
                                            size_t size, int attempts);

/* The same in parts, for an update of several places: between the two, only pitshm_store writes to the data.
 */
PITSHM_API void pitshm_begin_write(pitshm_sequence_lock* lock);
PITSHM_API void pitshm_end_write(pitshm_sequence_lock* lock);
/* PITSHM_BUSY: a writer is at work. Between the two, only pitshm_load reads the data. */
PITSHM_API pitshm_result pitshm_begin_read(const pitshm_sequence_lock* lock, uint32_t* begun);
/* 1: all that was loaded since is of one update; 0: load again. */
PITSHM_API int pitshm_was_whole(const pitshm_sequence_lock* lock, uint32_t begun);

/* Copies from and to shared memory in which a word of 8 bytes is never seen half-written. */
PITSHM_API void pitshm_load(void* out, const void* shared, size_t size);
PITSHM_API void pitshm_store(void* shared, const void* in, size_t size);

/* The word to compare with the one of the last look: another one says that there is something new. */
PITSHM_API uint32_t pitshm_news(const pitshm_sequence_lock* lock);

#ifdef __cplusplus
}
#endif

#endif
