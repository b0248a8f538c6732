// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bridges/feed/bridge_views.hpp"
#include "bridges/serve/access.hpp"
#include "bridges/serve/doctor_reports.hpp"
#include "bridges/serve/http.hpp"
#include "bridges/serve/sim_feed.hpp"

namespace pitbridge::serve {

/// Clients of event streams; who comes after them is asked to try again later.
inline constexpr std::size_t kMostStreams = 128;

/// What is served: the page, and the values as JSON and as events.
class Service {
 public:
  explicit Service(AccessRules rules);

  void handle(const HttpRequest& request);
  /// Reads what is due, and gives it to those who can take it. Returns when there is more to do.
  std::int64_t tick();
  void close_all() { clients_.clear(); }

 private:
  /// One sim that somebody asks for.
  struct Source {
    SimFeed feed;
    std::int64_t used_ns = 0;
  };
  struct Client {
    std::unique_ptr<EventStream> stream;
    Source* source;
    std::int64_t period_ns;
    std::int64_t next_ns = 0, sent_ns = 0;
    std::uint64_t seen = 0;  ///< number of the state that it has
  };
  /// Somebody who has asked for values that a bridge begins to decode only now.
  struct Waiting {
    HttpRequest request;
    Source* source;
    std::int64_t until_ns;
  };

  void answer_api(const HttpRequest& request, const std::string& path);
  void answer_page(const HttpRequest& request, const std::string& path);
  void answer_sim(const HttpRequest& request, const std::string& word, std::string_view what);
  void refuse(const HttpRequest& request, Access access);
  void begin_events(const HttpRequest& request, Source& source);
  void answer_values(const HttpRequest& request, Source& source);
  void send(const HttpRequest& request, int status, std::string text,
            std::string_view type = "application/json", HttpHeaders headers = {});
  void send_error(const HttpRequest& request, int status, std::string_view what, HttpHeaders headers = {});
  HttpHeaders headers(HttpHeaders more, bool may_be_kept) const;
  Expected<Source*> source_of(const std::string& word);
  void serve(Client& client, std::int64_t now_ns);
  /// Of all sims, with their bridges.
  std::string sims_text(std::int64_t now_ns);

  AccessRules rules_;
  std::map<std::string, std::unique_ptr<Source>> sources_;
  std::vector<Client> clients_;
  std::vector<Waiting> waiting_;
  DoctorReports doctor_;
  std::vector<std::string> directories_;
  std::unique_ptr<BridgeViews> views_;
  std::string sims_;
  std::int64_t sims_ns_ = 0;
};

}  // namespace pitbridge::serve
