/**
 * The least that forwarding media takes: see ../../../README.md, "media".
 *
 *   forwarder ADDRESS        prints its UDP port; then reads lines (rooms.h), and answers each by `done`, until its input ends
 */
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "forwarder.h"

namespace {

in_addr parseAddress(const char* text) {
  in_addr address;
  if (inet_pton(AF_INET, text, &address) != 1) throw std::invalid_argument(std::string("no IPv4 address: ") + text);
  return address;
}

int openSocket(in_addr host) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const int bytes = 4 * 1024 * 1024;
  setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
  setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = host, .sin_zero = {}};
  socklen_t length = sizeof address;
  if (bind(socket, reinterpret_cast<sockaddr*>(&address), length) != 0) throw std::runtime_error("the address cannot be bound");
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return socket;
}

/// @return false at the end of the input.
bool handleLines(Rooms& rooms, std::string& text) {
  char buffer[4096];
  const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
  if (got <= 0) return false;
  text.append(buffer, static_cast<size_t>(got));
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    rooms.handle(text.substr(0, end));
    text.erase(0, end + 1);
    puts("done");
  }
  fflush(stdout);
  return true;
}

void watch(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

void run(in_addr host) {
  const int socket = openSocket(host);
  Rooms rooms(host);
  Forwarder forwarder(socket, rooms);
  const int epoll = epoll_create1(0);
  watch(epoll, socket);
  watch(epoll, STDIN_FILENO);
  std::string text;
  for (bool isOpen = true; isOpen;) {
    epoll_event events[2];
    const int count = epoll_wait(epoll, events, 2, -1);
    for (int at = 0; at < count; ++at) {
      if (events[at].data.fd == socket) forwarder.serve();
      else isOpen = handleLines(rooms, text);
    }
  }
}

}  // namespace

int main(int count, char** words) {
  try {
    if (count != 2) throw std::invalid_argument("forwarder ADDRESS");
    run(parseAddress(words[1]));
    return 0;
  } catch (const std::exception& error) {
    fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
