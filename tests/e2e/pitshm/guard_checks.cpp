// SPDX-License-Identifier: MIT
#include "tests/e2e/pitshm/guard_checks.hpp"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
// After windows.h.
#include <excpt.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "common/pitshm/sequence_lock.hpp"

namespace pitbridge::e2e {
namespace {

constexpr std::size_t kPage = 4096;
constexpr int kRounds = 200;

std::atomic<int> g_seen_by_vectored_handler{0};
std::atomic<void*> g_repaired_page{nullptr};
std::atomic<int> g_sum{0};

/// A page that nobody may touch: faults of the program's own, beside those of a view.
class ForbiddenPage {
 public:
  ForbiddenPage() : at_(VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS)) {}
  ForbiddenPage(const ForbiddenPage&) = delete;
  ForbiddenPage& operator=(const ForbiddenPage&) = delete;
  ~ForbiddenPage() { VirtualFree(at_, 0, MEM_RELEASE); }
  volatile char* data() const { return static_cast<char*>(at_); }

 private:
  void* at_;
};

void allow(void* page) {
  DWORD before = 0;
  VirtualProtect(page, kPage, PAGE_READWRITE, &before);
}

/// As crash reporters and runtimes have one: it sees each fault first, and passes on what is not its own.
LONG CALLBACK on_exception(EXCEPTION_POINTERS* exception) {
  const EXCEPTION_RECORD& record = *exception->ExceptionRecord;
  void* page = g_repaired_page.load();
  if (record.NumberParameters < 2) return EXCEPTION_CONTINUE_SEARCH;
  if (page != nullptr && record.ExceptionInformation[1] - reinterpret_cast<std::uintptr_t>(page) < kPage) {
    allow(page);
    return EXCEPTION_CONTINUE_EXECUTION;
  }
  ++g_seen_by_vectored_handler;
  return EXCEPTION_CONTINUE_SEARCH;
}

class VectoredHandler {
 public:
  VectoredHandler() : handle_(AddVectoredExceptionHandler(1, on_exception)) {}
  VectoredHandler(const VectoredHandler&) = delete;
  VectoredHandler& operator=(const VectoredHandler&) = delete;
  ~VectoredHandler() { RemoveVectoredExceptionHandler(handle_); }

