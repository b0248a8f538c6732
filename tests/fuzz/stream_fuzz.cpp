// SPDX-License-Identifier: MIT
// Everything of a stream that the other side writes: a ring as a hostile producer leaves it, that producer's
// reply and memory before a consumer, and a consumer's request, page and packets before a producer.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "common/posix/stream/local_socket.hpp"
#include "common/posix/stream/stream_consumer.hpp"
#include "common/posix/stream/stream_hub.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace pitbridge {
namespace {

using fuzz::require;
using Bytes = std::vector<std::byte>;

constexpr std::size_t kCapacity = 2048;

/// Each patch is where, how long, and the bytes.
void patch(fuzz::Input& input, std::span<std::byte> bytes) {
  for (int patches = input.take_u8() % 8; patches > 0; --patches) {
    const std::size_t at = input.take_u16() % bytes.size();
    const auto part = input.take(std::min<std::size_t>(input.take_u8(), bytes.size() - at));
    // As another process does: what is copied meanwhile is a race for nobody.
    store_relaxed(bytes.data() + at, part);
  }
}

/// A ring with records of the sizes that the input says.
void write_ring(fuzz::Input& input, std::span<std::byte> memory) {
  RingWriter writer(SharedWords(memory.data()), memory.size() - kRingControlBytes, 7);
  const Bytes data(512, std::byte{0x5A});
  for (std::uint64_t i = input.take_u8() % 32, sequence = 0; sequence < i; ++sequence)
    writer.publish(sequence, 1, 2, std::span(data).first(input.take_u8() * 2));
}

/// The reader alone, on memory of the heap, so that the sanitizer sees a byte too many.
void read_ring(fuzz::Input& input) {
  Bytes storage(kRingControlBytes + kCapacity + 64);
  const auto memory = std::span(storage).subspan(
      (64 - reinterpret_cast<std::uintptr_t>(storage.data()) % 64) % 64, kRingControlBytes + kCapacity);
  write_ring(input, memory);
  patch(input, memory);
  const auto capacity = check_ring(memory);
  if (!capacity) return;
  require(*capacity == kCapacity);
  std::uint64_t position = 0;
  if (const auto told = input.take(sizeof position); told.size() == sizeof position)
    std::memcpy(&position, told.data(), sizeof position);
  RingReader reader(SharedWords(memory.data()), *capacity, position);
  Bytes copy(kCapacity);
  for (int looks = 0; looks < 100; ++looks) {
    RingReader::Record record;
    switch (reader.look(record)) {
      case RingReader::Look::kNothing:
      case RingReader::Look::kDamaged:
        return;
      case RingReader::Look::kLapped:
        if (!reader.catch_up()) return;
        break;
      case RingReader::Look::kRecord:
        require(record.place >= kRingControlBytes && record.place + record.size_bytes <= memory.size());
        (void)reader.copy(record, std::span(copy).first(record.size_bytes));
        reader.pass(record);
        require(reader.position() > record.position);
        break;
    }
    if (looks % 16 == 15) patch(input, memory);
  }
}

/// The directory of a producer whose answers the input gives.
class Stage {
 public:
  Stage() {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
    directory_ = *ShmDirectory::open(path_);
    listener_ = std::move(*LocalListener::open(directory_, "toy.stream"));
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() {
    listener_.reset();
    ::rmdir(path_.c_str());
  }

  const std::shared_ptr<ShmDirectory>& directory() const { return directory_; }
  LocalListener& listener() const { return *listener_; }

 private:
  std::string path_ = "/dev/shm/pitbridge-fuzz-XXXXXX";
  std::shared_ptr<ShmDirectory> directory_;
  std::unique_ptr<LocalListener> listener_;
};

/// A call that returns at once, whatever the producer does.
bool goes_on(StreamConsumer& consumer, bool in_place) {
  StreamFrame frame;
  const auto next = in_place ? consumer.next_in_place(frame, 0, -1) : consumer.next(frame, 0, -1);
  if (!next || *next != StreamConsumer::Next::kFrame) return false;
  std::byte sum{};
  for (const std::byte byte : frame.bytes) sum ^= byte;
  (void)sum;
  if (in_place) (void)consumer.is_whole();
  return true;
}

void answer_consumer(fuzz::Input& input) {
  static const Stage stage;
  const std::uint8_t options = input.take_u8();
  const auto consumer = std::move(*StreamConsumer::open(stage.directory(), "toy.stream", 3));
  (void)goes_on(*consumer, false);
  auto connection = stage.listener().accept();
  require(connection.has_value());
  auto ring = std::move(
      *SealedMemory::make("fuzz-ring", kRingControlBytes + kCapacity, SealedMemory::Others::kWrite));
  const auto page =
      std::move(*SealedMemory::make("fuzz-page", kConsumerPageBytes, SealedMemory::Others::kWrite));
  write_ring(input, ring.bytes());
  patch(input, ring.bytes());
  StreamReply reply = {};
  reply.version = kStreamVersion;
  reply.flags = options & 1U;
  patch(input, std::as_writable_bytes(std::span(&reply, 1)));
  // The page is as good a descriptor to wait for as any that a liar would give.
  const int all[] = {ring.fd(), page.fd(), connection->get(), ring.fd()};
  const std::size_t count = (options & 2U) != 0 ? 3U : (options >> 4U) % 5U;
  const std::size_t size = (options & 4U) != 0 ? sizeof reply : input.take_u8() % (sizeof reply + 1);
  (void)send_packet(connection->get(), std::as_bytes(std::span(&reply, 1)).first(size),
                    std::span(all).first(count));
  for (int calls = 0; calls < 20 && goes_on(*consumer, (options & 8U) != 0); ++calls)
    if (calls % 4 == 3) patch(input, ring.bytes());
  (void)send_packet(connection->get(), input.take(input.take_u8() % 16), {});
  (void)goes_on(*consumer, false);
  connection.reset();
  (void)goes_on(*consumer, false);
  // It may have asked again.
  while (stage.listener().accept()) {
  }
}

/// A producer with one honest consumer, which must get every frame, and one that is the input.
void face_producer(fuzz::Input& input) {
  const std::uint8_t options = input.take_u8();
  StreamHub hub({.ring_bytes = kCapacity, .waits_for_consumers = (options & 1U) != 0});
  const auto admit = [&](const StreamRequest& request) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) std::abort();
    (void)hub.admit(UniqueFd(ends[0]), request);
    return UniqueFd(ends[1]);
  };
  const auto given_to = [](const UniqueFd& connection, StreamReply& reply) {
    auto packet = receive_packet(connection.get(), std::as_writable_bytes(std::span(&reply, 1)));
    require(packet && packet->size_bytes == sizeof reply);
    return std::move(packet->descriptors);
  };
  StreamReply reply = {};
  const UniqueFd honest = admit({{}, kStreamVersion, 0});
  const auto honest_has = given_to(honest, reply);
  const auto ring =
      std::move(*SealedMemory::of(UniqueFd(::dup(honest_has[0].get())), SealedMemory::Others::kRead));
  const auto honest_page =
      std::move(*SealedMemory::of(UniqueFd(::dup(honest_has[1].get())), SealedMemory::Others::kWrite));
  RingReader reader(SharedWords(ring.data()), check_ring(ring.bytes()).value(), reply.position);

