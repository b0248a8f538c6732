// SPDX-License-Identifier: MIT
#include "bridges/doctor/gather.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "bridges/doctor/trial.hpp"
#include "common/core/settings/app_id.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/number_text.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/session/wine_process.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {
namespace {

constexpr std::size_t kMaxProgramBytes = std::size_t{64} << 20U;
/// No sim's section is larger.
constexpr std::size_t kMaxSectionBytes = std::size_t{16} << 20U;
/// A bridge writes its page often, but shortly: a reading that met a write is taken again.
constexpr int kMaxAttempts = 32;
constexpr const char* kFlatpakShm = "/.flatpak/com.valvesoftware.Steam/dev-shm";

PathFacts path_facts(const std::string& path, bool follow = false) {
  struct stat found = {};
  if ((follow ? ::stat(path.c_str(), &found) : ::lstat(path.c_str(), &found)) != 0) return {};
  return {true,         found.st_mode, found.st_uid,
          found.st_dev, found.st_ino,  static_cast<std::uint64_t>(std::max<off_t>(found.st_size, 0))};
}

bool is_same_content(const std::string& a, const std::string& b) {
  if (is_same_file(a, b)) return true;
  const auto first = small_file(a, kMaxProgramBytes);
  return first && first == small_file(b, kMaxProgramBytes);
}

// --- The output directory and the status page ---

ShmFacts shm_facts(const GatherOptions& options) {
  ShmFacts shm;
  shm.directory = options.shm_directory;
  const std::string path = options.root + shm.directory;
  shm.is_directory = is_directory(path);
  shm.is_writable = ::access(path.c_str(), W_OK | X_OK) == 0;
  shm.is_where_readers_look = is_same_file(path, options.root + std::string(kDefaultShmDirectory));
  struct statvfs space = {};
  if (shm.is_directory && ::statvfs(path.c_str(), &space) == 0)
    shm.free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
  const std::string flatpak = options.runtime_directory + kFlatpakShm;
  if (!options.runtime_directory.empty() && is_directory(options.root + flatpak)) {
    shm.flatpak_directory = flatpak;
    shm.is_flatpak_directory = is_same_file(options.root + flatpak, path);
  }
  return shm;
}

std::string why_foreign(const std::string& bytes) {
  if (bytes.size() < kStatusPageBytes)
    return fmt::format("has {} bytes, a status page {}", bytes.size(), kStatusPageBytes);
  const std::string_view magic(kStatusMagic, sizeof kStatusMagic);
  if (!bytes.starts_with(magic)) return "is no status page";
  std::uint32_t version = 0;
  bytes.copy(reinterpret_cast<char*>(&version), sizeof version, offsetof(StatusHeader, version));
  if (version != kStatusVersion)
    return fmt::format("is a status page of version {}; this pitbridge knows {}", version, kStatusVersion);
  return "is a status page that makes no sense, or that is never whole";
}

class PageReader {
 public:
  explicit PageReader(std::string path) : path_(std::move(path)) {}

  PageFacts first() const {
    PageFacts page;
    const PathFacts at_path = path_facts(path_);
    if (!at_path.exists) return page;
    page.kind = PageKind::kForeign;
    if (!S_ISREG(at_path.mode)) {
      page.why_foreign = "is no plain file";
      return page;
    }
    const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (!fd) {
      page.why_foreign = "cannot be read";
      return page;
    }
    page.is_locked = is_locked_by_a_bridge(fd.get());
    page.first = read();
    page.second = page.first;
    if (page.first) {
      page.kind = PageKind::kReadable;
    } else {
      page.why_foreign = why_foreign(small_file(path_, kStatusPageBytes).value_or(""));
    }
    return page;
  }

  std::optional<Status> read() const {
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
      const auto bytes = small_file(path_, kStatusPageBytes);
      if (!bytes) break;
      if (auto status = read_status(std::as_bytes(std::span(*bytes)))) return status;
    }
    return std::nullopt;
  }

 private:
  std::string path_;
};

