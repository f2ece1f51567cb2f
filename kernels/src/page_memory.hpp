// Arrays of a page's size: memory that nobody clears for nothing, in large pages where the system
// has them, because first touching small ones costs more than most of what is done in them.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace docbin {

template <typename T>
struct PageMemory {
  using value_type = T;
  static constexpr std::size_t kLarge = std::size_t{1} << 21;

  PageMemory() = default;
  template <typename U>
  PageMemory(const PageMemory<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    const bool large = bytes >= 2 * kLarge;
    void* memory = large ? std::aligned_alloc(kLarge, (bytes + kLarge - 1) / kLarge * kLarge)
                         : std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
    if (large) madvise(memory, bytes, MADV_HUGEPAGE);  // advice: a refusal changes nothing
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) { std::free(memory); }

  // What is not given a value gets none.
  template <typename U>
  void construct(U* p) {
    ::new (static_cast<void*>(p)) U;
  }
  template <typename U, typename... Values>
  void construct(U* p, Values&&... values) {
    ::new (static_cast<void*>(p)) U(std::forward<Values>(values)...);
  }

  bool operator==(const PageMemory&) const { return true; }
};

template <typename T>
using PageArray = std::vector<T, PageMemory<T>>;

}  // namespace docbin
