// SPDX-License-Identifier: MIT
#include "common/pitshm/bridged.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <string>

#include "common/pitshm/answer.hpp"
#include "common/pitshm/section_client.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/system_error.hpp"

using pitshm::detail::answer;
using pitshm::detail::answered;
using pitshm::detail::ask_section;
using pitshm::detail::null_pointer;
using pitshm::detail::Section;

struct pitshm_bridged {
  std::string directory, bridge, name;
  pitbridge::SectionReply told;
  void* data;
};

pitshm_result pitshm_bridged_open(const char* name, const char* bridge, const char* directory,
                                  pitshm_bridged** bridged) {
  if (name == nullptr || bridged == nullptr) return null_pointer();
  return answered([&] {
    pitshm_bridged made = {
        .directory = directory != nullptr
                         ? directory
                         : pitbridge::environment_or("PITBRIDGE_SHM_DIR", pitbridge::kDefaultShmDirectory),
        .bridge = bridge != nullptr ? bridge : "shm",
        .name = name,
        .told = {},
        .data = nullptr};
    Section section;
    if (const auto asked = ask_section(made.directory, made.bridge, made.name, section); asked != PITSHM_OK)
      return asked;
    made.told = section.told;
    made.data = ::mmap(nullptr, static_cast<std::size_t>(made.told.size_bytes), PROT_READ | PROT_WRITE,
                       MAP_SHARED, section.descriptor.get(), 0);
    if (made.data == MAP_FAILED && errno == EACCES)
      return answer(
          PITSHM_REFUSED,
          fmt::format("{}: this bridge only mirrors, and nobody may write there; start it with --both",
                      made.name));
    if (made.data == MAP_FAILED)
      return answer(PITSHM_FAILED, fmt::format("{}: cannot map {} bytes: {}", made.name, made.told.size_bytes,
                                               pitbridge::system_message(errno)));
    *bridged = new pitshm_bridged(std::move(made));
    return PITSHM_OK;
  });
}

void pitshm_bridged_close(pitshm_bridged* bridged) {
  if (bridged == nullptr) return;
  ::munmap(bridged->data, static_cast<std::size_t>(bridged->told.size_bytes));
  delete bridged;
}

void* pitshm_bridged_data(const pitshm_bridged* bridged) {
  return bridged == nullptr ? nullptr : bridged->data;
}

size_t pitshm_bridged_size(const pitshm_bridged* bridged) {
  return bridged == nullptr ? 0 : static_cast<std::size_t>(bridged->told.size_bytes);
}

pitshm_result pitshm_bridged_check(const pitshm_bridged* bridged) {
  if (bridged == nullptr) return null_pointer();
  return answered([&] {
    Section now;
    const auto asked = ask_section(bridged->directory, bridged->bridge, bridged->name, now);
    if (asked != PITSHM_OK && asked != PITSHM_NOT_THERE) return asked;
    if (asked == PITSHM_OK && now.told.device == bridged->told.device &&
        now.told.inode == bridged->told.inode)
      return PITSHM_OK;
    return answer(PITSHM_LEFT,
                  fmt::format("{}: the mapping is made of other pages now; open it anew", bridged->name));
  });
}