/// The bytes of the game's own section, through the bridge's descriptor; nothing when that is not to be had.
std::optional<std::string> section_bytes(pid_t bridge, const StatusMapping& mapping) {
  if (mapping.attached == 0 || mapping.section_fd < 0) return std::nullopt;
  const UniqueFd fd(
      ::open(fmt::format("/proc/{}/fd/{}", bridge, mapping.section_fd).c_str(), O_RDONLY | O_CLOEXEC));
  struct stat found = {};
  if (!fd || ::fstat(fd.get(), &found) != 0 || found.st_dev != mapping.section_device ||
      found.st_ino != mapping.section_inode || found.st_size <= 0)
    return std::nullopt;
  std::string bytes(std::min({static_cast<std::size_t>(mapping.size_bytes), kMaxSectionBytes,
                              static_cast<std::size_t>(found.st_size)}),
                    '\0');
  const ssize_t n = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  if (n != static_cast<ssize_t>(bytes.size())) return std::nullopt;
  return bytes;
}

std::vector<std::optional<std::string>> all_sections(pid_t bridge, const Status& status) {
  std::vector<std::optional<std::string>> all;
  for (const StatusMapping& mapping : status.mappings) all.push_back(section_bytes(bridge, mapping));
  return all;
}

/// The second reading, after the interval.
void read_again(Facts& facts, const PageReader& page, int interval_ms) {
  MonotonicClock clock;
  const std::int64_t before_ns = clock.now_ns();
  facts.page.now_ns = before_ns;
  if (!facts.page.is_locked || !facts.page.first) return;  // there is nothing to wait for
  const BridgeFacts* holder = facts.holder();
  const pid_t bridge = holder != nullptr ? holder->bridge.process.id.pid : 0;
  const auto sections =
      bridge != 0 ? all_sections(bridge, *facts.page.first) : std::vector<std::optional<std::string>>();
  clock.sleep_until(before_ns + std::int64_t{interval_ms} * 1'000'000);
  facts.page.second = page.read();
  facts.page.now_ns = clock.now_ns();
  facts.page.passed_s = static_cast<double>(facts.page.now_ns - before_ns) / 1e9;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const StatusMapping& mapping = facts.page.first->mappings[i];
    const auto now = section_bytes(bridge, mapping);
    SectionFacts section{std::string(fixed_text(mapping.file_name)), std::nullopt};
    if (sections[i] && now) section.has_changed = *sections[i] != *now;
    facts.sections.push_back(std::move(section));
  }
}

// --- Steam ---

SteamFacts steam_facts(const Sim& sim, const GatherOptions& options) {
  SteamFacts steam;
  if (options.home.empty()) return steam;
  steam.installations = steam_installations(options.home, options.root);
  for (const SteamInstallation& installation : steam.installations)
    for (const std::string& library : steam_libraries(installation, options.home, options.root))
      for (InstalledApp& app : installed_apps(library, options.root)) {
        const auto known = title_of_app(app.app_id);
        if (!known || known->sim != &sim) continue;
        auto compat = compat_data(library, app.app_id, options.root);
        steam.proton_is_there.push_back(!compat || compat->proton.empty() ||
                                        is_directory(options.root + compat->proton));
        steam.compat.push_back(std::move(compat));
        steam.apps.push_back(std::move(app));
      }
  return steam;
}

// --- The game's session ---

/// The same wineserver: its directory, each as its own processes see it.
bool is_one_session(const WineSession& a, const WineSession& b, const std::string& root) {
  if (a.server_directory.empty() && b.server_directory.empty())
    return !a.prefix.path.empty() && a.prefix.path == b.prefix.path;  // the prefix has gone
  return !a.server_directory.empty() && !b.server_directory.empty() &&
         is_same_file(path_from_here(a, a.server_directory, root),
                      path_from_here(b, b.server_directory, root));
}

/// Every wineserver that works in a directory of this name: in its own /tmp there may be a second one.
std::vector<pid_t> wineservers_of(const WineSession& session, const std::vector<ProcessInfo>& processes,
                                  const std::string& root) {
  std::vector<pid_t> pids;
  if (session.server_directory.empty()) return pids;
  const std::string name = file_name_of(session.server_directory);
  for (const ProcessInfo& process : processes) {
    if (!process.comm.starts_with("wineserver")) continue;
    const auto directory = working_directory_of(process.id, root);
    if (directory && file_name_of(without_deleted_mark(*directory)) == name) pids.push_back(process.id.pid);
  }
  return pids;
}

