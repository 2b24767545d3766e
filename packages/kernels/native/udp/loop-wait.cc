#include "loop-wait.h"

#include <algorithm>
#include <cerrno>

int LoopWait::start(uv_loop_t* loop, std::vector<uv_handle_t*>& handles, int epoll, std::function<void()> onTurn) {
  loop_ = loop;
  epoll_ = epoll;
  onTurn_ = std::move(onTurn);
  epoll_event event{.events = EPOLLIN, .data = {.u32 = number}};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, uv_backend_fd(loop), &event) != 0) return -errno;
  uv_prepare_init(loop, &prepare_);
  handles.push_back(reinterpret_cast<uv_handle_t*>(&prepare_));
  prepare_.data = this;
  return uv_prepare_start(&prepare_, [](uv_prepare_t* prepare) { static_cast<LoopWait*>(prepare->data)->onTurn_(); });
}

int LoopWait::wait(std::span<epoll_event> ready) {
  const int timeout = uv_backend_timeout(loop_);
  const uint64_t before = uv_hrtime();
  const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), timeout);
  if (timeout != 0) waitedNanoseconds_ += uv_hrtime() - before;
  uv_update_time(loop_);
  const std::span<const epoll_event> events = ready.first(static_cast<size_t>(std::max(count, 0)));
  // Without an event a timer of the loop is due, or a signal came.
  isLoopDue_ = timeout == 0 || events.empty() || std::ranges::any_of(events, [](const epoll_event& event) { return event.data.u32 == number; });
  return count;
}
