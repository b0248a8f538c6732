// SPDX-License-Identifier: MIT
// region_read NAME: prints where the car is, each time that it is somewhere else, until its publisher leaves.
#include <cstdio>
#include <pitshm/region.hpp>

struct Car {
  double x_m, y_m;
  std::uint32_t lap, gear;
};

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: region_read NAME\n", stderr), 2;
  const auto fail = [](const pitshm::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.text.c_str());
    return 1;
  };
  if (const auto there = pitshm::RegionReader::wait(argv[1], pitshm::kForever); !there)
    return fail(there.error());
  auto region = pitshm::RegionReader::open(argv[1]);
  if (!region) return fail(region.error());
  while (true) {
    Car car;
    const auto info = region->read(0, std::as_writable_bytes(std::span(&car, 1)));
    if (!info && info.error().result == PITSHM_BUSY) continue;  // in the middle of an update
    if (!info) return fail(info.error());
    std::printf("%.1f %.1f lap %u gear %u\n", car.x_m, car.y_m, car.lap, car.gear);
    std::fflush(stdout);
    if (const auto news = region->wait_news(info->news, pitshm::kForever); !news)
      return news.error().result == PITSHM_LEFT ? 0 : fail(news.error());
  }
}
