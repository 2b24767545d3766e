#include "engine.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "../node-api-call.h"

namespace {
/// Looks without a result after which the sockets are watched again.
constexpr int maxEmptyLooks = 4;
/// Messages that a socket may give to a look at least, however many others are ready: few, so that a look at all of them ends soon.
constexpr int leastShare = 4;
}  // namespace

int Engine::create(napi_env env, napi_value state, const Buffers& buffers, ThreadUse threadUse, const EngineHandle& handle) {
  auto* const engine = new Engine(env, buffers, threadUse, handle);
  const int code = engine->start(state);
  if (code == 0) *handle = engine;
  else engine->closeHandles();
  return code;
}

Engine::Engine(napi_env env, const Buffers& buffers, ThreadUse threadUse, const EngineHandle& handle)
    : env_(env),
      handle_(handle),
      buffers_(buffers),
      threadUse_(threadUse),
      receiver_(buffers.slab, buffers.received, buffers.receivedCapacity, statistics_),
      sender_(buffers.slab, buffers.slabBytes, buffers.outgoing, buffers.outgoingCapacity, sockets_, statistics_) {}

int Engine::start(napi_value state) {
  if (const int code = startWatching(); code != 0) return code;
  napi_create_reference(env_, state, 1, &state_);
  napi_value callback;
  napi_get_element(env_, state, 0, &callback);
  napi_create_reference(env_, callback, 1, &callback_);
  napi_value name;
  napi_create_string_utf8(env_, "DialplaneUdpSockets", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env_, state, name, &context_);
  // A thread that is terminated has to wait until the loop has let go of our handles: hooks that end at once are too late for that.
  napi_add_async_cleanup_hook(env_, [](napi_async_cleanup_hook_handle, void* engine) { static_cast<Engine*>(engine)->destroy(); }, this, &cleanup_);
  return 0;
}

int Engine::startWatching() {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return -errno;
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (timer_ < 0) return -errno;
  uv_loop_t* loop;
  napi_get_uv_event_loop(env_, &loop);
  socketsPoll_.data = timerPoll_.data = this;
  if (threadUse_ == ThreadUse::own) {
    if (const int code = loopWait_.start(loop, handles_, epoll_, [this] { serveUntilLoopIsDue(); }); code != 0) return code;
  } else {
    if (const int code = uv_poll_init(loop, &socketsPoll_, epoll_); code != 0) return code;
    handles_.push_back(reinterpret_cast<uv_handle_t*>(&socketsPoll_));
  }
  if (const int code = uv_poll_init(loop, &timerPoll_, timer_); code != 0) return code;
  handles_.push_back(reinterpret_cast<uv_handle_t*>(&timerPoll_));
  if (const int code = patient_.start(loop, handles_, [this] { lookAtPatient(); }); code != 0) return code;
  keepLoopAlive(false);
  uv_poll_start(&timerPoll_, UV_READABLE, [](uv_poll_t* handle, int, int) { static_cast<Engine*>(handle->data)->onTimer(); });
  watch();
  return 0;
}

int32_t Engine::open(const SocketAddress& address, int bufferBytes, bool receivesRuns, std::span<const sock_filter> mayWait) {
  if (phase_ == Phase::closing) return -EBADF;
  const auto [fd, port] = openSocket(address, bufferBytes, receivesRuns);
  if (fd < 0) return fd;
  Socket* const socket = addSocket(fd, address.any.sa_family, epoll_);
  if (socket == nullptr) return -errno;
  socket->port = port;
  const int32_t number = socket->number;
  if (sockets_.openCount() == 1) keepLoopAlive(true);
  if (!mayWait.empty()) openPatient(number, bufferBytes, mayWait);
  return number;
}

/// @return nullptr where there is no room for it, and errno; then its descriptor is closed.
Socket* Engine::addSocket(int fd, int family, int epoll) {
  Socket* const socket = sockets_.add(fd, family);
  if (socket != nullptr) {
    epoll_event event{.events = EPOLLIN, .data = {.u32 = static_cast<uint32_t>(socket->number)}};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0) return socket;
  }
  const int code = socket == nullptr ? EMFILE : errno;
  if (socket != nullptr) sockets_.remove(*socket);
  ::close(fd);
  errno = code;
  return nullptr;
}

/// Where the system has no such sockets, nothing waits.
void Engine::openPatient(int32_t number, int bufferBytes, std::span<const sock_filter> mayWait) {
  const Socket* const first = sockets_.find(number);
  const int fd = openPatientSocket(first->fd, mayWait, bufferBytes);
  Socket* const patient = fd < 0 ? nullptr : addSocket(fd, first->family, patient_.epoll());
  if (patient == nullptr) return;
  patient->toldAs = number;
  sockets_.find(number)->patient = patient->number;
  patient_.begin();
}

int Engine::portOf(int32_t number) {
  const Socket* const socket = sockets_.find(number);
  return socket == nullptr ? -1 : socket->port;
}

void Engine::close(int32_t number) {
  const Socket* const socket = sockets_.find(number);
  if (socket == nullptr) return;
  const int32_t patient = socket->patient;
  const int fd = socket->fd;
  sockets_.remove(*socket);
  ::close(fd);
  close(patient);
  if (sockets_.openCount() == 0) keepLoopAlive(false);
}

void Engine::destroy() {
  if (phase_ == Phase::closing) return;
  phase_ = Phase::closing;
  sockets_.forEachOpen([this](Socket& socket) { close(socket.number); });
  closeHandles();
}

void Engine::closeHandles() {
  openHandles_ = handles_.size();
  if (openHandles_ == 0) return onHandleClosed();
  for (uv_handle_t* const handle : handles_) {
    handle->data = this;
    uv_close(handle, [](uv_handle_t* closed) { static_cast<Engine*>(closed->data)->onHandleClosed(); });
  }
}