std::optional<GlibcVersion> glibc_of(const WineSession& session, const std::string& root) {
  const auto mapped = mapped_files(session.game, root);
  if (!mapped) return std::nullopt;
  for (const std::string& file : *mapped) {
    const std::string path = without_deleted_mark(file);
    // Before glibc 2.34 libc.so.6 was a link to libc-2.31.so.
    const std::string name = file_name_of(path);
    if (name != "libc.so.6" && !(name.starts_with("libc-") && name.ends_with(".so"))) continue;
    if (const auto bytes = small_file(path_from_here(session, path, root), kMaxProgramBytes))
      if (const auto version = glibc_of_library(*bytes)) return version;
  }
  return std::nullopt;
}

GameFacts game_facts(const RunningGame& game, const std::vector<ProcessInfo>& processes,
                     const std::string& root) {
  GameFacts facts;
  facts.game = game;
  auto session = wine_session_of(game.process.id, root);
  if (!session) {
    facts.why_no_session = session.error().message;
    return facts;
  }
  if (!session->prefix.path.empty()) {
    const std::string prefix = path_from_here(*session, session->prefix.path, root);
    facts.prefix = path_facts(prefix, true);
    facts.prefix_is_one = path_facts(prefix + "/system.reg", true).exists;
  }
  facts.wineservers = wineservers_of(*session, processes, root);
  const std::string shm(kDefaultShmDirectory);
  facts.has_own_shm =
      !session->shares_mounts && !is_same_file(root + shm, path_from_here(*session, shm, root));
  facts.glibc = glibc_of(*session, root);
  facts.session = std::move(*session);
  return facts;
}

std::vector<StrangeExe> strange_exes(const Sim& sim, const std::vector<ProcessInfo>& processes,
                                     const GatherOptions& options) {
  const std::string& root = options.root;
  std::vector<StrangeExe> all;
  for (const ProcessInfo& process : processes) {
    if (options.game && process.id.pid != *options.game) continue;
    if (process.argv.empty() || is_of_windows(process.argv.front())) continue;
    const std::string name(base_name(process.argv.front()));
    if (!is_exe_name(name) || title_of_exe_name(name) || bridge_of(process, root)) continue;
    const auto exe = exe_of(process.id, root);
    const auto environment = exe && is_wine_loader(*exe) ? environment_of(process.id, root) : std::nullopt;
    const auto app = environment ? app_id_from(*environment) : std::nullopt;
    const auto known = app ? title_of_app(*app) : std::nullopt;
    if (known && known->sim == &sim) all.push_back({process.id.pid, name});
  }
  return all;
}

// --- Bridges ---

/// The directory that a bridge writes to: option before variable before default.
std::string shm_directory_of(const ProcessInfo& process, const Environment& environment) {
  constexpr std::string_view kOption = "--shm-dir";
  for (std::size_t i = 1; i < process.argv.size(); ++i) {
    const std::string& word = process.argv[i];
    if (word == kOption && i + 1 < process.argv.size()) return process.argv[i + 1];
    if (word.starts_with(kOption) && word.size() > kOption.size() && word[kOption.size()] == '=')
      return word.substr(kOption.size() + 1);
  }
  std::string directory = value_or_empty(environment, "PITBRIDGE_SHM_DIR");
  return directory.empty() ? std::string(kDefaultShmDirectory) : directory;
}

/// It mirrors nothing: a user's own debug command runs in its place (bridge_run.cpp).
bool is_stand_in(const ProcessInfo& process) {
  return std::find(process.argv.begin(), process.argv.end(), "--") != process.argv.end();
}

/// A bridge with what is known of its session.
struct SeenBridge {
  BridgeFacts facts;
  std::optional<WineSession> session;
};

std::vector<SeenBridge> seen_bridges(const Sim& sim, const PageFacts& page, const std::string& root) {
  std::vector<SeenBridge> all;
  for (RunningBridge& bridge : running_bridges(root)) {
    if (bridge.sim != &sim || is_stand_in(bridge.process)) continue;
    SeenBridge seen;
    const ProcessId id = bridge.process.id;
    if (auto session = wine_session_of(id, root)) {
      seen.facts.shm_directory = shm_directory_of(bridge.process, session->environment);
      seen.facts.server_directory = session->server_directory;
      seen.facts.prefix = session->prefix.path;
      seen.session = std::move(*session);
    }
    seen.facts.holds_the_page = page.is_locked && page.first && page.first->header.bridge_pid == id.pid;
    const std::string file_name = bridge.program + ".exe.so";
    for (const std::string& file : mapped_files(id, root).value_or(std::vector<std::string>()))
      if (file_name_of(without_deleted_mark(file)) == file_name) seen.facts.file = file;
    seen.facts.bridge = std::move(bridge);
    all.push_back(std::move(seen));
  }
  return all;
}

