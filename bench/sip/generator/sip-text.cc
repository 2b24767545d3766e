#include "sip-text.h"

namespace bench {

namespace {

// Calls `take` with each header line that has this name, without its CRLF.
template <typename Take>
void eachLine(std::string_view message, std::string_view name, Take take) {
  size_t at = message.find("\r\n");
  while (at != std::string_view::npos) {
    at += 2;
    const size_t end = message.find("\r\n", at);
    if (end == std::string_view::npos || end == at) return;
    if (message.compare(at, name.size(), name) == 0 && !take(message.substr(at, end - at))) return;
    at = end;
  }
}

}  // namespace

std::string_view headerOf(std::string_view message, std::string_view name) {
  std::string_view found;
  eachLine(message, name, [&](std::string_view line) {
    found = line.substr(name.size());
    while (!found.empty() && found.front() == ' ') found.remove_prefix(1);
    return false;
  });
  return found;
}

void copyLines(std::string_view message, std::string_view name, std::string& to) {
  eachLine(message, name, [&](std::string_view line) {
    to.append(line).append("\r\n");
    return true;
  });
}

std::string routeSetOf(std::string_view response) {
  std::vector<std::string_view> values;
  eachLine(response, "Record-Route:", [&](std::string_view line) {
    for (size_t at = line.find('<'); at != std::string_view::npos; at = line.find('<', at)) {
      const size_t end = line.find('>', at);
      if (end == std::string_view::npos) break;
      values.push_back(line.substr(at, end + 1 - at));
      at = end;
    }
    return true;
  });
  std::string routes;
  for (auto value = values.rbegin(); value != values.rend(); ++value) routes.append("Route: ").append(*value).append("\r\n");
  return routes;
}

int statusOf(std::string_view message) {
  if (message.size() < 12 || message.compare(0, 8, "SIP/2.0 ") != 0) return 0;
  return (message[8] - '0') * 100 + (message[9] - '0') * 10 + (message[10] - '0');
}

std::string_view uriOf(std::string_view value) {
  const size_t open = value.find('<');
  const size_t close = value.find('>', open);
  return open == std::string_view::npos || close == std::string_view::npos ? value : value.substr(open + 1, close - open - 1);
}

std::string respond(std::string_view request, std::string_view statusLine, std::string_view tag, std::string_view more) {
  std::string response("SIP/2.0 ");
  response.reserve(1024);
  response.append(statusLine).append("\r\n");
  copyLines(request, "Via:", response);
  copyLines(request, "Record-Route:", response);
  copyLines(request, "From:", response);
  const std::string_view to = headerOf(request, "To:");
  response.append("To: ").append(to);
  if (to.find(";tag=") == std::string_view::npos) response.append(";tag=").append(tag);
  response.append("\r\n");
  copyLines(request, "Call-ID:", response);
  copyLines(request, "CSeq:", response);
  response.append(more);
  return response;
}

std::string_view quotedOf(std::string_view value, std::string_view name) {
  const size_t at = value.find(name);
  if (at == std::string_view::npos) return {};
  const size_t open = at + name.size() + 2;
  const size_t close = value.find('"', open);
  return close == std::string_view::npos ? std::string_view() : value.substr(open, close - open);
}

}  // namespace bench
