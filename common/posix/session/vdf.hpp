// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pitbridge {

/// A key of Valve's text format (libraryfolders.vdf, appmanifest_N.acf), with a value or with keys of its
/// own.
struct VdfNode {
  std::string key;
  std::string value;
  std::vector<VdfNode> children;

  /// Case-insensitive, as Steam itself spells keys differently from version to version. Null: not there.
  const VdfNode* find(std::string_view name) const;
  /// The value of a child; empty when there is none.
  std::string value_of(std::string_view name) const;
};

/// Reads what can be read, and never fails: a cut file gives what stood before the cut. Comments and
/// conditions in brackets are passed over. What is nested more deeply than any file of Steam's is left out.
VdfNode parse_vdf(std::string_view text);

}  // namespace pitbridge
