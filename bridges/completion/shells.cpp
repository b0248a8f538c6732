// SPDX-License-Identifier: MIT
#include "bridges/completion/shells.hpp"

#include <algorithm>

namespace pitbridge {

std::vector<const DescribedCommand*> commands_below(std::span<const DescribedCommand> commands,
                                                    const std::vector<std::string>& path) {
  std::vector<const DescribedCommand*> below;
  for (const DescribedCommand& command : commands)
    if (command.path.size() == path.size() + 1 && std::equal(path.begin(), path.end(), command.path.begin()))
      below.push_back(&command);
  return below;
}

std::vector<DescribedOption> options_of_all(std::span<const DescribedCommand> commands) {
  std::vector<DescribedOption> options;
  for (const DescribedCommand& command : commands)
    if (command.path.empty())
      for (const DescribedOption& option : command.options)
        // Whoever writes --version or --help writes nothing else; --help each command has itself.
        if (!option.is_argument && !option.value.empty()) options.push_back(option);
  return options;
}

std::vector<DescribedOption> options_after(const DescribedCommand& command,
                                           std::span<const DescribedOption> of_all) {
  std::vector<DescribedOption> options = command.options;
  if (!command.path.empty()) options.insert(options.end(), of_all.begin(), of_all.end());
  return options;
}

}  // namespace pitbridge
