// SPDX-License-Identifier: MIT
#include "bridges/simulate/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "common/core/model/field.hpp"
#include "common/core/settings/nearest_word.hpp"
#include "common/core/sim/number_text.hpp"

namespace pitbridge {
namespace {

/// A script is read by eye; what is longer is another file.
constexpr std::size_t kMostEvents = 10'000;
constexpr double kMostSeconds = 1e6;

struct VerbWord {
  std::string_view word;
  ScriptVerb verb;
};
constexpr std::array<VerbWord, 13> kVerbs = {{{"damage", ScriptVerb::kDamage},
                                              {"end", ScriptVerb::kEnd},
                                              {"flag", ScriptVerb::kFlag},
                                              {"live", ScriptVerb::kResume},
                                              {"menu", ScriptVerb::kMenu},
                                              {"off", ScriptVerb::kOff},
                                              {"pause", ScriptVerb::kPause},
                                              {"pit", ScriptVerb::kPit},
                                              {"quit", ScriptVerb::kQuit},
                                              {"rain", ScriptVerb::kRain},
                                              {"replay", ScriptVerb::kReplay},
                                              {"resume", ScriptVerb::kResume},
                                              {"start", ScriptVerb::kStart}}};

/// The next word of the line; empty at its end or at a comment.
std::string_view next_word(std::string_view& line) {
  constexpr std::string_view kBlank = " \t\r";
  const auto begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos || line[begin] == '#') return line = {};
  line.remove_prefix(begin);
  const std::string_view word = line.substr(0, line.find_first_of(kBlank));
  line.remove_prefix(word.size());
  return word;
}

/// What is wrong with a line.
using Fault = tl::unexpected<std::string>;

tl::expected<Flag, std::string> flag_of(std::string_view words) {
  const auto found = std::ranges::find(kFlagNames, words);
  if (found != kFlagNames.end()) return static_cast<Flag>(found - kFlagNames.begin());
  return Fault(
      fmt::format("no flag is called \"{}\"; did you mean \"{}\"?", words, nearest_word(words, kFlagNames)));
}

tl::expected<double, std::string> part_of(std::string_view verb, std::string_view word) {
  const auto part = number_from<double>(word);
  if (part && *part >= 0 && *part <= 1) return *part;
  return Fault(fmt::format("\"{}\" needs a number from 0 to 1, and not \"{}\"", verb, word));
}

/// Nothing where the line holds nothing.
tl::expected<std::optional<ScriptEvent>, std::string> event_of(std::string_view line) {
  const std::string_view first = next_word(line);
  if (first.empty()) return std::nullopt;
  if (first != "at")
    return Fault(fmt::format("a line begins with \"at\" and the seconds, and not with \"{}\"", first));
  ScriptEvent event;
  const std::string_view seconds = next_word(line);
  const auto number = number_from<double>(seconds);
  if (!number || !(*number >= 0 && *number <= kMostSeconds))
    return Fault(
        fmt::format("behind \"at\" stand seconds from 0 to {:.0f}, and not \"{}\"", kMostSeconds, seconds));
  event.at_seconds = *number;
  const std::string_view word = next_word(line);
  const auto verb = std::ranges::find(kVerbs, word, &VerbWord::word);
  if (verb == kVerbs.end()) {
    std::array<std::string_view, kVerbs.size()> words;
    std::ranges::transform(kVerbs, words.begin(), &VerbWord::word);
    return Fault(word.empty() ? "behind the seconds stands what happens, such as \"pause\""
                              : fmt::format("no event is called \"{}\"; did you mean \"{}\"?", word,
                                            nearest_word(word, words)));
  }
  event.verb = verb->verb;
  std::string rest;
  for (std::string_view more = next_word(line); !more.empty(); more = next_word(line))
    rest += (rest.empty() ? "" : " ") + std::string(more);
  if (event.verb == ScriptVerb::kFlag) {
    const auto flag = flag_of(rest);
    if (!flag) return Fault(flag.error());
    event.flag = *flag;
  } else if (event.verb == ScriptVerb::kDamage || event.verb == ScriptVerb::kRain) {
    const auto part = part_of(word, rest);
    if (!part) return Fault(part.error());
    event.part = *part;
  } else if (!rest.empty()) {
    return Fault(fmt::format("\"{}\" stands alone, without \"{}\"", word, rest));
  }
  return event;
}

}  // namespace

Expected<Script> parse_script(std::string_view text, std::string_view name) {
  Script script;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto refuse = [&](std::string_view why) {
      return fail(ExitCode::kUsage, fmt::format("{}:{}: {}", name, number, why));
    };
    const auto event = event_of(line);
    if (!event) return refuse(event.error());
    if (!*event) continue;
    if (!script.empty() && (*event)->at_seconds < script.back().at_seconds)
      return refuse(fmt::format("{} s is before {} s of the event above; events stand in the order of time",
                                (*event)->at_seconds, script.back().at_seconds));
    if (script.size() == kMostEvents)
      return refuse(fmt::format("a script has at most {} events", kMostEvents));
    script.push_back(**event);
  }
  return script;
}

Script race_script(std::uint64_t seed) {
  constexpr double kRaceSeconds = 4 * 3600;
  enum : std::uint64_t { kYellow = 101, kYellowLasts, kStop };
  const auto part = [&](std::uint64_t what, std::uint64_t which) {
    return model::random_part(seed, what, which);
  };
  Script script;
  const auto show = [&](double from, double seconds, Flag flag) {
    script.push_back({.at_seconds = from, .verb = ScriptVerb::kFlag, .flag = flag});
    script.push_back({.at_seconds = from + seconds, .verb = ScriptVerb::kFlag, .flag = Flag::kNone});
  };
  show(0, 8, Flag::kGreen);
  double at = 30 + 60 * part(kYellow, 0);
  for (std::uint64_t i = 0; at < kRaceSeconds; ++i) {
    const double lasts = 8 + 10 * part(kYellowLasts, i);
    show(at, lasts, Flag::kYellow);
    show(at + lasts, 5, Flag::kGreen);
    at += 150 + 500 * part(kYellow, i + 1);
  }
  at = 90 + 110 * part(kStop, 0);
  for (std::uint64_t i = 1; at < kRaceSeconds; ++i) {
    script.push_back({.at_seconds = at, .verb = ScriptVerb::kPit});
    at += 700 + 400 * part(kStop, i);
  }
  std::ranges::stable_sort(script, {}, &ScriptEvent::at_seconds);
  return script;
}

}  // namespace pitbridge
