// SPDX-License-Identifier: MIT
// Lets a program that was built with a new glibc start with one as old as 2.28, which Proton 5.13 to 7.0
// bring (steam-runtime's "soldier"). Each function here has the name of one that glibc has had, or has
// changed the version of, since then. It is hidden in our program, so the linker takes it also for what
// libstdc++.a and Wine's start-up objects ask for. `make check-floor` says when one is missing. No sanitizer
// build links this.
#include <elf.h>
#include <link.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>

/// Defines FUNCTION under the name that the linker looks for. The C++ name differs, so that no declaration of
/// a newer header is in the way.
#define INSTEAD_OF(NAME) __asm__(NAME) __attribute__((visibility("hidden")))
/// Takes the version of a function that glibc has kept for old programs.
#define OLD_VERSION(FUNCTION, NAME, VERSION) __asm__(".symver " #FUNCTION ", " NAME "@" VERSION)

using Routine = void (*)();
using Main = int (*)(int, char**, char**);

extern "C" {

// --- libstdc++ ---------------------------------------------------------------------------------------------

/// 2.32. Zero is always right: it costs locked instructions where there is one thread only.
extern char always_threaded INSTEAD_OF("__libc_single_threaded");
char always_threaded = 0;

// 2.34 moved these from libpthread into libc.
int old_once(int* control, Routine routine);
int old_key_create(unsigned* key, void (*destroy)(void*));
OLD_VERSION(old_once, "pthread_once", "GLIBC_2.2.5");
OLD_VERSION(old_key_create, "__pthread_key_create", "GLIBC_2.2.5");
int once(int* control, Routine routine) INSTEAD_OF("pthread_once");
int once(int* control, Routine routine) {
  return old_once(control, routine);
}
int key_create(unsigned* key, void (*destroy)(void*)) INSTEAD_OF("__pthread_key_create");
int key_create(unsigned* key, void (*destroy)(void*)) {
  return old_key_create(key, destroy);
}

/// 2.36; std::random_device asks for it.
std::uint32_t random_number() INSTEAD_OF("arc4random");
std::uint32_t random_number() {
  std::uint32_t number = 0;
  while (::getrandom(&number, sizeof number, 0) != sizeof number)
    if (errno != EINTR) std::abort();
  return number;
}

// --- libevent ----------------------------------------------------------------------------------------------

/// 2.36.
void random_bytes(void* out, std::size_t size_bytes) INSTEAD_OF("arc4random_buf");
void random_bytes(void* out, std::size_t size_bytes) {
  auto* bytes = static_cast<unsigned char*>(out);
  while (size_bytes != 0) {
    const ssize_t n = ::getrandom(bytes, size_bytes, 0);
    if (n < 0 && errno != EINTR) std::abort();
    if (n < 0) continue;
    bytes += n;
    size_bytes -= static_cast<std::size_t>(n);
  }
}

// --- libgcc: how an exception finds the code that it passes ------------------------------------------------

/// dl_find_object of dlfcn.h, which has it since 2.35; libgcc reads the address of .eh_frame_hdr only.
struct FoundObject {
  std::uint64_t flags;
  void* begin;
  void* end;
  link_map* map;
  void* frames;
  std::uint64_t reserved[7];
};

struct ObjectSearch {
  ElfW(Addr) address;
  FoundObject* found;
};

static int is_object_of(dl_phdr_info* object, std::size_t, void* context) {
  const auto& search = *static_cast<const ObjectSearch*>(context);
  bool holds_address = false;
  ElfW(Addr) frames = 0;
  for (unsigned i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = object->dlpi_phdr[i];
    const ElfW(Addr) begin = object->dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_GNU_EH_FRAME) frames = begin;
    if (part.p_type != PT_LOAD || search.address < begin || search.address - begin >= part.p_memsz) continue;
    holds_address = true;
    search.found->begin = reinterpret_cast<void*>(begin);
    search.found->end = reinterpret_cast<void*>(begin + part.p_memsz);
  }
  if (!holds_address || frames == 0) return 0;
  search.found->frames = reinterpret_cast<void*>(frames);
  return 1;
}

int find_object(void* address, FoundObject* found) INSTEAD_OF("_dl_find_object");
int find_object(void* address, FoundObject* found) {
  *found = {};
  ObjectSearch search = {.address = reinterpret_cast<ElfW(Addr)>(address), .found = found};
  return ::dl_iterate_phdr(is_object_of, &search) == 1 ? 0 : -1;
}

// --- Wine's start-up object dll_soinit.o -------------------------------------------------------------------

// 2.34 moved it from libdl into libc.
int old_dladdr1(const void* address, void* info, void** extra, int flags);
OLD_VERSION(old_dladdr1, "dladdr1", "GLIBC_2.3.3");
int address_info(const void* address, void* info, void** extra, int flags) INSTEAD_OF("dladdr1");
int address_info(const void* address, void* info, void** extra, int flags) {
  return old_dladdr1(address, info, extra, flags);
}

// --- Our own code ------------------------------------------------------------------------------------------

