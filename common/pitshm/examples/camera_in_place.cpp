// SPDX-License-Identifier: MIT
// camera_in_place NAME FRAMES: a camera of 1920x1080 and a point cloud of 12 MB in one stream, to three
// readers at once. No frame is copied: it is made where it stands, and all readers look at it there.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <pitshm/stream.hpp>

namespace {

enum Kind : std::uint32_t { kPicture = 1, kPoints = 2, kEnd = 3 };
constexpr std::size_t kPictureBytes = std::size_t{1920} * 1080 * 3;
struct Point {
  float x_m, y_m, z_m, intensity;
};
constexpr std::size_t kPoints12MB = 750'000;

/// Fills a frame in place.
template <typename T>
bool make(pitshm::Producer& producer, Kind kind, std::size_t count, T value) {
  auto place = producer.reserve(count * sizeof(T));
  if (!place || place->empty()) return false;
  std::fill_n(reinterpret_cast<T*>(place->data()), count, value);
  return static_cast<bool>(producer.commit(count * sizeof(T), kind));
}

int read(const char* name) {
  auto consumer = pitshm::Consumer::open(name);
  if (!consumer) return 1;
  unsigned pictures = 0, clouds = 0, mixed = 0;
  while (true) {
    const auto frame = consumer->next_in_place(pitshm::kForever);
    if (!frame || frame->tag == kEnd) break;
    // Look at all of it first, and believe it afterwards.
    const auto* const points = reinterpret_cast<const Point*>(frame->bytes.data());
    const bool is_even =
        frame->tag == kPicture
            ? std::all_of(frame->bytes.begin(), frame->bytes.end(),
                          [&](auto b) { return b == frame->bytes[0]; })
            : std::all_of(points, points + kPoints12MB, [&](const Point& p) { return p.x_m == points->x_m; });
    if (!consumer->is_whole()) continue;  // overwritten meanwhile: this reader was too slow for it
    mixed += is_even ? 0 : 1;
    (frame->tag == kPicture ? pictures : clouds) += 1;
  }
  std::printf("%u pictures, %u clouds, %u mixed\n", pictures, clouds, mixed);
  std::fflush(stdout);
  return mixed == 0 && pictures > 0 && clouds > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: camera_in_place NAME FRAMES\n", stderr), 2;
  auto producer = pitshm::Producer::open(argv[1], {.ring_bytes = std::uint64_t{128} << 20U});
  if (!producer) return std::fprintf(stderr, "%s\n", producer.error().text.c_str()), 1;
  for (int reader = 0; reader < 3; ++reader)
    if (::fork() == 0) ::_exit(read(argv[1]));
  while (producer->consumers() < 3)
    if (!producer->wait(pitshm::kForever)) return 1;
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    if (!make(*producer, kPicture, kPictureBytes, static_cast<std::byte>(i))) return 1;
    if (!make(*producer, kPoints, kPoints12MB, Point{static_cast<float>(i), 0, 0, 1})) return 1;
    ::usleep(33'333);  // 30 Hz
  }
  if (!producer->publish({}, kEnd)) return 1;
  int worst = 0, status = 0;
  while (::wait(&status) > 0) worst = std::max(worst, status);
  return worst == 0 ? 0 : 1;
}
