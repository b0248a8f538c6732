// SPDX-License-Identifier: MIT
// stream_consume NAME: prints what each frame says until the producer leaves, and how many it has not seen.
#include <cstdio>
#include <pitshm/stream.hpp>

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: stream_consume NAME\n", stderr), 2;
  const auto fail = [](const pitshm::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.text.c_str());
    return 1;
  };
  auto consumer = pitshm::Consumer::open(argv[1]);
  if (!consumer) return fail(consumer.error());
  unsigned long long lost = 0;
  while (true) {
    const auto frame = consumer->next(pitshm::kForever);
    if (!frame && frame.error().result == PITSHM_LEFT) break;
    if (!frame) return fail(frame.error());
    lost += frame->lost;
    std::printf("%.*s\n", static_cast<int>(frame->bytes.size()),
                reinterpret_cast<const char*>(frame->bytes.data()));
  }
  std::printf("%llu lost\n", lost);
}
