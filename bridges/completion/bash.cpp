// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "bridges/completion/shells.hpp"
#include "bridges/completion/value.hpp"
#include "common/core/launch/command_line.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kBegin = R"sh(# pitbridge's words for bash; made by: pitbridge completions bash

)sh";

// `path` is the command so far, `count` how many of its arguments stand there, `pending` an option that waits
// for its value. bash parts words at "=" too.
constexpr std::string_view kEnd = R"sh(
_pitbridge() {
  local cur=${COMP_WORDS[COMP_CWORD]} path='' pending='' count=0 ended='' kind=nothing words='' word i
  local commands options valued
  COMPREPLY=()
  [[ $cur == = ]] && cur=''
  _pitbridge_command ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      continue
    elif [[ -n $pending ]]; then
      pending=''
    elif [[ -n $ended ]]; then
      count=$((count + 1))
    elif [[ $word == -- ]]; then
      ended=1
      if [[ -z $path ]]; then path=run; fi
    elif [[ $word == -* ]]; then
      if [[ " $valued " == *" $word "* ]]; then pending=$word; fi
    elif [[ " $commands " == *" $word "* ]]; then
      path=${path:+$path }$word
      _pitbridge_command "$path"
    else
      # The command of a game needs no "run" before it.
      if [[ -z $path ]]; then path=run; fi
      count=$((count + 1))
      if [[ $path == run ]]; then ended=1; fi
    fi
    if [[ $path == run && $count == 1 ]] && declare -F _command_offset >/dev/null; then
      _command_offset "$i"
      return
    fi
  done
  if [[ -n $pending ]]; then
    _pitbridge_value "$path $pending"
  elif [[ $cur == -* && -z $ended ]]; then
    kind=words words=$options
  else
    _pitbridge_value "$path $((count + 1))"
    if [[ $count == 0 && -n $commands ]]; then
      [[ $kind == words ]] || words=''
      kind=words words="$commands $words"
    fi
  fi
  # Of a game's command only the first word is a program.
  if [[ $path == run && $count -gt 0 ]]; then kind='file'; fi
  case $kind in
    words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
    file) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    directory) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    command) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
  esac
  # What follows `pitbridge`, and is no command of ours, is the command of a game.
  if [[ -z $path && -z $pending && -n $cur && $cur != -* && ${#COMPREPLY[@]} == 0 ]]; then
    mapfile -t COMPREPLY < <(compgen -c -- "$cur")
  fi
  if [[ $kind == file || $kind == directory ]]; then compopt -o filenames 2>/dev/null; fi
}
complete -F _pitbridge pitbridge
)sh";

std::string kind_word(Offer::Kind kind) {
  switch (kind) {
    case Offer::Kind::kNothing:
      return "nothing";
    case Offer::Kind::kWords:
      return "words";
    case Offer::Kind::kFile:
      return "file";
    case Offer::Kind::kDirectory:
      return "directory";
    case Offer::Kind::kCommand:
      return "command";
  }
  return "nothing";
}

/// Where the same is offered, and what.
using Offers = std::vector<std::pair<Offer, std::vector<std::string>>>;

void add_offer(Offers& offers, const Offer& offer, const std::string& pattern) {
  if (offer.kind == Offer::Kind::kNothing) return;
  for (auto& [known, patterns] : offers)
    if (known == offer) return patterns.push_back(pattern);
  offers.push_back({offer, {pattern}});
}

/// `commands`, `options` and `valued`, the options with a value, of one command; what it offers goes to
/// `offers`.
std::string lines_of(const DescribedCommand& command, std::span<const DescribedCommand> all,
                     const std::vector<DescribedOption>& of_all, Offers& offers) {
  const std::string path = fmt::format("{}", fmt::join(command.path, " "));
  std::vector<std::string> below, names, valued;
  for (const DescribedCommand* sub : commands_below(all, command.path)) below.push_back(sub->path.back());
  std::size_t arguments = 0;
  for (const DescribedOption& option : options_after(command, of_all)) {
    const Offer offer = offer_for(option);
    if (option.is_argument) {
      const std::string place = option.repeats ? "[0-9]*" : std::to_string(++arguments);
      add_offer(offers, offer, shell_quoted(path + " ") + place);
      continue;
    }
    for (const std::string& name : option.names) {
      names.push_back(name);
      if (option.value.empty()) continue;
      valued.push_back(name);
      add_offer(offers, offer, shell_quoted(path + " " + name));
    }
  }
  return fmt::format("    {}) commands={} options={} valued={} ;;\n", shell_quoted(path),
                     shell_quoted(fmt::format("{}", fmt::join(below, " "))),
                     shell_quoted(fmt::format("{}", fmt::join(names, " "))),
                     shell_quoted(fmt::format("{}", fmt::join(valued, " "))));
}

}  // namespace

std::string bash_completion(std::span<const DescribedCommand> commands) {
  const auto of_all = options_of_all(commands);
  Offers offers;
  std::string text(kBegin);
  text += "_pitbridge_command() {\n  case $1 in\n";
  for (const DescribedCommand& command : commands) text += lines_of(command, commands, of_all, offers);
  text += "  esac\n}\n\n_pitbridge_value() {\n  case $1 in\n";
  for (const auto& [offer, patterns] : offers)
    text += fmt::format("    {}) kind={} words={} ;;\n", fmt::join(patterns, " | "), kind_word(offer.kind),
                        shell_quoted(fmt::format("{}", fmt::join(offer.words, " "))));
  text += "  esac\n}\n";
  text += kEnd;
  return text;
}

}  // namespace pitbridge
