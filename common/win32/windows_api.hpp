// SPDX-License-Identifier: MIT
#pragma once

// The one place that includes windows.h: without these two, winsock.h clashes with sys/socket.h, and min and
// max become macros.
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
#include <winternl.h>