BridgeFileFacts bridge_file_facts(const Sim& sim, const GatherOptions& options) {
  BridgeFileFacts file;
  const std::string program = bridge_program(sim);
  const std::string name = program + ".exe.so";
  if (auto installed = installed_bridge(program)) {
    file.installed = *installed;
    file.needs = elf_needs(small_file(file.installed, kMaxProgramBytes).value_or(""));
  } else {
    file.why_not_installed = installed.error().message;
  }
  if (options.data_directory.empty()) return file;
  file.staged = fmt::format("{}/{}/{}", options.data_directory, options.version, name);
  file.is_staged = path_facts(file.staged).exists;
  file.staged_is_same = file.is_staged && is_same_content(file.staged, file.installed);
  for (const std::string& version : directory_entries(options.data_directory))
    if (version != options.version &&
        path_facts(fmt::format("{}/{}/{}", options.data_directory, version, name)).exists)
      file.other_staged_versions.push_back(version);
  return file;
}

bool runs_installed_file(const SeenBridge& bridge, const std::string& installed, const std::string& root) {
  if (bridge.facts.file.empty() || installed.empty() || !bridge.session) return true;
  if (without_deleted_mark(bridge.facts.file) != bridge.facts.file) return false;
  return is_same_content(path_from_here(*bridge.session, bridge.facts.file, root), installed);
}

// --- The files ---

using FileKey = std::pair<std::uint64_t, std::uint64_t>;

/// Nothing when the descriptors cannot be looked at.
std::optional<std::set<FileKey>> files_held_by(pid_t pid, const std::string& root) {
  const std::string directory = fmt::format("{}/proc/{}/fd", root, pid);
  std::set<FileKey> held;
  for (const std::string& name : directory_entries(directory))
    if (const PathFacts file = path_facts(directory + "/" + name, true); file.exists)
      held.insert({file.device, file.inode});
  if (held.empty()) return std::nullopt;
  return held;
}

std::vector<FileFacts> file_facts(const Facts& facts, const GatherOptions& options) {
  const BridgeFacts* holder = facts.holder();
  const auto held =
      holder != nullptr ? files_held_by(holder->bridge.process.id.pid, options.root) : std::nullopt;
  const WineSession* session = facts.session();
  const Status* status = facts.page.is_locked && facts.page.second ? &*facts.page.second : nullptr;
  std::vector<FileFacts> all;
  const auto add = [&](std::string_view name, std::string_view mapping, std::uint64_t least_bytes) {
    FileFacts file;
    file.name = name;
    file.wanted_bytes = least_bytes;
    const StatusMapping* entry = status != nullptr ? status->find(mapping) : nullptr;
    if (entry != nullptr && entry->attached != 0)
      file.wanted_bytes = std::max(file.wanted_bytes, entry->size_bytes);
    const std::string path = fmt::format("{}/{}", options.shm_directory, name);
    file.outside = path_facts(options.root + path);
    if (session != nullptr && !session->shares_mounts)
      file.inside = path_facts(path_from_here(*session, path, options.root));
    if (held) file.is_held_by_bridge = held->contains({file.outside.device, file.outside.inode});
    all.push_back(std::move(file));
  };
  for (const Mapping& mapping : facts.sim->mappings) {
    add(mapping.file_name(), mapping.file_name(), mapping.min_file_bytes);
    for (const std::string_view extra : mapping.extra_files)
      add(extra, mapping.file_name(), mapping.min_file_bytes);
  }
  // Those that the user has added by extra_maps.
  if (status != nullptr)
    for (const StatusMapping& mapping : status->mappings)
      if (const auto name = fixed_text(mapping.file_name); facts.sim->find_mapping(name) == nullptr)
        add(name, name, 0);
  return all;
}

