// SPDX-License-Identifier: MIT
#include "common/core/sim/describe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/core/sim/text.hpp"

namespace pitbridge {

std::string bridge_program(const Sim& sim) {
  return sim.packets != nullptr ? fmt::format("pitbridge udp {}", sim.name)
                                : fmt::format("{}bridge", sim.name);
}

std::vector<std::string> file_names(const Sim& sim) {
  std::vector<std::string> names;
  for (const Mapping& mapping : sim.mappings) names.emplace_back(mapping.file_name());
  return names;
}

std::vector<std::string> all_file_names(const Sim& sim) {
  std::vector<std::string> names = file_names(sim);
  for (const Mapping& mapping : sim.mappings)
    names.insert(names.end(), mapping.extra_files.begin(), mapping.extra_files.end());
  return names;
}

std::string_view made_of(const Sim& sim, std::string_view file_name) {
  for (const Title& title : sim.titles)
    for (const DerivedMapping& derived : title.derived)
      if (derived.mapping == file_name) return derived.from;
  return {};
}

std::string describe(const Sim& sim) {
  const std::string where = sim.packets != nullptr ? fmt::format(", port {}", sim.packets->port) : "";
  std::string out = fmt::format("{}: {} ({}{})\n", sim.name, sim.description, bridge_program(sim), where);
  for (const Title& title : sim.titles) {
    out += fmt::format("  {:<32} app {:<16} {}\n", title.name,
                       fmt::format("{}", fmt::join(title.app_ids, ", ")), fmt::join(title.exe_names, ", "));
    if (!title.launchers.empty())
      out += fmt::format("  {:<32} started by {}\n", "", fmt::join(title.launchers, ", "));
    if (!title.native_exe.empty() && sim.packets != nullptr)
      out += fmt::format("  {:<32} native {}\n", "", title.native_exe);
    if (!title.native_exe.empty() && sim.packets == nullptr)
      out += fmt::format("  {:<32} native {}: no bridge, its plugin writes /dev/shm/{} itself\n", "",
                         title.native_exe, title.native_file);
  }
  for (const Mapping& mapping : sim.mappings) {
    const std::string_view kind = sim.packets != nullptr ? "packets" : mapping.name;
    out += fmt::format("  {:<32} {:>8}  -> {}", printable(kind),
                       mapping.size_bytes != 0 ? fmt::format("{} B", mapping.size_bytes) : "any size",
                       printable(mapping.file_name()));
    for (const std::string_view file : mapping.extra_files) out += fmt::format(", {}", printable(file));
    const std::string_view from = made_of(sim, mapping.file_name());
    if (!from.empty()) {
      out += fmt::format(" (made of {} where the game has none)\n", from);
    } else {
      out += mapping.optional ? " (optional)\n" : "\n";
    }
  }
  return out;
}

}  // namespace pitbridge
