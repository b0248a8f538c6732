// SPDX-License-Identifier: MIT
// dashboard SIM [--once | --seconds N]: one line for each update, at most ten a second.
// Compile: g++ -std=c++17 -I/usr/local/include/pitbridge dashboard.cpp -o dashboard
#include <cstdio>
#include <cstdlib>

#include "pitbridge.hpp"

namespace pr = pitbridge::reader;
using Clock = std::chrono::steady_clock;

int main(int argc, char** argv) {
  const std::string option = argc > 2 ? argv[2] : "";
  const bool once = option == "--once";
  const std::chrono::duration<double> duration(once ? 10.0 : argc > 3 ? std::atof(argv[3]) : 1e9);
  auto reader = pr::Reader::open(argc > 1 ? argv[1] : "");
  if (!reader) return std::fprintf(stderr, "%s\n", message(reader.result()).data()), 2;

  const auto begin = Clock::now();
  auto shown = begin - std::chrono::seconds(1);
  int lines = 0;
  auto printed = pr::Result::kOk;
  while (Clock::now() - begin < duration && !(once && lines > 0)) {
    (void)reader->wait(std::chrono::milliseconds(200));
    const auto values = reader->values();
    if (!values && values.result() != printed)
      std::fprintf(stderr, "%s\n", message(printed = values.result()).data());
    if (!values || Clock::now() - shown < std::chrono::milliseconds(100)) continue;
    printed = pr::Result::kOk;
    pr::StatusPage page;
    (void)reader->status(page);
    unsigned long long updates = 0;
    for (const auto& mapping : page.mappings) updates += mapping.updates;
    std::printf("%-7s rpm %5.0f  gear %2.0f  speed %3.0f km/h  updates %llu\n",
                activity_name(values->activity()).data(), values->number("rpm").value_or(0),
                values->number("gear").value_or(0), values->number("speed").value_or(0), updates);
    std::fflush(stdout);
    shown = Clock::now();
    ++lines;
  }
  return lines > 0 ? 0 : 1;
}
