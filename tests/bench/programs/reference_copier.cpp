// SPDX-License-Identifier: MIT
// What `make bench` compares pitbridge with: one process a file, a fixed period, the whole view copied each
// time, or only when a byte of it has changed. This is how other bridges work (simshmbridge's handle method,
// winecarte); the code is ours. Usage: reference_copier MAPPING FILE PERIOD_US copy|compare
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <windows.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

namespace {

volatile std::sig_atomic_t g_stop = 0;

void ask_to_stop(int) {
  g_stop = 1;
}

int refuse(const char* what, const char* object) {
  std::fprintf(stderr, "reference_copier: %s %s failed (Windows error %u)\n", what, object,
               static_cast<unsigned>(GetLastError()));
  return 1;
}

std::size_t view_size(const void* view) {
  MEMORY_BASIC_INFORMATION info = {};
  return VirtualQuery(view, &info, sizeof info) != 0 ? info.RegionSize : 0;
}

void* map_output(const char* path, std::size_t size) {
  const int fd = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(size)) != 0) return MAP_FAILED;
  void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  return at;
}

void advance(timespec& time, std::int64_t by_ns) {
  const std::int64_t ns = time.tv_nsec + by_ns;
  time.tv_sec += ns / 1'000'000'000;
  time.tv_nsec = ns % 1'000'000'000;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return refuse("reading", "the four arguments");
  const std::int64_t period_ns = std::atoll(argv[3]) * 1000;
  const bool compare = std::strcmp(argv[4], "compare") == 0;

  HANDLE mapping = OpenFileMappingA(FILE_MAP_READ, FALSE, argv[1]);
  if (mapping == nullptr) return refuse("opening", argv[1]);
  const void* view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
  if (view == nullptr) return refuse("mapping", argv[1]);
  const std::size_t size = view_size(view);
  void* out = map_output(argv[2], size);
  if (out == MAP_FAILED) return refuse("making", argv[2]);

  struct sigaction action = {};
  action.sa_handler = ask_to_stop;
  sigaction(SIGTERM, &action, nullptr);

  std::uint64_t copies = 0;
  timespec start = {};
  clock_gettime(CLOCK_MONOTONIC, &start);
  timespec next = start;
  while (g_stop == 0) {
    if (!compare || std::memcmp(out, view, size) != 0) {
      std::memcpy(out, view, size);
      ++copies;
    }
    advance(next, period_ns);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
  }
  timespec end = {};
  clock_gettime(CLOCK_MONOTONIC, &end);
  const double seconds =
      static_cast<double>(end.tv_sec - start.tv_sec) + static_cast<double>(end.tv_nsec - start.tv_nsec) / 1e9;
  std::printf("stored %.0f bytes a second\n", static_cast<double>(copies * size) / seconds);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
