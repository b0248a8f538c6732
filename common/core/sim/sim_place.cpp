// SPDX-License-Identifier: MIT
#include "common/core/sim/sim_place.hpp"

#include <fmt/format.h>

namespace pitbridge {

std::string status_file_name(std::string_view sim) {
  return fmt::format("{}{}", kOwnFilePrefix, sim);
}

std::string aside_name(std::string_view file_name) {
  return fmt::format("{}aside.{}", kOwnFilePrefix, file_name);
}

std::string values_file_name(std::string_view sim) {
  return status_file_name(sim) + ".values";
}

std::string readers_file_name(std::string_view sim) {
  return status_file_name(sim) + ".readers";
}

std::string section_socket_name(std::string_view sim) {
  return status_file_name(sim) + ".sock";
}

std::string lock_file_name(std::string_view sim) {
  return status_file_name(sim) + ".lock";
}

std::string SimPlace::path_of(std::string_view file_name) const {
  return fmt::format("{}/{}", directory, file_name);
}

}  // namespace pitbridge
