// SPDX-License-Identifier: MIT
#include "tests/bench/stream/measure.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <random>

#include "common/posix/system/monotonic_clock.hpp"
#include "tests/bench/stream/frame.hpp"

namespace pitbridge::bench {
namespace {

constexpr int kProducerCore = 0, kConsumerCore = 1;
constexpr std::size_t kMostSamples = 1 << 17;
constexpr double kNsPerSecond = 1e9;

std::int64_t now_ns() {
  return MonotonicClock().now_ns();
}

void run_on(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  (void)::sched_setaffinity(0, sizeof cores, &cores);  // with one core there is no choice
}

/// What a consumer tells, in memory that it shares with the producer.
struct Told {
  std::atomic<std::uint32_t> is_ready;
  std::uint64_t frames, lost, samples;
  std::int64_t first_ns, last_ns, cpu_ns;
  float us[kMostSamples];
};

std::int64_t cpu_ns() {
  timespec time = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * static_cast<std::int64_t>(kNsPerSecond) + time.tv_nsec;
}

/// A process that ends with this object, or by itself before.
class Child {
 public:
  template <typename Work>
  explicit Child(Work work) : pid_(::fork()) {
    if (pid_ < 0) throw_system_error("fork");
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
      work();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  void wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    if (status != 0) throw std::runtime_error("stream_bench: a consumer has failed");
  }

 private:
  pid_t pid_;
};

std::vector<Child> burners(bool wanted) {
  std::vector<Child> all;
  for (int core = 0; wanted && core < ::sysconf(_SC_NPROCESSORS_ONLN); ++core)
    all.emplace_back([core] {
      run_on(core);
      volatile std::uint64_t turns = 0;
      while (true) {
        turns = turns + 1;
      }
    });
  return all;
}

/// Counts the frames that were sent after `told.first_ns`, which the producer sets.
void consume(Channel& channel, std::size_t number, Told& told, bool wants_samples) {
  run_on(kConsumerCore);
  channel.be_consumer(number);
  told.is_ready.store(1);
  const std::int64_t cpu_before = cpu_ns();
  std::uint64_t next = 0;
  while (true) {
    const Stamp stamp = channel.receive();
    const std::int64_t now = now_ns();
    const std::int64_t first = std::atomic_ref(told.first_ns).load(std::memory_order_relaxed);
    if (first != 0 && stamp.sent_ns >= first) {
      ++told.frames;
      told.lost += next == 0 ? 0 : stamp.number - next;
      told.last_ns = now;
      if (wants_samples && told.samples < kMostSamples)
        told.us[told.samples++] = static_cast<float>(now - stamp.sent_ns) / 1e3F;
    }
    next = stamp.number + 1;
    if (stamp.is_last != 0) break;
  }
  told.cpu_ns = cpu_ns() - cpu_before;
}

/// A channel with its consumers, while `send_all(send)` sends what it likes.
class Run {
 public:
  Run(const Cell& cell, const Tools& tools, bool wants_samples)
      : told_(sizeof(Told) * cell.consumers), consumers_count_(cell.consumers) {
    const bool lossless = !wants_samples;
    channel_ = make_channel(cell.channel, {cell.size_bytes, cell.consumers, tools.directory, tools.peer,
                                           tools.ring_bytes, tools.socket_bytes, lossless});
    if (!channel_) return;
    burners_ = burners(cell.is_busy);
    for (std::size_t i = 0; i < cell.consumers; ++i)
      consumers_.emplace_back([&, i] { consume(*channel_, i, told(i), wants_samples); });
    run_on(kProducerCore);
    channel_->be_producer();
    for (std::size_t i = 0; i < cell.consumers; ++i)
      while (told(i).is_ready.load() == 0) ::usleep(200);
  }

  explicit operator bool() const { return channel_ != nullptr; }
  Told& told(std::size_t i) const { return reinterpret_cast<Told*>(told_.data())[i]; }

