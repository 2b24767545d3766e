// REGISTER with digest (401, the same again with credentials, 200) and OPTIONS that the proxy passes on.
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <openssl/md5.h>

#include "load.h"
#include "sip-text.h"

namespace bench {

namespace {

constexpr uint64_t repeatUs = 500000;
constexpr uint64_t patienceUs = 5000000;

std::string md5(const std::string& text) {
  unsigned char digest[16];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  MD5(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
#pragma GCC diagnostic pop
  std::string hex(32, '0');
  for (int at = 0; at < 16; ++at) snprintf(hex.data() + at * 2, 3, "%02x", digest[at]);
  return hex.substr(0, 32);
}

struct Request {
  bool isOver = false;
  uint64_t beganAt = 0;
  uint64_t sentAt = 0;
  std::string latest;
};

class Requests : public Load {
 public:
  explicit Requests(const Options& options) : options_(options), client_(options.host, options.clientPort), server_(options.host, options.uasPort), isRegister_(options.scenario == "register") {}

  void turn(uint64_t now, int mayBegin) override {
    for (int begun = 0; begun < mayBegin; ++begun) begin(now);
    client_.flush();
    while (server_.read([this](std::string_view message, int port) { server_.queue(respond(message, "200 OK", "b", "Content-Length: 0\r\n\r\n"), port); }) > 0) server_.flush();
    server_.flush();
    while (client_.read([this](std::string_view message, int) { take(message, nowUs()); }) > 0) client_.flush();
    client_.flush();
    repeat(now);
  }

  int underWay() const override { return underWay_; }
  void wait() override { waitFor(client_, server_); }

 private:
  std::string domain() const { return "sip:" + options_.host + ":" + std::to_string(options_.serverPort); }

  void begin(uint64_t now) {
    requests_.emplace_back();
    Request& request = requests_.back();
    request.beganAt = request.sentAt = now;
    request.latest = text(first_ + requests_.size() - 1, 1, "");
    client_.queue(request.latest, options_.serverPort);
    ++underWay_;
  }

  std::string text(uint64_t number, int cseq, const std::string& credentials) const {
    const std::string id = std::to_string(number);
    const std::string user = isRegister_ ? "user" + std::to_string(number % options_.users) : "bob";
    const std::string client = options_.host + ":" + std::to_string(options_.clientPort);
    const std::string uri = isRegister_ ? domain() : "sip:bob@" + options_.host + ":" + std::to_string(options_.uasPort);
    const std::string method = isRegister_ ? "REGISTER" : "OPTIONS";
    std::string request = method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + client + ";branch=z9hG4bK" + std::to_string(cseq) + "r" + id + "\r\nMax-Forwards: 70\r\nFrom: <sip:" + user + "@" + options_.host + ">;tag=a" + id +
                          "\r\nTo: <sip:" + user + "@" + options_.host + ">\r\nCall-ID: " + id + "@bench\r\nCSeq: " + std::to_string(cseq) + " " + method + "\r\n" + credentials;
    if (isRegister_) request += "Contact: <sip:" + user + "@" + client + ">\r\nExpires: 600\r\n";
    return request + "User-Agent: generator\r\nContent-Length: 0\r\n\r\n";
  }

  void take(std::string_view message, uint64_t now) {
    const int status = statusOf(message);
    const uint64_t number = strtoull(headerOf(message, "Call-ID:").data(), nullptr, 10);
    if (status < 200 || number < first_ || number >= first_ + requests_.size()) return;
    Request& request = requests_[number - first_];
    if (request.isOver) return;
    if (status == 401 && headerOf(message, "CSeq:").front() == '1') {
      request.latest = text(number, 2, credentials(number, message));
      request.sentAt = now;
      client_.queue(request.latest, options_.serverPort);
      return;
    }
    counts.delays.push_back(static_cast<uint32_t>(now - request.beganAt));
    finish(request, status == 200);
  }

  // The challenge with MD5, wherever it stands (RFC 8760 §2.4 leaves the choice to the client).
  std::string credentials(uint64_t number, std::string_view message) const {
    std::string_view challenge;
    std::string lines;
    copyLines(message, "WWW-Authenticate:", lines);
    std::string_view rest(lines);
    while (!rest.empty()) {
      const size_t end = rest.find("\r\n");
      const std::string_view line = rest.substr(0, end);
      if (line.find("SHA-") == std::string_view::npos) challenge = line;
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    }
    const std::string user = "user" + std::to_string(number % options_.users);
    const std::string realm(quotedOf(challenge, "realm"));
    const std::string nonce(quotedOf(challenge, "nonce"));
    const std::string secret = md5(user + ":" + realm + ":secret-of-" + user);
    const std::string response = md5(secret + ":" + nonce + ":00000001:c0ffee00:auth:" + md5("REGISTER:" + domain()));
    return "Authorization: Digest username=\"" + user + "\", realm=\"" + realm + "\", nonce=\"" + nonce + "\", uri=\"" + domain() + "\", response=\"" + response +
           "\", algorithm=MD5, cnonce=\"c0ffee00\", qop=auth, nc=00000001\r\n";
  }

  void finish(Request& request, bool isComplete) {
    request.isOver = true;
    request.latest = {};
    --underWay_;
    ++(isComplete ? counts.completed : counts.failed);
  }

  void repeat(uint64_t now) {
    while (!requests_.empty() && requests_.front().isOver) {
      requests_.pop_front();
      ++first_;
    }
    for (Request& request : requests_) {
      if (now - request.beganAt < repeatUs) break;
      if (request.isOver) continue;
      if (now - request.beganAt > patienceUs) finish(request, false);
      else if (now - request.sentAt > repeatUs) {
        request.sentAt = now;
        ++counts.retransmitted;
        client_.queue(request.latest, options_.serverPort);
      }
    }
  }

  Options options_;
  Socket client_;
  Socket server_;
  bool isRegister_;
  std::deque<Request> requests_;
  // No two runs have a number in common: a server may remember those of half a minute ago.
  uint64_t first_ = nowUs();
  int underWay_ = 0;
};

}  // namespace

Load* makeRequests(const Options& options) { return new Requests(options); }

}  // namespace bench
