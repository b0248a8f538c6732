// SPDX-License-Identifier: MIT
// A stream for as long as one likes: a producer of 1000 frames a second and 16 consumers, which are killed,
// stopped and started again at random, as is the producer now and then. Afterwards: were all frames whole,
// was each loss told, did the producer grow, and how long did things take. Arguments: seconds, seed.
#include <dirent.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include "common/posix/stream/stream_consumer.hpp"
#include "common/posix/stream/stream_producer.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr int kConsumers = 16;
/// The first of them are neither killed nor stopped, and must lose nothing.
constexpr int kLeftAlone = 4;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kPeriodNs = kNsPerMs;
/// Two seconds of frames, so that who is only scheduled late loses nothing.
constexpr std::size_t kRingBytes = std::size_t{4} << 20U;
constexpr std::size_t kMostBytes = 3000;

/// Counts durations by powers of two of a microsecond.
struct Histogram {
  std::array<std::atomic<std::uint64_t>, 40> counts{};
  std::atomic<std::int64_t> longest_ns{0};

  void add(std::int64_t ns) {
    counts[std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0) / 1000))] += 1;
    longest_ns = std::max(longest_ns.load(), ns);
  }
  std::string text() const {
    std::uint64_t all = 0;
    for (const auto& count : counts) all += count;
    const auto below = [&](double part) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < counts.size(); ++i)
        if (static_cast<double>(sum += counts[i]) >= part * static_cast<double>(all))
          return std::uint64_t{1} << i;
      return std::uint64_t{0};
    };
    return fmt::format("{} in all; half below {} us, 99 % below {} us, 99.9 % below {} us; longest {} us",
                       all, below(0.5), below(0.99), below(0.999), longest_ns / 1000);
  }
};

struct ConsumerCounts {
  std::atomic<std::uint64_t> seen{0}, lost{0}, left{0}, broken{0}, miscounted{0}, errors{0};
};

/// What all processes see, and what outlives each.
struct Shared {
  std::array<ConsumerCounts, kConsumers> consumers;
  Histogram latency, publishing, notice;
  std::atomic<std::int64_t> producer_killed_ns{0};
  std::atomic<std::uint64_t> published{0};
  std::atomic<std::int64_t> consumers_now{0};
  std::atomic<std::int64_t> fds_first{0}, fds_most{0}, fds_last{0};
  std::atomic<std::int64_t> kib_first{0}, kib_most{0}, kib_last{0};
};

std::int64_t now_ns() {
  return MonotonicClock().now_ns();
}

std::int64_t open_fds() {
  std::int64_t count = 0;
  DIR* all = ::opendir("/proc/self/fd");
  while (::readdir(all) != nullptr) ++count;
  ::closedir(all);
  return count;
}

/// Without what it shares with consumers.
std::int64_t private_kib() {
  long pages[3] = {};
  FILE* file = std::fopen("/proc/self/statm", "re");
  if (std::fscanf(file, "%ld %ld %ld", &pages[0], &pages[1], &pages[2]) != 3) pages[1] = pages[2] = 0;
  std::fclose(file);
  return (pages[1] - pages[2]) * ::sysconf(_SC_PAGESIZE) / 1024;
}

std::size_t size_of(std::uint64_t sequence) {
  return sequence * 7919 % kMostBytes;
}

void fill(std::span<std::byte> bytes, std::uint64_t sequence) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(sequence + i * 31);
}

