/* SPDX-License-Identifier: MIT */
/* region_publish NAME UPDATES: publishes where a car is, some hundred times a second, to whoever wants to
 * know. */
#include <pitshm/region.h>
#include <stdio.h>
#include <stdlib.h>

struct car {
  double x_m, y_m;
  uint32_t lap, gear;
};

int main(int argc, char** argv) {
  struct car car = {0, 0, 1, 4};
  pitshm_region* region = NULL;
  unsigned long updates = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
  if (updates == 0) return fputs("usage: region_publish NAME UPDATES\n", stderr), 2;
  if (pitshm_region_create(argv[1], sizeof car, NULL, &region) != PITSHM_OK)
    return fprintf(stderr, "%s\n", pitshm_error_text()), 1;
  for (unsigned long i = 1; i <= updates; i++) {
    car.x_m = (double)i;
    car.y_m = 2.0 * (double)i;
    if (pitshm_region_publish(region, 0, &car, sizeof car) != PITSHM_OK)
      return fprintf(stderr, "%s\n", pitshm_error_text()), 1;
    /* Here the next one would be computed; waiting for nobody's standard input is as good. */
    if (getchar() == EOF) break;
  }
  pitshm_region_close(region); /* the name and the last state stay for the next publisher */
  return 0;
}
