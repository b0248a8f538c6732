// SPDX-License-Identifier: MIT
#include "common/posix/session/command_family.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/core/sim/number_text.hpp"
#include "common/posix/session/wine_process.hpp"
#include "common/posix/session/wine_session.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// What the kernel lists of each of its threads, "17 23 ".
std::vector<pid_t> children_of(pid_t process, const std::string& root) {
  std::vector<pid_t> children;
  const std::string tasks = fmt::format("{}/proc/{}/task", root, process);
  for (const std::string& task : directory_entries(tasks)) {
    const std::string text = small_file(fmt::format("{}/{}/children", tasks, task)).value_or("");
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = std::min(text.find_first_of(" \n", begin), text.size());
      if (const auto pid = number_from<pid_t>(std::string_view(text).substr(begin, end - begin)))
        children.push_back(*pid);
      begin = end + 1;
    }
  }
  return children;
}

}  // namespace

CommandFamily::CommandFamily(const ProcessId& command, std::string root)
    : root_(std::move(root)), members_({command}) {
  look();
}

void CommandFamily::look() {
  std::erase_if(members_, [&](const ProcessId& member) { return !is_alive(member, root_); });
  std::vector<ProcessId> rest(members_.begin(), members_.end());
  while (!rest.empty()) {
    const ProcessId member = rest.back();
    rest.pop_back();
    // Anew each time: between fork and exec a process has its parent's variables.
    note_prefix_of(member);
    for (const pid_t pid : children_of(member.pid, root_))
      if (const auto child = find_process(pid, root_); child && members_.insert(child->id).second)
        rest.push_back(child->id);
  }
}

void CommandFamily::note_prefix_of(const ProcessId& process) {
  const auto environment = environment_of(process, root_);
  if (!environment) return;
  const FoundPath prefix = prefix_from(*environment);
  // Each process has a home; only a Wine without another prefix uses the one in it.
  if (prefix.source == "HOME" && !is_wine_loader(exe_of(process, root_).value_or(""))) return;
  if (!prefix.path.empty() && std::find(prefixes_.begin(), prefixes_.end(), prefix.path) == prefixes_.end())
    prefixes_.push_back(prefix.path);
}

bool CommandFamily::has(const ProcessInfo& process) const {
  if (members_.contains(process.id) || has_an_ancestor_of(process)) return true;
  const auto environment = environment_of(process.id, root_);
  if (!environment) return false;
  const std::string prefix = prefix_from(*environment).path;
  return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& known) {
    return known == prefix || is_same_file(root_ + known, root_ + prefix);
  });
}

bool CommandFamily::has_an_ancestor_of(const ProcessInfo& process) const {
  auto ancestor = find_process(process.parent, root_);
  for (int i = 0; ancestor && i < kMostAncestors; ++i) {
    if (members_.contains(ancestor->id)) return true;
    ancestor = find_process(ancestor->parent, root_);
  }
  return false;
}

}  // namespace pitbridge
