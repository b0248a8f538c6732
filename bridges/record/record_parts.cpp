// SPDX-License-Identifier: MIT
#include "bridges/record/record_parts.hpp"

#include <array>

namespace pitbridge::record {
namespace {

struct Part {
  const char* name;
  const char* description;
  void (*add_options)(CLI::App& app);
  Expected<void> (*run)();
};

constexpr std::array kParts = {
    Part{"cut", "Make a recording of a part of one", add_cut_options, run_cut},
    Part{"info", "Show what is in a recording: game, car, track, laps, rates, damage", add_info_options,
         run_info},
};

std::array<const CLI::App*, kParts.size()> g_parts = {};

}  // namespace

void add_parts(CLI::App& app) {
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    CLI::App* part = app.add_subcommand(kParts[i].name, kParts[i].description);
    // What it does not know is a mistake, and not an argument of `record`.
    part->fallthrough(false);
    kParts[i].add_options(*part);
    g_parts[i] = part;
  }
}

std::optional<Expected<void> (*)()> chosen_part() {
  for (std::size_t i = 0; i < kParts.size(); ++i)
    if (g_parts[i] != nullptr && g_parts[i]->parsed()) return kParts[i].run;
  return std::nullopt;
}

}  // namespace pitbridge::record
