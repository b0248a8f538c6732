// SPDX-License-Identifier: MIT
// pitbridge.h: reads what a pitbridge bridge publishes in /dev/shm. One file, C99 or C++, Linux, no library.
// Copy it into your tree. The formats are described in pitbridge-shm(7).
//
//     pitbridge_reader reader;
//     pitbridge_values values;
//     pitbridge_open(&reader, "ac", NULL);                       // the bridge may come later
//     for (;;) {
//       pitbridge_result result = pitbridge_wait(&reader, 1000);  // returns with each update
//       if (result == PITBRIDGE_OK) result = pitbridge_read_values(&reader, &values);
//       if (result == PITBRIDGE_OK) printf("%.0f rpm\n", pitbridge_number(&values, "rpm", 0, 0));
//       else puts(pitbridge_message(result));
//     }
//
// Nothing here installs a signal handler, starts a thread, allocates memory or prints. One reader belongs to
// one thread at a time; a program may have many.
//
// Safety. Anybody may cut a file in /dev/shm, and a load from a page that is gone kills a program with
// SIGBUS. So this header never touches a mapped file: it copies with pread(2), and even counts and waits by
// futex(2), where the kernel reports a missing page as an error. That costs 0.3 us a call, 13 us for the 324
// KB of Le Mans Ultimate, and no more trust than that in whoever writes. Numbers from a file are bounded
// before use, and texts end. The exceptions are what you ask for by pitbridge_section_open and by
// pitbridge_view_open.
#ifndef PITBRIDGE_H
#define PITBRIDGE_H

#if !defined(_DEFAULT_SOURCE) && !defined(_GNU_SOURCE)
#define _DEFAULT_SOURCE  // pread and syscall, also with -std=c99
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#if !defined(__linux__) || !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "pitbridge.h needs Linux on a little-endian machine, and GCC or Clang"
#endif
#ifndef MAP_ANONYMOUS
#error "include pitbridge.h before other headers, or compile with -D_DEFAULT_SOURCE or -std=gnu99"
#endif