[[noreturn]] void produce(Shared& shared, const std::string& directory) {
  auto producer =
      std::move(*StreamProducer::open(*ShmDirectory::open(directory), "soak", {.ring_bytes = kRingBytes}));
  shared.fds_first = open_fds();
  shared.kib_first = private_kib();
  std::vector<std::byte> bytes(kMostBytes);
  MonotonicClock clock;
  std::int64_t next_ns = now_ns();
  for (std::uint64_t i = 0;; ++i) {
    next_ns += kPeriodNs;
    clock.sleep_until(next_ns);
    const std::uint64_t sequence = producer->hub().next_sequence();
    const auto frame = std::span(bytes).first(size_of(sequence));
    fill(frame, sequence);
    const std::int64_t begin_ns = now_ns();
    producer->publish(static_cast<std::uint32_t>(sequence), begin_ns, frame);
    shared.publishing.add(now_ns() - begin_ns);
    ++shared.published;
    if (i % 100 != 0) continue;
    shared.consumers_now = static_cast<std::int64_t>(producer->hub().consumers());
    shared.fds_last = open_fds();
    shared.kib_last = private_kib();
    shared.fds_most = std::max(shared.fds_most.load(), shared.fds_last.load());
    shared.kib_most = std::max(shared.kib_most.load(), shared.kib_last.load());
  }
}

[[noreturn]] void consume(Shared& shared, int number, const std::string& directory) {
  ConsumerCounts& counts = shared.consumers[static_cast<std::size_t>(number)];
  auto consumer = std::move(*StreamConsumer::open(*ShmDirectory::open(directory), "soak.stream", 0));
  StreamFrame frame;
  std::vector<std::byte> expected(kMostBytes);
  std::uint64_t stream = 0, next_sequence = 0;
  const bool in_place = number % 4 == 3;
  while (true) {
    const std::int64_t deadline_ns = now_ns() + 1000 * kNsPerMs;
    const auto next =
        in_place ? consumer->next_in_place(frame, deadline_ns, -1) : consumer->next(frame, deadline_ns, -1);
    if (!next) {
      ++counts.errors;
      ::usleep(10'000);
      continue;
    }
    if (*next == StreamConsumer::Next::kLeft) {
      ++counts.left;
      shared.notice.add(now_ns() - shared.producer_killed_ns);
    }
    if (*next != StreamConsumer::Next::kFrame) continue;
    const std::int64_t late_ns = now_ns() - frame.time_ns;
    if (frame.stream_id == stream && frame.sequence != next_sequence + frame.lost) ++counts.miscounted;
    stream = frame.stream_id;
    next_sequence = frame.sequence + 1;
    const auto wanted = std::span(expected).first(size_of(frame.sequence));
    fill(wanted, frame.sequence);
    const bool is_good = frame.tag == static_cast<std::uint32_t>(frame.sequence) &&
                         frame.bytes.size() == wanted.size() &&
                         std::equal(wanted.begin(), wanted.end(), frame.bytes.begin());
    if (in_place && !consumer->is_whole()) {
      counts.lost += frame.lost + 1;
      continue;
    }
    if (!is_good) ++counts.broken;
    counts.lost += frame.lost;
    ++counts.seen;
    if (number < kLeftAlone) shared.latency.add(late_ns);
  }
}

template <typename Work>
pid_t start(Work work) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  work();
  ::_exit(1);
}

