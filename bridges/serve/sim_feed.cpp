// SPDX-License-Identifier: MIT
#include "bridges/serve/sim_feed.hpp"

#include <fmt/format.h>

#include <utility>

namespace pitbridge::serve {
namespace {

constexpr std::int64_t kMs = 1'000'000;
/// Below the period of the fastest client, so that each of its ticks sees news.
constexpr std::int64_t kLookEveryNs = 8 * kMs;
/// A field of cars is much to send, and nobody reads standings faster.
constexpr std::int64_t kCarsEveryNs = 200 * kMs;
/// Who is further behind gets all of it, which is not much more by then.
constexpr std::size_t kMostStates = 64;
/// How soon a browser asks again when the connection is lost.
constexpr int kRetryMs = 1000;

}  // namespace

Expected<SimFeed> SimFeed::open(const std::string& word) {
  auto feed = Feed::open(word);
  if (!feed) return tl::unexpected<Error>(std::move(feed.error()));
  feed->take_frames();
  return SimFeed(std::move(*feed));
}

void SimFeed::look(std::int64_t now_ns) {
  if (!states_.empty() && now_ns - looked_ns_ < kLookEveryNs) return;
  looked_ns_ = now_ns;
  const Moment moment = feed_.look();
  const Mark mark = {moment.sim, moment.title, moment.result, moment.updated_ns};
  // Nothing was published since, and the cars are those of then.
  if (!states_.empty() && mark == mark_ && cars_updated_ns_ == mark.updated_ns) return;
  mark_ = mark;
  const bool is_live = moment.result == reader::Result::kOk;
  const bool same_cars =
      !states_.empty() && moment.sim == cars_of_ && is_live && now_ns - cars_ns_ < kCarsEveryNs;
  if (!same_cars) {
    cars_ns_ = now_ns;
    cars_updated_ns_ = mark.updated_ns;
  }
  cars_of_ = is_live ? moment.sim : nullptr;
  auto state = std::make_unique<State>(state_of(moment, same_cars ? &states_.back()->cars : nullptr));
  if (!states_.empty() && state->says_the_same_as(*states_.back())) return;
  states_.push_back(std::move(state));
  if (states_.size() > kMostStates) states_.pop_front();
  ++newest_;
  events_.clear();
}

SharedText SimFeed::event_after(std::uint64_t number) {
  const std::uint64_t oldest = newest_ + 1 - states_.size();
  if (number < oldest || number > newest_) number = 0;
  SharedText& event = events_[number];
  if (event == nullptr) {
    const bool is_whole = number == 0;
    event = std::make_shared<const std::string>(
        fmt::format("{}id: {}\nevent: {}\ndata: {}\n\n", is_whole ? fmt::format("retry: {}\n", kRetryMs) : "",
                    newest_, is_whole ? "whole" : "change",
                    is_whole ? whole_text(state()) : change_text(*states_[number - oldest], state())));
  }
  return event;
}

}  // namespace pitbridge::serve
