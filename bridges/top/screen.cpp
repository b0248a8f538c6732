// SPDX-License-Identifier: MIT
#include "bridges/top/screen.hpp"

// The wide functions are hidden without it.
#define NCURSES_WIDECHAR 1
// Its macros have the names of other people's functions.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <cstdlib>

#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

/// How long the rest of a key's sequence may take, after its escape.
constexpr int kEscapeMs = 25;

attr_t attribute_of(Style style) {
  switch (style) {
    case Style::kDim:
      return A_DIM;
    case Style::kBold:
      return A_BOLD;
    case Style::kReversed:
      return A_REVERSE;
    default:
      return A_NORMAL;
  }
}

/// 0: the terminal's own.
short colour_of(Style style) {
  switch (style) {
    case Style::kRed:
      return COLOR_RED;
    case Style::kGreen:
      return COLOR_GREEN;
    case Style::kYellow:
      return COLOR_YELLOW;
    case Style::kBlue:
      return COLOR_BLUE;
    case Style::kMagenta:
      return COLOR_MAGENTA;
    case Style::kCyan:
      return COLOR_CYAN;
    default:
      return 0;
  }
}

/// What stands for a letter that the terminal's code does not have.
wchar_t shown_letter(char32_t letter) {
  if (MB_CUR_MAX > 1 || letter < 0x80) return static_cast<wchar_t>(letter);
  if (letter == U'█') return L'#';
  return letter == U'░' ? L'.' : L'?';
}

Key key_of(int code) {
  switch (code) {
    case 'q':
    case 'Q':
      return Key::kQuit;
    case '?':
      return Key::kHelp;
    case '1':
      return Key::kDrive;
    case '2':
      return Key::kBytes;
    case '3':
      return Key::kBridges;
    case KEY_UP:
    case 'k':
      return Key::kUp;
    case KEY_DOWN:
    case 'j':
      return Key::kDown;
    case KEY_PPAGE:
      return Key::kPageUp;
    case KEY_NPAGE:
    case ' ':
      return Key::kPageDown;
    case KEY_HOME:
      return Key::kHome;
    case KEY_LEFT:
    case 'h':
      return Key::kLeft;
    case KEY_RIGHT:
    case 'l':
      return Key::kRight;
    case KEY_RESIZE:
      return Key::kResize;
    default:
      return Key::kOther;
  }
}

}  // namespace

struct Screen::Terminal {
  SCREEN* screen = nullptr;
  bool has_colour = false;

  Terminal() = default;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (screen == nullptr) return;
    endwin();
    delscreen(screen);
  }
};

Screen::Screen(std::unique_ptr<Terminal> terminal) : terminal_(std::move(terminal)) {}
Screen::~Screen() = default;

Expected<std::unique_ptr<Screen>> Screen::open(bool with_colour) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
    return fail(ExitCode::kFailure,
                "stdin and stdout are not both a terminal, which this needs; for a script there is pitbridge "
                "read --json");
  (void)std::setlocale(LC_CTYPE, "");
  auto terminal = std::make_unique<Terminal>();
  terminal->screen = newterm(nullptr, stdout, stdin);
  const bool can_place = terminal->screen != nullptr && tigetstr("cup") != nullptr;
  if (!can_place)
    return fail(ExitCode::kFailure,
                fmt::format("TERM is \"{}\", and terminfo does not say how to write on such a terminal; set "
                            "TERM=xterm, or install the terminfo of that terminal",
                            environment_or("TERM", "")));
  cbreak();
  noecho();
  nonl();
  curs_set(0);
  leaveok(stdscr, TRUE);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(kEscapeMs);
  if (with_colour && has_colors() && start_color() == OK) {
    const short background = use_default_colors() == OK ? short{-1} : short{COLOR_BLACK};
    for (short colour = COLOR_RED; colour <= COLOR_CYAN; ++colour) init_pair(colour, colour, background);
    terminal->has_colour = true;
  }
  return std::unique_ptr<Screen>(new Screen(std::move(terminal)));
}

std::size_t Screen::columns() const {
  return static_cast<std::size_t>(std::max(COLS, 1));
}

std::size_t Screen::rows() const {
  return static_cast<std::size_t>(std::max(LINES, 1));
}

void Screen::paint(const Grid& grid) {
  if (shown_ == grid) return;
  const bool is_same_size = shown_ && shown_->columns() == grid.columns() && shown_->rows() == grid.rows();
  for (std::size_t row = 0; row < grid.rows(); ++row)
    for (std::size_t column = 0; column < grid.columns(); ++column) {
      const Cell& cell = grid.at(column, row);
      const bool is_shown = is_same_size && shown_->at(column, row) == cell;
      if (cell.letter == 0 || is_shown) continue;
      const std::array<wchar_t, 2> text = {shown_letter(cell.letter), L'\0'};
      cchar_t letter = {};
      const short pair = terminal_->has_colour ? colour_of(cell.style) : short{0};
      setcchar(&letter, text.data(), attribute_of(cell.style), pair, nullptr);
      mvadd_wch(static_cast<int>(row), static_cast<int>(column), &letter);
    }
  refresh();
  shown_ = grid;
}

std::vector<Key> Screen::keys(int within_ms) {
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  const bool has_come = ::poll(&input, 1, within_ms) > 0;
  std::vector<Key> keys;
  // Also where nothing has come: a change of the size is told in the same way.
  for (int code = 0; (code = getch()) != ERR;) {
    keys.push_back(key_of(code));
    if (keys.back() != Key::kResize) continue;
    clear();
    shown_.reset();
  }
  // It can be read, and nothing comes: its other end is closed.
  if (has_come && keys.empty()) keys.push_back(Key::kQuit);
  return keys;
}

}  // namespace pitbridge