#ifdef __cplusplus
extern "C" {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wzero-as-null-pointer-constant"
#endif

enum {
  PITBRIDGE_MAX_MAPPINGS = 30,
  PITBRIDGE_FIRST_VALUES = 21,
  PITBRIDGE_MORE_VALUES = 128,
  PITBRIDGE_MAX_CARS = 128,
  PITBRIDGE_FILE_NAME_BYTES = 128,
  PITBRIDGE_DIRECTORY_BYTES = 1024
};

/// The answer of every function that can fail. `pitbridge_message` says it in words.
typedef enum pitbridge_result {
  PITBRIDGE_OK = 0,
  PITBRIDGE_TIMEOUT,      ///< data is live, but nothing new came in time
  PITBRIDGE_INTERRUPTED,  ///< a signal ended the wait
  PITBRIDGE_ABSENT,       ///< no status page: no bridge of this sim ever ran here
  PITBRIDGE_DENIED,       ///< the status page cannot be opened
  PITBRIDGE_FOREIGN,      ///< a page is no plain file of the version that this header knows
  PITBRIDGE_DEAD,         ///< the bridge has ended; what the files hold is old
  PITBRIDGE_NO_GAME,      ///< the bridge runs, and no game is attached
  PITBRIDGE_NO_MAPPING,   ///< the bridge does not mirror that mapping now
  PITBRIDGE_BUSY,         ///< no whole state within the allowed attempts
  PITBRIDGE_CUT,          ///< the mirrored file is absent or shorter than the section
  PITBRIDGE_NO_VALUES,    ///< no decoded values yet: the first come 0.2 s after they were asked for
  PITBRIDGE_NO_SECTION,   ///< the pages themselves cannot be had; use pitbridge_snapshot
  PITBRIDGE_BAD_NAME      ///< the name of the sim or mapping, or the directory, cannot be used
} pitbridge_result;

/// `pitbridge_header.state`. The game is attached in the states ATTACHED and PAUSED.
enum {
  PITBRIDGE_STATE_STOPPED = 0,
  PITBRIDGE_STATE_STARTING = 1,
  PITBRIDGE_STATE_WAITING = 2,
  PITBRIDGE_STATE_ATTACHED = 3,
  PITBRIDGE_STATE_PAUSED = 4,  ///< the game has written nothing for three seconds
  PITBRIDGE_STATE_GONE = 5
};

/// `pitbridge_values.activity`.
enum {
  PITBRIDGE_ACTIVITY_UNKNOWN = 0,
  PITBRIDGE_ACTIVITY_OFF = 1,
  PITBRIDGE_ACTIVITY_MENU = 2,
  PITBRIDGE_ACTIVITY_REPLAY = 3,
  PITBRIDGE_ACTIVITY_PAUSED = 4,
  PITBRIDGE_ACTIVITY_LIVE = 5
};

/// Why a quantity has no value; see `pitbridge_why_absent`.
enum {
  PITBRIDGE_ABSENT_UNKNOWN = 0,      ///< nothing is known of the game, or the bridge is older than 0.2
  PITBRIDGE_ABSENT_NOT_GIVEN = 1,    ///< the sim does not give it
  PITBRIDGE_ABSENT_NOT_YET = 2,      ///< the sim says that there is none now
  PITBRIDGE_ABSENT_VERSION = 3,      ///< the layout of the game's version is not known: see `fault`
  PITBRIDGE_ABSENT_IMPLAUSIBLE = 4,  ///< what stands there no vehicle can do
  PITBRIDGE_ABSENT_OFF = 5,          ///< the game is off
  PITBRIDGE_ABSENT_CUT_OFF = 6       ///< the game's section ends before it
};

// words: begin
/// Words of "surface".
enum {
  PITBRIDGE_SURFACE_OTHER = 0,
  PITBRIDGE_SURFACE_ASPHALT = 1,
  PITBRIDGE_SURFACE_KERB = 2,
  PITBRIDGE_SURFACE_GRASS = 3,
  PITBRIDGE_SURFACE_GRAVEL = 4,
  PITBRIDGE_SURFACE_SAND = 5,
  PITBRIDGE_SURFACE_DIRT = 6,
  PITBRIDGE_SURFACE_SNOW = 7,
  PITBRIDGE_SURFACE_ICE = 8,
  PITBRIDGE_SURFACE_WATER = 9,
  PITBRIDGE_SURFACE_WOOD = 10,
  PITBRIDGE_SURFACE_METAL = 11
};

/// Words of "flag".
enum {
  PITBRIDGE_FLAG_NONE = 0,
  PITBRIDGE_FLAG_GREEN = 1,
  PITBRIDGE_FLAG_BLUE = 2,
  PITBRIDGE_FLAG_YELLOW = 3,
  PITBRIDGE_FLAG_DOUBLE_YELLOW = 4,
  PITBRIDGE_FLAG_WHITE = 5,
  PITBRIDGE_FLAG_CHEQUERED = 6,
  PITBRIDGE_FLAG_RED = 7,
  PITBRIDGE_FLAG_BLACK = 8,
  PITBRIDGE_FLAG_MEATBALL = 9,
  PITBRIDGE_FLAG_PENALTY = 10,
  PITBRIDGE_FLAG_BLACK_AND_WHITE = 11,
  PITBRIDGE_FLAG_SLIPPERY = 12
};

/// Words of "session_kind".
enum {
  PITBRIDGE_SESSION_KIND_OTHER = 0,
  PITBRIDGE_SESSION_KIND_PRACTICE = 1,
  PITBRIDGE_SESSION_KIND_QUALIFYING = 2,
  PITBRIDGE_SESSION_KIND_RACE = 3,
  PITBRIDGE_SESSION_KIND_WARMUP = 4,
  PITBRIDGE_SESSION_KIND_TIME_TRIAL = 5,
  PITBRIDGE_SESSION_KIND_TEST = 6,
  PITBRIDGE_SESSION_KIND_STAGE = 7,
  PITBRIDGE_SESSION_KIND_DRIFT = 8,
  PITBRIDGE_SESSION_KIND_DRAG = 9
};

/// Words of "session_phase".
enum {
  PITBRIDGE_SESSION_PHASE_OTHER = 0,
  PITBRIDGE_SESSION_PHASE_GARAGE = 1,
  PITBRIDGE_SESSION_PHASE_GRID = 2,
  PITBRIDGE_SESSION_PHASE_FORMATION = 3,
  PITBRIDGE_SESSION_PHASE_COUNTDOWN = 4,
  PITBRIDGE_SESSION_PHASE_RUNNING = 5,
  PITBRIDGE_SESSION_PHASE_NEUTRAL = 6,
  PITBRIDGE_SESSION_PHASE_STOPPED = 7,
  PITBRIDGE_SESSION_PHASE_FINISHED = 8,
  PITBRIDGE_SESSION_PHASE_ENDED = 9
};

/// Words of "pit_state".
enum {
  PITBRIDGE_PIT_STATE_ON_TRACK = 0,
  PITBRIDGE_PIT_STATE_REQUESTED = 1,
  PITBRIDGE_PIT_STATE_ENTERING = 2,
  PITBRIDGE_PIT_STATE_LANE = 3,
  PITBRIDGE_PIT_STATE_BOX = 4,
  PITBRIDGE_PIT_STATE_LEAVING = 5,
  PITBRIDGE_PIT_STATE_GARAGE = 6
};

/// Bits of `pitbridge_car.present`.
enum {
  PITBRIDGE_CAR_HAS_CAR_NUMBER = 1 << 0,
  PITBRIDGE_CAR_HAS_DRIVER = 1 << 1,
  PITBRIDGE_CAR_HAS_CAR = 1 << 2,
  PITBRIDGE_CAR_HAS_CAR_CLASS = 1 << 3,
  PITBRIDGE_CAR_HAS_POSITION = 1 << 4,
  PITBRIDGE_CAR_HAS_CLASS_POSITION = 1 << 5,
  PITBRIDGE_CAR_HAS_LAP = 1 << 6,
  PITBRIDGE_CAR_HAS_LAP_DISTANCE = 1 << 7,
  PITBRIDGE_CAR_HAS_LAST_LAP_TIME = 1 << 8,
  PITBRIDGE_CAR_HAS_BEST_LAP_TIME = 1 << 9,
  PITBRIDGE_CAR_HAS_GAP_AHEAD = 1 << 10,
  PITBRIDGE_CAR_HAS_PIT_STATE = 1 << 11,
  PITBRIDGE_CAR_HAS_WORLD_POSITION = 1 << 12,
  PITBRIDGE_CAR_HAS_HEADING = 1 << 13
};
// words: end

/// Begin of the status page, as it lies in the file. Times are nanoseconds of CLOCK_MONOTONIC.
typedef struct pitbridge_header {
  char magic[8];
  uint32_t version;
  uint32_t header_bytes;
  uint32_t mapping_bytes;
  uint32_t mapping_count;
  uint32_t sequence;
  uint32_t state;
  int32_t bridge_pid;
  uint32_t game_pid;  ///< of Windows
  uint64_t bridge_start_ns;
  uint64_t heartbeat_ns;
  uint32_t futex_word;
  uint32_t reserved;
  char sim[32];
  char title[64];
  char message[256];  ///< the last thing that was waited for, refused or repaired
  char prefix[96];
} pitbridge_header;

/// What the status page says of one mapping.
typedef struct pitbridge_mapping {
  uint32_t sequence;  ///< odd while the mirrored bytes are being written
  uint32_t attached;
  uint64_t size_bytes;      ///< of the game's section
  uint64_t last_change_ns;  ///< when the game last changed it
  uint64_t updates;         ///< counts from zero again when `bridge_start_ns` changes
  uint64_t retries;
  uint64_t torn;
  uint64_t repairs;
  uint64_t section_device;
  uint64_t section_inode;
  int32_t section_fd;
  uint32_t reserved;
  char file_name[PITBRIDGE_FILE_NAME_BYTES];
  char padding[48];
} pitbridge_mapping;

typedef struct pitbridge_status_page {
  pitbridge_header header;
  pitbridge_mapping mappings[PITBRIDGE_MAX_MAPPINGS];  ///< the first `header.mapping_count` count
} pitbridge_status_page;

/// One decoded quantity. `kind` is 0: absent, and `count` says why, 1: `count` numbers, 2: text.
typedef struct pitbridge_value {
  char name[24];
  char unit[24];
  uint32_t kind;
  uint32_t count;
  double number[4];  ///< of wheels: front left, front right, rear left, rear right
  char text[104];
} pitbridge_value;

/// One car of the session. A member counts only if `present` has its bit, PITBRIDGE_CAR_HAS_...
typedef struct pitbridge_car {
  uint32_t present;
  uint32_t is_player;
  char car_number[8];
  char driver[64];
  char car[64];
  char car_class[32];
  double position;
  double class_position;
  double lap;
  double lap_distance;       ///< m from the line
  double last_lap_time;      ///< s
  double best_lap_time;      ///< s
  double gap_ahead;          ///< s
  double pit_state;          ///< PITBRIDGE_PIT_STATE_...
  double world_position[3];  ///< m
  double heading;            ///< rad
  uint8_t reserved[8];
} pitbridge_car;

/// The values page, as it lies in the file. It is large for a small stack: 68 KiB.
typedef struct pitbridge_values {
  char magic[8];
  uint32_t version;
  uint32_t header_bytes;
  uint32_t entry_bytes;
  uint32_t entry_count;
  uint32_t sequence;
  uint32_t activity;
  uint64_t updated_ns;
  uint32_t details_offset;
  uint32_t details_bytes;
  uint32_t more_offset;
  uint32_t more_count;
  uint8_t reserved[8];
  pitbridge_value entries[PITBRIDGE_FIRST_VALUES];  ///< the first `entry_count` count
  // From here on empty where the bridge is older than 0.2.
  char title[64];              ///< of the game, as `pitbridge list --json` names it
  char layout_version[32];     ///< as the game's memory states it; empty: it does not
  char fault[256];             ///< why nothing is decoded, as a sentence; empty: there is no fault
  uint32_t implausible_count;  ///< of the absent values
  uint32_t cars_offset;
  uint32_t car_bytes;
  uint32_t car_count;
  uint8_t details_reserved[3728];
  pitbridge_value more[PITBRIDGE_MORE_VALUES];  ///< the first `more_count` count
  pitbridge_car
      cars[PITBRIDGE_MAX_CARS];  ///< the first `car_count` count; all of the session, the player's too
} pitbridge_values;

/// The live page, as it lies in the file: which sim is driven now.
typedef struct pitbridge_live_page {
  char magic[8];
  uint32_t version;
  uint32_t page_bytes;
  uint32_t sequence;
  uint32_t is_live;
  int32_t bridge_pid;
  uint32_t reserved;
  uint64_t since_ns;
  uint64_t heartbeat_ns;
  char sim[32];
  char title[64];
  char status_file[48];
  char values_file[48];
  char padding[16];
} pitbridge_live_page;

/// The game's own pages, mapped read-only.
typedef struct pitbridge_section {
  const void* data;
  size_t size_bytes;
  uint64_t device;
  uint64_t inode;
} pitbridge_section;

/// A part of a mapping that is wanted, and where to put it.
typedef struct pitbridge_part {
  uint64_t offset_bytes;
  void* out;
  size_t size_bytes;
} pitbridge_part;

/// A mirrored file, mapped read-only. The members but the first two are the header's own business.
typedef struct pitbridge_view {
  const void* data;
  size_t size_bytes;
  uint64_t device;
  uint64_t inode;
  uint64_t record_offset;
  uint32_t sequence;
  char file_name[PITBRIDGE_FILE_NAME_BYTES];
} pitbridge_view;

/// One sim's files. The members are the header's own business.
typedef struct pitbridge_reader {
  char directory[PITBRIDGE_DIRECTORY_BYTES];
  char page_name[48];
  int status_fd;
  pitbridge_result no_page;  ///< why status_fd is -1
  uint64_t status_device, status_inode;
  uint64_t readers_device, readers_inode;
  void* status_map;   ///< an address for the kernel, never to be touched
  void* readers_map;  ///< as above; null: we cannot say that we wait
  uint64_t looked_ns;
  uint64_t asked_ns;
  uint64_t seen_start_ns;
  uint32_t seen_word;
  int seen_any;
  int wants_values;
  int follows_live;  ///< 1: of whichever sim is driven
} pitbridge_reader;

typedef char pitbridge_impl_header_is_512_bytes[sizeof(pitbridge_header) == 512 ? 1 : -1];
typedef char pitbridge_impl_mapping_is_256_bytes[sizeof(pitbridge_mapping) == 256 ? 1 : -1];
typedef char pitbridge_impl_page_is_8192_bytes[sizeof(pitbridge_status_page) == 8192 ? 1 : -1];
#define PITBRIDGE_IMPL_ENTRIES_BYTES offsetof(pitbridge_values, title)
#define PITBRIDGE_IMPL_DETAILS_BYTES 512
typedef char pitbridge_impl_details_are_at_4096[PITBRIDGE_IMPL_ENTRIES_BYTES == 4096 ? 1 : -1];
typedef char pitbridge_impl_more_are_at_8192[offsetof(pitbridge_values, more) == 8192 ? 1 : -1];
typedef char pitbridge_impl_cars_are_at_32768[offsetof(pitbridge_values, cars) == 32768 ? 1 : -1];
typedef char pitbridge_impl_car_is_280_bytes[sizeof(pitbridge_car) == 280 ? 1 : -1];

// --- Private: files -------------------------------------------------------------------------------------

#define PITBRIDGE_IMPL_MS UINT64_C(1000000)  // nanoseconds
#define PITBRIDGE_IMPL_LOOK_NS 1000000000U   // between comparisons of the paths with what we hold
#define PITBRIDGE_IMPL_LIVE_NS 100000000U    // between looks at the live page
#define PITBRIDGE_IMPL_ASK_NS 400000000U     // between requests of values
#define PITBRIDGE_IMPL_SLICE_NS 100000000U   // the longest sleep before the bridge's life is asked again
#define PITBRIDGE_IMPL_ABSENT_NS 20000000U   // likewise, while there is no page that could wake us
#define PITBRIDGE_IMPL_ATTEMPTS 64

static inline uint64_t pitbridge_impl_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/// Less than a second. 0: a signal came.
static inline int pitbridge_impl_nap(uint64_t duration_ns) {
  struct timespec nap;
  nap.tv_sec = 0;
  nap.tv_nsec = (long)duration_ns;
  return nanosleep(&nap, NULL) == 0;
}

/// The writer is done within some 10 us, so the first attempts follow at once, and all end within 5 ms.
static inline void pitbridge_impl_before_attempt(int attempt) {
  if (attempt > PITBRIDGE_IMPL_ATTEMPTS / 4) pitbridge_impl_nap(PITBRIDGE_IMPL_MS / 10);
}

/// A name of at most one directory and one file, that cannot lead out of our directory.
static inline int pitbridge_impl_is_good_name(const char* name, size_t capacity, int slashes) {
  size_t i;
  if (name == NULL || name[0] == '\0') return 0;
  for (i = 0; name[i] != '\0'; ++i) {
    if (i + 1 >= capacity) return 0;
    if (name[i] == '/' && (slashes-- <= 0 || i == 0 || name[i + 1] == '\0')) return 0;
    if (name[i] == '.' && (i == 0 || name[i - 1] == '/')) return 0;
  }
  return 1;
}

/// Opens `directory/name``suffix`, a plain file of at least `least_bytes`; -1 with errno if there is none.
/// A link or a FIFO that somebody planted is refused, and does not hold us up.
static inline int pitbridge_impl_open(const pitbridge_reader* reader, const char* name, const char* suffix,
                                      int flags, uint64_t least_bytes, struct stat* found) {
  char path[PITBRIDGE_DIRECTORY_BYTES + PITBRIDGE_FILE_NAME_BYTES + 16];
  int fd;
  snprintf(path, sizeof path, "%s/%s%s", reader->directory, name, suffix);
  fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return -1;
  if (fstat(fd, found) == 0 && S_ISREG(found->st_mode) && (uint64_t)found->st_size >= least_bytes) return fd;
  close(fd);
  errno = EINVAL;
  return -1;
}

/// Whether all bytes came: a file may have been cut since its size was asked.
static inline int pitbridge_impl_read(int fd, void* out, size_t size_bytes, uint64_t offset) {
  size_t done = 0;
  while (done < size_bytes) {
    const ssize_t n = pread(fd, (char*)out + done, size_bytes - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return 0;
    done += (size_t)n;
  }
  return 1;
}

/// Whether a sequence, read before what it guards was copied, still holds: then the copy is whole.
static inline int pitbridge_impl_is_whole(int fd, uint64_t offset, uint32_t before) {
  uint32_t after;
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return before % 2 == 0 && pitbridge_impl_read(fd, &after, sizeof after, offset) && after == before;
}

// --- Private: the status page ---------------------------------------------------------------------------

static inline pitbridge_result pitbridge_impl_read_page(int fd, pitbridge_status_page* page) {
  pitbridge_header* header = &page->header;
  int attempt;
  uint32_t i;
  for (attempt = 0; attempt < PITBRIDGE_IMPL_ATTEMPTS; ++attempt) {
    pitbridge_impl_before_attempt(attempt);
    if (!pitbridge_impl_read(fd, page, sizeof *page, 0)) return PITBRIDGE_FOREIGN;
    // A page that is just being made holds zeros, and is no foreign one for long.
    if (memcmp(header->magic, "PITBRDG1", 8) != 0 || header->version != 1) return PITBRIDGE_FOREIGN;
    if (header->header_bytes != sizeof *header || header->mapping_bytes != sizeof page->mappings[0] ||
        header->mapping_count > PITBRIDGE_MAX_MAPPINGS)
      return PITBRIDGE_FOREIGN;
    if (!pitbridge_impl_is_whole(fd, offsetof(pitbridge_header, sequence), header->sequence)) continue;
    header->sim[sizeof header->sim - 1] = '\0';
    header->title[sizeof header->title - 1] = '\0';
    header->message[sizeof header->message - 1] = '\0';
    header->prefix[sizeof header->prefix - 1] = '\0';
    for (i = 0; i < header->mapping_count; ++i)
      page->mappings[i].file_name[PITBRIDGE_FILE_NAME_BYTES - 1] = '\0';
    return PITBRIDGE_OK;
  }
  return PITBRIDGE_BUSY;
}

/// A living bridge holds a write lock on its page; the kernel drops it with the process, however it ends.
static inline int pitbridge_impl_is_alive(int fd, const pitbridge_header* header) {
#ifdef F_OFD_GETLK
  const int ask_for_lock = F_OFD_GETLK;
#else
  const int ask_for_lock = 36;  // the same on every architecture; C libraries show it with _GNU_SOURCE only
#endif
  struct flock lock;
  uint64_t now_ns;
  memset(&lock, 0, sizeof lock);
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (fcntl(fd, ask_for_lock, &lock) == 0) return lock.l_type != F_UNLCK;
  now_ns = pitbridge_impl_now_ns();
  return header->heartbeat_ns <= now_ns && now_ns - header->heartbeat_ns < 2000000000U;
}

static inline void pitbridge_impl_drop_status(pitbridge_reader* reader) {
  if (reader->status_map != NULL) munmap(reader->status_map, 4096);
  // No file has inode 0: a reader of zeros, which was never opened, does not close descriptor 0.
  if (reader->status_fd >= 0 && reader->status_inode != 0) close(reader->status_fd);
  reader->status_map = NULL;
  reader->status_fd = -1;
}

static inline void pitbridge_impl_drop_readers(pitbridge_reader* reader) {
  if (reader->readers_map != NULL) munmap(reader->readers_map, 4096);
  reader->readers_map = NULL;
}

static inline void* pitbridge_impl_map(int fd, int protection) {
  void* at = mmap(NULL, 4096, protection, MAP_SHARED, fd, 0);
  return at == MAP_FAILED ? NULL : at;
}

/// Takes the status page that is at the path now. One that is not written yet does not displace a good one.
static inline void pitbridge_impl_follow_status(pitbridge_reader* reader) {
  struct stat found;
  pitbridge_status_page page;
  pitbridge_result readable;
  const int fd =
      pitbridge_impl_open(reader, reader->page_name, "", O_RDONLY, sizeof(pitbridge_status_page), &found);
  if (fd < 0) {
    reader->no_page = errno == ENOENT    ? PITBRIDGE_ABSENT
                      : errno == EINVAL  ? PITBRIDGE_FOREIGN
                      : errno == ENOTDIR ? PITBRIDGE_ABSENT
                                         : PITBRIDGE_DENIED;
    return;
  }
  if (reader->status_fd >= 0 && found.st_dev == reader->status_device &&
      found.st_ino == reader->status_inode) {
    close(fd);
    return;
  }
  readable = pitbridge_impl_read_page(fd, &page);
  if (readable != PITBRIDGE_OK) {
    reader->no_page = readable;
    close(fd);
    return;
  }
  pitbridge_impl_drop_status(reader);
  reader->status_fd = fd;
  reader->status_map = pitbridge_impl_map(fd, PROT_READ);
  reader->status_device = found.st_dev;
  reader->status_inode = found.st_ino;
  reader->seen_any = 0;
}

/// Likewise the page where we say that we wait. Without it the bridge wakes nobody, and we take short naps.
static inline void pitbridge_impl_follow_readers(pitbridge_reader* reader) {
  struct stat found;
  const int fd = pitbridge_impl_open(reader, reader->page_name, ".readers", O_RDWR, 4096, &found);
  // Another name of the same file could be a document of ours.
  if (fd < 0 || found.st_nlink != 1) {
    pitbridge_impl_drop_readers(reader);
  } else if (reader->readers_map == NULL || found.st_dev != reader->readers_device ||
             found.st_ino != reader->readers_inode) {
    pitbridge_impl_drop_readers(reader);
    reader->readers_map = pitbridge_impl_map(fd, PROT_READ | PROT_WRITE);
    reader->readers_device = found.st_dev;
    reader->readers_inode = found.st_ino;
    reader->asked_ns = 0;
  }
  if (fd >= 0) close(fd);
}

/// Turns to the sim that the live page names. While it names none, the one before is kept.
static inline void pitbridge_impl_follow_live(pitbridge_reader* reader) {
  const uint64_t now_ns = pitbridge_impl_now_ns();
  char name[sizeof reader->page_name];
  pitbridge_live_page page;
  struct stat found;
  int is_good;
  const int fd = pitbridge_impl_open(reader, "pitbridge.live", "", O_RDONLY, sizeof page, &found);
  if (fd < 0) return;
  is_good = pitbridge_impl_read(fd, &page, sizeof page, 0) && memcmp(page.magic, "PITBLIV1", 8) == 0 &&
            page.version == 1 &&
            pitbridge_impl_is_whole(fd, offsetof(pitbridge_live_page, sequence), page.sequence);
  close(fd);
  if (!is_good || page.bridge_pid == 0) return;
  if (now_ns > page.heartbeat_ns && now_ns - page.heartbeat_ns > 2000000000U) return;  // killed
  page.sim[sizeof page.sim - 1] = '\0';
  if (!pitbridge_impl_is_good_name(page.sim, sizeof page.sim, 0)) return;
  snprintf(name, sizeof name, "pitbridge.%s", page.sim);
  if (strcmp(name, reader->page_name) == 0) return;
  pitbridge_impl_drop_status(reader);
  pitbridge_impl_drop_readers(reader);
  strcpy(reader->page_name, name);
  reader->seen_any = 0;
  reader->asked_ns = 0;
}

static inline void pitbridge_impl_follow(pitbridge_reader* reader) {
  reader->looked_ns = pitbridge_impl_now_ns();
  if (reader->follows_live) pitbridge_impl_follow_live(reader);
  if (reader->page_name[0] == '\0') {
    reader->no_page = PITBRIDGE_NO_GAME;  // none has been driven
    return;
  }
  pitbridge_impl_follow_status(reader);
  if (reader->status_fd >= 0) pitbridge_impl_follow_readers(reader);
}

static inline pitbridge_result pitbridge_impl_look(pitbridge_reader* reader, pitbridge_status_page* page) {
  pitbridge_result result;
  if (reader->status_fd < 0) {
    result = reader->no_page;
  } else {
    result = pitbridge_impl_read_page(reader->status_fd, page);
    if (result == PITBRIDGE_OK) {
      if (!pitbridge_impl_is_alive(reader->status_fd, &page->header)) return PITBRIDGE_DEAD;
      if (page->header.state != PITBRIDGE_STATE_ATTACHED && page->header.state != PITBRIDGE_STATE_PAUSED)
        return PITBRIDGE_NO_GAME;
      return PITBRIDGE_OK;
    }
  }
  memset(page, 0, sizeof *page);
  return result;
}

// --- Private: telling the bridge ------------------------------------------------------------------------

/// Adds 1 to a word of the readers' page: `waits` or `value_requests`. The kernel does it, atomically and in
/// sequentially consistent order, because it survives a page that was cut away; it wakes nobody.
static inline int pitbridge_impl_raise(const pitbridge_reader* reader, size_t offset) {
  char* word;
  if (reader->readers_map == NULL) return 0;
  word = (char*)reader->readers_map + offset;
  return syscall(SYS_futex, word, FUTEX_WAKE_OP, 0, 0L, word,
                 FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_LT, 0)) >= 0;
}

static inline void pitbridge_impl_ask_for_values(pitbridge_reader* reader) {
  const uint64_t now_ns = pitbridge_impl_now_ns();
  if (!reader->wants_values) return;
  if (reader->asked_ns != 0 && now_ns - reader->asked_ns < PITBRIDGE_IMPL_ASK_NS) return;
  if (pitbridge_impl_raise(reader, 4)) reader->asked_ns = now_ns;
}

/// Sleeps, for less than a second, until a publication that `word` does not count yet. 0: a signal came.
static inline int pitbridge_impl_sleep(const pitbridge_reader* reader, uint32_t word, uint64_t duration_ns) {
  // What futex(2) takes under this number: two longs, also where time_t is wider.
  struct {
    long seconds, nanoseconds;
  } timeout;
  if (reader->status_map != NULL && pitbridge_impl_raise(reader, 0)) {
    timeout.seconds = 0;
    timeout.nanoseconds = (long)duration_ns;
    if (syscall(SYS_futex, (char*)reader->status_map + offsetof(pitbridge_header, futex_word), FUTEX_WAIT,
                word, &timeout, NULL, 0) == 0 ||
        errno == EAGAIN || errno == ETIMEDOUT)
      return 1;
    if (errno == EINTR) return 0;
  }
  // An older bridge, one of another user, or a page that was cut.
  return pitbridge_impl_nap(duration_ns < PITBRIDGE_IMPL_MS ? duration_ns : PITBRIDGE_IMPL_MS);
}

// --- Opening, liveness, waiting -------------------------------------------------------------------------

/// Begins to read `sim` ("ac", "r3e", ...; see `pitbridge list`) in `directory`, or with null in
/// $PITBRIDGE_SHM_DIR, else /dev/shm. Nothing need be there yet: whatever comes later is found. Fails with
/// PITBRIDGE_BAD_NAME only; also then `pitbridge_close` may be called.
static inline pitbridge_result pitbridge_open(pitbridge_reader* reader, const char* sim,
                                              const char* directory) {
  memset(reader, 0, sizeof *reader);
  reader->status_fd = -1;
  reader->no_page = PITBRIDGE_ABSENT;
  if (directory == NULL) directory = getenv("PITBRIDGE_SHM_DIR");
  if (directory == NULL || directory[0] == '\0') directory = "/dev/shm";
  if (!pitbridge_impl_is_good_name(sim, 32, 0) || strlen(directory) >= sizeof reader->directory) {
    reader->no_page = PITBRIDGE_BAD_NAME;
    return PITBRIDGE_BAD_NAME;
  }
  strcpy(reader->directory, directory);
  snprintf(reader->page_name, sizeof reader->page_name, "pitbridge.%s", sim);
  return PITBRIDGE_OK;
}

/// Begins to read whichever sim is driven, and goes with the player from game to game. Between two games it
/// stays with the one before; until the first the answer is PITBRIDGE_NO_GAME. `directory` as in
/// `pitbridge_open`.
static inline pitbridge_result pitbridge_open_live(pitbridge_reader* reader, const char* directory) {
  const pitbridge_result result = pitbridge_open(reader, "live", directory);
  if (result != PITBRIDGE_OK) return result;
  reader->page_name[0] = '\0';
  reader->no_page = PITBRIDGE_NO_GAME;
  reader->follows_live = 1;
  return PITBRIDGE_OK;
}

/// The sim that is read now ("ac"); "" while none has been driven.
static inline const char* pitbridge_sim(const pitbridge_reader* reader) {
  return reader->page_name[0] == '\0' ? "" : reader->page_name + strlen("pitbridge.");
}

/// Gives everything back.
static inline void pitbridge_close(pitbridge_reader* reader) {
  pitbridge_impl_drop_status(reader);
  pitbridge_impl_drop_readers(reader);
}

/// Copies the status page, and says whether data is live: PITBRIDGE_OK, or why not. The page is all zeros if
/// it cannot be read; else it holds what was last written. Follows a bridge that was restarted, and files
/// that were made anew.
static inline pitbridge_result pitbridge_status(pitbridge_reader* reader, pitbridge_status_page* page) {
  pitbridge_result result;
  if (pitbridge_impl_now_ns() - reader->looked_ns >=
      (reader->follows_live ? PITBRIDGE_IMPL_LIVE_NS : PITBRIDGE_IMPL_LOOK_NS))
    pitbridge_impl_follow(reader);
  result = pitbridge_impl_look(reader, page);
  if (result == PITBRIDGE_OK || result == PITBRIDGE_NO_GAME) return result;
  pitbridge_impl_follow(reader);
  return pitbridge_impl_look(reader, page);
}

/// Waits until something is published that an earlier call has not reported: an update of any mapping, new
/// values, a section that came or went. Returns PITBRIDGE_OK if data is live then, else at once why it is
/// not; at the end of `timeout_ms` (negative: never) PITBRIDGE_TIMEOUT, or why there is no data. The first
/// call returns at once if there is data. While it waits no CPU time is used, unless the bridge gives no way
/// to be woken; then it looks each millisecond.
static inline pitbridge_result pitbridge_wait(pitbridge_reader* reader, int timeout_ms) {
  const uint64_t begin_ns = pitbridge_impl_now_ns();
  const uint64_t timeout_ns = timeout_ms < 0 ? UINT64_MAX : (uint64_t)timeout_ms * PITBRIDGE_IMPL_MS;
  pitbridge_status_page page;
  for (;;) {
    const pitbridge_result result = pitbridge_status(reader, &page);
    const pitbridge_header* header = &page.header;
    const int has_page = header->version != 0;
    uint64_t passed_ns, left_ns, longest_ns;
    if (has_page && (!reader->seen_any || header->futex_word != reader->seen_word ||
                     header->bridge_start_ns != reader->seen_start_ns)) {
      // The first look at a page without data is no news of it.
      const int is_news = reader->seen_any || result == PITBRIDGE_OK;
      reader->seen_any = 1;
      reader->seen_word = header->futex_word;
      reader->seen_start_ns = header->bridge_start_ns;
      if (is_news) return result;
    }
    pitbridge_impl_ask_for_values(reader);
    passed_ns = pitbridge_impl_now_ns() - begin_ns;
    if (passed_ns >= timeout_ns) return result == PITBRIDGE_OK ? PITBRIDGE_TIMEOUT : result;
    left_ns = timeout_ns - passed_ns;
    longest_ns = has_page ? PITBRIDGE_IMPL_SLICE_NS : PITBRIDGE_IMPL_ABSENT_NS;
    if (left_ns > longest_ns) left_ns = longest_ns;
    if (!(has_page ? pitbridge_impl_sleep(reader, header->futex_word, left_ns) : pitbridge_impl_nap(left_ns)))
      return PITBRIDGE_INTERRUPTED;
  }
}

/// The record of a mapping by the name of its file; null when the page has none.
static inline const pitbridge_mapping* pitbridge_find_mapping(const pitbridge_status_page* page,
                                                              const char* file_name) {
  uint32_t i;
  for (i = 0; i < page->header.mapping_count && i < PITBRIDGE_MAX_MAPPINGS; ++i)
    if (strcmp(page->mappings[i].file_name, file_name) == 0) return &page->mappings[i];
  return NULL;
}

/// Waits until the mapping, or with null any mapping, is attached and the game has written to it. Leaves what
/// it saw for `pitbridge_wait` to report.
static inline pitbridge_result pitbridge_wait_for_data(pitbridge_reader* reader, const char* file_name,
                                                       int timeout_ms) {
  const uint64_t begin_ns = pitbridge_impl_now_ns();
  pitbridge_status_page page;
  for (;;) {
    pitbridge_result result = pitbridge_status(reader, &page);
    uint64_t passed_ms;
    uint32_t i;
    for (i = 0; result == PITBRIDGE_OK && i < page.header.mapping_count; ++i) {
      const pitbridge_mapping* mapping = &page.mappings[i];
      if (file_name != NULL && strcmp(mapping->file_name, file_name) != 0) continue;
      if (mapping->attached == 0 || mapping->updates == 0) continue;
      reader->seen_any = 0;
      return PITBRIDGE_OK;
    }
    passed_ms = (pitbridge_impl_now_ns() - begin_ns) / PITBRIDGE_IMPL_MS;
    if (timeout_ms >= 0 && passed_ms >= (uint64_t)timeout_ms)
      return result == PITBRIDGE_OK ? PITBRIDGE_TIMEOUT : result;
    result = pitbridge_wait(reader, timeout_ms < 0 ? -1 : timeout_ms - (int)passed_ms);
    if (result == PITBRIDGE_INTERRUPTED) return result;
  }
}

// --- Whole copies ---------------------------------------------------------------------------------------

/// `at_most`: a part that ends behind the section is cut there, and not refused.
static inline pitbridge_result pitbridge_impl_snapshot(pitbridge_reader* reader, const char* file_name,
                                                       const pitbridge_part* parts, size_t part_count,
                                                       int at_most, pitbridge_mapping* record) {
  pitbridge_status_page page;
  int attempt;
  memset(record, 0, sizeof *record);
  if (!pitbridge_impl_is_good_name(file_name, PITBRIDGE_FILE_NAME_BYTES, 1)) return PITBRIDGE_BAD_NAME;
  for (attempt = 0; attempt < PITBRIDGE_IMPL_ATTEMPTS; ++attempt) {
    const pitbridge_mapping* mapping;
    struct stat found;
    int fd, complete = 1;
    size_t i;
    uint64_t offset;
    pitbridge_result result;
    pitbridge_impl_before_attempt(attempt);
    result = pitbridge_status(reader, &page);
    if (result != PITBRIDGE_OK) return result;
    mapping = pitbridge_find_mapping(&page, file_name);
    if (mapping == NULL || mapping->attached == 0) return PITBRIDGE_NO_MAPPING;
    if (mapping->sequence % 2 != 0) continue;
    fd = pitbridge_impl_open(reader, file_name, "", O_RDONLY, mapping->size_bytes, &found);
    if (fd < 0) return PITBRIDGE_CUT;
    for (i = 0; i < part_count && complete; ++i) {
      const pitbridge_part* part = &parts[i];
      const uint64_t left =
          part->offset_bytes < mapping->size_bytes ? mapping->size_bytes - part->offset_bytes : 0;
      const size_t size_bytes = at_most && left < part->size_bytes ? (size_t)left : part->size_bytes;
      complete = size_bytes <= left && pitbridge_impl_read(fd, part->out, size_bytes, part->offset_bytes);
    }
    close(fd);
    offset = (uint64_t)((const char*)mapping - (const char*)&page);
    if (!pitbridge_impl_is_whole(reader->status_fd, offset, mapping->sequence)) continue;
    if (!complete) return PITBRIDGE_CUT;
    *record = *mapping;
    return PITBRIDGE_OK;
  }
  return PITBRIDGE_BUSY;
}

/// Copies parts of the mirrored bytes of a mapping, all of one moment, and its record: of a large mapping
/// what is wanted costs little. PITBRIDGE_OK: all are of one update, from a living bridge with its game.
/// Otherwise they hold nothing of use; PITBRIDGE_CUT also where a part ends behind the section. The file is
/// opened anew each time: that takes 1.4 us, and no inode that somebody unlinked is ever held on to.
static inline pitbridge_result pitbridge_snapshot_parts(pitbridge_reader* reader, const char* file_name,
                                                        const pitbridge_part* parts, size_t part_count,
                                                        pitbridge_mapping* record) {
  return pitbridge_impl_snapshot(reader, file_name, parts, part_count, 0, record);
}

/// The same from the begin of the mapping, at most `capacity_bytes`; the record says how many there are.
static inline pitbridge_result pitbridge_snapshot(pitbridge_reader* reader, const char* file_name, void* out,
                                                  size_t capacity_bytes, pitbridge_mapping* record) {
  pitbridge_part part;
  part.offset_bytes = 0;
  part.out = out;
  part.size_bytes = capacity_bytes;
  return pitbridge_impl_snapshot(reader, file_name, &part, 1, 1, record);
}

// --- A view without a copy ------------------------------------------------------------------------------

/// Maps the mirrored file, so that a few fields of a large mapping can be read where they lie. Between
/// `pitbridge_view_begin` and `pitbridge_view_end` the bridge may write at any moment; what was read in
/// between is of one update if the second says so, and is otherwise to be thrown away. Do not follow an index
/// or a pointer from there before that. For a bridge of the same user only, because whoever else holds the
/// file could cut it, which would end you with SIGBUS. The caller closes it.
static inline pitbridge_result pitbridge_view_open(pitbridge_reader* reader, const char* file_name,
                                                   pitbridge_view* view) {
  pitbridge_status_page page;
  const pitbridge_mapping* mapping;
  struct stat found;
  void* at = MAP_FAILED;
  int fd;
  pitbridge_result result;
  memset(view, 0, sizeof *view);
  if (!pitbridge_impl_is_good_name(file_name, sizeof view->file_name, 1)) return PITBRIDGE_BAD_NAME;
  result = pitbridge_status(reader, &page);
  if (result != PITBRIDGE_OK) return result;
  mapping = pitbridge_find_mapping(&page, file_name);
  if (mapping == NULL || mapping->attached == 0) return PITBRIDGE_NO_MAPPING;
  fd = pitbridge_impl_open(reader, file_name, "", O_RDONLY, mapping->size_bytes, &found);
  if (fd < 0) return PITBRIDGE_CUT;
  if (found.st_uid == geteuid() && mapping->size_bytes != 0 && mapping->size_bytes <= SIZE_MAX / 2)
    at = mmap(NULL, (size_t)mapping->size_bytes, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return PITBRIDGE_NO_SECTION;
  view->data = at;
  view->size_bytes = (size_t)mapping->size_bytes;
  view->device = found.st_dev;
  view->inode = found.st_ino;
  memcpy(view->file_name, file_name, strlen(file_name) + 1);
  return PITBRIDGE_OK;
}

/// PITBRIDGE_OK: the bytes are live, and are not being written just now. PITBRIDGE_CUT: the file was made
/// anew or the section has another size; close the view, and open it again. Costs 2 us.
static inline pitbridge_result pitbridge_view_begin(pitbridge_reader* reader, pitbridge_view* view) {
  char path[PITBRIDGE_DIRECTORY_BYTES + PITBRIDGE_FILE_NAME_BYTES + 16];
  int attempt;
  snprintf(path, sizeof path, "%s/%s", reader->directory, view->file_name);
  for (attempt = 0; attempt < PITBRIDGE_IMPL_ATTEMPTS; ++attempt) {
    pitbridge_status_page page;
    const pitbridge_mapping* mapping;
    struct stat found;
    pitbridge_result result;
    pitbridge_impl_before_attempt(attempt);
    result = pitbridge_status(reader, &page);
    if (result != PITBRIDGE_OK) return result;
    mapping = pitbridge_find_mapping(&page, view->file_name);
    if (mapping == NULL || mapping->attached == 0) return PITBRIDGE_NO_MAPPING;
    if (mapping->size_bytes != view->size_bytes || lstat(path, &found) != 0 || found.st_dev != view->device ||
        found.st_ino != view->inode || (uint64_t)found.st_size < view->size_bytes)
      return PITBRIDGE_CUT;
    if (mapping->sequence % 2 != 0) continue;
    view->sequence = mapping->sequence;
    view->record_offset = (uint64_t)((const char*)mapping - (const char*)&page);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return PITBRIDGE_OK;
  }
  return PITBRIDGE_BUSY;
}

/// PITBRIDGE_OK: all that was read since `pitbridge_view_begin` is of one update. PITBRIDGE_BUSY: begin
/// again.
static inline pitbridge_result pitbridge_view_end(const pitbridge_reader* reader,
                                                  const pitbridge_view* view) {
  return pitbridge_impl_is_whole(reader->status_fd, view->record_offset, view->sequence) ? PITBRIDGE_OK
                                                                                         : PITBRIDGE_BUSY;
}

static inline void pitbridge_view_close(pitbridge_view* view) {
  if (view->data != NULL) munmap((void*)(uintptr_t)view->data, view->size_bytes);
  memset(view, 0, sizeof *view);
}

/// Whether the page's values are of what the game shows now: not of an earlier bridge, not left over from the
/// last time that somebody asked for values, and not those of nothing, which a bridge puts there when all
/// have stopped asking.
static inline int pitbridge_impl_are_current(const pitbridge_values* values,
                                             const pitbridge_status_page* page) {
  const uint64_t tolerance_ns = 500 * PITBRIDGE_IMPL_MS;
  uint32_t i;
  int any = values->activity != PITBRIDGE_ACTIVITY_UNKNOWN || values->title[0] != '\0';
  for (i = 0; i < values->entry_count; ++i) any |= values->entries[i].kind != 0;
  if (!any || values->updated_ns < page->header.bridge_start_ns) return 0;
  for (i = 0; i < page->header.mapping_count; ++i) {
    const uint64_t change_ns = page->mappings[i].last_change_ns;
    if (page->mappings[i].attached && change_ns > values->updated_ns &&
        change_ns - values->updated_ns > tolerance_ns)
      return 0;
  }
  return 1;
}

/// What lies behind the first entries, as far as the page says that it is there. 0: it cannot be read.
static inline int pitbridge_impl_read_further_values(int fd, pitbridge_values* values) {
  if (values->details_offset != PITBRIDGE_IMPL_ENTRIES_BYTES ||
      values->details_bytes < PITBRIDGE_IMPL_DETAILS_BYTES) {
    values->more_count = 0;  // an older bridge, or somebody else's page
    return 1;
  }
  if (!pitbridge_impl_read(fd, values->title, PITBRIDGE_IMPL_DETAILS_BYTES, PITBRIDGE_IMPL_ENTRIES_BYTES))
    return 0;
  if (values->more_offset != offsetof(pitbridge_values, more)) values->more_count = 0;
  if (values->more_count > PITBRIDGE_MORE_VALUES) values->more_count = PITBRIDGE_MORE_VALUES;
  if (values->cars_offset != offsetof(pitbridge_values, cars) || values->car_bytes != sizeof values->cars[0])
    values->car_count = 0;
  if (values->car_count > PITBRIDGE_MAX_CARS) values->car_count = PITBRIDGE_MAX_CARS;
  return pitbridge_impl_read(fd, values->more, values->more_count * sizeof values->more[0],
                             offsetof(pitbridge_values, more)) &&
         pitbridge_impl_read(fd, values->cars, values->car_count * sizeof values->cars[0],
                             offsetof(pitbridge_values, cars));
}

/// Bounds what is used as an index or as a text: other programs may have written the page.
static inline void pitbridge_impl_bound_values(pitbridge_value* value, uint32_t count) {
  for (; count != 0; --count, ++value) {
    value->name[sizeof value->name - 1] = '\0';
    value->unit[sizeof value->unit - 1] = '\0';
    value->text[sizeof value->text - 1] = '\0';
    if (value->kind > 2) value->kind = 0;
    if (value->kind == 0 && value->count > PITBRIDGE_ABSENT_CUT_OFF) value->count = 0;
    if (value->kind != 0 && value->count > 4) value->count = 4;
  }
}

static inline pitbridge_result pitbridge_impl_read_values_page(int fd, pitbridge_values* values) {
  static const char none[8] = {0};
  int attempt;
  uint32_t i;
  for (attempt = 0; attempt < PITBRIDGE_IMPL_ATTEMPTS; ++attempt) {
    pitbridge_impl_before_attempt(attempt);
    memset(values, 0, sizeof *values);
    if (!pitbridge_impl_read(fd, values, PITBRIDGE_IMPL_ENTRIES_BYTES, 0)) return PITBRIDGE_NO_VALUES;
    if (memcmp(values->magic, none, 8) == 0) return PITBRIDGE_NO_VALUES;
    if (memcmp(values->magic, "PITBVAL1", 8) != 0 || values->version != 1 || values->header_bytes != 64 ||
        values->entry_bytes != sizeof values->entries[0] || values->entry_count > PITBRIDGE_FIRST_VALUES)
      return PITBRIDGE_FOREIGN;
    if (!pitbridge_impl_read_further_values(fd, values)) return PITBRIDGE_NO_VALUES;
    if (!pitbridge_impl_is_whole(fd, offsetof(pitbridge_values, sequence), values->sequence)) continue;
    pitbridge_impl_bound_values(values->entries, PITBRIDGE_FIRST_VALUES);
    pitbridge_impl_bound_values(values->more, values->more_count);
    for (i = 0; i < values->car_count; ++i) {
      pitbridge_car* car = &values->cars[i];
      car->car_number[sizeof car->car_number - 1] = '\0';
      car->driver[sizeof car->driver - 1] = '\0';
      car->car[sizeof car->car - 1] = '\0';
      car->car_class[sizeof car->car_class - 1] = '\0';
    }
    values->title[sizeof values->title - 1] = '\0';
    values->layout_version[sizeof values->layout_version - 1] = '\0';
    values->fault[sizeof values->fault - 1] = '\0';
    if (values->activity > PITBRIDGE_ACTIVITY_LIVE) values->activity = PITBRIDGE_ACTIVITY_UNKNOWN;
    return PITBRIDGE_OK;
  }
  return PITBRIDGE_BUSY;
}

/// Copies the decoded values, all of one moment. The first call asks the bridge to decode, so it may answer
/// PITBRIDGE_NO_VALUES for 0.2 s; from then on `pitbridge_wait` goes on asking, until the reader is closed.
static inline pitbridge_result pitbridge_read_values(pitbridge_reader* reader, pitbridge_values* values) {
  pitbridge_status_page page;
  struct stat found;
  int fd;
  pitbridge_result result = pitbridge_status(reader, &page);
  reader->wants_values = 1;
  pitbridge_impl_ask_for_values(reader);
  if (result == PITBRIDGE_OK) {
    fd = pitbridge_impl_open(reader, reader->page_name, ".values", O_RDONLY, PITBRIDGE_IMPL_ENTRIES_BYTES,
                             &found);
    result = fd < 0 ? PITBRIDGE_NO_VALUES : pitbridge_impl_read_values_page(fd, values);
    if (fd >= 0) close(fd);
    if (result == PITBRIDGE_OK && !pitbridge_impl_are_current(values, &page)) result = PITBRIDGE_NO_VALUES;
  }
  if (result != PITBRIDGE_OK) memset(values, 0, sizeof *values);
  return result;
}

static inline const pitbridge_value* pitbridge_impl_find_entry(const pitbridge_values* values,
                                                               const char* name) {
  uint32_t i;
  for (i = 0; i < values->entry_count && i < PITBRIDGE_FIRST_VALUES; ++i)
    if (strcmp(values->entries[i].name, name) == 0) return &values->entries[i];
  for (i = 0; i < values->more_count && i < PITBRIDGE_MORE_VALUES; ++i)
    if (strcmp(values->more[i].name, name) == 0) return &values->more[i];
  return NULL;
}

/// A value by its name ("rpm", "speed", "gear", ...; all are in pitbridge-shm(7)). Null when there is none
/// now; `pitbridge_why_absent` says why.
static inline const pitbridge_value* pitbridge_find_value(const pitbridge_values* values, const char* name) {
  const pitbridge_value* value = pitbridge_impl_find_entry(values, name);
  return value != NULL && value->kind != 0 ? value : NULL;
}

/// PITBRIDGE_ABSENT_..., of a quantity that has no value.
static inline uint32_t pitbridge_why_absent(const pitbridge_values* values, const char* name) {
  const pitbridge_value* value = pitbridge_impl_find_entry(values, name);
  return value != NULL && value->kind == 0 ? value->count : (uint32_t)PITBRIDGE_ABSENT_UNKNOWN;
}

/// For people: "not given by this sim".
static inline const char* pitbridge_absent_message(uint32_t reason) {
  static const char* const messages[] = {
      "nothing is known of the game",    "not given by this sim", "no value yet",
      "the game's version is not known", "implausible",           "the game is off",
      "the game's memory ends before it"};
  return messages[reason <= PITBRIDGE_ABSENT_CUT_OFF ? reason : 0];
}

/// Element `index` of a number, or `otherwise` when there is none.
static inline double pitbridge_number(const pitbridge_values* values, const char* name, uint32_t index,
                                      double otherwise) {
  const pitbridge_value* value = pitbridge_find_value(values, name);
  return value != NULL && value->kind == 1 && index < value->count && index < 4 ? value->number[index]
                                                                                : otherwise;
}

/// A text in UTF-8, or "" when there is none. Belongs to `values`.
static inline const char* pitbridge_text(const pitbridge_values* values, const char* name) {
  const pitbridge_value* value = pitbridge_find_value(values, name);
  return value != NULL && value->kind == 2 ? value->text : "";
}

/// The player's own car among all; null where the sim does not tell.
static inline const pitbridge_car* pitbridge_own_car(const pitbridge_values* values) {
  uint32_t i;
  for (i = 0; i < values->car_count && i < PITBRIDGE_MAX_CARS; ++i)
    if (values->cars[i].is_player) return &values->cars[i];
  return NULL;
}

static inline const char* pitbridge_activity_name(uint32_t activity) {
  static const char* const names[] = {"unknown", "off", "menu", "replay", "paused", "live"};
  return names[activity <= PITBRIDGE_ACTIVITY_LIVE ? activity : 0];
}

// --- No copy --------------------------------------------------------------------------------------------

/// The bridge's answer to a request for a section.
typedef struct pitbridge_impl_reply {
  uint32_t version;
  uint32_t outcome;
  uint64_t size_bytes;
  uint64_t device;
  uint64_t inode;
} pitbridge_impl_reply;

/// Takes the descriptor out of a reply, and closes what else came with it. -1: the bridge gives none.
static inline int pitbridge_impl_receive_section(int socket_fd, pitbridge_impl_reply* reply) {
  enum { MOST_FDS = 8 };  // one is right; the kernel closes those that find no room
  // As a union the room is aligned as the kernel wants it.
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(MOST_FDS * sizeof(int))];
  } control;
  struct iovec part;
  struct msghdr message;
  struct cmsghdr* item;
  ssize_t size;
  int fds[MOST_FDS];
  size_t count = 0, i;
  memset(&message, 0, sizeof message);
  memset(&control, 0, sizeof control);
  part.iov_base = reply;
  part.iov_len = sizeof *reply;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  size = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (size < 0) return -1;
  for (item = CMSG_FIRSTHDR(&message); item != NULL; item = CMSG_NXTHDR(&message, item)) {
    size_t in_item;
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    in_item = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (i = 0; i < in_item && count < MOST_FDS; ++i)
      memcpy(&fds[count++], CMSG_DATA(item) + i * sizeof(int), sizeof(int));
  }
  if (count == 1 && size == (ssize_t)sizeof *reply && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 &&
      reply->version == 1 && reply->outcome == 0)
    return fds[0];
  for (i = 0; i < count; ++i) close(fds[i]);
  return -1;
}