// Before 2.33 these were inline functions that called others, as headers still say them to the compiler.
int status_of(const char* path, struct stat* out) INSTEAD_OF("stat");
int status_of(const char* path, struct stat* out) {
  return static_cast<int>(::syscall(SYS_stat, path, out));
}
int status_of_link(const char* path, struct stat* out) INSTEAD_OF("lstat");
int status_of_link(const char* path, struct stat* out) {
  return static_cast<int>(::syscall(SYS_lstat, path, out));
}
int status_of_descriptor(int fd, struct stat* out) INSTEAD_OF("fstat");
int status_of_descriptor(int fd, struct stat* out) {
  return static_cast<int>(::syscall(SYS_fstat, fd, out));
}
/// What libstdc++ calls; the same structure on x86-64.
int status_of_descriptor_64(int fd, struct stat* out) INSTEAD_OF("fstat64");
int status_of_descriptor_64(int fd, struct stat* out) {
  return static_cast<int>(::syscall(SYS_fstat, fd, out));
}
int status_at(int directory, const char* path, struct stat* out, int flags) INSTEAD_OF("fstatat");
int status_at(int directory, const char* path, struct stat* out, int flags) {
  return static_cast<int>(::syscall(SYS_newfstatat, directory, path, out, flags));
}

/// 2.34.
int close_from_to(unsigned first, unsigned last, int flags) INSTEAD_OF("close_range");
int close_from_to(unsigned first, unsigned last, int flags) {
  return static_cast<int>(::syscall(SYS_close_range, first, last, flags));
}

// 2.34 moved these from libdl into libc.
void* old_dlopen(const char* path, int flags);
void* old_dlsym(void* library, const char* name);
OLD_VERSION(old_dlopen, "dlopen", "GLIBC_2.2.5");
OLD_VERSION(old_dlsym, "dlsym", "GLIBC_2.2.5");
void* open_library(const char* path, int flags) INSTEAD_OF("dlopen");
void* open_library(const char* path, int flags) {
  return old_dlopen(path, flags);
}
void* find_symbol(void* library, const char* name) INSTEAD_OF("dlsym");
void* find_symbol(void* library, const char* name) {
  return old_dlsym(library, name);
}

// 2.38 has others for programs whose compiler says C23; they differ in "0b1" only, which no text of ours is.
long old_strtol(const char* text, char** end, int base) __asm__("strtol");
unsigned long old_strtoul(const char* text, char** end, int base) __asm__("strtoul");
long to_long(const char* text, char** end, int base) INSTEAD_OF("__isoc23_strtol");
long to_long(const char* text, char** end, int base) {
  return old_strtol(text, end, base);
}
long to_long_long(const char* text, char** end, int base) INSTEAD_OF("__isoc23_strtoll");
long to_long_long(const char* text, char** end, int base) {
  return old_strtol(text, end, base);
}
unsigned long to_unsigned_long(const char* text, char** end, int base) INSTEAD_OF("__isoc23_strtoul");
unsigned long to_unsigned_long(const char* text, char** end, int base) {
  return old_strtoul(text, end, base);
}
unsigned long to_unsigned_long_long(const char* text, char** end, int base) INSTEAD_OF("__isoc23_strtoull");
unsigned long to_unsigned_long_long(const char* text, char** end, int base) {
  return old_strtoul(text, end, base);
}

// 2.29 gave exp and pow new versions, and 2.38 fmod: the old ones call matherr, which no program of ours has.
double old_exp(double x);
double old_fmod(double x, double y);
double old_pow(double x, double y);
OLD_VERSION(old_exp, "exp", "GLIBC_2.2.5");
OLD_VERSION(old_fmod, "fmod", "GLIBC_2.2.5");
OLD_VERSION(old_pow, "pow", "GLIBC_2.2.5");
double exponential(double x) INSTEAD_OF("exp");
double exponential(double x) {
  return old_exp(x);
}
double remainder_of(double x, double y) INSTEAD_OF("fmod");
double remainder_of(double x, double y) {
  return old_fmod(x, y);
}
double power(double x, double y) INSTEAD_OF("pow");
double power(double x, double y) {
  return old_pow(x, y);
}

// --- The start of the native command -----------------------------------------------------------------------

extern Routine __preinit_array_start[] __attribute__((visibility("hidden")));
extern Routine __preinit_array_end[] __attribute__((visibility("hidden")));
extern Main __init_array_start[] __attribute__((visibility("hidden")));
extern Main __init_array_end[] __attribute__((visibility("hidden")));

/// What a program brought along itself before 2.34; a newer glibc calls it too, when it is there.
static int run_constructors(int argc, char** argv, char** environment) {
  for (Routine* routine = __preinit_array_start; routine != __preinit_array_end; ++routine) (*routine)();
  for (Main* routine = __init_array_start; routine != __init_array_end; ++routine)
    (*routine)(argc, argv, environment);
  return 0;
}

int old_start(Main main, int argc, char** argv, Main init, Routine finish, Routine loader_finish,
              void* stack);
OLD_VERSION(old_start, "__libc_start_main", "GLIBC_2.2.5");
int start(Main main, int argc, char** argv, Main init, Routine finish, Routine loader_finish, void* stack)
    INSTEAD_OF("__libc_start_main");
int start(Main main, int argc, char** argv, Main, Routine finish, Routine loader_finish, void* stack) {
  return old_start(main, argc, argv, run_constructors, finish, loader_finish, stack);
}

}  // extern "C"
