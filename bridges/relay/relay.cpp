// SPDX-License-Identifier: MIT
// `pitbridge relay`: sends the values of a live sim on to where others collect them.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/relay/influx_output.hpp"
#include "bridges/relay/metrics_server.hpp"
#include "bridges/relay/metrics_text.hpp"
#include "bridges/relay/mqtt_output.hpp"
#include "bridges/relay/secret_file.hpp"
#include "bridges/relay/udp_json_output.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

struct Options {
  std::string sim, name, groups;
  int hz = 10;
  std::string mqtt, user, password_file, ca;
  int qos = 0;
  bool retain = false;
  std::string influx, token_file, prometheus;
  std::vector<std::string> udp_json;
};
Options g_options;

using Outputs = std::vector<std::unique_ptr<Output>>;

std::string host_name() {
  if (!g_options.name.empty()) return topic_level(g_options.name);
  std::array<char, 256> name = {};
  (void)::gethostname(name.data(), name.size() - 1);
  return topic_level(name.data());
}

/// Empty where no file is named.
Expected<std::string> secret_of(const std::string& path, const char* option) {
  return path.empty() ? Expected<std::string>("") : secret_from(path, option);
}

Expected<void> add_mqtt(Outputs& outputs, Log& log) {
  if (g_options.mqtt.empty()) {
    if (g_options.user.empty() && g_options.password_file.empty() && g_options.ca.empty()) return {};
    return fail(ExitCode::kUsage, "--user, --password-file and --ca belong to --mqtt, which is not given");
  }
  const auto url = parse_mqtt_url(g_options.mqtt);
  if (!url) return tl::unexpected<Error>(url.error());
  if (!g_options.password_file.empty() && g_options.user.empty())
    return fail(ExitCode::kUsage, "--password-file needs --user: a broker takes no password without a user");
  if (!g_options.ca.empty() && !url->tls)
    return fail(ExitCode::kUsage, "--ca is for mqtts://, and the address begins with mqtt://");
  const auto password = secret_of(g_options.password_file, "--password-file");
  if (!password) return tl::unexpected<Error>(password.error());
  auto output = MqttOutput::make({.url = *url,
                                  .host = host_name(),
                                  .user = g_options.user,
                                  .password = *password,
                                  .ca_file = g_options.ca,
                                  .qos = g_options.qos,
                                  .retain = g_options.retain},
                                 log);
  if (!output) return tl::unexpected<Error>(std::move(output.error()));
  outputs.push_back(std::move(*output));
  return {};
}

Expected<void> add_influx(Outputs& outputs, Log& log) {
  if (g_options.influx.empty()) {
    if (g_options.token_file.empty()) return {};
    return fail(ExitCode::kUsage, "--token-file belongs to --influx, which is not given");
  }
  const auto secret = secret_of(g_options.token_file, "--token-file");
  if (!secret) return tl::unexpected<Error>(secret.error());
  auto output = InfluxOutput::make(g_options.influx, *secret, host_name(), log);
  if (!output) return tl::unexpected<Error>(std::move(output.error()));
  outputs.push_back(std::move(*output));
  return {};
}

Expected<void> add_udp_json(Outputs& outputs, Log& log) {
  std::vector<NetAddress> targets;
  for (const std::string& word : g_options.udp_json) {
    const auto target = resolve_host_port(word);
    if (!target) return fail(target.error().code, "--udp-json: " + target.error().message);
    targets.push_back(*target);
  }
  if (!targets.empty()) outputs.push_back(std::make_unique<UdpJsonOutput>(std::move(targets), log));
  return {};
}

/// The last of all: it tells of the others.
Expected<void> add_prometheus(Outputs& outputs, Log& log) {
  if (g_options.prometheus.empty()) return {};
  const bool is_port = g_options.prometheus.find(':') == std::string::npos;
  const auto address =
      resolve_host_port(is_port ? "127.0.0.1:" + g_options.prometheus : g_options.prometheus);
  if (!address) return fail(address.error().code, "--prometheus: " + address.error().message);
  auto views = std::make_shared<BridgeViews>(directories_of_bridges());
  (void)views->look();  // the first scrape has rates since now
  auto server = MetricsServer::open(*address, [views, &outputs] {
    std::vector<NamedCounts> counts;
    for (const auto& output : outputs) counts.push_back({output->name(), output->counts()});
    return metrics_text(views->look(), counts);
  });
  if (!server) return tl::unexpected<Error>(std::move(server.error()));
  outputs.push_back(std::move(*server));
  log.write(LogLevel::kInfo, fmt::format("metrics are at http://{}/metrics", address->text()));
  return {};
}

Expected<void> add_outputs(Outputs& outputs, Log& log) {
  for (const auto add : {add_mqtt, add_influx, add_udp_json, add_prometheus})
    if (auto added = add(outputs, log); !added) return added;
  if (!outputs.empty()) return {};
  return fail(ExitCode::kUsage, "says not where to: give --mqtt, --influx, --prometheus or --udp-json");
}

