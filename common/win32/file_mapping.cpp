// SPDX-License-Identifier: MIT
#include "common/win32/file_mapping.hpp"

#include "common/win32/shm/section_file.hpp"
#include "common/win32/unix_path.hpp"

namespace pitbridge {
namespace {

tl::unexpected<Error> refuse(std::string_view name, const std::string& path, const std::string& why) {
  return fail(ExitCode::kFailure, path + " as the mapping " + std::string(name) + ": " + why);
}

}  // namespace

Expected<Section> make_or_find_file_mapping(std::string_view name, const std::string& path) {
  const auto file = open_section_file(unix_path(path));
  if (!file) return refuse(name, path, file.error().message);
  auto made = Section::create_from_file(name, file->get(), 0);
  if (!made) return refuse(name, path, made.error().message);
  return made;
}

Expected<Section> make_file_mapping(std::string_view name, const std::string& path) {
  auto made = make_or_find_file_mapping(name, path);
  if (made && made->was_there())
    return refuse(name, path, "another program made the mapping first; start the bridge before it");
  return made;
}

}  // namespace pitbridge
