// SPDX-License-Identifier: MIT
/// All of libpitshm that there is on this system.
#pragma once

#include "result.hpp"
#include "sequence_lock.hpp"
#ifdef _WIN32
#include "mapping.hpp"
#include "named_objects.hpp"
#else
#include "bridged.hpp"
#include "region.hpp"
#include "stream.hpp"
#endif
