// SPDX-License-Identifier: MIT
#pragma once

// The one place that includes windows.h: without these two, winsock.h clashes with sys/socket.h, and min and
// max become macros.
#define WIN32_LEAN_AND_MEAN
#ifndef NOMINMAX  // by libstdc++ of mingw-w64
#define NOMINMAX
#endif
#include <windows.h>
#include <winternl.h>
