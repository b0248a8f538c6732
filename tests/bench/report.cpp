// SPDX-License-Identifier: MIT
#include "tests/bench/report.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <functional>

#include "build_info.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/e2e/process.hpp"

namespace pitbridge::bench {
namespace {

using nlohmann::json;

std::optional<Spread> spread_in(const Results& results, const std::string& sim, const std::string& variant,
                                const std::string& figure) {
  const auto of_sim = results.find(sim);
  if (of_sim == results.end()) return std::nullopt;
  const auto of_variant = of_sim->second.find(variant);
  if (of_variant == of_sim->second.end()) return std::nullopt;
  const auto values = of_variant->second.find(figure);
  return values == of_variant->second.end() ? std::nullopt : spread_of(values->second);
}

/// "median (min-max)", or a dash.
std::string cell(const std::optional<Spread>& spread, int digits, double scale = 1) {
  if (!spread) return "-";
  return fmt::format("{:.{}f} ({:.{}f}-{:.{}f})", spread->median * scale, digits, spread->min * scale, digits,
                     spread->max * scale, digits);
}

std::string first_line(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.rfind(key, 0) == 0) return line.substr(line.find_first_not_of(": \t", key.size()));
  return "";
}

std::string output_of(const std::vector<std::string>& command) {
  e2e::Process process({.arguments = command});
  (void)process.wait(e2e::Seconds(30));
  return process.output();
}

double per_million(std::uint64_t torn, std::uint64_t of) {
  return of == 0 ? 0 : 1e6 * static_cast<double>(torn) / static_cast<double>(of);
}

/// What the targets of one sim are judged by.
class Judge {
 public:
  Judge(const Report& report, std::string sim, std::vector<Target>& out)
      : report_(report), sim_(std::move(sim)), out_(out) {}

  void running() {
    constexpr double kThird = 1.0 / 3;
    at_most_part("p50", "latency_p50_us", variant::kDefault, 0.2, variant::kFixedCopy, "us");
    at_most_part("p99", "latency_p99_us", variant::kDefault, kThird, variant::kFixedCopy, "us");
    at_most_part("CPU", "bridge_cpu_percent", variant::kDefault, 0.5, variant::kFixedCopy, "%");
    at_most_part("p50", "latency_p50_us", variant::kLowLatency, 0.125, variant::kFixedCopy, "us");
    at_most_part("p50", "latency_p50_us", variant::kLowLatency, 1.5, variant::kBound, "us");
    wineserver();
    at_most_part("p50", "latency_p50_us", variant::kZeroCopyFrozen, 2, variant::kNative, "us");
    at_most("no bridge CPU on the way", variant::kZeroCopyFrozen, report_.rounds, "bridge_cpu_percent", 0,
            "%");
    at_most("wake-up p50", variant::kWaiting, report_.rounds, "wake_up_p50_us", 100, "us");
  }
  void idle() {
    at_most("bridge CPU", "paused game", report_.idle, "bridge_cpu_percent", 0.1, "%");
    at_most("bridge CPU", "no game", report_.idle, "bridge_cpu_percent", 0.1, "%");
  }
  void torn() {
    constexpr std::uint64_t kEnough = 10'000'000;
    const auto of_sim = report_.torn.find(sim_);
    if (of_sim == report_.torn.end()) return;
    const auto of_default = of_sim->second.find(variant::kDefault);
    const auto of_zero_copy = of_sim->second.find(variant::kZeroCopy);
    if (of_default == of_sim->second.end() || of_zero_copy == of_sim->second.end()) return;  // cut short
    const TornFigures& figures = of_default->second;
    const TornFigures& in_game = of_zero_copy->second;
    const auto judge_one = [&](const char* reader, std::uint64_t torn, std::uint64_t of) {
      out_.push_back({sim_, fmt::format("{}: 0 torn in at least {} snapshots", reader, kEnough),
                      fmt::format("{} in {}", torn, of), torn == 0 && of >= kEnough});
    };
    if (has_no_lock()) {
      // Who follows a counter reads mixed states from the game itself.
      const double ours = per_million(figures.torn_by_rule, figures.by_rule);
      const double games = per_million(in_game.torn_by_rule, in_game.by_rule);
      out_.push_back(
          {sim_, "rule-following reader: no more torn than in the game's own section (the sim has no lock)",
           fmt::format("{:.3f} per million against {:.3f}", ours, games), ours <= games});
    } else {
      judge_one("rule-following reader", figures.torn_by_rule, figures.by_rule);
    }
    judge_one("status-page reader", figures.torn_by_status, figures.by_status);
  }

 private:
  bool has_no_lock() const {
    for (const SimCase& sim : sim_cases())
      if (sim.name == sim_) return sim.main_mapping().detector.rule == Consistency::kCounter;
    return false;
  }
  std::optional<Spread> running(const std::string& variant, const std::string& figure) const {
    return spread_in(report_.rounds, sim_, variant, figure);
  }

