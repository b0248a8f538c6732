// SPDX-License-Identifier: MIT
#include "bridges/output/output.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "bridges/output/columns.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// Of the first write that failed; 0: none did.
int g_first_error = 0;

void note_unless(bool done) {
  if (!done && g_first_error == 0) g_first_error = errno != 0 ? errno : EIO;
}

bool has_reader() {
  pollfd output = {STDOUT_FILENO, 0, 0};
  return ::poll(&output, 1, 0) <= 0 || (output.revents & POLLERR) == 0;
}

}  // namespace

std::size_t output_columns() {
  winsize size = {};
  constexpr std::size_t kUsual = 80;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : kUsual;
}

void put_block(std::string_view text) {
  errno = 0;
  note_unless(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

void put_line(std::string_view text) {
  put_block(printable(text) + "\n");
}

void put_over_last_line(std::string_view text) {
  if (::isatty(STDOUT_FILENO) == 0) return put_line(text);
  put_block("\r\033[K" + fitted(printable(text), output_columns()));
}

void complain(std::string_view text, std::string_view command_name) {
  const std::string line =
      fmt::format("pitbridge{}{}: {}\n", command_name.empty() ? "" : " ", command_name, printable(text));
  // Where stderr cannot be written either, the exit status is all that is left.
  (void)std::fwrite(line.data(), 1, line.size(), stderr);
}

Expected<void> flush_output() {
  errno = 0;
  note_unless(std::fflush(stdout) == 0);
  errno = EPIPE;
  note_unless(has_reader());
  if (g_first_error == 0) return {};
  return fail(ExitCode::kFailure, fmt::format("cannot write the output: {}; give a stdout that takes it",
                                              system_message(g_first_error)));
}

}  // namespace pitbridge
