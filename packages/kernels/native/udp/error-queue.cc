#include "error-queue.h"

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>

namespace {
constexpr int atMost = 64;

std::optional<sock_extended_err> extendedError(msghdr& message) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    const bool isError = (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) || (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR);
    if (!isError) continue;
    sock_extended_err error;
    std::memcpy(&error, CMSG_DATA(header), sizeof error);
    return error;
  }
  return std::nullopt;
}

bool carriesMtu(int family, int type, int code) { return family == AF_INET6 ? type == ICMP6_PACKET_TOO_BIG : type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED; }
}  // namespace

void readErrors(const Socket& socket, std::vector<IcmpError>& errors) {
  for (int count = 0; count < atMost; ++count) {
    SocketAddress destination{};
    alignas(cmsghdr) uint8_t control[512];
    msghdr message{.msg_name = &destination, .msg_namelen = sizeof destination, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(socket.fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
    const auto error = extendedError(message);
    if (!error || message.msg_namelen == 0 || destination.any.sa_family != socket.family) continue;
    IcmpError told{.socket = socket.toldAs, .destination = destination, .type = error->ee_type, .code = error->ee_code, .detail = 0};
    if (error->ee_origin == SO_EE_ORIGIN_LOCAL && error->ee_errno == EMSGSIZE) {
      // Our own system refused what a router would have refused; its queue does not say for which port.
      told.type = socket.family == AF_INET6 ? ICMP6_PACKET_TOO_BIG : ICMP_DEST_UNREACH;
      told.code = socket.family == AF_INET6 ? 0 : ICMP_FRAG_NEEDED;
      if (told.destination.v4.sin_port == 0) told.destination.v4.sin_port = htons(socket.tooBigPort);  // Both families have it in this place.
    } else if (error->ee_origin != SO_EE_ORIGIN_ICMP && error->ee_origin != SO_EE_ORIGIN_ICMP6) {
      continue;
    }
    if (carriesMtu(socket.family, told.type, told.code)) told.detail = static_cast<int32_t>(error->ee_info);
    // A send that was tried again left one each time.
    const bool isRepeated = error->ee_origin == SO_EE_ORIGIN_LOCAL && !errors.empty() && std::memcmp(&errors.back(), &told, sizeof told) == 0;
    if (!isRepeated) errors.push_back(told);
  }
}
