// SPDX-License-Identifier: MIT
#include "tests/unit/memory_model/machine.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace pitbridge::memory_model {
namespace {

bool is_acquire(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}
bool is_release(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

template <typename T>
void append(std::string& text, const T& value) {
  text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

Machine* Machine::current_ = nullptr;

Machine::Result Machine::explore(std::vector<Thread> threads, Order order, std::uint64_t most_executions,
                                 const std::function<void()>& at_end) {
  current_ = this;
  threads_ = std::move(threads);
  is_in_turn_ = order == Order::kInTurn;
  choices_.clear();
  seen_.clear();
  Result result;
  do {
    if (result.executions == most_executions) {
      result.is_complete = false;
      break;
    }
    ++result.executions;
    chosen_ = 0;
    states_.assign(threads_.size(), {});
    for (Location& location : locations_) location = {location.offset, -1, {Message{}}};
    fenced_ = {};
    signalled_ = {};
    signals_ = 0;
    try {
      is_in_turn_ ? run_in_turn() : run_interleaved();
      if (at_end) at_end();
    } catch (const Suspended&) {
      // The rest of it is known from another execution.
    } catch (const Violation& violation) {
      result.violation = violation.what;
      break;
    }
  } while (advance());
  current_ = nullptr;
  return result;
}

unsigned Machine::choose(std::size_t count) {
  if (count == 1) return 0;
  if (chosen_ == choices_.size()) choices_.push_back({0, static_cast<unsigned>(count)});
  return choices_[chosen_++].taken;
}

/// False: all choices have been tried.
bool Machine::advance() {
  while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().count) choices_.pop_back();
  if (choices_.empty()) return false;
  ++choices_.back().taken;
  return true;
}

void Machine::run_in_turn() {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    running_ = static_cast<int>(i);
    threads_[i]();
    states_[i].is_done = true;
  }
}

void Machine::run_interleaved() {
  while (true) {
    std::size_t ready[8];
    std::size_t count = 0;
    for (std::size_t i = 0; i < states_.size(); ++i)
      if (can_go_on(states_[i])) ready[count++] = i;
    if (count == 0) break;
    if (has_been_seen()) throw Suspended();
    run(ready[choose(count)], true);
  }
  for (const State& state : states_)
    if (!state.is_done) throw Violation{"a thread sleeps for ever"};
}

void Machine::run(std::size_t thread, bool is_free) {
  running_ = static_cast<int>(thread);
  self().replayed = 0;
  self().is_free = is_free;
  try {
    threads_[thread]();
    self().is_done = true;
  } catch (const Suspended&) {
  }
}

bool Machine::can_go_on(const State& state) const {
  if (state.is_done) return false;
  if (state.waits_for == kSignal) return signals_ > 0;
  return state.waits_for == kNothing || states_[static_cast<std::size_t>(state.waits_for)].is_done;
}

/// Whether an earlier execution has come through the same state: then what follows is known. What a thread
/// knows is what its steps have answered.
bool Machine::has_been_seen() {
  if (chosen_ < choices_.size()) return false;  // on the way to where the last execution ended
  std::string state;
  for (const State& thread : states_) {
    append(state, thread.known);
    append(state, thread.acquirable);
    append(state, thread.released);
    append(state, thread.results.size());
    append(state, thread.is_done);
    for (const Cell& result : thread.results) append(state, result);
  }
  for (const Location& location : locations_) {
    append(state, location.messages.size());
    for (const Message& message : location.messages) append(state, message);
  }
  append(state, fenced_);
  append(state, signalled_);
  append(state, signals_);
  return !seen_.insert(std::move(state)).second;
}

template <typename Do>
Machine::Cell Machine::step(bool is_private, Do what) {
  if (is_in_turn_) return what();
  State& thread = self();
  if (thread.replayed < thread.results.size()) return thread.results[thread.replayed++];
  if (!is_private) {
    if (!thread.is_free) throw Suspended();
    thread.is_free = false;
  }
  const Cell result = what();
  thread.results.push_back(result);
  ++thread.replayed;
  return result;
}

std::size_t Machine::location_at(std::size_t offset) {
  const auto found = std::find_if(locations_.begin(), locations_.end(),
                                  [&](const Location& location) { return location.offset == offset; });
  if (found != locations_.end()) return static_cast<std::size_t>(found - locations_.begin());
  if (locations_.size() == kMostLocations) std::abort();
  locations_.push_back({offset, -1, {Message{}}});
  return locations_.size() - 1;
}

void Machine::join_view(View& to, const View& from) const {
  for (std::size_t i = 0; i < locations_.size(); ++i) to[i] = std::max(to[i], from[i]);
}

Machine::Cell Machine::load_from(std::size_t location, bool acquires) {
  const auto& messages = locations_[location].messages;
  // Nobody but the writer knows less than all there is.
  const bool is_own = locations_[location].writer == running_;
  return step(is_own, [&] {
    State& thread = self();
    const std::size_t oldest = thread.known[location];
    const std::size_t taken = oldest + choose(messages.size() - oldest);
    thread.known[location] = static_cast<std::uint8_t>(taken);
    join_view(thread.acquirable, thread.known);
    join_view(thread.acquirable, messages[taken].carried);
    if (acquires && !weakens(weakening_.acquire_loads)) join_view(thread.known, messages[taken].carried);
    return messages[taken].value;
  });
}

void Machine::store_to(std::size_t location, const Cell& value, bool releases) {
  (void)step(false, [&] {
    State& thread = self();
    Location& at = locations_[location];
    if (at.writer >= 0 && at.writer != running_) throw Violation{"two threads store to one place"};
    at.writer = running_;
    if (at.offset == weakening_.lost_store && at.offset != 0) return Cell{};
    if (at.messages.size() > 255) std::abort();
    thread.known[location] = static_cast<std::uint8_t>(at.messages.size());
    thread.acquirable[location] = thread.known[location];
    Message message{value, releases && !weakens(weakening_.release_stores) ? thread.known : thread.released};
    message.carried[location] = thread.known[location];
    at.messages.push_back(message);
    return Cell{};
  });
}

std::uint64_t Machine::load(std::size_t offset, std::memory_order order) {
  const Cell cell = current_->load_from(current_->location_at(offset), is_acquire(order));
  std::uint64_t value = 0;
  std::memcpy(&value, cell.data(), sizeof value);
  return value;
}

void Machine::store(std::size_t offset, std::uint64_t value, std::memory_order order) {
  Cell cell{};
  std::memcpy(cell.data(), &value, sizeof value);
  current_->store_to(current_->location_at(offset), cell, is_release(order));
}

void Machine::copy_out(std::span<std::byte> out, std::size_t offset) {
  const std::size_t grain = current_->grain_bytes_;
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t within = (offset + done) % grain;
    const std::size_t size = std::min(grain - within, out.size() - done);
    const Cell cell = current_->load_from(current_->location_at(offset + done - within), false);
    std::memcpy(out.data() + done, cell.data() + within, size);
    done += size;
  }
}

