// Waits in a thread that exists for its sockets. Elsewhere the event loop waits for the set that the sockets are in; here that set is waited for, with the event loop as one of it, as
// long as the loop itself would wait (what libuv has `uv_backend_fd` and `uv_backend_timeout` for). A wake-up by a datagram then passes the loop by, for two system calls less.
#pragma once
#include <sys/epoll.h>
#include <uv.h>

#include <functional>
#include <span>
#include <vector>

class LoopWait {
 public:
  /// What the event loop is called among the sockets that are ready.
  static constexpr uint32_t number = UINT32_MAX;

  /// @param handles Gets the handle that was opened, to be closed by the caller.
  /// @param epoll The set to wait for.
  /// @param onTurn Called in each turn of the loop before it waits.
  /// @return 0, or a negative errno.
  int start(uv_loop_t* loop, std::vector<uv_handle_t*>& handles, int epoll, std::function<void()> onTurn);
  /// Waits. @return How many events of the set there are, as epoll_wait.
  int wait(std::span<epoll_event> ready);
  /// Whether the event loop has something to do, after the last wait.
  bool isLoopDue() const { return isLoopDue_; }
  uint64_t waitedNanoseconds() const { return waitedNanoseconds_; }

 private:
  uv_loop_t* loop_ = nullptr;
  int epoll_ = -1;
  uv_prepare_t prepare_{};
  std::function<void()> onTurn_;
  bool isLoopDue_ = false;
  uint64_t waitedNanoseconds_ = 0;
};