SimdFacts simd_facts(const Facts& facts, const GatherOptions& options) {
  SimdFacts simd;
  // Any user's: its pid file is one for all.
  for (const std::string& name : directory_entries(options.root + "/proc")) {
    const auto pid = number_from<pid_t>(name);
    const auto process = pid ? find_process(*pid, options.root) : std::nullopt;
    if (process && process->comm == "simd") simd.pids.push_back(*pid);
  }
  std::sort(simd.pids.begin(), simd.pids.end());
  simd.has_pid_file = path_facts(options.root + "/tmp/simd.pid").exists;
  if (const WineSession* session = facts.session()) {
    simd.bridge_exe = value_or_empty(session->environment, "SIMD_BRIDGE_EXE");
    simd.bridge_exe_is_there = path_facts(options.root + simd.bridge_exe, true).exists;
  }
  if (const BridgeFacts* holder = facts.holder()) simd.bridge_parent = holder->bridge.process.parent;
  return simd;
}

/// The game that is asked for; else the one that the bridge has joined; else the first.
std::optional<GameFacts> chosen_game(const Facts& facts, const std::vector<SeenBridge>& bridges,
                                     const std::vector<ProcessInfo>& processes,
                                     const GatherOptions& options) {
  std::optional<GameFacts> chosen;
  for (const RunningGame& game : facts.games) {
    if (options.game && game.process.id.pid != *options.game) continue;
    GameFacts found = game_facts(game, processes, options.root);
    const bool is_joined = std::any_of(bridges.begin(), bridges.end(), [&](const SeenBridge& bridge) {
      return bridge.facts.holds_the_page && bridge.session && found.session &&
             is_one_session(*bridge.session, *found.session, options.root);
    });
    if (is_joined) return found;
    if (!chosen) chosen = std::move(found);
  }
  return chosen;
}

}  // namespace

Facts gather(const Sim& sim, const GatherOptions& options) {
  const std::string& root = options.root;
  Facts facts;
  facts.sim = &sim;
  facts.own_user = ::geteuid();
  facts.config_faults = options.config_faults;
  facts.shm = shm_facts(options);
  facts.steam = steam_facts(sim, options);
  facts.own_glibc = parse_glibc_version(::gnu_get_libc_version()).value_or(GlibcVersion{});
  facts.bridge_file = bridge_file_facts(sim, options);

  const PageReader page(fmt::format("{}{}/{}", root, options.shm_directory, status_file_name(sim.name)));
  facts.page = page.first();
  const auto processes = own_processes(root);
  for (RunningGame& game : running_games(root))
    if (game.known.sim == &sim) facts.games.push_back(std::move(game));
  auto bridges = seen_bridges(sim, facts.page, root);
  facts.game = chosen_game(facts, bridges, processes, options);
  if (!facts.game) facts.strange_exes = strange_exes(sim, processes, options);

  const WineSession* session = facts.session();
  for (SeenBridge& bridge : bridges) {
    bridge.facts.is_in_the_games_session =
        session != nullptr && bridge.session && is_one_session(*bridge.session, *session, root);
    bridge.facts.runs_the_installed_file = runs_installed_file(bridge, facts.bridge_file.installed, root);
    if (bridge.facts.holds_the_page || bridge.facts.is_in_the_games_session)
      facts.bridges.push_back(std::move(bridge.facts));
  }
  if (session != nullptr) {
    const std::string& used =
        facts.bridge_file.is_staged ? facts.bridge_file.staged : facts.bridge_file.installed;
    const std::string inside = session->shares_mounts ? used : path_from_here(*session, used, root);
    // Another file at the same path inside would be as wrong as none.
    if (!used.empty())
      facts.bridge_file.is_readable_inside =
          ::access(inside.c_str(), R_OK) == 0 && is_same_content(inside, used);
  }
  facts.trial = run_trial(facts, root);
  read_again(facts, page, options.interval_ms);
  facts.files = file_facts(facts, options);
  facts.simd = simd_facts(facts, options);
  return facts;
}

std::vector<const Sim*> running_sims(const GatherOptions& options) {
  std::vector<const Sim*> all;
  for (const RunningGame& game : running_games(options.root)) {
    const bool is_wanted = !options.game || game.process.id.pid == *options.game;
    if (is_wanted && std::find(all.begin(), all.end(), game.known.sim) == all.end())
      all.push_back(game.known.sim);
  }
  return all;
}

bool has_traces(const Sim& sim, const GatherOptions& options) {
  const auto is_there = [&](const std::string& name) {
    return path_facts(fmt::format("{}{}/{}", options.root, options.shm_directory, name)).exists;
  };
  const auto names = file_names(sim);
  return is_there(status_file_name(sim.name)) || std::any_of(names.begin(), names.end(), is_there) ||
         !steam_facts(sim, options).apps.empty();
}

}  // namespace pitbridge::doctor