/// Asks the bridge for the section's descriptor; -1: there is no server, or it gives none.
static inline int pitbridge_impl_request_section(const pitbridge_reader* reader, const char* file_name,
                                                 pitbridge_impl_reply* reply) {
  struct sockaddr_un address;
  struct pollfd answer;
  struct {
    pid_t pid;
    uid_t uid;
    gid_t gid;
  } peer;
  socklen_t peer_bytes = sizeof peer;
  int directory_fd, fd, section_fd = -1;
  directory_fd = open(reader->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  // A long path does not fit into an address; by its directory's descriptor it does.
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s.sock", directory_fd,
           reader->page_name);
  if (connect(fd, (const struct sockaddr*)&address, sizeof address) == 0 &&
      getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_bytes) == 0 && peer.uid == geteuid() &&
      send(fd, file_name, strlen(file_name), MSG_NOSIGNAL) == (ssize_t)strlen(file_name)) {
    answer.fd = fd;
    answer.events = POLLIN;
    answer.revents = 0;
    if (poll(&answer, 1, 1000) == 1) section_fd = pitbridge_impl_receive_section(fd, reply);
  }
  if (fd >= 0) close(fd);
  if (directory_fd >= 0) close(directory_fd);
  return section_fd;
}

/// Without a server: the descriptor by way of /proc, which needs no consent, but may be forbidden by the
/// system.
static inline int pitbridge_impl_section_of_process(int32_t pid, const pitbridge_mapping* mapping) {
  char path[64];
  struct stat found;
  if (pid <= 0 || mapping->section_fd < 0) return -1;
  snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, (int)mapping->section_fd);
  // To open a device can have effects of its own, so look first.
  if (stat(path, &found) != 0 || !S_ISREG(found.st_mode) || found.st_dev != mapping->section_device ||
      found.st_ino != mapping->section_inode)
    return -1;
  return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/// Maps the game's own pages, with no copy between the game and you. Only the sim's own rule (sequence
