// The sockets of one UdpSockets and when they are looked at.
//
//   watching ──something is readable──▶ gathering (only with coalescing): a timer looks every so often
//      ▲                                   │
//      └──────── a few empty looks ────────┘
//
// The sockets are in an epoll set of their own, which the event loop watches as one descriptor; while gathering it watches the timer
// instead, so that nothing wakes the thread between two looks. A thread that exists for its sockets waits for them and the event loop together (LoopWait).
//
// Datagrams that may wait come to sockets of their own, in another epoll set, which is looked at after the first; the event loop watches that one only while nothing
// else comes (PatientWatch).
#pragma once
#include <node_api.h>
#include <sys/epoll.h>
#include <uv.h>

#include <memory>
#include <vector>

#include "loop-wait.h"
#include "open-socket.h"
#include "patient-watch.h"
#include "receiver.h"
#include "sender.h"

/// Buffers that belong to JavaScript.
struct Buffers {
  uint8_t* slab;
  size_t slabBytes;
  int32_t* received;
  int receivedCapacity;
  int32_t* outgoing;
  int outgoingCapacity;
};

class Engine;
/// JavaScript's hold on an engine, which may be gone before it: then it holds nullptr.
using EngineHandle = std::shared_ptr<Engine*>;

/// What the thread is there for: for whatever its event loop has, or for the sockets of one engine.
enum class ThreadUse { shared, own };

class Engine {
 public:
  /// @param state What has to live as long as the engine: an array of the batch callback and the owners of the buffers.
  /// @param handle Gets the engine.
  /// @return 0, or a negative errno: then there is none.
  static int create(napi_env env, napi_value state, const Buffers& buffers, ThreadUse threadUse, const EngineHandle& handle);
  bool ownsThread() const { return threadUse_ == ThreadUse::own && phase_ != Phase::closing; }

  /// @param mayWait Returns 1 for datagrams that may wait; none where it is empty.
  /// @return The number of the socket, or a negative errno.
  int32_t open(const SocketAddress& address, int bufferBytes, bool receivesRuns, std::span<const sock_filter> mayWait);
  /// @return -1 where it is not open.
  int portOf(int32_t number);
  void close(int32_t number);
  /// @return false where a descriptor reaches outside the slab.
  bool send(int count) { return sender_.send(count); }
  void setCoalescing(uint32_t microseconds) { coalescingMicroseconds_ = microseconds; }
  const Statistics& statistics() const { return statistics_; }
  /// How long the thread has waited while its event loop could not know that it does.
  uint64_t waitedNanoseconds() const { return loopWait_.waitedNanoseconds(); }
  /// Closes everything; the engine deletes itself when the event loop has let go of it.
  void destroy();

 private:
  enum class Phase { watching, gathering, closing };

  Engine(napi_env env, const Buffers& buffers, ThreadUse threadUse, const EngineHandle& handle);
  int start(napi_value state);
  int startWatching();
  void onReadable();
  void onTimer();
  /// Waits for sockets and event loop, and serves the sockets until the loop has something to do.
  void serveUntilLoopIsDue();
  void watch();
  void gather();
  void setTimer(uint32_t microseconds);
  /// @return Whether anything was ready.
  bool look() { return serve(findReady(epoll_)); }
  void lookAtPatient();
  /// Reads from the first `count` of what is ready, and then from what was waiting, and tells it. @return Whether a socket was ready.
  bool serve(int count);
  /// @return How many of a set are ready.
  int findReady(int epoll) { return epoll_wait(epoll, ready_, Receiver::slots, 0); }
  /// @return Whether there was a socket among the first `count` of what is ready.
  bool readReady(int count);
  Socket* addSocket(int fd, int family, int epoll);
  void openPatient(int32_t number, int bufferBytes, std::span<const sock_filter> mayWait);
  void readFrom(int32_t number, uint32_t events, int share);
  /// Tells the batch and sends the answers. @return false when the engine was destroyed meanwhile.
  bool tell();
  /// @return What the callback returned; 0 where it threw.
  int32_t callBatch(int count);
  void answer(int32_t count);
  void throwUncaught();
  void keepLoopAlive(bool isNeeded);
  void closeHandles();
  void onHandleClosed();

  napi_env env_;
  const EngineHandle handle_;
  const Buffers buffers_;
  const ThreadUse threadUse_;
  Statistics statistics_;
  SocketTable sockets_;
  Receiver receiver_;
  Sender sender_;

  Phase phase_ = Phase::watching;
  uint32_t coalescingMicroseconds_ = 0;
  uint32_t timerMicroseconds_ = 0;
  int emptyLooks_ = 0;

  int epoll_ = -1;
  int timer_ = -1;
  uv_poll_t socketsPoll_{};
  uv_poll_t timerPoll_{};
  PatientWatch patient_;
  LoopWait loopWait_;
  std::vector<uv_handle_t*> handles_;
  size_t openHandles_ = 0;
  napi_async_cleanup_hook_handle cleanup_ = nullptr;
  napi_ref state_ = nullptr;
  napi_ref callback_ = nullptr;
  napi_async_context context_ = nullptr;
  epoll_event ready_[Receiver::slots];
};
