// SPDX-License-Identifier: MIT
// dashboard SIM [--once | --seconds N]: one line for each update, at most ten a second.
// Compile: cc -std=c99 -I/usr/local/include/pitbridge dashboard.c -o dashboard
#include "pitbridge.h"

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* How long to show values; negative where the arguments are wrong. */
static double duration_s(int argc, char** argv) {
  char* end = NULL;
  double seconds;
  if (argc < 2 || argv[1][0] == '\0' || argv[1][0] == '-') return -1;
  if (argc == 2) return 1e9;
  if (argc == 3 && strcmp(argv[2], "--once") == 0) return 10;
  if (argc != 4 || strcmp(argv[2], "--seconds") != 0) return -1;
  seconds = strtod(argv[3], &end);
  return end != argv[3] && *end == '\0' && seconds >= 0 ? seconds : -1;
}

int main(int argc, char** argv) {
  const int once = argc == 3;
  const double begin_s = now_s(), end_s = begin_s + duration_s(argc, argv);
  double shown_s = 0;
  int lines = 0;
  pitbridge_reader reader;
  pitbridge_values values;
  pitbridge_status_page page;
  pitbridge_result printed = PITBRIDGE_OK;
  pitbridge_result result;
  if (end_s < begin_s) return fprintf(stderr, "usage: dashboard SIM [--once | --seconds N]\n"), 2;
  result = pitbridge_open(&reader, argv[1], NULL);
  if (result != PITBRIDGE_OK) return fprintf(stderr, "%s\n", pitbridge_message(result)), 2;

  while (now_s() < end_s && !(once && lines > 0)) {
    unsigned long long updates = 0;
    int i;
    pitbridge_wait(&reader, 200);
    result = pitbridge_read_values(&reader, &values);
    if (result != PITBRIDGE_OK && result != printed)
      fprintf(stderr, "%s\n", pitbridge_message(printed = result));
    if (result != PITBRIDGE_OK || now_s() - shown_s < 0.1) continue;
    printed = PITBRIDGE_OK;
    pitbridge_status(&reader, &page);
    for (i = 0; i < PITBRIDGE_MAX_MAPPINGS; ++i) updates += page.mappings[i].updates;
    printf("%-7s rpm %5.0f  gear %2.0f  speed %3.0f km/h  updates %llu\n",
           pitbridge_activity_name(values.activity), pitbridge_number(&values, "rpm", 0, 0),
           pitbridge_number(&values, "gear", 0, 0), pitbridge_number(&values, "speed", 0, 0), updates);
    fflush(stdout);
    shown_s = now_s();
    ++lines;
  }
  pitbridge_close(&reader);
  return lines > 0 ? 0 : 1;
}
