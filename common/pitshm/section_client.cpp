// SPDX-License-Identifier: MIT
#include "common/pitshm/section_client.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <span>
#include <utility>

#include "common/core/sim/sim_place.hpp"
#include "common/pitshm/answer.hpp"
#include "common/pitshm/deadline.hpp"
#include "common/posix/stream/local_socket.hpp"
#include "common/posix/system/system_error.hpp"
#include "common/posix/system/wait_readable.hpp"

namespace pitshm::detail {
namespace {

using pitbridge::SectionOutcome;

constexpr std::size_t kMaxNameBytes = 127;
/// A bridge that lives answers within a tenth of it.
constexpr std::int64_t kPatienceMs = 2000;

pitshm_result refused(const std::string& path, const std::string& why) {
  return answer(PITSHM_REFUSED, fmt::format("{}: {}", path, why));
}

bool is_as_told(const Section& section) {
  struct stat found = {};
  return section.descriptor && ::fstat(section.descriptor.get(), &found) == 0 && S_ISREG(found.st_mode) &&
         found.st_dev == section.told.device && found.st_ino == section.told.inode &&
         section.told.size_bytes != 0 &&
         section.told.size_bytes <= static_cast<std::uint64_t>(found.st_size) &&
         section.told.size_bytes <= std::numeric_limits<std::size_t>::max() / 2;
}

}  // namespace

pitshm_result ask_section(const std::string& directory, const std::string& bridge, const std::string& name,
                          Section& section) {
  if (name.empty() || name.size() > kMaxNameBytes || bridge.empty() || bridge.find('/') != std::string::npos)
    return answer(PITSHM_BAD_ARGUMENT,
                  fmt::format("a mapping has a name of 1 to {} bytes, and a bridge one without a slash",
                              kMaxNameBytes));
  const std::string socket_name = pitbridge::section_socket_name(bridge);
  const std::string path = directory + "/" + socket_name;
  const auto place = pitbridge::ShmDirectory::open(directory);
  if (!place) return answer(PITSHM_NOT_THERE, place.error().message);
  const auto connection = pitbridge::connect_local(**place, socket_name);
  if (!connection) return refused(path, connection.error().message);
  if (!*connection)
    return answer(PITSHM_NOT_THERE, fmt::format("{}: no bridge runs; start shmbridge --both", path));
  const int fd = connection->get();
  if (!pitbridge::send_packet(fd, std::as_bytes(std::span(name)), {}))
    return answer(PITSHM_FAILED, fmt::format("{}: {}", path, pitbridge::system_message(errno)));
  (void)pitbridge::wait_readable({&fd, 1}, deadline_ns(kPatienceMs));
  auto reply = pitbridge::receive_packet(fd, std::as_writable_bytes(std::span(&section.told, 1)));
  if (!reply || reply->size_bytes != sizeof section.told ||
      section.told.version != pitbridge::kSectionReplyVersion)
    return answer(PITSHM_FAILED, fmt::format("{}: the bridge does not answer; is it stopped?", path));
  if (reply->descriptors.size() == 1) section.descriptor = std::move(reply->descriptors.front());
  switch (static_cast<SectionOutcome>(section.told.outcome)) {
    case SectionOutcome::kGiven:
      break;
    case SectionOutcome::kNoSuchSection:
      return answer(PITSHM_NOT_THERE, fmt::format("{}: the bridge has no mapping {} now", path, name));
    case SectionOutcome::kRefused:
    default:
      return refused(path, "the bridge refuses to give it");
  }
  if (!is_as_told(section))
    return answer(PITSHM_DAMAGED, fmt::format("{}: what came is not what was told", path));
  return PITSHM_OK;
}

}  // namespace pitshm::detail