void end(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

struct Actor {
  pid_t pid = -1;
  std::int64_t goes_on_ns = 0;  ///< stopped until then; 0: it runs
};

class Soak {
 public:
  explicit Soak(unsigned seed) : random_(seed) {
    void* at = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) std::abort();
    shared_ = new (at) Shared;
  }

  int run(std::int64_t seconds) {
    start_producer();
    for (int i = 0; i < kConsumers; ++i) start_consumer(i);
    const std::int64_t end_ns = now_ns() + seconds * 1000 * kNsPerMs;
    std::int64_t producer_ns = next_producer_ns();
    while (now_ns() < end_ns) {
      ::usleep(static_cast<useconds_t>(20'000 + random_() % 100'000));
      for (Actor& actor : actors_) wake_if_due(actor);
      disturb();
      if (now_ns() < producer_ns) continue;
      // Who is stopped cannot notice it in time.
      for (Actor& actor : actors_) go_on(actor);
      ::usleep(200'000);
      shared_->producer_killed_ns = now_ns();
      end(producer_);
      ++producers_killed_;
      start_producer();
      producer_ns = next_producer_ns();
    }
    return finish();
  }

 private:
  std::int64_t next_producer_ns() {
    return now_ns() + static_cast<std::int64_t>(8000 + random_() % 20'000) * kNsPerMs;
  }
  void start_producer() {
    producer_ = start([&] { produce(*shared_, directory_.path()); });
  }
  void start_consumer(int number) {
    actors_[static_cast<std::size_t>(number)] = {start([&] { consume(*shared_, number, directory_.path()); }),
                                                 0};
  }
  static void go_on(Actor& actor) {
    ::kill(actor.pid, SIGCONT);
    actor.goes_on_ns = 0;
  }
  static void wake_if_due(Actor& actor) {
    if (actor.goes_on_ns != 0 && now_ns() >= actor.goes_on_ns) go_on(actor);
  }

  void disturb() {
    const int number = kLeftAlone + static_cast<int>(random_() % (kConsumers - kLeftAlone));
    Actor& actor = actors_[static_cast<std::size_t>(number)];
    if (random_() % 2 == 0) {
      end(actor.pid);
      ++killed_;
      start_consumer(number);
    } else if (actor.goes_on_ns == 0) {
      ::kill(actor.pid, SIGSTOP);
      actor.goes_on_ns = now_ns() + static_cast<std::int64_t>(random_() % 6000) * kNsPerMs;
      ++stopped_;
    }
  }

  int finish() {
    for (const Actor& actor : actors_) end(actor.pid);
    const std::int64_t patience_ends_ns = now_ns() + 10'000 * kNsPerMs;
    while (shared_->consumers_now != 0 && now_ns() < patience_ends_ns) ::usleep(10'000);
    const std::int64_t consumers_left = shared_->consumers_now;
    ::usleep(300'000);
    end(producer_);
    std::uint64_t seen = 0, lost = 0, lost_undisturbed = 0, broken = 0, miscounted = 0, left = 0, errors = 0;
    for (std::size_t i = 0; i < shared_->consumers.size(); ++i) {
      const ConsumerCounts& counts = shared_->consumers[i];
      seen += counts.seen, lost += counts.lost, broken += counts.broken, miscounted += counts.miscounted;
      left += counts.left, errors += counts.errors;
      if (i < kLeftAlone) lost_undisturbed += counts.lost;
    }
    fmt::print("consumers killed {}, stopped {}; producers killed {}\n", killed_, stopped_,
               producers_killed_);
    fmt::print("frames published {}, seen {}, told as lost {} ({} by those that were left alone)\n",
               shared_->published.load(), seen, lost, lost_undisturbed);
    fmt::print("broken {}, miscounted {}, errors {}, told of a producer's end {}\n", broken, miscounted,
               errors, left);
    fmt::print(
        "publish: {}\nfrom publish to a consumer that was left alone: {}\nfrom a producer's death to a "
        "consumer: {}\n",
        shared_->publishing.text(), shared_->latency.text(), shared_->notice.text());
    fmt::print(
        "the last producer: descriptors {} at first, {} at most, {} at last; memory of its own {}, {}, {} "
        "KiB\n",
        shared_->fds_first.load(), shared_->fds_most.load(), shared_->fds_last.load(),
        shared_->kib_first.load(), shared_->kib_most.load(), shared_->kib_last.load());
    const bool is_good = broken == 0 && miscounted == 0 && errors == 0 && consumers_left == 0 &&
                         shared_->fds_last == shared_->fds_first &&
                         shared_->kib_last - shared_->kib_first < 1024;
    fmt::print("{}\n", is_good ? "good" : "FAILED");
    return is_good ? 0 : 1;
  }

  std::mt19937 random_;
  TempDirectory directory_;
  Shared* shared_;
  pid_t producer_ = -1;
  std::array<Actor, kConsumers> actors_;
  int killed_ = 0, stopped_ = 0, producers_killed_ = 0;
};

}  // namespace
}  // namespace pitbridge

int main(int argc, char** argv) {
  const std::int64_t seconds = argc > 1 ? std::stoll(argv[1]) : 600;
  const auto seed = static_cast<unsigned>(argc > 2 ? std::stoul(argv[2]) : 1);
  return pitbridge::Soak(seed).run(seconds);
}
