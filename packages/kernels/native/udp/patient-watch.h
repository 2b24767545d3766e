// When sockets are looked at whose datagrams may wait: together with the others while those have datagrams, by themselves while they have none.
//
//   watching ──the others were looked at──▶ deferring: a timer asks every so often
//      ▲                                       │
//      └── they were not, since it asked ──────┘
#pragma once
#include <uv.h>

#include <functional>
#include <vector>

class PatientWatch {
 public:
  ~PatientWatch();
  /// @param handles Gets the handles that were opened, to be closed by the caller.
  /// @param onReadable Called while it watches and there is something.
  /// @return 0, or a negative errno.
  int start(uv_loop_t* loop, std::vector<uv_handle_t*>& handles, std::function<void()> onReadable);
  /// The set that the sockets are in.
  int epoll() const { return epoll_; }
  /// There is a socket.
  void begin();
  /// The others are being looked at. @return Whether there is anything to look at with them.
  bool defer();

 private:
  enum class Phase { absent, watching, deferring };
  void watch();
  void onTimer();

  Phase phase_ = Phase::absent;
  bool wasDeferred_ = false;
  int epoll_ = -1;
  uv_poll_t poll_{};
  uv_timer_t timer_{};
  std::function<void()> onReadable_;
};
