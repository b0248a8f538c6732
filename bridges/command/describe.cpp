// SPDX-License-Identifier: MIT
#include "bridges/command/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

/// The parser tells a value as "FORMAT:{csv,jsonl}", or "MS:INT in [1 - 60000]".
void set_value(DescribedOption& option, const std::string& type) {
  const auto set = type.find(":{");
  option.value = type.substr(0, set);
  if (set == std::string::npos) return;
  const std::string words = type.substr(set + 2, type.find('}', set) - set - 2);
  for (std::size_t from = 0; from <= words.size();) {
    const auto to = std::min(words.find(',', from), words.size());
    option.words.push_back(words.substr(from, to - from));
    from = to + 1;
  }
}

DescribedOption described(const CLI::Option& option) {
  DescribedOption out;
  out.help = option.get_description();
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  out.is_argument = out.names.empty();
  if (out.is_argument) out.names.push_back(option.get_name(true));
  if (option.get_items_expected_max() > 0) set_value(out, option.get_type_name());
  out.repeats = option.get_items_expected_max() > 1;
  return out;
}

void add_described(const CLI::App& app, const std::vector<std::string>& path,
                   std::vector<DescribedCommand>& all) {
  DescribedCommand command = {.path = path, .help = app.get_description(), .options = {}};
  for (const CLI::Option* option : app.get_options()) command.options.push_back(described(*option));
  all.push_back(std::move(command));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    std::vector<std::string> below = path;
    below.push_back(sub->get_name());
    add_described(*sub, below, all);
  }
}

}  // namespace

std::vector<DescribedCommand> described(const CLI::App& app) {
  std::vector<DescribedCommand> all;
  add_described(app, {}, all);
  return all;
}

Json description_json(std::span<const DescribedCommand> commands) {
  Json all = Json::array();
  for (const DescribedCommand& command : commands) {
    Json options = Json::array();
    for (const DescribedOption& option : command.options)
      options.push_back({{"names", option.names},
                         {"help", option.help},
                         {"value", option.value},
                         {"words", option.words},
                         {"argument", option.is_argument},
                         {"repeats", option.repeats}});
    all.push_back({{"path", command.path}, {"help", command.help}, {"options", std::move(options)}});
  }
  return all;
}

Expected<std::vector<DescribedCommand>> parse_description(const std::string& text,
                                                          const std::string& program) {
  std::vector<DescribedCommand> all;
  try {
    for (const Json& command : Json::parse(text)) {
      all.push_back({.path = command.at("path"), .help = command.at("help"), .options = {}});
      for (const Json& option : command.at("options"))
        all.back().options.push_back({.names = option.at("names"),
                                      .help = option.at("help"),
                                      .value = option.at("value"),
                                      .words = option.at("words"),
                                      .is_argument = option.at("argument"),
                                      .repeats = option.at("repeats")});
    }
  } catch (const Json::exception& error) {
    return fail(ExitCode::kFailure,
                fmt::format("{} {} gives no description of its options ({}); is it of this version? Install "
                            "pitbridge anew",
                            program, kDescribeOption, error.what()));
  }
  return all;
}

}  // namespace pitbridge
