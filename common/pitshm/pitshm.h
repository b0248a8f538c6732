/* SPDX-License-Identifier: MIT */
/* All of libpitshm that there is on this system. */
#ifndef PITSHM_H
#define PITSHM_H

#include "result.h"
#include "sequence_lock.h"
#ifdef _WIN32
#include "mapping.h"
#include "named_objects.h"
#else
#include "bridged.h"
#include "region.h"
#include "stream.h"
#endif

#endif
