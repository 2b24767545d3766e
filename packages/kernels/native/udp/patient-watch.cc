#include "patient-watch.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

namespace {
/// So long, and at most as long again, what may wait waits for what may not.
constexpr uint64_t patienceMilliseconds = 250;
}  // namespace

PatientWatch::~PatientWatch() {
  if (epoll_ >= 0) ::close(epoll_);
}

int PatientWatch::start(uv_loop_t* loop, std::vector<uv_handle_t*>& handles, std::function<void()> onReadable) {
  onReadable_ = std::move(onReadable);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return -errno;
  if (const int code = uv_poll_init(loop, &poll_, epoll_); code != 0) return code;
  handles.push_back(reinterpret_cast<uv_handle_t*>(&poll_));
  if (const int code = uv_timer_init(loop, &timer_); code != 0) return code;
  handles.push_back(reinterpret_cast<uv_handle_t*>(&timer_));
  poll_.data = timer_.data = this;
  return 0;
}

void PatientWatch::begin() {
  if (phase_ == Phase::absent) watch();
}

bool PatientWatch::defer() {
  if (phase_ == Phase::absent) return false;
  wasDeferred_ = true;
  if (phase_ == Phase::deferring) return true;
  phase_ = Phase::deferring;
  uv_poll_stop(&poll_);
  uv_timer_start(&timer_, [](uv_timer_t* timer) { static_cast<PatientWatch*>(timer->data)->onTimer(); }, patienceMilliseconds, patienceMilliseconds);
  return true;
}

void PatientWatch::watch() {
  phase_ = Phase::watching;
  uv_timer_stop(&timer_);
  uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* poll, int, int) { static_cast<PatientWatch*>(poll->data)->onReadable_(); });
}

void PatientWatch::onTimer() {
  if (!wasDeferred_) return watch();
  wasDeferred_ = false;
}
