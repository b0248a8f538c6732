// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bridges/completion/shells.hpp"
#include "bridges/completion/value.hpp"
#include "common/core/launch/command_line.hpp"

namespace pitbridge {
namespace {

/// A text in a specification of `_arguments` or `_describe`, where these characters part it.
std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string function_of(const std::vector<std::string>& path) {
  std::string name = "_pitbridge";
  for (const std::string& word : path) name += "_" + word;
  return name;
}

/// ":MESSAGE:ACTION"
std::string action_of(const DescribedOption& option) {
  const Offer offer = offer_for(option);
  std::string action = " ";
  switch (offer.kind) {
    case Offer::Kind::kWords:
      action = fmt::format("({})", fmt::join(offer.words, " "));
      break;
    case Offer::Kind::kFile:
      action = "_files";
      break;
    case Offer::Kind::kDirectory:
      action = "_files -/";
      break;
    case Offer::Kind::kCommand:
      action = "_normal";
      break;
    case Offer::Kind::kNothing:
      break;
  }
  const std::string& message = option.is_argument ? option.names.front() : option.value;
  return fmt::format(":{}:{}", escaped(message, "\\:"), action);
}

std::string specification(const DescribedOption& option, const std::string& name) {
  std::string spec;
  if (option.repeats) {
    spec = "*";
  } else if (option.names.size() > 1) {
    spec = fmt::format("({})", fmt::join(option.names, " "));
  }
  spec += name;
  // The value of a long option may also follow a "=", that of a short one may follow at once.
  if (!option.value.empty()) spec += name.starts_with("--") ? "=" : "+";
  spec += fmt::format("[{}]", escaped(option.help, "\\[]:"));
  return shell_quoted(option.value.empty() ? spec : spec + action_of(option));
}

/// The options of one command, then its arguments.
std::vector<std::string> specifications(const DescribedCommand& command,
                                        const std::vector<DescribedOption>& of_all) {
  std::vector<std::string> specs;
  for (const DescribedOption& option : options_after(command, of_all))
    if (!option.is_argument)
      for (const std::string& name : option.names) specs.push_back(specification(option, name));
  return specs;
}

std::vector<std::string> arguments(const DescribedCommand& command) {
  std::vector<std::string> specs;
  for (const DescribedOption& option : command.options) {
    if (!option.is_argument) continue;
    const bool is_command = offer_for(option).kind == Offer::Kind::kCommand;
    const char* place = is_command ? "(-)*:" : option.repeats ? "*" : ":";
    specs.push_back(shell_quoted(place + action_of(option)));
  }
  return specs;
}

std::string function(const DescribedCommand& command, std::span<const DescribedCommand> all,
                     const std::vector<DescribedOption>& of_all) {
  const auto below = commands_below(all, command.path);
  std::vector<std::string> specs = specifications(command, of_all);
  std::string text = function_of(command.path) + "() {\n";
  if (below.empty()) {
    for (std::string& spec : arguments(command)) specs.push_back(std::move(spec));
    return text + fmt::format("  _arguments -s \\\n    {}\n}}\n\n", fmt::join(specs, " \\\n    "));
  }
  std::string names, cases;
  for (const DescribedCommand* sub : below) {
    names += "\n      " + shell_quoted(escaped(sub->path.back(), ":") + ":" + escaped(sub->help, "\\"));
    cases += fmt::format("        {}) {} && ret=0 ;;\n", sub->path.back(), function_of(sub->path));
  }
  // A word that is no command is the first argument, or the command of a game.
  std::string otherwise, first = "_describe -t commands 'command' ours && ret=0";
  for (const DescribedOption& option : command.options)
    if (option.is_argument) {
      const Offer offer = offer_for(option);
      if (offer.kind == Offer::Kind::kWords)
        first += fmt::format("\n      compadd -- {} && ret=0", fmt::join(offer.words, " "));
      break;
    }
  if (command.path.empty()) {
    first += "\n      if (( ret )) && [[ -n $PREFIX ]]; then _command_names -e && ret=0; fi";
    otherwise = "        *) _normal && ret=0 ;;\n";
  } else {
    const std::vector<std::string> more = arguments(command);
    otherwise = fmt::format(
        "        *) words=(\"$words[1]\" \"$words[@]\"); (( CURRENT++ ))\n"
        "           _arguments -s \\\n             {} && ret=0 ;;\n",
        fmt::join(more.empty() ? std::vector<std::string>{"'*:: :'"} : more, " \\\n             "));
  }
  return text + fmt::format(R"(  local curcontext=$curcontext state state_descr line ret=1
  local -A opt_args
  _arguments -s -C \
    {} \
    '1: :->command' '*:: :->rest' && ret=0
  case $state in
    command)
      local -a ours=({})
      {} ;;
    rest)
      case $words[1] in
{}{}      esac ;;
  esac
  return ret
}}

)",
                            fmt::join(specs, " \\\n    "), names, first, cases, otherwise);
}

}  // namespace

std::string zsh_completion(std::span<const DescribedCommand> commands) {
  const auto of_all = options_of_all(commands);
  std::string text =
      "#compdef pitbridge\n# pitbridge's words for zsh; made by: pitbridge completions zsh\n\n";
  for (const DescribedCommand& command : commands) text += function(command, commands, of_all);
  // Loaded by its name in a directory of fpath, it is called; else it is read, as by `source`.
  text +=
      "if [[ $funcstack[1] == _pitbridge ]]; then\n  _pitbridge \"$@\"\nelse\n  compdef _pitbridge "
      "pitbridge\nfi\n";
  return text;
}

}  // namespace pitbridge
