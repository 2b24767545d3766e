// INVITE, 180, 200, ACK, BYE, 200 between a client and a server of its own, through the proxy both ways; nobody talks.
#include <cstdlib>
#include <deque>

#include "load.h"
#include "sip-text.h"

namespace bench {

namespace {

constexpr uint64_t repeatUs = 500000;
constexpr uint64_t patienceUs = 5000000;

enum class State { calling, ringing, ending, over };

struct Call {
  State state = State::over;
  uint64_t beganAt = 0;
  uint64_t sentAt = 0;
  bool isDelayed = false;
  std::string latest;
};

class Calls : public Load {
 public:
  explicit Calls(const Options& options) : options_(options), client_(options.host, options.clientPort), server_(options.host, options.uasPort) {
    description_ = "v=0\r\no=- 3862 3862 IN IP4 " + options.host + "\r\ns=-\r\nc=IN IP4 " + options.host +
                   "\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
  }

  void turn(uint64_t now, int mayBegin) override {
    for (int begun = 0; begun < mayBegin; ++begun) begin(now);
    client_.flush();
    while (server_.read([this](std::string_view message, int port) { serve(message, port); }) > 0) server_.flush();
    server_.flush();
    while (client_.read([this](std::string_view message, int) { take(message, nowUs()); }) > 0) client_.flush();
    client_.flush();
    repeat(now);
  }

  int underWay() const override { return underWay_; }
  void wait() override { waitFor(client_, server_); }

 private:
  void begin(uint64_t now) {
    calls_.emplace_back();
    Call& call = calls_.back();
    const std::string id = std::to_string(first_ + calls_.size() - 1);
    call.state = State::calling;
    call.beganAt = call.sentAt = now;
    call.latest = request("INVITE", "sip:+15550100@" + options_.host + ":" + std::to_string(options_.uasPort), id, 1, "", "") + "Contact: <sip:alice@" + client() +
                  ">\r\nUser-Agent: generator\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nContent-Type: application/sdp\r\nContent-Length: " +
                  std::to_string(description_.size()) + "\r\n\r\n" + description_;
    client_.queue(call.latest, options_.serverPort);
    ++underWay_;
  }

  std::string client() const { return options_.host + ":" + std::to_string(options_.clientPort); }

  std::string request(const char* method, std::string_view uri, const std::string& id, int cseq, std::string_view routes, std::string_view toTag) const {
    std::string text(method);
    text.reserve(1200);
    text.append(" ").append(uri).append(" SIP/2.0\r\nVia: SIP/2.0/UDP ").append(client()).append(";branch=z9hG4bK").append(method, 1).append(id);
    text.append("\r\nMax-Forwards: 70\r\n").append(routes).append("From: \"Alice\" <sip:alice@").append(options_.host).append(">;tag=a").append(id);
    text.append("\r\nTo: <sip:+15550100@").append(options_.host).append(">").append(toTag).append("\r\nCall-ID: ").append(id).append("@bench\r\nCSeq: ");
    return text.append(std::to_string(cseq)).append(" ").append(method).append("\r\n");
  }

  // The far end: answers at once, and keeps nothing.
  void serve(std::string_view message, int port) {
    if (statusOf(message) != 0 || message.compare(0, 4, "ACK ") == 0) return;
    const std::string more = "Contact: <sip:bob@" + options_.host + ":" + std::to_string(options_.uasPort) + ">\r\n";
    if (message.compare(0, 7, "INVITE ") == 0) {
      server_.queue(respond(message, "180 Ringing", "b", more + "Content-Length: 0\r\n\r\n"), port);
      server_.queue(respond(message, "200 OK", "b", more + "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(description_.size()) + "\r\n\r\n" + description_), port);
    } else {
      server_.queue(respond(message, "200 OK", "b", "Content-Length: 0\r\n\r\n"), port);
    }
  }

  void take(std::string_view message, uint64_t now) {
    const int status = statusOf(message);
    const uint64_t number = strtoull(headerOf(message, "Call-ID:").data(), nullptr, 10);
    if (status < 180 || number < first_ || number >= first_ + calls_.size()) return;
    Call& call = calls_[number - first_];
    const bool isOfInvite = headerOf(message, "CSeq:").find("INVITE") != std::string_view::npos;
    if (isOfInvite && !call.isDelayed) {
      call.isDelayed = true;
      counts.delays.push_back(static_cast<uint32_t>(now - call.beganAt));
    }
    if (status >= 300) return finish(call, false);
    if (isOfInvite && status < 200 && call.state == State::calling) call.state = State::ringing;
    if (isOfInvite && status >= 200) answer(call, message, std::to_string(number), now);
    if (!isOfInvite && call.state == State::ending) finish(call, true);
  }

  void answer(Call& call, std::string_view ok, const std::string& id, uint64_t now) {
    const std::string routes = routeSetOf(ok);
    const std::string_view contact = uriOf(headerOf(ok, "Contact:"));
    client_.queue(request("ACK", contact, id, 1, routes, ";tag=b") + "Content-Length: 0\r\n\r\n", options_.serverPort);
    if (call.state == State::ending || call.state == State::over) return;
    call.state = State::ending;
    call.sentAt = now;
    call.latest = request("BYE", contact, id, 2, routes, ";tag=b") + "Content-Length: 0\r\n\r\n";
    client_.queue(call.latest, options_.serverPort);
  }

  void finish(Call& call, bool isComplete) {
    if (call.state == State::over) return;
    call.state = State::over;
    call.latest = {};
    --underWay_;
    ++(isComplete ? counts.completed : counts.failed);
  }

  void repeat(uint64_t now) {
    while (!calls_.empty() && calls_.front().state == State::over) {
      calls_.pop_front();
      ++first_;
    }
    for (Call& call : calls_) {
      if (now - call.beganAt < repeatUs) break;
      if (call.state == State::over) continue;
      if (now - call.beganAt > patienceUs) finish(call, false);
      else if (now - call.sentAt > repeatUs && call.state != State::ringing) {
        call.sentAt = now;
        ++counts.retransmitted;
        client_.queue(call.latest, options_.serverPort);
      }
    }
  }

  Options options_;
  Socket client_;
  Socket server_;
  std::string description_;
  std::deque<Call> calls_;
  // No two runs have a number in common: a server may remember those of half a minute ago.
  uint64_t first_ = nowUs();
  int underWay_ = 0;
};

}  // namespace

Load* makeCalls(const Options& options) { return new Calls(options); }

}  // namespace bench
