/* SPDX-License-Identifier: MIT */
#ifndef PITSHM_REGION_H
#define PITSHM_REGION_H

#include <stddef.h>
#include <stdint.h>

#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Regions: shared memory with a name, for Linux. One process publishes, any number read. A region is a file
 * of a directory, by default /dev/shm (else the variable PITSHM_DIR, or an option): one page that describes
 * it, then the data. Readers write nothing, hold nobody up, and need the permission to read only.
 *
 * Memory ordering: what a publisher has stored before pitshm_region_publish, or between pitshm_region_begin
 * and pitshm_region_end, is seen by each read that sees this update or a later one. A read is of one update
 * or none.
 *
 * A handle is for one thread at a time. After fork() a child may only close the handles of its parent, which
 * tells nobody anything; as long as it lives it shares the lock of the name.
 *
 * All sizes and offsets are bytes. A name has 1 to 200 bytes, no '/', no control character, no '.' at its
 * front, does not end in ".lock" or ".stream", and, for a publisher, does not begin with "pitbridge.". */

typedef struct pitshm_region pitshm_region;

enum {
  /* No header: the file is the data and nothing else, as a Windows program's view of it is. There is no
   * generation, no news and no wholeness, and what the last publisher has left stays. Publisher and readers
   * have to agree on it. */
  PITSHM_BARE = 1,
  /* A reader believes a region that another user publishes. */
  PITSHM_ANY_OWNER = 2,
  /* Of an anonymous region: nobody else can ever write to it, whatever he does with its descriptor.
     Linux 5.1. */
  PITSHM_SEAL_WRITING = 4
};

/* All zeros, or a null pointer, is what most want. */
typedef struct pitshm_region_options {
  const char* directory; /* null: PITSHM_DIR of the environment, else /dev/shm */
  uint32_t flags;
  uint32_t mode;        /* permissions of the file: 0600, 0640, 0604 or 0644; 0 is 0600 */
  uint32_t reserved[4]; /* 0 */
} pitshm_region_options;

typedef enum pitshm_life {
  PITSHM_LIFE_UNKNOWN = 0, /* of an anonymous region, and of one of another user */
  PITSHM_LIVES = 1,
  PITSHM_GONE = 2 /* it has closed the region, or was killed */
} pitshm_life;

/* What a region says of itself. */
typedef struct pitshm_region_info {
  uint64_t data_bytes;
  uint64_t generation;         /* raised by each publisher that takes the region; 0: bare */
  uint64_t published_since_ns; /* CLOCK_MONOTONIC, of this generation; 0: bare */
  uint32_t news;               /* another one after each update, modulo 2^32; 0: bare */
  uint32_t life; /* pitshm_life, by the lock of the name; of a read always PITSHM_LIFE_UNKNOWN or _GONE */
  int64_t publisher_pid; /* a claim, for people */
} pitshm_region_info;

/* --- Publishing
 * ----------------------------------------------------------------------------------------------- */

/* Makes the region, all zero, or takes it over at once where its publisher was killed or has closed it: it is
 * the same file then, so that readers keep it and see the generation rise; it is longer where it was too
 * short, and all zero, unless it is bare. Its memory is reserved, and a reader sees no region or a whole one.
 * PITSHM_BAD_ARGUMENT; PITSHM_TAKEN: a living process publishes it; PITSHM_REFUSED: what has the name, its
 * lock or its place is of another user, a link, no plain file or no region, or there is no memory;
 * PITSHM_FAILED. */
PITSHM_API pitshm_result pitshm_region_create(const char* name, uint64_t data_bytes,
                                              const pitshm_region_options* options, pitshm_region** out);

/* A region without a name, whose descriptor (pitshm_region_fd) is handed to its readers. It is sealed: nobody
 * can cut it or make it longer. `label` is for people. Of the options only PITSHM_BARE and
 * PITSHM_SEAL_WRITING count. */
PITSHM_API pitshm_result pitshm_region_create_anonymous(const char* label, uint64_t data_bytes,
                                                        const pitshm_region_options* options,
                                                        pitshm_region** out);

/* Stores bytes as one update, or as a part of the update that pitshm_region_begin has begun, and wakes who
 * waits. PITSHM_BAD_ARGUMENT: they do not lie in the region. PITSHM_FAULT: somebody has cut the file (it is
 * whole again, zero where it was cut, a new generation: publish all anew), or has removed it (close the
 * region and create it anew). PITSHM_LEFT: after pitshm_region_unlink. A process of the same user that cuts
 * the file during this very call ends the publisher by SIGBUS; an anonymous region has no such danger. */
PITSHM_API pitshm_result pitshm_region_publish(pitshm_region* region, uint64_t offset_bytes,
                                               const void* bytes, size_t size_bytes);

/* An update in several pieces, or in place by pitshm_region_data. Until its end readers are answered
 * PITSHM_BUSY. Results as those of pitshm_region_publish. */
PITSHM_API pitshm_result pitshm_region_begin(pitshm_region* region);
PITSHM_API pitshm_result pitshm_region_end(pitshm_region* region);

/* Never shrinks. The pointer of pitshm_region_data is another one afterwards. Readers see the new size at
 * once, and map it when they ask for the data again. PITSHM_BAD_ARGUMENT for an anonymous region;
 * PITSHM_REFUSED: no memory. */
