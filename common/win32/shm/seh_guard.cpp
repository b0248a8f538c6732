// SPDX-License-Identifier: MIT
// The guard of Windows programs: a frame of structured exception handling around the body. GCC has no __try,
// so the frame is written out, as the two ABIs define it. It lies on the stack of the thread that is guarded:
// it needs no list of guards, nests as the calls do, and leaves the program's other handlers as they are.
#include <cstdint>

#include "common/win32/shm/guard.hpp"
#include "common/win32/shm/windows_api.hpp"

extern "C" {
/// 0: the body has returned; 1: the frame was unwound to.
int pitshm_call_in_frame(void (*body)(void*), void* argument,
                         const pitbridge::GuardedRange* range) asm("pitshm_call_in_frame");
/// Where the frame goes on after a fault, with 1 as its result.
extern const char kPitshmLanding asm("pitshm_landing");
}

namespace pitbridge {
namespace {

constexpr DWORD kUnwinds = 0x2 | 0x4;  // EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND

bool is_fault_in(const GuardedRange& range, const EXCEPTION_RECORD& record) {
  if ((record.ExceptionFlags & kUnwinds) != 0 || record.NumberParameters < 2) return false;
  if (record.ExceptionCode != static_cast<DWORD>(EXCEPTION_ACCESS_VIOLATION) &&
      record.ExceptionCode != static_cast<DWORD>(EXCEPTION_IN_PAGE_ERROR))
    return false;
  return record.ExceptionInformation[1] - reinterpret_cast<std::uintptr_t>(range.begin) < range.size_bytes;
}

}  // namespace

bool call_guarded(const GuardedRange& range, void (*body)(void*), void* argument) {
  return pitshm_call_in_frame(body, argument, &range) == 0;
}

}  // namespace pitbridge

#ifdef __x86_64__

// The handler is named in the unwind table. Behind the call there must be an instruction that no epilogue
// has, or the unwinder takes the return address for one and does not ask the handler.
asm(R"(
  .text
  .globl pitshm_call_in_frame
  .seh_proc pitshm_call_in_frame
pitshm_call_in_frame:
  subq $40, %rsp
  .seh_stackalloc 40
  .seh_endprologue
  movq %r8, 32(%rsp)
  movq %rcx, %rax
  movq %rdx, %rcx
  call *%rax
  xorl %eax, %eax
pitshm_landing:
  addq $40, %rsp
  ret
  .seh_handler pitshm_on_exception, @except
  .seh_endproc
)");

namespace {
/// What pitshm_call_in_frame has on the stack.
struct Frame {
  std::uint64_t home_of_callee[4];
  const pitbridge::GuardedRange* range;
};
}  // namespace

extern "C" __attribute__((used)) EXCEPTION_DISPOSITION pitshm_on_exception(
    EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
    DISPATCHER_CONTEXT* dispatcher) asm("pitshm_on_exception");
EXCEPTION_DISPOSITION pitshm_on_exception(EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
                                          DISPATCHER_CONTEXT* dispatcher) {
  if (pitbridge::is_fault_in(*static_cast<const Frame*>(frame)->range, *record))
    RtlUnwindEx(frame, const_cast<char*>(&kPitshmLanding), record,
                reinterpret_cast<void*>(1),  // NOLINT(performance-no-int-to-ptr): the result of the frame
                context, dispatcher->HistoryTable);
  return ExceptionContinueSearch;
}

#else

// The frame is linked into the list of the thread, at fs:0. What lies behind its two words is ours. The stack
// is aligned for a body that keeps vectors on it.
asm(R"(
  .text
  .globl pitshm_call_in_frame
pitshm_call_in_frame:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  pushl %ebp
  pushl 16(%ebp)
  pushl $pitshm_on_exception
  pushl %fs:0
  movl %esp, %fs:0
  andl $-16, %esp
  subl $12, %esp
  pushl 12(%ebp)
  call *8(%ebp)
  leal -28(%ebp), %esp
  xorl %eax, %eax
pitshm_landing:
  popl %fs:0
  addl $12, %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  ret
)");

namespace {
struct Frame {
  void* next;
  void* handler;
  const pitbridge::GuardedRange* range;
  void* base_pointer;
};
}  // namespace

extern "C" __attribute__((used)) EXCEPTION_DISPOSITION pitshm_on_exception(
    EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context, void* dispatcher) asm("pitshm_on_exception");
EXCEPTION_DISPOSITION pitshm_on_exception(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* /*context*/,
                                          void* /*dispatcher*/) {
  if (!pitbridge::is_fault_in(*frame->range, *record)) return ExceptionContinueSearch;
  // Tells the frames below ours, and takes them off the list; it comes back to here.
  RtlUnwind(frame, const_cast<char*>(&kPitshmLanding), record, nullptr);
  asm volatile(
      "movl %0, %%esp\n"
      "movl 12(%%esp), %%ebp\n"
      "movl $1, %%eax\n"
      "jmp pitshm_landing\n"
      :
      : "r"(frame)
      : "memory");
  __builtin_unreachable();
}

#endif
