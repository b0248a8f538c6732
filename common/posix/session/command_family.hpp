// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/posix/session/processes.hpp"

namespace pitbridge {

/// The processes that come from one command, and the Wine prefixes that they use: by them its game is told
/// from another game of the same sim. A process may lose its parents, as Wine's always do; so the family is
/// noted while it can be seen.
class CommandFamily {
 public:
  explicit CommandFamily(const ProcessId& command, std::string root = {});

  /// To be called often while a game may come.
  void look();
  /// It comes from the command, or lives in a prefix that the command's processes use.
  bool has(const ProcessInfo& process) const;

 private:
  void note_prefix_of(const ProcessId& process);
  bool has_an_ancestor_of(const ProcessInfo& process) const;

  std::string root_;
  std::set<ProcessId> members_;
  std::vector<std::string> prefixes_;
};

}  // namespace pitbridge
