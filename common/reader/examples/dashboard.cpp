// SPDX-License-Identifier: MIT
// dashboard SIM [--once | --seconds N]: one line for each update, at most ten a second.
// Compile: g++ -std=c++17 -I/usr/local/include/pitbridge dashboard.cpp -o dashboard
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "pitbridge.hpp"

namespace pr = pitbridge::reader;
using Clock = std::chrono::steady_clock;

/// How long to show values; negative where the arguments are wrong.
static double seconds_of(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].empty() || arguments[0][0] == '-') return -1;
  if (arguments.size() == 1) return 1e9;
  if (arguments.size() == 2 && arguments[1] == "--once") return 10;
  if (arguments.size() != 3 || arguments[1] != "--seconds") return -1;
  char* end = nullptr;
  const double seconds = std::strtod(arguments[2].c_str(), &end);
  return end != arguments[2].c_str() && *end == '\0' && seconds >= 0 ? seconds : -1;
}

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const std::chrono::duration<double> duration(seconds_of(arguments));
  if (duration.count() < 0) return std::fprintf(stderr, "usage: dashboard SIM [--once | --seconds N]\n"), 2;
  const bool once = arguments.size() == 2;
  auto reader = pr::Reader::open(arguments[0]);
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
