// SPDX-License-Identifier: MIT
// Stands in for Steam's reaper: `reaper SteamLaunch AppId=N -- COMMAND...`. Starts the command, adopts
// whatever its processes leave behind, and ends only when all of them are gone; until then Steam shows
// "Running".
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

volatile pid_t g_child = -1;

void hand_on(int signal) {
  if (g_child > 0) ::kill(g_child, signal);
}

}  // namespace

int main(int argc, char** argv) {
  int command = 1;
  while (command < argc && std::strcmp(argv[command], "--") != 0) ++command;
  if (++command >= argc) {
    std::fprintf(stderr, "reaper: no command behind --\n");
    return 2;
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  struct sigaction action = {};
  action.sa_handler = hand_on;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  g_child = ::fork();
  if (g_child == 0) {
    ::execvp(argv[command], argv + command);
    std::perror(argv[command]);
    ::_exit(127);
  }
  int result = 0;
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended < 0) break;  // no child is left
    if (ended == g_child) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return result;
}
