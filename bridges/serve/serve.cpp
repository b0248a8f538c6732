// SPDX-License-Identifier: MIT
// `pitbridge serve`: the live values in a browser, and for pages of other people.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "bridges/command/command.hpp"
#include "bridges/output/output.hpp"
#include "bridges/serve/access.hpp"
#include "bridges/serve/http.hpp"
#include "bridges/serve/own_address.hpp"
#include "bridges/serve/qr_code.hpp"
#include "bridges/serve/service.hpp"
#include "common/posix/launch/child_work.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge::serve {
namespace {

constexpr std::uint16_t kDefaultPort = 8787;

std::uint16_t g_port = kDefaultPort;
std::string g_listen;
std::string g_cors;
bool g_opens = false;

std::string url_of(const NetAddress& address, std::uint16_t port, const std::string& token) {
  // An address of IPv6 has its brackets already.
  const std::string host =
      host_text(address.is_any() ? own_address(address.family()).value_or(address) : address);
  return fmt::format("http://{}:{}/{}", host, port, token.empty() ? "" : "?token=" + token);
}

/// By the desktop's own means; the browser outlives us.
void open_in_browser(const std::string& url) {
  constexpr const char* kOpener = "xdg-open";
  const bool starts = is_in_path(kOpener) && detach_process(kOpener, [&] {
                        ::execlp(kOpener, kOpener, url.c_str(), static_cast<char*>(nullptr));
                      });
  if (!starts) print_line("--open: there is no {}, so open it by hand; xdg-utils has it", kOpener);
}

/// Who reads this has a browser open next.
Expected<void> announce(const NetAddress& address, const AccessRules& rules) {
  const std::string url = url_of(address, rules.port, rules.token);
  print_line("open this in a browser: {}", url);
  if (!rules.token.empty()) {
    print_line(
        "The address holds a token, which is new each time. Who has it reads all that is served; it is not "
        "encrypted on its way.");
    if (const auto code = qr_code_of(url)) {
      put_block(qr_text(*code));
    } else {
      print_line("(no picture of it to scan: libqrencode.so.4 is not installed)");
    }
  }
  if (g_opens) open_in_browser(url);
  return flush_output();
}

Expected<void> run() {
  const bool is_open = !g_listen.empty();
  if (!g_cors.empty() && !is_origin(g_cors))
    return fail(ExitCode::kUsage,
                fmt::format("--cors: \"{}\" is no origin; write it as a browser does: http://HOST or "
                            "http://HOST:PORT, without a slash at its end",
                            g_cors));
  auto address = resolve(is_open ? g_listen : "127.0.0.1", g_port);
  if (!address) {
    address.error().message = "--listen: " + address.error().message;
    return tl::unexpected<Error>(std::move(address.error()));
  }
  install_stop_signals();
  std::unique_ptr<Service> service;
  auto server = HttpServer::open(*address, [&](const HttpRequest& request) { service->handle(request); });
  if (!server) return tl::unexpected<Error>(std::move(server.error()));
  const AccessRules rules = {
      .token = is_open ? random_token() : std::string(), .port = (*server)->port(), .cors_origin = g_cors};
  service = std::make_unique<Service>(rules);
  if (auto said = announce(*address, rules); !said) return said;
  (*server)->run([&] { return service->tick(); });
  service->close_all();
  return {};
}

constexpr Command kCommand = {
    .name = "serve",
    .description = "Show the live values in a browser, and give them to pages of your own",
    .add_options =
        [](CLI::App& app) {
          app.add_option("--port", g_port, "Port to listen on; 0: one that is free")
              ->check(CLI::Range(0, 65'535))
              ->type_name("PORT")
              ->capture_default_str();
          app.add_option("--listen", g_listen,
                         "Address to listen on, 0.0.0.0 for a tablet or another PC; a token is needed then "
                         "[127.0.0.1, without a token]")
              ->type_name("ADDRESS");
          app.add_option("--cors", g_cors, "Let pages of this origin read the values, too")
              ->type_name("ORIGIN");
          app.add_flag("--open", g_opens, "Open the page in the browser of the desktop");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::serve
