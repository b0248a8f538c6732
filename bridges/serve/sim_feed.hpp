// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "bridges/feed/feed.hpp"
#include "bridges/serve/state.hpp"

namespace pitbridge::serve {

/// One text for all who take it.
using SharedText = std::shared_ptr<const std::string>;

/// The states of one sim, or of whichever is driven, read and put into words once for all clients.
class SimFeed {
 public:
  /// `word`: as of `Feed::open`.
  static Expected<SimFeed> open(const std::string& word);

  /// Looks, unless that was done a moment ago.
  void look(std::int64_t now_ns);
  /// The number of the newest state; from 1 on, and higher with each that says something new.
  std::uint64_t newest() const { return newest_; }
  const State& state() const { return *states_.back(); }
  /// The event that leads from state `number` to the newest one; 0, or one that is too long ago: all of it.
  SharedText event_after(std::uint64_t number);

 private:
  /// By which a moment is known again.
  struct Mark {
    const Sim* sim = nullptr;
    const Title* title = nullptr;
    reader::Result result = reader::Result::kOk;
    std::uint64_t updated_ns = 0;

    friend bool operator==(const Mark&, const Mark&) = default;
  };

  explicit SimFeed(Feed feed) : feed_(std::move(feed)) {}

  Feed feed_;
  std::deque<std::unique_ptr<const State>> states_;  ///< the last ones, the newest at the end
  std::uint64_t newest_ = 0;
  std::map<std::uint64_t, SharedText> events_;  ///< to the newest state, by the one that they begin at
  std::int64_t looked_ns_ = 0, cars_ns_ = 0;
  Mark mark_;  ///< of the moment that was seen last
  std::uint64_t cars_updated_ns_ = 0;
  const Sim* cars_of_ = nullptr;
};

}  // namespace pitbridge::serve
