/* SPDX-License-Identifier: MIT */
/* Streams: every frame of one producer, in order, to any number of consumers on the same machine and of the
 * same user. Linux 5.1 or newer. pitshm(7) has the layout of the memory, and which of region, stream and
 * mapping you want.
 *
 * A producer waits for nobody: one that is slow, stopped, killed or hostile costs the others nothing, and is
 * told how many frames it has lost. An object belongs to one thread at a time; different objects are
 * independent. */
#ifndef PITSHM_STREAM_H
#define PITSHM_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pitshm_producer pitshm_producer;
typedef struct pitshm_consumer pitshm_consumer;

/* All zeros is what most want. */
typedef struct pitshm_producer_options {
  const char* directory; /* of the socket; null: PITSHM_DIR of the environment, else /dev/shm */
  uint64_t
      ring_bytes; /* for the frames that a consumer may be behind; a frame has half of it at most. 0: 4 MiB */
  uint32_t max_consumers;       /* 0: 32 */
  uint32_t keeps_frames;        /* not 0: also while nobody reads, for those who ask for the last ones */
  uint32_t waits_for_consumers; /* not 0: back-pressure. A frame is refused rather than lost by anybody */
  uint32_t reserved[5];         /* 0 */
} pitshm_producer_options;

/* Becomes the producer of this name; options may be null. PITSHM_TAKEN: another one lives. One that was
 * killed is taken over at once. *out belongs to the caller, who gives it back by pitshm_producer_close. */
PITSHM_API pitshm_result pitshm_producer_open(const char* name, const pitshm_producer_options* options,
                                              pitshm_producer** out);
PITSHM_API void pitshm_producer_close(pitshm_producer* producer); /* null is fine */

/* How many consumers there are; with none (and no keeps_frames) publishing only counts. */
PITSHM_API size_t pitshm_producer_consumers(const pitshm_producer* producer);
/* The largest frame. */
PITSHM_API size_t pitshm_producer_max_frame_bytes(const pitshm_producer* producer);

/* Publishes a frame: copies size_bytes from data. tag is yours. time_ns is CLOCK_MONOTONIC, 0: now.
 * PITSHM_BAD_ARGUMENT: larger than the largest frame. PITSHM_BUSY: back-pressure, see
 * pitshm_producer_wait_for_room. All that was stored before the call is seen by whoever gets the frame
 * (release, acquire). */
PITSHM_API pitshm_result pitshm_producer_publish(pitshm_producer* producer, uint32_t tag, int64_t time_ns,
                                                 const void* data, size_t size_bytes);

/* The same without a copy: *place is where to write up to size_bytes, aligned to 64 bytes; then commit,
 * before any other call for this producer. *place is null when nobody wants the frame; then it is counted,
 * and there is nothing to commit. */
PITSHM_API pitshm_result pitshm_producer_reserve(pitshm_producer* producer, size_t size_bytes, void** place);
PITSHM_API pitshm_result pitshm_producer_commit(pitshm_producer* producer, uint32_t tag, int64_t time_ns,
                                                size_t size_bytes);

/* Lets consumers in and out. Publishing does it too, at most every 50 ms; call this where you publish more
 * seldom, or wait. PITSHM_FAILED: a consumer could not be let in; the text says why, and all others are
 * served. */
PITSHM_API pitshm_result pitshm_producer_serve(pitshm_producer* producer);
/* Serves what comes, until something came, timeout_ms are over (PITSHM_TIMED_OUT; below 0: no end) or stop_fd
 * can be read (PITSHM_STOPPED; -1: none). */
PITSHM_API pitshm_result pitshm_producer_wait(pitshm_producer* producer, int64_t timeout_ms, int stop_fd);
/* With back-pressure: until a frame of this size has room. */
PITSHM_API pitshm_result pitshm_producer_wait_for_room(pitshm_producer* producer, size_t size_bytes,
                                                       int64_t timeout_ms, int stop_fd);

typedef struct pitshm_consumer_options {
  const char* directory; /* as the producer's */
  uint32_t last_frames;  /* of those that are there already, so many are wanted too */
  uint32_t reserved[5];  /* 0 */
} pitshm_consumer_options;

typedef struct pitshm_frame {
  uint64_t stream_id; /* another one: another producer, whose sequence begins anew */
  uint64_t sequence;  /* counts the frames of a producer from 0 */
  uint64_t lost;      /* frames between this one and the one before */
  int64_t time_ns;    /* CLOCK_MONOTONIC, as the producer says */
  const void* data;   /* aligned to 16 bytes (64 in place); until the next call for this consumer */
  size_t size_bytes;
  uint32_t tag;
  uint32_t reserved;
} pitshm_frame;

/* A consumer of the producer of this name, which may come later. options may be null. *out belongs to the
 * caller. */
PITSHM_API pitshm_result pitshm_consumer_open(const char* name, const pitshm_consumer_options* options,
                                              pitshm_consumer** out);
PITSHM_API void pitshm_consumer_close(pitshm_consumer* consumer); /* null is fine */

/* The next frame, copied out and whole. Waits up to timeout_ms (0: not at all; below 0: without end), asleep
 * and not looking again and again. PITSHM_TIMED_OUT. PITSHM_STOPPED: stop_fd (-1: none) can be read.
 * PITSHM_LEFT: the producer has left or died, and all that it has published was read; call again to wait for
 * the next one. PITSHM_DAMAGED, PITSHM_REFUSED, PITSHM_FAILED: the text says why; the next call begins anew.
 */
PITSHM_API pitshm_result pitshm_consumer_next(pitshm_consumer* consumer, int64_t timeout_ms, int stop_fd,
                                              pitshm_frame* frame);
/* The same where it stands, without a copy. The producer may overwrite it at any time: believe what you
 * computed from it only if pitshm_consumer_is_whole says afterwards (not 0) that it has not. */
PITSHM_API pitshm_result pitshm_consumer_next_in_place(pitshm_consumer* consumer, int64_t timeout_ms,
                                                       int stop_fd, pitshm_frame* frame);
PITSHM_API int pitshm_consumer_is_whole(pitshm_consumer* consumer);

/* Not 0: a producer has let it in. */
PITSHM_API int pitshm_consumer_is_attached(const pitshm_consumer* consumer);
/* For poll and its like: readable when there is something for pitshm_consumer_next, once that has returned
 * PITSHM_TIMED_OUT. Belongs to the consumer. */
PITSHM_API int pitshm_consumer_fd(const pitshm_consumer* consumer);

#ifdef __cplusplus
}
#endif

#endif
