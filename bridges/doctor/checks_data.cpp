// SPDX-License-Identifier: MIT
// The links from the game's sections to the readers' files.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"
#include "common/core/mirror/heartbeat.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/sim_place.hpp"

namespace pitbridge::doctor {
namespace {

constexpr std::string_view kNothing = "nothing";

const Status* status_of(const Facts& facts) {
  return facts.page.is_locked && facts.page.second ? &*facts.page.second : nullptr;
}

/// Why nothing can be said of the sections; nothing when a bridge tells of them.
std::optional<Finding> no_bridge(const Facts& facts) {
  if (status_of(facts) != nullptr) return std::nullopt;
  return unknown(facts.page.is_locked ? "the status page cannot be read"
                                      : "only a bridge in the game's session can tell, and none runs");
}

const StatusMapping* attached(const Status& status, std::string_view file_name) {
  const StatusMapping* mapping = status.find(file_name);
  return mapping != nullptr && mapping->attached != 0 ? mapping : nullptr;
}

std::string described(const Facts& facts, const StatusMapping& mapping) {
  const auto name = fixed_text(mapping.file_name);
  const auto from = made_of(*facts.sim, name);
  if (mapping.section_inode == 0 && !from.empty()) return fmt::format("{} made of {}", name, from);
  return fmt::format("{} {} bytes", name, mapping.size_bytes);
}

/// Updates a second of one mapping.
double rate_hz(const Facts& facts, const StatusMapping& now) {
  const StatusMapping* before =
      facts.page.first ? facts.page.first->find(fixed_text(now.file_name)) : nullptr;
  if (before == nullptr || now.updates <= before->updates || facts.page.passed_s <= 0) return 0;
  return static_cast<double>(now.updates - before->updates) / facts.page.passed_s;
}

bool section_has_changed(const Facts& facts, std::string_view file_name) {
  return std::any_of(facts.sections.begin(), facts.sections.end(), [&](const SectionFacts& section) {
    return section.file_name == file_name && section.has_changed.value_or(false);
  });
}

/// The first of the sim's titles that makes this mapping; null: none does.
const Title* title_that_makes(const Sim& sim, std::string_view file_name) {
  for (const Title& title : sim.titles)
    if (title.find_layout(file_name) != nullptr) return &title;
  return nullptr;
}

/// The title that is being played: by the process, else by the bridge; null: not known.
const Title* title_of(const Facts& facts) {
  if (facts.game) return facts.game->game.known.title;
  const Status* status = status_of(facts);
  return status != nullptr ? facts.sim->find_title(fixed_text(status->header.title)) : nullptr;
}

/// What the game makes in the place of its own: a mapping of another title of the sim, because it is switched
/// to that one's format. Null: it makes its own, or none.
const StatusMapping* of_another_title(const Facts& facts) {
  const Title* title = facts.game ? facts.game->game.known.title : nullptr;
  const Status* status = status_of(facts);
  if (title == nullptr || status == nullptr) return nullptr;
  if (facts.holder() != nullptr && !facts.holder()->is_in_the_games_session) return nullptr;
  const StatusMapping* found = nullptr;
  for (const StatusMapping& mapping : status->mappings) {
    if (mapping.attached == 0) continue;
    const auto name = fixed_text(mapping.file_name);
    if (title->find_layout(name) != nullptr) return nullptr;
    if (title_that_makes(*facts.sim, name) != nullptr) found = &mapping;
  }
  return found;
}

/// Why nothing is to be said of the sections but that they are another game's.
std::optional<Finding> wrong_format(const Facts& facts) {
  if (of_another_title(facts) == nullptr) return std::nullopt;
  return unknown("the game writes in another game's format: see in-game-option");
}

/// The mappings that this title must make; none where a plugin makes others, from which the values come.
std::vector<std::string_view> needed_mappings(const Facts& facts) {
  std::vector<std::string_view> all;
  const Title* by = facts.values.version.by;
  const Title* title = by != nullptr ? by : title_of(facts);
  for (const Mapping& mapping : facts.sim->mappings)
    if (!mapping.optional && (title == nullptr || title->find_layout(mapping.file_name()) != nullptr))
      all.push_back(mapping.file_name());
  return all;
}

std::vector<std::string_view> absent_mappings(const Facts& facts, const Status& status) {
  auto all = needed_mappings(facts);
  std::erase_if(all, [&](std::string_view name) { return attached(status, name) != nullptr; });
  return all;
}

/// The title that is being played, where something must be switched on in it; null: nothing must.
const Title* to_switch_on(const Facts& facts) {
  const Title* title = title_of(facts);
  return title == nullptr || title->to_switch_on == kNothing ? nullptr : title;
}

/// Whether what the bridge writes of this mapping arrives where readers look.
bool arrives(const Facts& facts, std::string_view file_name) {
  return std::any_of(facts.files.begin(), facts.files.end(), [&](const FileFacts& file) {
    return file.name == file_name && S_ISREG(file.outside.mode) && file.is_held_by_bridge.value_or(true);
  });
}

}  // namespace

std::optional<double> data_rate_hz(const Facts& facts) {
  const Status* status = status_of(facts);
  if (status == nullptr || of_another_title(facts) != nullptr) return std::nullopt;
  double sum = 0;
  for (const StatusMapping& mapping : status->mappings)
    if (mapping.attached != 0 && arrives(facts, fixed_text(mapping.file_name)))
      sum += rate_hz(facts, mapping);
  return sum > 0 ? std::optional(sum) : std::nullopt;
}

namespace judge {

Finding status_page(const Facts& facts) {
  const std::string path = fmt::format("{}/{}", facts.shm.directory, status_file_name(facts.sim->name));
  switch (facts.page.kind) {
    case PageKind::kAbsent:
      return unknown(fmt::format("there is no {}: no bridge has run here", path));
    case PageKind::kForeign:
      return broken(
          fmt::format("{}: {}", path, facts.page.why_foreign),
          "end the program that made it, and remove it as its owner; bridges and pitbridge must be of one "
          "version",
          {command_of("rm -r", std::array{path})});
    case PageKind::kReadable:
      break;
  }
  return ok(path);
}

Finding heartbeat(const Facts& facts) {
  if (auto none = no_bridge(facts)) return *none;
  const StatusHeader& header = status_of(facts)->header;
  if (const auto hang = hang_of(header, facts.page.now_ns))
    return broken(fmt::format("bridge pid {} hangs or was stopped: {}", hang->pid, hang->text()),
                  "let it go on; " + hang->otherwise(), {hang->command()});
  return ok(fmt::format("{:.1f} s ago", std::max(0.0, silence_s(header, facts.page.now_ns))));
}

Finding section(const Facts& facts) {
  if (auto none = no_bridge(facts)) return *none;
  if (auto wrong = wrong_format(facts)) return *wrong;
  const Status& status = *status_of(facts);
  std::vector<std::string> present;
  for (const StatusMapping& mapping : status.mappings)
    if (mapping.attached != 0) present.push_back(described(facts, mapping));
  const auto absent = absent_mappings(facts, status);
  if (!present.empty() && absent.empty()) return ok(fmt::format("{}", fmt::join(present, ", ")));
  const std::string found = fmt::format("the bridge does not find {}", fmt::join(absent, ", "));
  if (!facts.game) return unknown("no game runs; " + found);
  if (present.empty() && facts.holder() != nullptr && !facts.holder()->is_in_the_games_session)
    return unknown("the bridge is not in the game's session");
  const Title* option = to_switch_on(facts);
  return broken(found, option != nullptr ? switch_on(facts, *option)
                                         : Remedy{"go on to the track: some games make them only there"});
}

Finding in_game_option(const Facts& facts) {
  const Title* option = to_switch_on(facts);
  if (title_of(facts) == nullptr) return unknown("no game runs");
  if (option == nullptr) return ok("nothing has to be switched on");
  if (auto none = no_bridge(facts))
    return unknown("no bridge runs; what it needs: " + std::string(option->to_switch_on));
  if (const StatusMapping* other = of_another_title(facts)) {
    const auto name = fixed_text(other->file_name);
    return broken(
        fmt::format("the game is switched to the format of {}: it writes {}, and not {}",
                    title_that_makes(*facts.sim, name)->name, name, fmt::join(needed_mappings(facts), ", ")),
        switch_on(facts, *option));
  }
  const Status& status = *status_of(facts);
  const auto needed = needed_mappings(facts);
  if (needed.empty() || std::any_of(needed.begin(), needed.end(),
                                    [&](std::string_view name) { return attached(status, name) != nullptr; }))
    return ok("the game publishes");
  if (!facts.game || (facts.holder() != nullptr && !facts.holder()->is_in_the_games_session))
    return unknown("the bridge is not in the game's session");
  return broken("the game runs and publishes nothing: it is off", switch_on(facts, *option));
}

Finding section_size(const Facts& facts) {
  if (auto none = no_bridge(facts)) return *none;
  const Title* title = facts.values.version.by != nullptr ? facts.values.version.by : title_of(facts);
  if (title == nullptr) return unknown("the title is not known");
  const Status& status = *status_of(facts);
  std::vector<std::string> faults;
  bool any = false;
  for (const Layout& layout : title->layouts) {
    const StatusMapping* mapping = attached(status, layout.mapping);
    if (mapping == nullptr) continue;
    any = true;
    if (mapping->size_bytes < layout.size_bytes)
      faults.push_back(fmt::format("{} has {} bytes, the layout {}", layout.mapping, mapping->size_bytes,
                                   layout.size_bytes));
  }
  if (!any) return unknown("no section is there");
  if (faults.empty()) return ok("each holds its layout");
  return broken(
      fmt::format("{}", fmt::join(faults, "; ")),
      "update the game or its plugin; another program that made the section first, smaller, must not "
      "run before the game");
}

Finding section_changing(const Facts& facts) {
  if (auto none = no_bridge(facts)) return *none;
  if (auto wrong = wrong_format(facts)) return *wrong;
  const Status& status = *status_of(facts);
  bool any = false;
  double sum = 0;
  bool seen = false;
  for (const StatusMapping& mapping : status.mappings) {
    if (mapping.attached == 0) continue;
    any = true;
    sum += rate_hz(facts, mapping);
    seen |= section_has_changed(facts, fixed_text(mapping.file_name));
  }
  if (!any) return unknown("no section is there");
  if (sum > 0) return ok(fmt::format("{:.0f} updates/s", sum));
  if (seen) return ok("the bytes change");
  return broken(fmt::format("no change in {:.1f} s: the game writes nothing", facts.page.passed_s),
                "leave the menu and the pause, and drive: many games write only on the track");
}

Finding data(const Facts& facts) {
  if (!facts.page.is_locked) return unknown("no bridge runs");
  if (auto wrong = wrong_format(facts)) return *wrong;
  if (const auto rate = data_rate_hz(facts)) return ok(fmt::format("{:.0f} updates/s", *rate));
  const Status* status = status_of(facts);
  if (status == nullptr) return unknown("the status page cannot be read");
  bool changes = false;
  for (const StatusMapping& mapping : status->mappings)
    changes |= mapping.attached != 0 &&
               (rate_hz(facts, mapping) > 0 || section_has_changed(facts, fixed_text(mapping.file_name)));
  if (!changes) return unknown("the game writes nothing");
  return broken("the game writes, and nothing arrives in the files",
                "mend what is said of heartbeat, files-kind and files-held; then start the game again");
}

}  // namespace judge
}  // namespace pitbridge::doctor
