// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bridges/completion/shells.hpp"
#include "bridges/completion/value.hpp"

namespace pitbridge {
namespace {

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// The arguments of `complete` for what may stand there; `is_value`: after an option.
std::string offer_of(const DescribedOption& option, bool is_value) {
  const Offer offer = offer_for(option);
  const char* no_file = is_value ? " -x" : "";
  switch (offer.kind) {
    case Offer::Kind::kWords:
      return fmt::format("{} -a {}", no_file, fish_quoted(joined(offer.words)));
    case Offer::Kind::kFile:
      return is_value ? " -r -F" : " -F";
    case Offer::Kind::kDirectory:
      return " -x -a '(__fish_complete_directories)'";
    case Offer::Kind::kCommand:
      return " -a '(__fish_complete_subcommand --fcs-skip=2)'";
    case Offer::Kind::kNothing:
      return no_file;
  }
  return no_file;
}

/// A test for __pitbridge_in: the path of the command, as fish tells it.
std::string condition(const std::vector<std::string>& path) {
  return fmt::format("-n {}", fish_quoted(fmt::format("__pitbridge_in {}", fish_quoted(joined(path)))));
}

std::string option_line(const std::string& where, const DescribedOption& option) {
  std::string line = fmt::format("complete -c pitbridge {}", where);
  for (const std::string& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) line += offer_of(option, true);
  return line + fmt::format(" -d {}\n", fish_quoted(option.help));
}

}  // namespace

std::string fish_completion(std::span<const DescribedCommand> commands) {
  const auto of_all = options_of_all(commands);
  std::string valued, groups;
  for (const DescribedOption& option : of_all)
    for (const std::string& name : option.names) valued += " " + name;
  for (const DescribedCommand& command : commands)
    if (!command.path.empty() && !commands_below(commands, command.path).empty())
      for (const DescribedCommand* sub : commands_below(commands, command.path))
        groups += " " + fish_quoted(joined(sub->path));
  std::string text = fmt::format(R"(# pitbridge's words for fish; made by: pitbridge completions fish

# Whether the words before the cursor name this command. One command holds others: shm list.
function __pitbridge_in
  set -l path
  set -l pending
  for word in (commandline -opc)[2..-1]
    if set -q pending[1]
      set -e pending
    else if contains -- $word{}
      set pending $word
    else if string match -q -- '-*' $word
      continue
    else if not set -q path[1]; or contains -- "$path $word"{}
      set -a path $word
    else
      break
    end
  end
  test "$path" = "$argv"
end

complete -c pitbridge -f
)",
                                 valued, groups);
  for (const DescribedCommand& command : commands) {
    const std::string where = condition(command.path);
    for (const DescribedCommand* sub : commands_below(commands, command.path))
      text += fmt::format("complete -c pitbridge {} -a {} -d {}\n", where, sub->path.back(),
                          fish_quoted(sub->help));
    for (const DescribedOption& option : options_after(command, of_all)) {
      if (option.is_argument) {
        if (const std::string offer = offer_of(option, false); !offer.empty())
          text += fmt::format("complete -c pitbridge {}{}\n", where, offer);
      } else {
        text += option_line(where, option);
      }
    }
  }
  return text;
}

}  // namespace pitbridge
