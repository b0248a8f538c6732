// SPDX-License-Identifier: MIT
#include "common/posix/shm/section_server.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/stream/local_socket.hpp"

namespace pitbridge {
namespace {

void answer(int connection, std::string_view name, const SectionServer::Find& find) {
  SectionReply reply = {kSectionReplyVersion, static_cast<std::uint32_t>(SectionOutcome::kRefused), 0, 0, 0};
  int descriptor = -1;
  if (name.size() <= RequestServer::kMaxRequestBytes) {
    const auto section = find(name);
    reply.outcome =
        static_cast<std::uint32_t>(section ? SectionOutcome::kGiven : SectionOutcome::kNoSuchSection);
    if (section) {
      reply.size_bytes = section->size_bytes;
      reply.device = section->id.device;
      reply.inode = section->id.inode;
      descriptor = section->descriptor;
    }
  }
  // Nobody waits for a reader: who cannot take a packet at once gets none.
  (void)send_packet(connection, std::as_bytes(std::span(&reply, 1)),
                    {&descriptor, descriptor >= 0 ? std::size_t{1} : 0});
}

}  // namespace

void remove_section_socket(const ShmDirectory& directory, std::string_view sim) {
  remove_own_socket(directory, section_socket_name(sim));
}

Expected<std::unique_ptr<SectionServer>> SectionServer::open(std::shared_ptr<ShmDirectory> directory,
                                                             std::string_view sim) {
  auto requests = RequestServer::open(std::move(directory), section_socket_name(sim));
  if (!requests)
    return fail(requests.error().code,
                requests.error().message + "; readers get no zero copy and no stream of frames by it");
  return std::unique_ptr<SectionServer>(new SectionServer(std::move(*requests)));
}

void SectionServer::serve(const Find& find, const Admit& admit) {
  requests_->serve([&](UniqueFd connection, std::span<const std::byte> request) {
    if (const auto asked = stream_request(request)) return admit(std::move(connection), *asked);
    answer(connection.get(), {reinterpret_cast<const char*>(request.data()), request.size()}, find);
  });
}

}  // namespace pitbridge
