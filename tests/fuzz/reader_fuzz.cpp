// SPDX-License-Identifier: MIT
// The headers for authors of readers: the input becomes status page, values page, a mirrored file, and the
// reply of a section server. Pages are laid over good ones, or taken as they are.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "common/core/mirror/status_page.hpp"
#include "common/posix/system/fd.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/support/memory_sink.hpp"

namespace pitbridge {
namespace {

using fuzz::require;
using reader::Result;
using Bytes = std::vector<std::byte>;

constexpr std::size_t kMirrorBytes = 4096;
constexpr std::uint64_t kStartNs = 1000;

Bytes good_status() {
  Bytes page(kStatusPageBytes);
  MemorySink file(page);
  StatusWriter writer(file, page);
  const std::string names[] = {"one", "two"};
  writer.start("toy", "/prefix", 1, kStartNs, names);
  writer.set_section(0, true, kMirrorBytes, 1, 1, 3);
  writer.begin_publish(0);
  writer.end_publish(0, 2 * kStartNs);
  writer.set_state(BridgeState::kAttached);
  return page;
}

Bytes good_values() {
  pitbridge_values page = {};
  std::memcpy(page.magic, "PITBVAL1", sizeof page.magic);
  page.version = 1;
  page.header_bytes = 64;
  page.entry_bytes = sizeof(pitbridge_value);
  page.entry_count = 20;
  page.updated_ns = 3 * kStartNs;
  std::memcpy(page.entries[0].name, "rpm", 4);
  page.entries[0].kind = 1;
  page.entries[0].count = 1;
  const auto bytes = std::as_bytes(std::span(&page, 1));
  return {bytes.begin(), bytes.end()};
}

/// Laid over `good`: each patch is where, how long, and the bytes. Or, in one of eight, the bytes as they
/// are.
Bytes take_page(fuzz::Input& input, Bytes good) {
  const std::uint8_t how = input.take_u8();
  if (how % 8 == 7) {
    const auto raw = input.take(input.take_u16());
    return {raw.begin(), raw.end()};
  }
  for (int patches = how % 8; patches > 0; --patches) {
    const std::size_t at = input.take_u16() % good.size();
    const auto patch = input.take(std::min<std::size_t>(input.take_u8(), good.size() - at));
    std::copy(patch.begin(), patch.end(), good.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return good;
}

/// A writer that stays in the middle of its work costs the reader its whole patience of some milliseconds,
/// which is tried once in a while.
void end_writing(Bytes& page, std::size_t first, std::size_t step) {
  for (std::size_t at = first; at < page.size(); at += step) page[at] &= std::byte{0xFE};
}

/// Files of one directory, each kept open: so a lock stays, and an input costs no more than some writes.
class Files {
 public:
  Files() {
    if (::mkdtemp(directory_.data()) == nullptr) std::abort();
    for (const char* name : {"pitbridge.toy", "pitbridge.toy.values", "pitbridge.toy.readers", "one"})
      fds_.emplace_back(::open((directory_ + "/" + name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    if (::fcntl(fds_[0].get(), F_OFD_SETLK, &lock) != 0) std::abort();
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() {
    for (const char* name : {"pitbridge.toy", "pitbridge.toy.values", "pitbridge.toy.readers", "one"})
      ::unlink((directory_ + "/" + name).c_str());
    ::rmdir(directory_.c_str());
  }

  const std::string& directory() const { return directory_; }
  int fd(std::size_t file) const { return fds_[file].get(); }
  void put(std::size_t file, std::span<const std::byte> bytes) const {
    if (::ftruncate(fd(file), static_cast<off_t>(bytes.size())) != 0) std::abort();
    if (::pwrite(fd(file), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  }

 private:
  std::string directory_ = "/dev/shm/pitbridge-fuzz-XXXXXX";
  std::vector<UniqueFd> fds_;
};

template <std::size_t kSize>
void require_end(const char (&text)[kSize]) {
  require(std::memchr(text, '\0', kSize) != nullptr);
}

void check_pages(reader::Reader& reader) {
  reader::StatusPage page;
  const Result result = reader.status(page);
  require(!reader::message(result).empty());
  require(page.header.mapping_count <= kStatusMaxMappings);
  require_end(page.header.sim);
  require_end(page.header.message);
  (void)reader.wait(std::chrono::milliseconds(0));
  (void)reader.wait_for_data("one", std::chrono::milliseconds(0));
  for (std::uint32_t i = 0; i < page.header.mapping_count; ++i) {
    const reader::MappingRecord& record = page.mappings[i];
    require_end(record.file_name);
    const auto snapshot = reader.snapshot(record.file_name);
    require(!snapshot || result == Result::kOk);
    if (snapshot) require(snapshot->bytes.size() == snapshot->record.size_bytes);
    (void)reader.snapshot_as<std::uint64_t>(record.file_name);
  }
  const auto section = reader.section("one");
  if (section) require(section->size_bytes() > 0);
}

/// By the C functions, with a buffer of its own on the heap, so that the sanitizer sees a byte too many.
void check_c(const std::string& directory) {
  pitbridge_reader reader;
  require(pitbridge_open(&reader, "toy", directory.c_str()) == PITBRIDGE_OK);
  Bytes small(100);
  pitbridge_mapping record;
  (void)pitbridge_snapshot(&reader, "one", small.data(), small.size(), &record);
  pitbridge_values values;
  if (pitbridge_read_values(&reader, &values) == PITBRIDGE_OK) {
    (void)pitbridge_number(&values, "rpm", 3, 0);
    require(std::strlen(pitbridge_text(&values, "track")) < sizeof(pitbridge_value::text));
  }
  pitbridge_close(&reader);
}

void check_values(reader::Reader& reader) {
  const auto values = reader.values();
  if (!values) return;
  const pitbridge_values& page = values->page();
  require(page.entry_count <= PITBRIDGE_FIRST_VALUES && page.more_count <= PITBRIDGE_MORE_VALUES);
  require(page.car_count <= PITBRIDGE_MAX_CARS);
  require(!reader::activity_name(values->activity()).empty());
  for (const reader::Car& car : values->cars()) {
    require_end(car.driver);
    require_end(car.car_class);
  }
  for (std::uint32_t i = 0; i < page.entry_count + page.more_count; ++i) {
    const pitbridge_value& value = i < page.entry_count ? page.entries[i] : page.more[i - page.entry_count];
    require_end(value.name);
    require_end(value.unit);
    require_end(value.text);
    require(value.kind <= 2 && value.count <= 4);
    (void)values->number(value.name, value.count);
    (void)values->text(value.name);
  }
}

void check_reply(fuzz::Input& input, int fd) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
  const UniqueFd client(ends[0]);
  const UniqueFd server(ends[1]);
  const std::size_t count = input.take_u8() % 12;
  const auto bytes = input.take(input.take_u8() % 65);
  alignas(cmsghdr) char control[CMSG_SPACE(12 * sizeof(int))] = {};
  iovec part = {const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (count != 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr* item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(count * sizeof(int));
    for (std::size_t i = 0; i < count; ++i) std::memcpy(CMSG_DATA(item) + i * sizeof(int), &fd, sizeof fd);
  }
  const int lowest = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  ::close(lowest);
  (void)::sendmsg(server.get(), &message, MSG_NOSIGNAL);
  pitbridge_impl_reply reply = {};
  const int section_fd = pitbridge_impl_receive_section(client.get(), &reply);
  if (section_fd >= 0) {
    require(count == 1 && bytes.size() == sizeof reply && reply.version == 1 && reply.outcome == 0);
    ::close(section_fd);
  }
  const int lowest_now = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  ::close(lowest_now);
  require(lowest_now == lowest);  // no descriptor was left behind
}

}  // namespace
}  // namespace pitbridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge;
  static const Files files;
  static const Bytes status = good_status();
  static const Bytes values = good_values();
  fuzz::Input input(data, size);
  const std::uint8_t options = input.take_u8();
  check_reply(input, files.fd(3));
  Bytes status_now = take_page(input, status);
  Bytes values_now = take_page(input, values);
  if (options % 16 != 0) {
    end_writing(status_now, offsetof(StatusHeader, sequence), kStatusPageBytes);
    end_writing(status_now, sizeof(StatusHeader), sizeof(StatusMapping));
    end_writing(values_now, offsetof(pitbridge_values, sequence), sizeof(pitbridge_values));
  }
  files.put(0, status_now);
  files.put(1, values_now);
  files.put(2, Bytes((options & 0x80U) != 0 ? 0 : 4096));
  files.put(3, Bytes(std::min<std::size_t>(input.take_u16(), 2 * kMirrorBytes)));
  auto reader = reader::Reader::open("toy", files.directory());
  check_pages(*reader);
  check_values(*reader);
  check_c(files.directory());
  // The same reader goes on while the pages change under it.
  files.put(0, take_page(input, status));
  check_values(*reader);
  check_pages(*reader);
  return 0;
}