void Machine::copy_in(std::size_t offset, std::span<const std::byte> in) {
  const std::size_t grain = current_->grain_bytes_;
  for (std::size_t done = 0; done < in.size();) {
    const std::size_t within = (offset + done) % grain;
    const std::size_t size = std::min(grain - within, in.size() - done);
    const std::size_t location = current_->location_at(offset + done - within);
    // The rest of a grain keeps what its only writer has put there.
    Cell cell = current_->locations_[location].messages.back().value;
    std::memcpy(cell.data() + within, in.data() + done, size);
    current_->store_to(location, cell, false);
    done += size;
  }
}

void Machine::fence(std::memory_order order) {
  Machine& m = *current_;
  const bool is_total = order == std::memory_order_seq_cst && !m.weakens(m.weakening_.seq_cst_fences);
  (void)m.step(!is_total, [&] {
    State& thread = m.self();
    if (is_acquire(order) && !m.weakens(m.weakening_.acquire_fences))
      m.join_view(thread.known, thread.acquirable);
    if (is_total) {
      m.join_view(thread.known, m.fenced_);
      m.fenced_ = thread.known;
    }
    if (is_release(order) && !m.weakens(m.weakening_.release_fences)) thread.released = thread.known;
    m.join_view(thread.acquirable, thread.known);
    return Cell{};
  });
}

void Machine::signal() {
  Machine& m = *current_;
  (void)m.step(false, [&] {
    ++m.signals_;
    m.join_view(m.signalled_, m.self().known);
    return Cell{};
  });
}

/// A wait is a step of its own where it can be done at once; else the thread is stopped before it.
void Machine::block_until(int what) {
  State& thread = self();
  if (thread.replayed < thread.results.size()) return;
  thread.waits_for = what;
  if (!thread.is_free || !can_go_on(thread)) throw Suspended();
  thread.waits_for = kNothing;
}

void Machine::wait_for_signal() {
  Machine& m = *current_;
  m.block_until(kSignal);
  (void)m.step(false, [&] {
    m.signals_ = 0;
    m.join_view(m.self().known, m.signalled_);
    return Cell{};
  });
}

void Machine::join(std::size_t thread) {
  Machine& m = *current_;
  if (!m.is_in_turn_) m.block_until(static_cast<int>(thread));
  (void)m.step(false, [&] {
    m.join_view(m.self().known, m.states_[thread].known);
    return Cell{};
  });
}

void Machine::require(bool holds, const char* what) {
  if (!holds) throw Violation{what};
}

unsigned depth() {
  const char* text = std::getenv("PITBRIDGE_MODEL_DEPTH");
  return text == nullptr ? 0 : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

}  // namespace pitbridge::memory_model