  void at_most_part(const std::string& what, const std::string& figure, const std::string& variant,
                    double part, const std::string& reference, const std::string& unit) {
    const auto ours = running(variant, figure);
    const auto theirs = running(reference, figure);
    if (!ours || !theirs) return;
    out_.push_back({sim_,
                    fmt::format("{}: {} at most {:.3g} of \"{}\" ({:.3g} {})", variant, what, part, reference,
                                part * theirs->median, unit),
                    fmt::format("{:.3g} {}, {:.3g} of it", ours->median, unit, ours->median / theirs->median),
                    ours->median <= part * theirs->median});
  }
  void at_most(const std::string& what, const std::string& variant, const Results& results,
               const std::string& figure, double limit, const std::string& unit) {
    const auto spread = spread_in(results, sim_, variant, figure);
    if (!spread) return;
    out_.push_back({sim_, fmt::format("{}: {} at most {} {}", variant, what, limit, unit),
                    fmt::format("{:.3g} {}", spread->median, unit), spread->median <= limit});
  }
  /// "Not measurably more": the medians are no further apart than the rounds of one variant are.
  void wineserver() {
    const auto alone = running(variant::kGameAlone, "server_cpu_percent");
    const auto with = running(variant::kDefault, "server_cpu_percent");
    if (!alone || !with) return;
    const double noise = std::max(alone->max - alone->min, with->max - with->min);
    out_.push_back(
        {sim_, "pitbridge: wineserver CPU as with the game alone, within the spread of the rounds",
         fmt::format("{:.3f} % against {:.3f} %, spread {:.3f}", with->median, alone->median, noise),
         with->median - alone->median <= noise});
  }

  const Report& report_;
  std::string sim_;
  std::vector<Target>& out_;
};

json to_json(const Results& results) {
  json out = json::object();
  for (const auto& [sim, of_sim] : results)
    for (const auto& [variant, figures] : of_sim)
      for (const auto& [figure, values] : figures) {
        const auto spread = spread_of(values);
        out[sim][variant][figure] = {
            {"median", spread->median}, {"min", spread->min}, {"max", spread->max}, {"rounds", values}};
      }
  return out;
}

std::string table_of_rounds(const Report& report, const std::string& sim) {
  std::string out = fmt::format(
      "\n### {}\n\n| variant | latency p50 us | p99 us | max us | bridge CPU % | wake-ups/s | wineserver CPU "
      "% | "
      "stored MB/s | first data ms |\n|---|---|---|---|---|---|---|---|---|\n",
      sim);
  for (const std::string& variant : variants()) {
    const auto get = [&](const char* figure) { return spread_in(report.rounds, sim, variant, figure); };
    if (!get("server_cpu_percent")) continue;
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", variant,
                       cell(get("latency_p50_us"), 1), cell(get("latency_p99_us"), 1),
                       cell(get("latency_max_us"), 0), cell(get("bridge_cpu_percent"), 2),
                       cell(get("bridge_wake_ups_per_second"), 0), cell(get("server_cpu_percent"), 3),
                       cell(get("stored_bytes_per_second"), 2, 1e-6), cell(get("start_up_ms"), 0));
  }
  if (const auto wake_up = spread_in(report.rounds, sim, variant::kWaiting, "wake_up_p50_us")) {
    out += fmt::format(
        "\nA reader that waits with the futex returns after the publication: p50 {} us, p99 {} us.\n",
        cell(wake_up, 1), cell(spread_in(report.rounds, sim, variant::kWaiting, "wake_up_p99_us"), 1));
  }
  return out;
}

}  // namespace

json describe_machine() {
  utsname system = {};
  ::uname(&system);
  const std::time_t now = std::time(nullptr);
  char date[32] = {};
  std::strftime(date, sizeof date, "%FT%TZ", std::gmtime(&now));
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  const std::string wine = output_of({"wine", "--version"});
  const auto at = wine.find("wine-");
  return {{"date", date},
          {"processor", first_line("/proc/cpuinfo", "model name")},
          {"cores", ::sysconf(_SC_NPROCESSORS_ONLN)},
          {"virtual_machine", first_line("/proc/cpuinfo", "flags").find(" hypervisor") != std::string::npos},
          {"kernel", system.release},
          {"wine", at == std::string::npos ? wine : wine.substr(at, wine.find('\n', at) - at)},
          {"compiler", kCompiler},
          {"pitbridge", kVersion},
          {"load_before", load}};
}

std::vector<Target> judge(const Report& report) {
  std::vector<Target> targets;
  for (const SimCase* sim : chosen_cases(report.settings)) {
    Judge of_sim(report, sim->name, targets);
    of_sim.running();
    of_sim.idle();
    of_sim.torn();
  }
  return targets;
}

