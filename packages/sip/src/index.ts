/**
 * SIP (RFC 3261) without I/O: messages, addresses, header fields; digest credentials, transactions, dialogs, the cores of user agents, proxies and registrars.
 *
 * A message keeps the bytes it came in: only its start line is read and where header lines are, the rest when somebody asks, and what nobody changed leaves as it came.
 * What strangers send is never thrown at the caller: parsers answer a `SipFault`, readers of header values `undefined`.
 *
 * Out of scope: sockets and name servers, descriptions (`sdp`), instant messages and presence.
 *
 * ```ts
 * const message = parseSipMessage(datagram);
 * if (message.kind === 'fault') return refuse(message);
 * const from = parseAddress(message.headers.first('From') ?? '');
 * const answer = writeSipMessage(responseTo(message, 486, 'Busy Here'));
 * ```
 */
export type { SipFlow, SocketAddress } from './link/sip-flow.ts';
export type { LinkedMessage, SipLink, SipOrigin } from './link/sip-link.ts';
export { noBody, type SipMessage, type SipRequest, type SipResponse } from './message/sip-message.ts';
export { SipHeaders } from './message/sip-headers.ts';
export { isHeaderValue } from './message/header-line.ts';
export { sipFault, type SipFault, type SipFaultCode } from './message/sip-fault.ts';
export { longestSipMessage, type MessageFraming, parseSipMessage } from './message/parse-sip-message.ts';
export { startLineOf, writeSipMessage } from './message/write-sip-message.ts';
export { type FramedPart, SipStreamFramer } from './message/stream-framer.ts';
export { decodeSipText, encodeSipText } from './message/sip-text.ts';
export { splitList, splitOutside } from './message/split-list.ts';
export { isTokenText, parseDecimal } from './message/token.ts';
export { responseTo } from './message/response-to.ts';
export { reasonPhrases } from './message/reason-phrases.ts';
export { checkSipMessage } from './message/check-sip-message.ts';
export { type BodyPart, bodyOfType, readBodyParts } from './message/body-parts.ts';
export { noParameters, quote, readParameters, type SipParameters, unquote, writeParameters } from './headers/parameters.ts';
export { parseVia, readTopVia, type Via, writeVia } from './headers/via.ts';
export { type CSeq, parseCSeq, readCSeq, writeCSeq } from './headers/cseq.ts';
export { parseAddress, readAddress, readAddresses, type SipAddress, sipAddress, tagOf, writeAddress } from './headers/address.ts';
export { parseReason, readReasons, type SipReason, writeReason } from './headers/reason.ts';
export { anonymousAddress, type IdentityHeader, isAnonymous, readIdentities, readPrivacy } from './headers/identity.ts';
export { type Diversion, type HistoryEntry, type HistoryStep, parseHistoryEntry, readDiversions, readHistoryInfo, writeDiversion, writeHistoryInfo } from './headers/redirection.ts';
export { parseUserToUser, readUserToUser, type UserToUser, writeUserToUser } from './headers/user-to-user.ts';
export { parseReplaces, readReferTarget, readReplaces, type ReferTarget, type Replaces, writeReferTo, writeReplaces } from './headers/replaces.ts';
export { readMinimalSessionExpires, readRetryAfter, readSeconds, readSessionExpires, type SessionExpires, writeSessionExpires } from './headers/session-expires.ts';
export { type RAck, readRAck, readRSeq, writeRAck } from './headers/rack.ts';
export { isSupported, readAllow, readOptionTags, unsupportedTags } from './headers/option-tags.ts';
export { readWarnings, type SipWarning, writeWarning } from './headers/warning.ts';
export { type EarlyMediaDirection, readEarlyMedia } from './headers/early-media.ts';
export { acceptsType, type ContentDisposition, type MediaType, parseMediaType, readContentDisposition, readContentType } from './headers/content.ts';
export { type OtherUri, parseUri, type Uri, writeUri } from './uri/uri.ts';
export { parseSipUri, sameSipUri, type SipUri, type UriParameters, userOf, writeSipUri } from './uri/sip-uri.ts';
export { parseTelUri, type TelephoneNumber, telephoneNumberOf, type TelUri, writeTelUri } from './uri/tel-uri.ts';
export { escapeUri, unescapeUri } from './uri/uri-escape.ts';
export { uriHeader, writeUriHeaders } from './uri/uri-headers.ts';
export { isHost, isSameHost, numericHost, type NumericHost } from './uri/host.ts';
export { type DigestAlgorithm, digestAlgorithms, type SipCrypto } from './digest/sip-crypto.ts';
export { type AuthParameters, parseAuthParameters } from './digest/auth-parameters.ts';
export { type DigestParts, digestResponse, digestSecret } from './digest/digest-response.ts';
export { type DigestNonceOptions, DigestNonces } from './digest/digest-nonces.ts';
export { type CredentialsHeader, DigestServer, type DigestServerOptions, type DigestVerdict } from './digest/digest-server.ts';
export { type ChallengeVerdict, DigestClient, type DigestClientOptions, type DigestCredentials } from './digest/digest-client.ts';
export type { DnsAnswer, DnsQuestion, NaptrRecord, SrvRecord } from './resolution/dns.ts';
export { orderSrvRecords } from './resolution/srv-order.ts';
export { defaultPort, type LocationFailure, type ServerLocationOptions, type ServerTarget, type SipTransport } from './resolution/server-location.ts';
export { type LocatorInput, type LocatorOutput, ServerLocator } from './resolution/server-locator.ts';
export { defaultTransactionTimes, type TransactionTimes } from './transaction/transaction-times.ts';
export type { ClientTransaction, ServerTransaction, TransactionOutput } from './transaction/transaction-output.ts';
export type { TimedTransaction } from './transaction/timed-transaction.ts';
export type { InviteClientTransaction } from './transaction/invite-client-transaction.ts';
export type { InviteServerTransaction } from './transaction/invite-server-transaction.ts';
export type { NonInviteClientTransaction } from './transaction/non-invite-client-transaction.ts';
export type { NonInviteServerTransaction } from './transaction/non-invite-server-transaction.ts';
export { type TransactionInput, TransactionLayer, type TransactionLayerOptions, type TransactionStatistics } from './transaction/transaction-layer.ts';
export type {
  ExtraHeaders,
  InviteCommand,
  RegisterCommand,
  ReliableProvisionals,
  RequestCommand,
  SessionCommand,
  SessionTimerWish,
  SipCredentials,
  SipRoute,
  UserAgentCommand,
  WatchCommand,
} from './user-agent/user-agent-command.ts';
export type {
  PeerHealthChanged,
  ReceivedDescription,
  RegistrationChanged,
  RegistrationState,
  RequestEnded,
  SessionEnd,
  SessionEndCause,
  SessionEvent,
  UserAgentEvent,
} from './user-agent/user-agent-event.ts';
export { defaultUserAgentLimits, type UserAgentLimits, type UserAgentOptions } from './user-agent/user-agent-options.ts';
export type { UserAgentOutput, UserAgentSend } from './user-agent/agent-core.ts';
export { UserAgent, type UserAgentInput, type UserAgentStatistics } from './user-agent/user-agent.ts';
export { proxyWarnAgent } from './proxy/own-responses.ts';
export { ProxyCore, type ProxyInput, type ProxyOptions, type ProxyOutput } from './proxy/proxy-core.ts';
export type { ProxiedRequest, ProxyDecision, ProxySurroundings, ProxyTarget } from './proxy/proxy-surroundings.ts';
export { register, defaultRegistrarRules, type RegistrarAnswer, type RegistrarRules } from './registrar/registrar.ts';
export { type Binding, type LocationChange, LocationTable } from './registrar/location-table.ts';
