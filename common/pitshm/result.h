/* SPDX-License-Identifier: MIT */
#ifndef PITSHM_RESULT_H
#define PITSHM_RESULT_H

#if defined(_WIN32) && !defined(__WINE__)
#if defined(PITSHM_STATIC)
#define PITSHM_API
#elif defined(PITSHM_BUILD)
#define PITSHM_API __declspec(dllexport)
#else
#define PITSHM_API __declspec(dllimport)
#endif
#else
#define PITSHM_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* As a timeout: none. Any other number below 0 says the same; 0 asks and does not wait. */
#define PITSHM_FOREVER (-1)

/* What each function of this library answers that can fail. Values stay what they are. */
typedef enum pitshm_result {
  PITSHM_OK = 0,
  PITSHM_FAILED = 1,       /* the system refused; pitshm_error_text() says what */
  PITSHM_BAD_ARGUMENT = 2, /* a name, a size or an option is wrong */
  PITSHM_TAKEN = 3,        /* another process publishes under this name, and lives */
  PITSHM_REFUSED = 4,   /* what has the name cannot be used safely: another user's, a link, no plain file */
  PITSHM_NOT_THERE = 5, /* nothing of this name exists yet */
  PITSHM_TIMED_OUT = 6, /* the time was over first */
  PITSHM_STOPPED = 7,   /* the caller's stop descriptor became readable first */
  PITSHM_BUSY = 8,      /* a writer is in the middle of an update for too long, or there is no room yet */
  PITSHM_FAULT = 9,     /* the memory went away: its file was cut, or its page could not be read in */
  PITSHM_LEFT = 10,     /* the producer has left, or has died */
  PITSHM_DAMAGED = 11   /* the other side's memory says what cannot be */
} pitshm_result;

/* The last failure of this thread, for people: what was tried, on which object, what the system answered, and
 * what to do. Never null; empty before the first failure. Valid until this thread's next call into the
 * library. */
PITSHM_API const char* pitshm_error_text(void);

#ifdef __cplusplus
}
#endif

#endif
