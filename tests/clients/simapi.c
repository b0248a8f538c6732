/* SPDX-License-Identifier: MIT */
/* libsimapi, by its own way of finding the game. Usage: simapi SECONDS. It is built against the library and the
   headers that lie on disk: tests/test_clients.sh. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
/* After the system's. */
#include <simmapper.h>

static double now_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What is no ASCII the library has cut to bytes of no encoding. */
static void print_text(const char* key, const char* text) {
  printf(", \"%s\": \"", key);
  for (; *text != '\0'; ++text) putchar(*text < ' ' || *text > '~' || *text == '"' || *text == '\\' ? '?' : *text);
  putchar('"');
}

int main(int argc, char** argv) {
  const double end = now_seconds() + (argc > 1 ? atof(argv[1]) : 10);
  static SimData data;
  SimMap* map = simapi_simmap_create();
  SimInfo info = {0};
  while (now_seconds() < end && (data.simstatus != SIMAPI_STATUS_ACTIVEPLAY || data.rpms == 0)) {
    if (!info.isSimOn)
      info = simapi_get_sim(&data, map, false, NULL, false);
    else
      simapi_datamap(&data, map, info.mapapi, false, NULL);
    const struct timespec pause = {0, 50 * 1000 * 1000};
    nanosleep(&pause, NULL);
  }
  /* The last line, as the library prints by itself. Its gears count from reverse on. */
  printf("\n{\"active\": %s", info.isSimOn && data.simstatus == SIMAPI_STATUS_ACTIVEPLAY ? "true" : "false");
  if (info.isSimOn) {
    printf(", \"rpm\": %u, \"max_rpm\": %u, \"speed\": %u, \"gear\": %d, \"fuel\": %f, \"lap\": %u, \"position\": %u",
           data.rpms, data.maxrpm, data.velocity, (int)data.gear - 1, data.fuel, data.lap, data.position);
    printf(", \"lap_time\": %f, \"cars\": %u", data.currentlap.minutes * 60 + data.currentlap.seconds + data.currentlap.fraction / 1000.0, data.numcars);
    print_text("track", data.track);
    print_text("car", data.car);
  }
  puts("}");
  return 0;
}