json to_json(const Report& report) {
  json torn = json::object();
  for (const auto& [sim, of_sim] : report.torn)
    for (const auto& [variant, t] : of_sim)
      torn[sim][variant] = {{"snapshots", t.snapshots}, {"torn", t.torn},
                            {"by_rule", t.by_rule},     {"torn_by_rule", t.torn_by_rule},
                            {"by_status", t.by_status}, {"torn_by_status", t.torn_by_status},
                            {"updates_seen", t.updates}};
  json packets = json::object();
  for (const auto& [of_case, variants] : report.packets)
    for (const auto& [variant, p] : variants)
      packets[of_case][variant] = {{"latency_p50_us", percentile(p.latencies_us, 0.5).value_or(0)},
                                   {"latency_p99_us", percentile(p.latencies_us, 0.99).value_or(0)},
                                   {"sent", p.sent},
                                   {"lost", p.lost},
                                   {"cpu_percent", p.cpu_percent},
                                   {"wake_ups_per_second", p.wake_ups_hz}};
  json targets = json::array();
  for (const Target& target : judge(report))
    targets.push_back(
        {{"sim", target.sim}, {"wanted", target.wanted}, {"measured", target.got}, {"met", target.met}});
  return {{"machine", report.machine},
          {"settings",
           {{"rounds", report.settings.rounds},
            {"seconds", report.settings.seconds},
            {"jitter_us", report.settings.jitter_us},
            {"whole", report.settings.whole},
            {"idle_seconds", report.settings.idle_seconds},
            {"torn_snapshots", report.settings.torn_snapshots},
            {"torn_seconds", report.settings.torn_seconds},
            {"torn_longest_seconds", report.settings.torn_longest_seconds}}},
          {"running", to_json(report.rounds)},
          {"idle", to_json(report.idle)},
          {"torn", torn},
          {"packets", packets},
          {"targets", targets}};
}

std::string heading(const Report& report) {
  const json& m = report.machine;
  return fmt::format(
      "## Benchmark of pitbridge {}\n\n{}, {} cores{}, Linux {}, {}, load before {:.2f}. {} rounds of {} s "
      "for each "
      "variant, in rotating order; median (min-max) of the rounds. The fake game is late by up to {} us at "
      "random "
      "and {}.\n",
      m["pitbridge"].get<std::string>(), m["processor"].get<std::string>(), m["cores"].get<long>(),
      m["virtual_machine"].get<bool>() ? " (virtual)" : "", m["kernel"].get<std::string>(),
      m["wine"].get<std::string>(), m["load_before"].get<double>(), report.settings.rounds,
      report.settings.seconds, report.settings.jitter_us,
      report.settings.whole ? "changes every byte with each update"
                            : "writes the fields of a car that drives");
}

std::string tables_of_rounds(const Report& report) {
  std::string out;
  for (const SimCase* sim : chosen_cases(report.settings))
    if (report.rounds.contains(sim->name)) out += table_of_rounds(report, sim->name);
  return out;
}

std::string table_of_idle(const Report& report) {
  if (report.idle.empty()) return "";
  std::string out =
      "\n### Nothing to do\n\n| sim | no game: CPU % | wake-ups/s | paused game: CPU % | wake-ups/s |\n"
      "|---|---|---|---|---|\n";
  for (const auto& entry : report.idle) {
    const auto get = [&](const char* variant, const char* figure) {
      return spread_in(report.idle, entry.first, variant, figure);
    };
    out += fmt::format("| {} | {} | {} | {} | {} |\n", entry.first,
                       cell(get("no game", "bridge_cpu_percent"), 3),
                       cell(get("no game", "bridge_wake_ups_per_second"), 1),
                       cell(get("paused game", "bridge_cpu_percent"), 3),
                       cell(get("paused game", "bridge_wake_ups_per_second"), 1));
  }
  return out;
}

std::string table_of_torn(const Report& report) {
  if (report.torn.empty()) return "";
  std::string out =
      "\n### Torn snapshots per million\n\n| sim | variant | updates seen | raw reader | of | by the sim's "
      "rule | of "
      "| by the status page | of |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const auto& [sim, of_sim] : report.torn)
    for (const auto& [variant, t] : of_sim)
      out += fmt::format(
          "| {} | {} | {} | {:.3f} | {} | {:.3f} | {} | {} | {} |\n", sim, variant, t.updates,
          per_million(t.torn, t.snapshots), t.snapshots, per_million(t.torn_by_rule, t.by_rule), t.by_rule,
          t.by_status == 0 ? "-" : fmt::format("{:.3f}", per_million(t.torn_by_status, t.by_status)),
          t.by_status);
  return out;
}

std::string table_of_targets(const Report& report) {
  const std::vector<Target> targets = judge(report);
  if (targets.empty()) return "";
  std::string out = "\n### Targets\n\n| sim | wanted | measured | |\n|---|---|---|---|\n";
  for (const Target& target : targets)
    out += fmt::format("| {} | {} | {} | {} |\n", target.sim, target.wanted, target.got,
                       target.met ? "met" : "**missed**");
  return out;
}

}  // namespace pitbridge::bench