  /// From here on frames count.
  void begin() {
    begun_ns_ = now_ns();
    for (std::size_t i = 0; i < consumers_count_; ++i)
      std::atomic_ref(told(i).first_ns).store(begun_ns_, std::memory_order_relaxed);
  }
  std::int64_t begun_ns() const { return begun_ns_; }
  void send() { channel_->send({number_++, now_ns(), 0}); }
  void end() {
    channel_->send({number_++, now_ns(), 1});
    for (Child& consumer : consumers_) consumer.wait();
  }

 private:
  SharedMemory told_;
  std::size_t consumers_count_;
  std::unique_ptr<Channel> channel_;
  std::vector<Child> burners_, consumers_;
  std::uint64_t number_ = 1;
  std::int64_t begun_ns_ = 0;
};

}  // namespace

std::optional<Throughput> measure_throughput(const Cell& cell, const Tools& tools, double seconds) {
  Run run(cell, tools, false);
  if (!run) return std::nullopt;
  // Buffers are filled, and their pages touched, before it counts.
  const std::int64_t warm_ns = now_ns() + static_cast<std::int64_t>(seconds * kNsPerSecond / 4);
  while (now_ns() < warm_ns) run.send();
  run.begin();
  const std::int64_t end_ns = run.begun_ns() + static_cast<std::int64_t>(seconds * kNsPerSecond);
  while (now_ns() < end_ns) run.send();
  run.end();
  Throughput result;
  std::uint64_t frames = 0;
  std::int64_t last_ns = 0;
  for (std::size_t i = 0; i < cell.consumers; ++i) {
    frames += run.told(i).frames;
    result.lost += run.told(i).lost;
    last_ns = std::max(last_ns, run.told(i).last_ns);
  }
  result.frames_hz = static_cast<double>(frames) / static_cast<double>(cell.consumers) * kNsPerSecond /
                     static_cast<double>(last_ns - run.begun_ns());
  return result;
}

std::optional<Latency> measure_latency(const Cell& cell, const Tools& tools, double rate_hz, double seconds) {
  Run run(cell, tools, true);
  if (!run) return std::nullopt;
  set_timer_slack(1);
  MonotonicClock clock;
  // By chance a bit late, so that nobody who looks at fixed times is in step.
  std::minstd_rand random(static_cast<unsigned>(cell.size_bytes));
  const double period_ns = kNsPerSecond / rate_hz;
  std::uniform_real_distribution<double> late_ns(0, period_ns / 2);
  constexpr int kWarmFrames = 20;
  const auto frames = static_cast<int>(seconds * rate_hz);
  const std::int64_t start_ns = clock.now_ns();
  std::int64_t cpu_before = 0;
  for (int i = 0; i < kWarmFrames + frames; ++i) {
    clock.sleep_until(start_ns + static_cast<std::int64_t>((i + 1) * period_ns + late_ns(random)));
    if (i == kWarmFrames) {
      run.begin();
      cpu_before = cpu_ns();
    }
    run.send();
  }
  const std::int64_t cpu = cpu_ns() - cpu_before;
  clock.sleep_until(clock.now_ns() + static_cast<std::int64_t>(period_ns));
  run.end();
  Latency result;
  result.sent = static_cast<std::uint64_t>(frames) + 1;
  result.producer_cpu_us = static_cast<double>(cpu) / 1e3 / frames;
  for (std::size_t i = 0; i < cell.consumers; ++i) {
    const Told& told = run.told(i);
    result.us.insert(result.us.end(), told.us, told.us + told.samples);
    result.lost += told.lost;
    result.consumer_cpu_us +=
        static_cast<double>(told.cpu_ns) / 1e3 / (frames + kWarmFrames) / static_cast<double>(cell.consumers);
  }
  return result;
}

double measure_memcpy(double seconds) {
  constexpr std::size_t kBytes = std::size_t{64} << 20U;
  const std::vector<std::byte> from(kBytes, std::byte{1});
  std::vector<std::byte> to(kBytes, std::byte{2});
  const std::int64_t begin = now_ns();
  double bytes = 0;
  for (; now_ns() < begin + static_cast<std::int64_t>(seconds * kNsPerSecond); bytes += kBytes)
    std::memcpy(to.data(), from.data(), kBytes);
  return bytes * kNsPerSecond / static_cast<double>(now_ns() - begin);
}

}  // namespace pitbridge::bench
