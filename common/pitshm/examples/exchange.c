/* SPDX-License-Identifier: MIT */
/* exchange NAME TEXT: sends a text into the named mapping that `shmbridge --both NAME:SIZE` shares, and
 * prints the answer. The native side writes the first box, the Windows side the second. */
#include <pitshm/bridged.h>
#include <pitshm/sequence_lock.h>
#include <stdio.h>

struct box {
  pitshm_sequence_lock lock;
  char text[56];
};

int main(int argc, char** argv) {
  pitshm_bridged* mapping;
  char text[56] = "";
  if (argc != 3 || pitshm_bridged_open(argv[1], NULL, NULL, &mapping) != PITSHM_OK)
    return fprintf(stderr, "%s\n", pitshm_error_text()), 1;
  struct box* boxes = pitshm_bridged_data(mapping);
  uint32_t before = pitshm_news(&boxes[1].lock);
  snprintf(text, sizeof text, "%s", argv[2]);
  pitshm_locked_write(&boxes[0].lock, boxes[0].text, text, sizeof text);
  while (pitshm_news(&boxes[1].lock) == before) continue;
  if (pitshm_locked_read(&boxes[1].lock, text, boxes[1].text, sizeof text, 1000) == PITSHM_OK) puts(text);
  pitshm_bridged_close(mapping);
  return 0;
}