  const std::uint32_t version = (options & 2U) != 0 ? kStreamVersion : input.take_u8();
  const UniqueFd hostile = admit({{}, version, input.take_u8()});
  auto hostile_has = given_to(hostile, reply);
  SealedMemory page;
  if (hostile_has.size() == 3)
    page = std::move(*SealedMemory::of(std::move(hostile_has[1]), SealedMemory::Others::kWrite));

  const Bytes data(kCapacity, std::byte{0x33});
  Bytes copy(kCapacity);
  for (int steps = 0; steps < 64 && input.left() > 0; ++steps) {
    const std::uint8_t what = input.take_u8();
    if (what % 4 == 0 && page.data() != nullptr) patch(input, page.bytes().first(sizeof(ConsumerPage)));
    if (what % 4 == 1) (void)send_packet(hostile.get(), input.take(input.take_u8() % 8), {});
    if (what % 4 == 2) hub.tend();
    const std::uint64_t sequence = hub.next_sequence();
    const auto put = hub.publish(1, 1, std::span(data).first(input.take_u16() % (kCapacity / 2)));
    if (put != StreamHub::Put::kDone) {
      // Nobody but one that makes no room is in the way.
      require(put == StreamHub::Put::kTooLarge || ((options & 1U) != 0 && put == StreamHub::Put::kNoRoom));
      continue;
    }
    RingReader::Record record;
    require(reader.look(record) == RingReader::Look::kRecord && record.sequence == sequence);
    require(reader.copy(record, std::span(copy).first(record.size_bytes)));
    require(std::memcmp(copy.data(), data.data(), record.size_bytes) == 0);
    reader.pass(record);
    SharedWords(honest_page.data())
        .store(offsetof(ConsumerPage, position), reader.position(), std::memory_order_release);
  }
  hub.tend();
  require(hub.consumers() >= 1);
}

}  // namespace
}  // namespace pitbridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge;
  fuzz::Input input(data, size);
  // Closing an inotify descriptor, as a consumer does, takes the kernel milliseconds; so it is tried less
  // often.
  switch (input.take_u8() % 16) {
    case 0:
      answer_consumer(input);
      break;
    case 1:
    case 3:
      face_producer(input);
      break;
    default:
      read_ring(input);
      break;
  }
  return 0;
}
