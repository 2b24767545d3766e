#pragma once
#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>

/** What encrypts a TCP stream; empty for one that goes in the clear. */
using Tls = std::shared_ptr<SSL>;

/** The client's handshake over a connected stream, whose certificate is taken as it is. From then on the socket waits for nothing. */
Tls startTls(int socket);

/** As send(2) and recv(2) without waiting: 0 or less where there is no room, nothing there, or an end. */
ssize_t sendOver(int socket, const Tls& tls, const void* bytes, size_t count);
ssize_t receiveOver(int socket, const Tls& tls, void* bytes, size_t capacity);

/** Whether something was read off the socket that nobody has received. */
bool hasDecrypted(const Tls& tls);
