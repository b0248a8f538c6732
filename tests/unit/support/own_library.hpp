// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "common/posix/session/processes.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {

/// The path of a library that this very process has mapped, by the begin of its name: an ELF file that is at
/// hand, and not as large as the tests.
inline std::string own_library(const std::string& name) {
  const auto self = find_process(::getpid());
  if (self)
    for (const std::string& file : mapped_files(self->id).value_or(std::vector<std::string>()))
      if (file_name_of(file).starts_with(name)) return file;
  ADD_FAILURE() << name << " is not mapped";
  return "";
}

}  // namespace pitbridge