/// Makes the next frame where something has changed.
class Frames {
 public:
  Frames(Feed feed, GroupChoice choice) : feed_(std::move(feed)), choice_(std::move(choice)) {}

  const Frame& next() {
    const Moment moment = feed_.look();
    const bool is_new = frame_.number == 0 || moment.sim != frame_.sim || moment.result != result_ ||
                        moment.updated_ns != updated_ns_;
    if (!is_new) return frame_;
    result_ = moment.result;
    updated_ns_ = moment.updated_ns;
    frame_ = frame_of(moment, choice_, frame_.number + 1);
    return frame_;
  }

 private:
  Feed feed_;
  GroupChoice choice_;
  Frame frame_;
  reader::Result result_ = reader::Result::kOk;
  std::uint64_t updated_ns_ = 0;
};

void wait(const Outputs& outputs, std::int64_t now_ns, std::int64_t next_ns) {
  Waits waits = {.fds = {}, .deadline_ns = next_ns};
  for (const auto& output : outputs) output->add_to(waits);
  const std::int64_t rest_ns = std::max<std::int64_t>(waits.deadline_ns - now_ns, 0);
  const timespec rest = {rest_ns / kNsPerSecond, rest_ns % kNsPerSecond};
  (void)::ppoll(waits.fds.data(), static_cast<nfds_t>(waits.fds.size()), &rest, nullptr);
}

void say_counts(const Outputs& outputs, Log& log) {
  for (const auto& output : outputs)
    log.write(LogLevel::kInfo, fmt::format("{}: {} sent, {} dropped", output->name(), output->counts().sent,
                                           output->counts().dropped));
}

Expected<void> relay(Frames& frames, const Outputs& outputs) {
  MonotonicClock clock;
  const std::int64_t period_ns = kNsPerSecond / g_options.hz;
  std::int64_t next_ns = clock.now_ns();
  while (stop_signal() == 0) {
    const std::int64_t now_ns = clock.now_ns();
    for (const auto& output : outputs)
      if (auto done = output->work(now_ns); !done) return done;
    if (now_ns >= next_ns) {
      next_ns = std::max(next_ns + period_ns, now_ns);
      const Frame& frame = frames.next();
      for (const auto& output : outputs) output->send(frame, now_ns);
    }
    wait(outputs, clock.now_ns(), next_ns);
  }
  return {};
}

Expected<void> run() {
  auto feed = Feed::open(g_options.sim);
  if (!feed) return tl::unexpected<Error>(feed.error());
  auto choice = GroupChoice::parse(g_options.groups);
  if (!choice) return tl::unexpected<Error>(choice.error());
  install_stop_signals();
  FdLog log = FdLog::to_stderr("pitbridge relay", LogLevel::kInfo);
  Outputs outputs;
  if (auto added = add_outputs(outputs, log); !added) return added;
  Frames frames(std::move(*feed), std::move(*choice));
  auto done = relay(frames, outputs);
  say_counts(outputs, log);
  return done;
}

constexpr Command kCommand = {
    .name = "relay",
    .description = "Send the values of a live sim on: MQTT, InfluxDB, Prometheus, JSON by UDP",
    .add_options =
        [](CLI::App& app) {
          Options& o = g_options;
          app.add_option("sim", o.sim, "Sim, by name, title, exe or Steam app id [whichever is driven]")
              ->type_name("SIM");
          app.add_option("--mqtt", o.mqtt, "Broker: mqtt[s]://HOST[:PORT]/[PREFIX]")->type_name("URL");
          app.add_option("--name", o.name, "What this machine is called in topics and tags [its host name]")
              ->type_name("HOST");
          app.add_option("--user", o.user, "User of the broker")->type_name("USER");
          app.add_option("--password-file", o.password_file, "File whose first line is that user's password")
              ->type_name("FILE");
          app.add_option("--ca", o.ca, "Certificates to trust with mqtts, in PEM [those of the system]")
              ->type_name("FILE");
          app.add_option("--qos", o.qos, "Quality of service of the values")
              ->check(CLI::Range(0, 2))
              ->type_name("0|1|2")
              ->capture_default_str();
          app.add_flag("--retain", o.retain, "The broker keeps the last values for those who come later");
          app.add_option("--influx", o.influx, "Address that InfluxDB is written to, with its query")
              ->type_name("URL");
          app.add_option("--token-file", o.token_file, "File whose first line is a token, or USER:PASSWORD")
              ->type_name("FILE");
          app.add_option("--prometheus", o.prometheus, "Serve the state and rates of bridges [127.0.0.1]")
              ->type_name("[ADDRESS:]PORT");
          app.add_option("--udp-json", o.udp_json, "Send JSON there, a datagram a moment; may be repeated")
              ->type_name("HOST:PORT");
          app.add_option("--groups", o.groups, "Groups of values, with commas between [all]")
              ->type_name("NAMES");
          app.add_option("--hz", o.hz, "Moments a second at most")
              ->check(CLI::Range(1, 100))
              ->type_name("N")
              ->capture_default_str();
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge
