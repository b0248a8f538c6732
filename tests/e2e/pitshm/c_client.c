/* SPDX-License-Identifier: MIT */
/* The headers as a program in C99 includes them. */
#include "tests/e2e/pitshm/c_client.h"

#include "common/pitshm/mapping.h"
#include "common/pitshm/named_objects.h"
#include "common/pitshm/sequence_lock.h"

#define EXPECT(condition) \
  if (!(condition)) return __LINE__

static void nothing(void* argument) {
  (void)argument;
}

int pitshm_test_missing_handles(void) {
  pitshm_mapping* mapping = 0;
  pitshm_view* view = 0;
  char byte = 0;
  EXPECT(pitshm_mapping_create(0, 1, &mapping) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_mapping_create("Local\\pitshm-test-c", 1, 0) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_error_text()[0] != 0);
  EXPECT(pitshm_mapping_create("Local\\pitshm-test-c", 0, &mapping) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_mapping_create_from_file(0, 0, 0, &mapping) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_mapping_create_from_file("Local\\pitshm-test-c", "C:\\no\\such\\file", 0, &mapping) ==
         PITSHM_FAILED);
  EXPECT(pitshm_mapping_open("Local\\pitshm-test-c", PITSHM_READ_ONLY, &mapping) == PITSHM_NOT_THERE);
  EXPECT(pitshm_mapping_was_there(0) == 0 && pitshm_mapping_size(0) == 0);
  EXPECT(pitshm_view_map(0, 0, 0, PITSHM_READ_ONLY, &view) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_view_size(0) == 0 && pitshm_view_data(0) == 0);
  EXPECT(pitshm_view_read(0, 0, &byte, 1) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_view_write(0, 0, &byte, 1) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_view_read_locked(0, 0, 0, &byte, 1, 1) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_view_write_locked(0, 0, 0, &byte, 1) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_guarded_call(0, nothing, 0) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_mutex_create(0, 0) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_mutex_acquire(0, 0, 0) == PITSHM_BAD_ARGUMENT &&
         pitshm_mutex_release(0) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_event_create(0, PITSHM_WAKES_ONE, 0) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_event_set(0) == PITSHM_BAD_ARGUMENT && pitshm_event_reset(0) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_event_wait(0, 0) == PITSHM_BAD_ARGUMENT);
  pitshm_view_unmap(0);
  pitshm_mapping_close(0);
  pitshm_mutex_close(0);
  pitshm_event_close(0);

  EXPECT(pitshm_mapping_create("Local\\pitshm-test-c", 10, &mapping) == PITSHM_OK);
  EXPECT(pitshm_view_map(mapping, 0, 10, PITSHM_READ_ONLY, &view) == PITSHM_OK);
  pitshm_mapping_close(mapping);
  EXPECT(pitshm_view_size(view) == 10);
  EXPECT(pitshm_view_read(view, 9, &byte, 1) == PITSHM_OK);
  EXPECT(pitshm_view_read(view, 10, &byte, 1) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_view_read(view, 10, &byte, 0) == PITSHM_OK);
  EXPECT(pitshm_view_read(view, SIZE_MAX, &byte, 2) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_view_read(view, 9, 0, 1) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_view_write(view, 0, &byte, 1) == PITSHM_BAD_ARGUMENT); /* read-only */
  EXPECT(pitshm_view_read_locked(view, 4, 0, &byte, 1, 1) ==
         PITSHM_BAD_ARGUMENT); /* the lock ends behind the view */
  EXPECT(pitshm_view_read_locked(view, 1, 0, &byte, 1, 1) ==
         PITSHM_BAD_ARGUMENT); /* it is at no multiple of 4 */
  EXPECT(pitshm_view_read_locked(view, 0, 8, &byte, 1, 1) == PITSHM_OK);
  EXPECT(pitshm_guarded_call(view, 0, 0) == PITSHM_BAD_ARGUMENT);
  EXPECT(pitshm_guarded_call(view, nothing, 0) == PITSHM_OK);
  pitshm_view_unmap(view);
  return 0;
}