/// number, version pair, ...) keeps a state whole there. Works for a bridge of the same user only, because
/// whoever else holds the file could cut it, which would end you with SIGBUS. With PITBRIDGE_NO_SECTION use
/// `pitbridge_snapshot`. May take up to a second, commonly 0.2. The caller closes it.
static inline pitbridge_result pitbridge_section_open(pitbridge_reader* reader, const char* file_name,
                                                      pitbridge_section* section) {
  pitbridge_status_page page;
  const pitbridge_mapping* mapping;
  pitbridge_impl_reply reply;
  struct stat found;
  void* at = MAP_FAILED;
  int fd;
  pitbridge_result result;
  memset(section, 0, sizeof *section);
  if (!pitbridge_impl_is_good_name(file_name, PITBRIDGE_FILE_NAME_BYTES, 1)) return PITBRIDGE_BAD_NAME;
  result = pitbridge_status(reader, &page);
  if (result != PITBRIDGE_OK) return result;
  mapping = pitbridge_find_mapping(&page, file_name);
  if (mapping == NULL || mapping->attached == 0) return PITBRIDGE_NO_MAPPING;
  if (fstat(reader->status_fd, &found) != 0 || found.st_uid != geteuid()) return PITBRIDGE_NO_SECTION;
  memset(&reply, 0, sizeof reply);
  fd = pitbridge_impl_request_section(reader, file_name, &reply);
  if (fd < 0) {
    reply.size_bytes = mapping->size_bytes;
    reply.device = mapping->section_device;
    reply.inode = mapping->section_inode;
    fd = pitbridge_impl_section_of_process(page.header.bridge_pid, mapping);
  }
  if (fd < 0) return PITBRIDGE_NO_SECTION;
  if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && found.st_dev == reply.device &&
      found.st_ino == reply.inode && reply.size_bytes != 0 && reply.size_bytes <= (uint64_t)found.st_size &&
      reply.size_bytes <= SIZE_MAX / 2)
    at = mmap(NULL, (size_t)reply.size_bytes, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return PITBRIDGE_NO_SECTION;
  section->data = at;
  section->size_bytes = (size_t)reply.size_bytes;
  section->device = reply.device;
  section->inode = reply.inode;
  return PITBRIDGE_OK;
}

