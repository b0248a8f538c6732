/* SPDX-License-Identifier: MIT */
/* stream_produce NAME FRAMES: waits for a consumer, and sends it frames of which none is left out. */
#include <pitshm/stream.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(void) {
  fprintf(stderr, "%s\n", pitshm_error_text());
  return 1;
}

int main(int argc, char** argv) {
  pitshm_producer_options options = {0};
  pitshm_producer* producer = NULL;
  unsigned long frames = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
  if (frames == 0) return fputs("usage: stream_produce NAME FRAMES\n", stderr), 2;
  options.waits_for_consumers =
      1; /* without this it waits for nobody, and who is slow learns what it has lost */
  if (pitshm_producer_open(argv[1], &options, &producer) != PITSHM_OK) return fail();
  while (pitshm_producer_consumers(producer) == 0)
    if (pitshm_producer_wait(producer, -1, -1) != PITSHM_OK) return fail();
  for (unsigned long i = 0; i < frames;) {
    char text[32];
    int length = snprintf(text, sizeof text, "frame %lu", i);
    pitshm_result result = pitshm_producer_publish(producer, 0, 0, text, (size_t)length);
    if (result == PITSHM_OK) {
      i++;
    } else if (result != PITSHM_BUSY ||
               pitshm_producer_wait_for_room(producer, sizeof text, -1, -1) != PITSHM_OK) {
      return fail();
    }
  }
  pitshm_producer_close(producer); /* what is not read yet, the consumers still read */
  return 0;
}
