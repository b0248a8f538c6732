/* SPDX-License-Identifier: MIT */
/* Named mappings of Windows, in Windows programs (also under Wine and Proton). */
#ifndef PITSHM_MAPPING_H
#define PITSHM_MAPPING_H

#include <stddef.h>
#include <stdint.h>

#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pitshm_access { PITSHM_READ_ONLY = 0, PITSHM_READ_WRITE = 1 } pitshm_access;

/* A mapping, by its name: UTF-8, with Local\ or Global\ before it if wanted, 259 characters at most. The name
 * lives as long as somebody holds the mapping; a view alone keeps the bytes and not the name (so in Wine; in
 * Windows it keeps both). */
typedef struct pitshm_mapping pitshm_mapping;

/* Makes the mapping, or opens the one that has the name, whoever made it; to read and write.
 * PITSHM_REFUSED: the one that is there is smaller, or something of another kind has the name, or this user
 * may not. */
PITSHM_API pitshm_result pitshm_mapping_create(const char* name, uint64_t size_bytes,
                                               pitshm_mapping** mapping);
/* As above, of the pages of a file (as Windows names it), which must be there. 0 bytes: as long as the file
 * is. */
PITSHM_API pitshm_result pitshm_mapping_create_from_file(const char* name, const char* path,
                                                         uint64_t size_bytes, pitshm_mapping** mapping);
/* PITSHM_NOT_THERE: no mapping has the name now. */
PITSHM_API pitshm_result pitshm_mapping_open(const char* name, pitshm_access access,
                                             pitshm_mapping** mapping);
PITSHM_API void pitshm_mapping_close(pitshm_mapping* mapping);

/* 1: it was there before this program asked. */
PITSHM_API int pitshm_mapping_was_there(const pitshm_mapping* mapping);
/* The real size: whole pages, or that of the file behind it, to the byte. */
PITSHM_API uint64_t pitshm_mapping_size(const pitshm_mapping* mapping);

/* A part of a mapping in this program's memory; also after the mapping was closed. */
typedef struct pitshm_view pitshm_view;

/* The offset may be any, also above 4 GiB; 0 bytes: up to the end. */
PITSHM_API pitshm_result pitshm_view_map(const pitshm_mapping* mapping, uint64_t offset_bytes,
                                         uint64_t size_bytes, pitshm_access access, pitshm_view** view);
PITSHM_API void pitshm_view_unmap(pitshm_view* view);
PITSHM_API size_t pitshm_view_size(const pitshm_view* view);
/* The memory itself. Whoever touches it outside of pitshm_guarded_call dies when the file behind it is cut.
 */
PITSHM_API void* pitshm_view_data(const pitshm_view* view);

/* Copies, within the view. PITSHM_BAD_ARGUMENT: it would reach beyond the end, or the view is read-only.
 * PITSHM_FAULT: the pages have gone, because somebody cut the file behind them or it could not be read; what
 * was copied is undefined. */
PITSHM_API pitshm_result pitshm_view_read(const pitshm_view* view, size_t offset_bytes, void* out,
                                          size_t size);
PITSHM_API pitshm_result pitshm_view_write(pitshm_view* view, size_t offset_bytes, const void* in,
                                           size_t size);

/* As above, under the pitshm_sequence_lock that lies at `lock_bytes` of the view. PITSHM_BUSY: see
 * pitshm_locked_read. */
PITSHM_API pitshm_result pitshm_view_read_locked(const pitshm_view* view, size_t lock_bytes,
                                                 size_t offset_bytes, void* out, size_t size, int attempts);
PITSHM_API pitshm_result pitshm_view_write_locked(pitshm_view* view, size_t lock_bytes, size_t offset_bytes,
                                                  const void* in, size_t size);

/* Calls `call(argument)`, which may touch the memory of the view itself. PITSHM_FAULT: a page had gone, and
 * the call was left in its middle; so it must hold nothing that has to be given back, and must not throw or
 * jump out. Works on any thread, and within another one. Faults elsewhere are not caught, and handlers of the
 * call's own (__try) come first. */
PITSHM_API pitshm_result pitshm_guarded_call(const pitshm_view* view, void (*call)(void* argument),
                                             void* argument);

#ifdef __cplusplus
}
#endif

#endif