/// PITBRIDGE_OK while the section is the one that the game writes to. Otherwise close it, and open it again
/// when there is data. Costs 1 us; ask about once a frame.
static inline pitbridge_result pitbridge_section_check(pitbridge_reader* reader, const char* file_name,
                                                       const pitbridge_section* section) {
  pitbridge_status_page page;
  const pitbridge_mapping* mapping;
  const pitbridge_result result = pitbridge_status(reader, &page);
  if (result != PITBRIDGE_OK) return result;
  mapping = pitbridge_find_mapping(&page, file_name);
  if (mapping == NULL || mapping->attached == 0) return PITBRIDGE_NO_MAPPING;
  return section->data != NULL && mapping->section_device == section->device &&
                 mapping->section_inode == section->inode
             ? PITBRIDGE_OK
             : PITBRIDGE_NO_SECTION;
}

static inline void pitbridge_section_close(pitbridge_section* section) {
  if (section->data != NULL) munmap((void*)(uintptr_t)section->data, section->size_bytes);
  memset(section, 0, sizeof *section);
}

// --- Words ----------------------------------------------------------------------------------------------

/// What a result means, and what to do about it. Never null.
static inline const char* pitbridge_message(pitbridge_result result) {
  switch (result) {
    case PITBRIDGE_OK:
      return "data is live";
    case PITBRIDGE_TIMEOUT:
      return "nothing new came in time; the game may be paused";
    case PITBRIDGE_INTERRUPTED:
      return "a signal ended the wait";
    case PITBRIDGE_ABSENT:
      return "no bridge of this sim has run yet; start it, or name its directory by PITBRIDGE_SHM_DIR";
    case PITBRIDGE_DENIED:
      return "the status page cannot be opened; run as the bridge's user, or start the bridge with --mode "
             "644";
    case PITBRIDGE_FOREIGN:
      return "the bridge's page is of an unknown version; use the reader header of the bridge's version";
    case PITBRIDGE_DEAD:
      return "the bridge has ended; start it again";
    case PITBRIDGE_NO_GAME:
      return "the bridge waits for the game; start the game";
    case PITBRIDGE_NO_MAPPING:
      return "the bridge does not mirror this mapping now; look for its name in `pitbridge list`";
    case PITBRIDGE_BUSY:
      return "no whole state could be read; try again";
    case PITBRIDGE_CUT:
      return "another program removed or cut the mirrored file; the bridge repairs it within a second";
    case PITBRIDGE_NO_VALUES:
      return "no decoded values yet; they come 0.2 s after the first request, from a bridge that decodes";
    case PITBRIDGE_NO_SECTION:
      return "the pages themselves cannot be had; use a snapshot instead";
    case PITBRIDGE_BAD_NAME:
      return "the name of the sim, mapping or directory is empty, too long or leads elsewhere; correct it";
  }
  return "unknown result";
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
}  // extern "C"
#endif

#endif  // PITBRIDGE_H
