// SPDX-License-Identifier: MIT
#include "common/posix/net/port_owner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "common/core/sim/number_text.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

/// "0100007F:7530" ends in the port.
std::optional<std::uint16_t> port_of(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view text = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// `state`: of the sockets that count; empty: of all.
std::vector<PortOwner> parse_table(std::string_view text, std::uint16_t port, std::string_view state) {
  constexpr std::size_t kAddress = 1;
  constexpr std::size_t kState = 3;
  constexpr std::size_t kUser = 7;
  constexpr std::size_t kInode = 9;
  std::vector<PortOwner> owners;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> columns;
    for (std::string word; words >> word;) columns.push_back(word);
    if (columns.size() <= kInode || port_of(columns[kAddress]) != port) continue;
    if (!state.empty() && columns[kState] != state) continue;
    const auto user = number_from<uid_t>(columns[kUser]);
    const auto inode = number_from<std::uint64_t>(columns[kInode]);
    if (user && inode) owners.push_back({*user, *inode});
  }
  return owners;
}

/// With the processes that have them.
std::vector<PortOwner> with_processes(std::vector<PortOwner> owners, const std::string& root) {
  if (owners.empty()) return owners;
  for (const ProcessInfo& process : own_processes(root)) {
    const std::vector<std::string> files = open_files(process.id, root);
    for (PortOwner& owner : owners)
      if (std::find(files.begin(), files.end(), fmt::format("socket:[{}]", owner.inode)) != files.end())
        owner.process = process;
  }
  return owners;
}

}  // namespace

std::vector<PortOwner> parse_udp_table(std::string_view text, std::uint16_t port) {
  return parse_table(text, port, {});
}

std::vector<PortOwner> parse_tcp_table(std::string_view text, std::uint16_t port) {
  constexpr std::string_view kListens = "0A";
  return parse_table(text, port, kListens);
}

std::vector<PortOwner> owners_of_port(std::uint16_t port, const std::string& root) {
  std::vector<PortOwner> owners;
  for (const char* table : {"/proc/net/udp", "/proc/net/udp6"})
    for (PortOwner& owner : parse_udp_table(small_file(root + table).value_or(""), port))
      owners.push_back(std::move(owner));
  return with_processes(std::move(owners), root);
}

std::vector<PortOwner> owners_of_tcp_port(std::uint16_t port, const std::string& root) {
  std::vector<PortOwner> owners;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"})
    for (PortOwner& owner : parse_tcp_table(small_file(root + table).value_or(""), port))
      owners.push_back(std::move(owner));
  return with_processes(std::move(owners), root);
}

std::string describe_owner(const std::vector<PortOwner>& owners) {
  for (const PortOwner& owner : owners)
    if (owner.process)
      return fmt::format("{} (pid {})", printable(owner.process->comm), owner.process->id.pid);
  if (!owners.empty() && owners.front().user != ::geteuid())
    return fmt::format("a program of user {}", owners.front().user);
  return "another program";
}

}  // namespace pitbridge