 private:
  void* handle_;
};

bool faults(const pitshm::Result<void>& done) {
  return !done && done.error().result == PITSHM_FAULT && !done.error().text.empty();
}

void touch(const volatile std::byte* at) {
  g_sum += static_cast<int>(*at);
}

std::string copies(pitshm::View& view) {
  std::array<std::byte, 3 * kPage> bytes = {};
  for (int i = 0; i < kRounds; ++i) {
    if (!view.read(0, std::span(bytes).first(kPage))) return "what is still there was not read";
    if (!faults(view.read(kPage - 100, bytes))) return "a read across the cut";
    if (!faults(view.read(5 * kPage + 3, std::span(bytes).first(1)))) return "a read of one byte";
    if (!faults(view.write(2 * kPage, bytes))) return "a write";
    if (!faults(view.read_locked(0, kPage, bytes))) return "a locked read";
    if (!faults(view.write_locked(9 * kPage, 0, std::span(bytes).first(8)))) return "a lock that has gone";
  }
  return {};
}

std::string calls(pitshm::View& view) {
  for (int i = 0; i < kRounds; ++i) {
    int steps = 0;
    if (!view.guarded([&] { touch(view.data()); })) return "a call that does no harm";
    if (!faults(view.guarded([&] {
          ++steps;
          touch(view.data() + 3 * kPage);
          ++steps;
        })))
      return "a call that reads";
    if (steps != 1) return "a call went on behind the fault";
    if (!faults(view.guarded([&] { std::memset(view.data() + 4 * kPage, 1, 2 * kPage); })))
      return "a call that writes";
  }
  return {};
}

/// `other` is a view of its own: its guard must let a fault in `view` pass to the guard around it.
std::string nested(pitshm::View& view, pitshm::View& other) {
  for (int i = 0; i < kRounds; ++i) {
    bool inner_took_it = false;
    int behind = 0;
    if (!faults(view.guarded([&] {
          inner_took_it = faults(other.guarded([&] { touch(view.data() + 2 * kPage); }));
          ++behind;
        })))
      return "a fault within the guard of another view";
    if (inner_took_it || behind != 0) return "the guard of another view took the fault";
    bool inner_faulted = false;
    if (!other.guarded([&] {
          inner_faulted = faults(view.guarded([&] { touch(view.data() + 2 * kPage); }));
          ++behind;
        }))
      return "the outer guard took a fault of the inner one";
    if (!inner_faulted || behind != 1) return "a fault in the inner guard";
    if (!faults(view.guarded([&] {
          (void)view.guarded([&] { touch(view.data() + 2 * kPage); });
          touch(view.data() + 3 * kPage);
        })))
      return "a second fault, in the outer guard of the same view";
  }
  return {};
}

// A handler of the program's own, as MSVC's __try makes it, and what it has to answer.
std::atomic<int> g_seen_by_own_handler{0};
std::atomic<void*> g_own_page{nullptr};
#ifdef __x86_64__
__attribute__((used)) LONG CALLBACK
on_own_exception(EXCEPTION_POINTERS* /*exception*/) asm("pitshm_test_on_own_exception");
LONG CALLBACK on_own_exception(EXCEPTION_POINTERS* /*exception*/) {
  ++g_seen_by_own_handler;
  allow(g_own_page.load());
  return EXCEPTION_CONTINUE_EXECUTION;
}
#else
EXCEPTION_DISPOSITION on_own_exception(EXCEPTION_RECORD* /*record*/, void* /*frame*/, CONTEXT* /*context*/,
                                       void* /*dispatcher*/) {
  ++g_seen_by_own_handler;
  allow(g_own_page.load());
  return ExceptionContinueExecution;
}
#endif

__attribute__((noinline, noclone)) void touch_under_own_handler(const volatile std::byte* at) {
#ifdef __x86_64__
  __try1(pitshm_test_on_own_exception) touch(at);
  __except1;
#else
  __try1(on_own_exception) touch(at);
  __except1;
#endif
}

/// The handler in the call comes first, for its own page and for a page within the view.
std::string own_handlers(pitshm::View& view) {
  const ForbiddenPage page;
  g_own_page = const_cast<char*>(page.data());
  const auto* at = reinterpret_cast<volatile std::byte*>(page.data());
  if (!view.guarded([&] { touch_under_own_handler(at); }) || g_seen_by_own_handler != 1)
    return "a fault of its own, under a handler of its own";
  if (!faults(view.guarded([&] { touch(view.data() + 2 * kPage); }))) return "a fault after that";
  const ForbiddenPage repaired;
  g_repaired_page = const_cast<char*>(repaired.data());
  if (!view.guarded([&] { touch(reinterpret_cast<volatile std::byte*>(repaired.data())); }))
    return "a fault that a vectored handler has mended";
  return {};
}

/// As the system says that the disk behind a page has failed.
std::string failed_reads(pitshm::View& view) {
  const auto raise_at = [](void* at) {
    const ULONG_PTR where[] = {0, reinterpret_cast<ULONG_PTR>(at), 0xC000009C};
    RaiseException(EXCEPTION_IN_PAGE_ERROR, 0, 3, where);
  };
  if (!faults(view.guarded([&] { raise_at(view.data() + 100); }))) return "a page that could not be read in";
  const ForbiddenPage page;
  g_repaired_page = const_cast<char*>(page.data());
  if (!view.guarded([&] { raise_at(g_repaired_page); }))
    return "the guard took a failed read of another page";
  return {};
}

std::string exceptions(pitshm::View& view) {
  try {
    (void)view.guarded([] { throw std::runtime_error("mine"); });
    return "an exception was lost";
  } catch (const std::runtime_error& error) {
    if (std::string(error.what()) != "mine") return "another exception";
  }
  if (!faults(view.guarded([&] { touch(view.data() + 2 * kPage); }))) return "a fault after an exception";
  return {};
}

struct Job {
  pitshm::View& view;
  pitshm::View& other;
  std::string fault = {};
};

DWORD WINAPI run_job(void* argument) {
  Job& job = *static_cast<Job*>(argument);
  job.fault = copies(job.view);
  if (job.fault.empty()) job.fault = calls(job.view);
  if (job.fault.empty()) job.fault = nested(job.view, job.other);
  return 0;
}

std::string on_threads(pitshm::View& view, pitshm::View& other) {
  Job jobs[4] = {{view, other}, {view, other}, {view, other}, {view, other}};
  HANDLE threads[4];
  for (int i = 0; i < 4; ++i) threads[i] = CreateThread(nullptr, 0, run_job, &jobs[i], 0, nullptr);
  WaitForMultipleObjects(4, threads, TRUE, INFINITE);
  for (HANDLE thread : threads) CloseHandle(thread);
  for (const Job& job : jobs)
    if (!job.fault.empty()) return "on a thread: " + job.fault;
  return {};
}

}  // namespace

std::string guard_fault(pitshm::View& view) {
  const VectoredHandler handler;
  auto mapping = pitshm::Mapping::create("Local\\pitshm-test-other", 2 * kPage);
  if (!mapping) return mapping.error().text;
  auto other = mapping->view();
  if (!other) return other.error().text;
  std::string fault = copies(view);
  if (fault.empty()) fault = calls(view);
  if (fault.empty()) fault = nested(view, *other);
  if (fault.empty()) fault = own_handlers(view);
  if (fault.empty()) fault = failed_reads(view);
  if (fault.empty()) fault = exceptions(view);
  if (fault.empty()) fault = on_threads(view, *other);
  if (fault.empty() && g_seen_by_vectored_handler == 0) fault = "the vectored handler was not asked";
  return fault;
}

}  // namespace pitbridge::e2e
