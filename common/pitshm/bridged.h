/* SPDX-License-Identifier: MIT */
/* Named mappings of Windows, in native programs: what `shmbridge --both NAME:SIZE` offers beside them. */
#ifndef PITSHM_BRIDGED_H
#define PITSHM_BRIDGED_H

#include <stddef.h>
#include <stdint.h>

#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The pages of a mapping themselves, to read and write: nothing is copied, whichever side made it first. */
typedef struct pitshm_bridged pitshm_bridged;

/* Asks the bridge, which answers within 0.1 s. `name`: of the mapping's file, which is the mapping's without
 * Local\. `bridge`: the --name of the shmbridge; null: shm. `directory`: its --shm-dir; null:
 * PITBRIDGE_SHM_DIR, else /dev/shm. PITSHM_NOT_THERE: no such bridge runs, or it has no such mapping now.
 * PITSHM_REFUSED: it is a bridge that only mirrors. */
PITSHM_API pitshm_result pitshm_bridged_open(const char* name, const char* bridge, const char* directory,
                                             pitshm_bridged** bridged);
PITSHM_API void pitshm_bridged_close(pitshm_bridged* bridged);

/* Several programs write here at once: see pitshm_sequence_lock. */
PITSHM_API void* pitshm_bridged_data(const pitshm_bridged* bridged);
PITSHM_API size_t pitshm_bridged_size(const pitshm_bridged* bridged);

/* PITSHM_OK: the mapping is still these pages. PITSHM_LEFT: the Windows program that made it has gone, or the
 * bridge; close this, and open it anew. Asks the bridge as pitshm_bridged_open does. */
PITSHM_API pitshm_result pitshm_bridged_check(const pitshm_bridged* bridged);

#ifdef __cplusplus
}
#endif

#endif
