// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

/// A model of memory in which lock-free code runs as it is, once for each outcome that the language allows:
/// each order of the threads' steps, and for each load each of the stores that it may see.
///
/// The memory is that of C++20 for relaxed, acquire and release accesses and all fences, told by views: a
/// location keeps all that was ever stored there, and a thread knows for each location how new a store it has
/// seen at least. A load takes any store that is not older. A store of a release carries along what its
/// thread knows; an acquire learns it. A fence of seq_cst also exchanges that with all other fences of
/// seq_cst. What the model leaves out: loads that see a store which their own thread has yet to make possible
/// (no compiler and no processor does it to such code), and locations that two threads store to, which it
/// refuses.
namespace pitbridge::memory_model {

/// What the code asks for and does not get: each must be found, or the test would find nothing.
struct Weakening {
  bool release_fences = false;  ///< do nothing
  bool acquire_fences = false;
  bool seq_cst_fences = false;  ///< are only acquire and release
  bool release_stores = false;  ///< are relaxed
  bool acquire_loads = false;
  int of_thread = -1;          ///< -1: all
  std::size_t lost_store = 0;  ///< nobody sees what is stored at this place; 0: none is lost
};

enum class Order : std::uint8_t {
  /// Every order of steps.
  kInterleaved,
  /// Each thread in one go, in the order of the list. Finds the same outcomes where no thread loads what a
  /// later
  /// one stores: for a load may see the old store as well when the new one is there.
  kInTurn,
};

/// What the threads of a test are run on. One test at a time.
class Machine {
 public:
  using Thread = std::function<void()>;
  struct Result {
    std::uint64_t executions = 0;
    std::string violation;    ///< empty: none
    bool is_complete = true;  ///< false: `most_executions` were not enough
  };

  /// `grain_bytes`: 8 or 16; what of a copy is loaded or stored at once.
  explicit Machine(std::size_t grain_bytes = 16, const Weakening& weakening = {})
      : grain_bytes_(grain_bytes), weakening_(weakening) {}

  /// Until a violation. `at_end` is called after each execution that came to its end. A thread is run again
  /// from its beginning for each step, so it keeps what it knows in itself.
  Result explore(std::vector<Thread> threads, Order order, std::uint64_t most_executions = 1'000'000'000,
                 const std::function<void()>& at_end = {});

  // What threads call. Offsets are in bytes.
  static std::uint64_t load(std::size_t offset, std::memory_order order);
  static void store(std::size_t offset, std::uint64_t value, std::memory_order order);
  static void copy_out(std::span<std::byte> out, std::size_t offset);
  static void copy_in(std::size_t offset, std::span<const std::byte> in);
  static void fence(std::memory_order order);
  /// As a write to an eventfd, and a read that waits for one; the system orders them.
  static void signal();
  static void wait_for_signal();
  /// Waits until another thread has ended, and knows what it knew.
  static void join(std::size_t thread);
  static void require(bool holds, const char* what);

 private:
  static constexpr std::size_t kMostLocations = 40;
  static constexpr std::size_t kCellBytes = 16;
  using View = std::array<std::uint8_t, kMostLocations>;  ///< of each location the number of a store
  using Cell = std::array<std::byte, kCellBytes>;
  struct Message {
    Cell value;
    View carried;
  };
  struct Location {
    std::size_t offset = 0;
    int writer = -1;
    std::vector<Message> messages;
  };
  struct State {
    View known{}, acquirable{}, released{};
    std::vector<Cell> results;  ///< of its steps so far
    std::size_t replayed = 0;
    bool is_free = false;  ///< may do one step more
    bool is_done = false;
    int waits_for = kNothing;
  };
  enum Waits : int { kNothing = -1, kSignal = -2 };
  struct Choice {
    unsigned taken, count;
  };
  struct Suspended {};
  struct Violation {
    std::string what;
  };

  State& self() { return states_[static_cast<std::size_t>(running_)]; }
  bool weakens(bool what) const {
    return what && (weakening_.of_thread < 0 || weakening_.of_thread == running_);
  }
  unsigned choose(std::size_t count);
  bool advance();
  void run_in_turn();
  void run_interleaved();
  void run(std::size_t thread, bool is_free);
  bool can_go_on(const State& state) const;
  bool has_been_seen();

  /// The next step of the running thread, or what it was when it was done before.
  template <typename Do>
  Cell step(bool is_private, Do what);
  void block_until(int what);
  std::size_t location_at(std::size_t offset);
  Cell load_from(std::size_t location, bool acquires);
  void store_to(std::size_t location, const Cell& value, bool releases);
  void join_view(View& to, const View& from) const;

  static Machine* current_;

  std::size_t grain_bytes_;
  Weakening weakening_;
  std::vector<Thread> threads_;
  std::vector<State> states_;
  std::vector<Location> locations_;
  View fenced_{};  ///< what the last fence of seq_cst knew
  View signalled_{};
  unsigned signals_ = 0;
  int running_ = 0;
  bool is_in_turn_ = false;
  std::vector<Choice> choices_;
  std::size_t chosen_ = 0;
  std::unordered_set<std::string> seen_;
};

/// In place of SharedWords.
class Memory {
 public:
  /// What lies before that is no part of the model: it is written before anybody else has the memory.
  static constexpr std::size_t kFirstOffset = 64;

  std::uint64_t load(std::size_t offset, std::memory_order order) const {
    return Machine::load(offset, order);
  }
  void store(std::size_t offset, std::uint64_t value, std::memory_order order) const {
    Machine::store(offset, value, order);
  }
  static void fence(std::memory_order order) { Machine::fence(order); }
  void copy_in(std::size_t offset, std::span<const std::byte> in) const {
    if (offset >= kFirstOffset) Machine::copy_in(offset, in);
  }
  void copy_out(std::span<std::byte> out, std::size_t offset) const { Machine::copy_out(out, offset); }
};

/// How much a test explores: little in `make unit`, more where PITBRIDGE_MODEL_DEPTH says so.
unsigned depth();

}  // namespace pitbridge::memory_model