PITSHM_API pitshm_result pitshm_region_grow(pitshm_region* region, uint64_t data_bytes);

/* Removes the name, if it still leads to this region; then readers are told that the publisher has left. They
 * keep the memory as long as they like. PITSHM_BAD_ARGUMENT for a reader and for an anonymous region. */
PITSHM_API pitshm_result pitshm_region_unlink(pitshm_region* region);

/* --- Reading
 * -------------------------------------------------------------------------------------------------- */

/* PITSHM_NOT_THERE: no region of this name yet. PITSHM_REFUSED: what has the name is of another user (see
 * PITSHM_ANY_OWNER), no plain file, no region, or its header says what cannot be. */
PITSHM_API pitshm_result pitshm_region_open(const char* name, const pitshm_region_options* options,
                                            pitshm_region** out);

/* An anonymous region by its descriptor, which stays the caller's. PITSHM_REFUSED: it is not sealed against
 * being cut and made longer, or is no region. */
PITSHM_API pitshm_result pitshm_region_open_fd(int fd, const pitshm_region_options* options,
                                               pitshm_region** out);

/* PITSHM_OK, PITSHM_NOT_THERE, or why pitshm_region_open would fail. */
PITSHM_API pitshm_result pitshm_region_exists(const char* name, const pitshm_region_options* options);

/* Sleeps until pitshm_region_exists would not answer PITSHM_NOT_THERE. PITSHM_TIMED_OUT; PITSHM_STOPPED:
 * `stop_fd`
 * (-1: none) can be read, or a signal handler has run. */
PITSHM_API pitshm_result pitshm_region_wait(const char* name, const pitshm_region_options* options,
                                            int64_t timeout_ms, int stop_fd);

/* Copies bytes of one update; of a bare region as they are. `info` may be null; it is of the same moment.
 * PITSHM_BUSY: the publisher is in the middle of an update; ask again. PITSHM_LEFT: it has died in the middle
 * of one. PITSHM_BAD_ARGUMENT: the bytes do not lie in the region. PITSHM_FAULT: the file was cut; open it
 * anew. PITSHM_DAMAGED: the header says what cannot be. `out` is undefined but for PITSHM_OK. Nothing that
 * others do to the file can harm the reader. */
PITSHM_API pitshm_result pitshm_region_read(pitshm_region* region, uint64_t offset_bytes, void* out,
                                            size_t size_bytes, pitshm_region_info* info);

/* Sleeps until `news` of pitshm_region_info is not `seen`. PITSHM_TIMED_OUT; PITSHM_STOPPED: a signal handler
 * has run; PITSHM_LEFT: nobody publishes any more (open the name anew). A publisher that closes the region
 * wakes its readers; one that is killed cannot, and that is told when the time is over. Of a region that has
 * been removed and made anew the old memory tells nothing but that. There is no stop descriptor: Linux has no
 * way to wait for one together with shared memory. PITSHM_BAD_ARGUMENT for a publisher and for a bare region.
 */
PITSHM_API pitshm_result pitshm_region_wait_news(pitshm_region* region, uint32_t seen, int64_t timeout_ms,
                                                 pitshm_region_info* info);

/* --- Both
 * ----------------------------------------------------------------------------------------------------- */

/* PITSHM_FAULT, PITSHM_DAMAGED as pitshm_region_read. */
PITSHM_API pitshm_result pitshm_region_get_info(pitshm_region* region, pitshm_region_info* info);

/* The data itself, at the begin of a page. The publisher may write to it, between pitshm_region_begin and
 * pitshm_region_end. A reader may only read, gets no whole states by it, and is ended by SIGBUS if somebody
 * cuts the file: pitshm_region_read knows neither danger. Valid until the next call of this function or of
 * pitshm_region_grow with this handle, and until pitshm_region_close. */
PITSHM_API pitshm_result pitshm_region_data(pitshm_region* region, void** data, uint64_t* data_bytes);

/* For handing over; it stays the region's. */
PITSHM_API int pitshm_region_fd(const pitshm_region* region);

/* A publisher tells its readers that it has left; the name and the last data stay for the next
 * (pitshm_region_unlink removes them). Null is nothing. */
PITSHM_API void pitshm_region_close(pitshm_region* region);

/* --- Looking after a directory
 * -------------------------------------------------------------------------------- */

typedef struct pitshm_region_entry {
  const char* name;        /* valid during the call */
  uint32_t owner;          /* user id */
  uint32_t is_foreign;     /* 1: another user's; the rest of this is zero */
  uint32_t is_bare;        /* 1: without a header, known by its lock */
  uint32_t is_abandoned;   /* 1: its publisher was killed */
  pitshm_region_info info; /* publisher_pid is that of the lock, 0 where it is not known */
} pitshm_region_entry;

/* Calls `each` for every region of the directory, by name, until it returns something else than 0. */
PITSHM_API pitshm_result pitshm_region_list(const pitshm_region_options* options,
                                            int (*each)(const pitshm_region_entry* entry, void* context),
                                            void* context);

/* Removes a region of our own that nobody publishes any more, and its lock. PITSHM_TAKEN: its publisher
 * lives. PITSHM_NOT_THERE: there is none. PITSHM_REFUSED: it is another user's. */
PITSHM_API pitshm_result pitshm_region_clean(const char* name, const pitshm_region_options* options);

#ifdef __cplusplus
}
#endif

#endif
