// SPDX-License-Identifier: MIT
#include "bridges/pitbridge/tool.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {

Expected<void> become_tool(const Tool& tool, const std::vector<std::string>& words) {
  const auto path = installed_tool(tool.program);
  if (!path) return tl::unexpected<Error>(path.error());
  std::vector<char*> arguments = {const_cast<char*>(path->c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(path->c_str(), arguments.data());
  return fail(ExitCode::kFailure, fmt::format("cannot run {}: {}", *path, system_message(errno)));
}

}  // namespace pitbridge
