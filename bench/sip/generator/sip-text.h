// Just enough of SIP to answer what comes back: lines are found by their names as both servers leave them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// Value of the first line of this name (with its colon), without white space in front; empty where there is none.
std::string_view headerOf(std::string_view message, std::string_view name);

// All lines of this name, each with its CRLF, in their order.
void copyLines(std::string_view message, std::string_view name, std::string& to);

// Values of Record-Route in the order in which the client puts them into Route (RFC 3261 §12.1.2): reversed.
std::string routeSetOf(std::string_view response);

// Status of a response, 0 for a request.
int statusOf(std::string_view message);

// What is between < and > of a value.
std::string_view uriOf(std::string_view value);

// The response that repeats what RFC 3261 §8.2.6 says, with a tag in To and what is added.
std::string respond(std::string_view request, std::string_view statusLine, std::string_view tag, std::string_view more);

// Value of a quoted parameter: nonce="...".
std::string_view quotedOf(std::string_view value, std::string_view name);

}  // namespace bench
