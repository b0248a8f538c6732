// SPDX-License-Identifier: MIT
#include "common/posix/session/wine_traits.hpp"

#include <initializer_list>

#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// The line stands at the begin, behind some comments.
constexpr std::size_t kRegistryHeadBytes = 512;
constexpr std::size_t kMostLibraryBytes = std::size_t{64} << 20U;

/// What Wine's loader of programs asks a shared object for; a Wine without it loads none.
constexpr std::string_view kWinelibEntry = "__wine_spec_nt_header";

bool is_32_bit(const std::string& prefix) {
  const auto head = small_file(prefix + "/system.reg", kRegistryHeadBytes);
  return head && head->find("#arch=win32") != std::string::npos;
}

/// The directories in which a Wine may have its libraries, with its loader in `directory` or below it.
std::optional<bool> loads_winelib(std::string directory) {
  for (int level = 0; level < 3 && !directory.empty(); ++level) {
    bool is_of_another_machine = false;
    for (const char* below :
         {"", "/wine", "/lib/wine", "/lib64/wine", "/lib/x86_64-linux-gnu/wine", "/x86_64-linux-gnu/wine"}) {
      const std::string place = directory + below;
      if (const auto core = small_file(place + "/x86_64-unix/ntdll.so", kMostLibraryBytes))
        return core->find(kWinelibEntry) != std::string::npos;
      is_of_another_machine = is_of_another_machine || is_directory(place + "/aarch64-unix");
    }
    if (is_of_another_machine) return false;
    directory = parent_of(directory);
  }
  return std::nullopt;
}

}  // namespace

WineTraits wine_traits(const std::string& prefix, const std::string& loader) {
  WineTraits traits;
  if (!prefix.empty()) traits.is_32_bit_prefix = is_32_bit(prefix);
  if (!loader.empty()) traits.loads_winelib = loads_winelib(parent_of(loader));
  return traits;
}

WineTraits wine_traits(const WineSession& session, const std::string& root) {
  return wine_traits(path_from_here(session, session.prefix.path, root),
                     session.loader.path.empty() ? "" : path_from_here(session, session.loader.path, root));
}

}  // namespace pitbridge