/// The last one is the end of the engine.
void Engine::onHandleClosed() {
  if (openHandles_ > 0 && --openHandles_ > 0) return;
  if (epoll_ >= 0) ::close(epoll_);
  if (timer_ >= 0) ::close(timer_);
  if (context_ != nullptr) napi_async_destroy(env_, context_);
  for (napi_ref reference : {state_, callback_})
    if (reference != nullptr) napi_delete_reference(env_, reference);
  if (cleanup_ != nullptr) napi_remove_async_cleanup_hook(cleanup_);
  *handle_ = nullptr;
  delete this;
}

void Engine::onReadable() {
  look();
  if (phase_ == Phase::watching && coalescingMicroseconds_ > 0) gather();
}

void Engine::onTimer() {
  uint64_t expirations;
  if (::read(timer_, &expirations, sizeof expirations) < 0) return;
  emptyLooks_ = look() ? 0 : emptyLooks_ + 1;
  if (phase_ != Phase::gathering) return;
  if (coalescingMicroseconds_ == 0 || emptyLooks_ == maxEmptyLooks) watch();
  else if (timerMicroseconds_ != coalescingMicroseconds_) setTimer(coalescingMicroseconds_);
}

void Engine::serveUntilLoopIsDue() {
  while (phase_ == Phase::watching) {
    const bool wasReady = serve(loopWait_.wait(ready_));
    if (wasReady && phase_ == Phase::watching && coalescingMicroseconds_ > 0) gather();
    if (loopWait_.isLoopDue()) return;
  }
}

void Engine::watch() {
  phase_ = Phase::watching;
  if (timerMicroseconds_ != 0) setTimer(0);
  if (threadUse_ == ThreadUse::shared) uv_poll_start(&socketsPoll_, UV_READABLE, [](uv_poll_t* handle, int, int) { static_cast<Engine*>(handle->data)->onReadable(); });
}

void Engine::gather() {
  phase_ = Phase::gathering;
  emptyLooks_ = 0;
  if (threadUse_ == ThreadUse::shared) uv_poll_stop(&socketsPoll_);
  setTimer(coalescingMicroseconds_);
}

void Engine::setTimer(uint32_t microseconds) {
  timerMicroseconds_ = microseconds;
  const timespec period{.tv_sec = microseconds / 1'000'000, .tv_nsec = static_cast<long>(microseconds % 1'000'000) * 1000};
  const itimerspec timer{.it_interval = period, .it_value = period};
  timerfd_settime(timer_, 0, &timer, nullptr);
}

bool Engine::serve(int count) {
  ++statistics_.wakeUps;
  if (!readReady(count)) return false;
  if (phase_ != Phase::closing && patient_.defer()) readReady(findReady(patient_.epoll()));
  if (phase_ != Phase::closing) tell();
  return true;
}

void Engine::lookAtPatient() {
  ++statistics_.wakeUps;
  readReady(findReady(patient_.epoll()));
  if (phase_ != Phase::closing) tell();
}

bool Engine::readReady(int count) {
  const int share = std::max(leastShare, Receiver::slots / std::max(count, 1));
  bool wasReady = false;
  for (int index = 0; index < count && phase_ != Phase::closing; ++index) {
    const auto [events, data] = ready_[index];
    if (data.u32 == LoopWait::number) continue;
    readFrom(static_cast<int32_t>(data.u32), events, share);
    wasReady = true;
  }
  return wasReady;
}

void Engine::readFrom(int32_t number, uint32_t events, int share) {
  Socket* socket = sockets_.find(number);
  if (socket != nullptr && (events & EPOLLERR) != 0) receiver_.readErrors(*socket);
  while (socket != nullptr && share > 0) {
    const int count = receiver_.roomFor(share);
    if (count == 0) {
      if (!tell()) return;
      socket = sockets_.find(number);
      continue;
    }
    const int got = receiver_.read(*socket, count);
    if (got < count) return;
    share -= got;
  }
}

bool Engine::tell() {
  for (int count = receiver_.describe(sockets_); count > 0; count = receiver_.describe(sockets_)) {
    napi_handle_scope scope;
    napi_open_handle_scope(env_, &scope);
    const int32_t answers = callBatch(count);
    if (phase_ != Phase::closing) answer(answers);
    napi_close_handle_scope(env_, scope);
    if (phase_ == Phase::closing) return false;
  }
  return true;
}

int32_t Engine::callBatch(int count) {
  napi_value callback, result;
  napi_get_reference_value(env_, callback_, &callback);
  const napi_value argument = node_api::int32(env_, count);
  if (napi_make_callback(env_, context_, callback, callback, 1, &argument, &result) == napi_ok) return node_api::readInt32(env_, result);
  throwUncaught();
  return 0;
}

void Engine::answer(int32_t count) {
  if (count == 0) return;
  if (count < 0 || count > buffers_.outgoingCapacity) napi_throw_range_error(env_, nullptr, "The batch callback returned what is not a number of outgoing descriptors.");
  else if (!sender_.send(count)) napi_throw_range_error(env_, nullptr, "An outgoing descriptor reaches outside the slab.");
  else return;
  throwUncaught();
}

/// As from any event: the process's uncaught exception. In a thread that is being terminated there is none.
void Engine::throwUncaught() {
  bool isPending = false;
  napi_is_exception_pending(env_, &isPending);
  if (!isPending) return;
  napi_value error;
  napi_get_and_clear_last_exception(env_, &error);
  napi_fatal_exception(env_, error);
}

/// Open sockets keep the process alive, as those of Node do.
void Engine::keepLoopAlive(bool isNeeded) {
  for (uv_handle_t* const handle : handles_) isNeeded ? uv_ref(handle) : uv_unref(handle);
}
