/**
 * Offer/answer of a media server: reads a client's offer into plain values, decides what is accepted, and writes the answer (RFC 3264, RFC 8829, RFC 9143 BUNDLE,
 * RFC 8853 simulcast), on sdp-transform, of which nothing leaks out. Towards carriers and SIP phones (`trunk/`) either side offers, in plain RTP, SDES (RFC 4568) or DTLS-SRTP.
 *
 * Assumes: clients always offer, everything is on one bundle with rtcp-mux, and the server is an ICE-lite agent that everybody can reach, so that its answers are complete; a trunk has one
 * section for sound, and ICE where it brings it, with us as its lite agent. A description is text by a stranger: whatever is wrong with it is a value (`SdpFault`), never an exception.
 *
 * Out of scope: sockets, ICE itself, SCTP (a data channel's section is refused), and who may join.
 *
 * ```ts
 * const parsed = parseOffer(sdp);
 * if (!parsed.ok) return describeSdpFault(parsed);
 * const sections = agreeSections(parsed.offer, [], drawSsrc);
 * const answer = writeAnswer({ offer: parsed.offer, sections, transport, sessionId: '1', sessionVersion: 1, cname });
 * ```
 */
export { agreeSections, type AgreedSection, type SendingSsrcs } from './agree-sections.ts';
export type { AgreedCodec } from './codec-choice.ts';
export type { AgreedExtension, ExtensionName } from './extension-choice.ts';
export { maxSections, parseOffer } from './parse-offer.ts';
export { describeSdpFault, sdpFault, type SdpFault, type SdpFaultCode } from './sdp-fault.ts';
export type { Direction, OfferedCodec, OfferedExtension, OfferedSection, OfferedSsrc, OfferedTransport, RtpSection, SessionOffer, UnusableSection } from './session-offer.ts';
export { writeAnswer, type AnswerParts, type LocalCandidate, type LocalTransport } from './write-answer.ts';
export { mayReceive, maySend, type AgreedTrunk, type TrunkPolicy, type TrunkSecurity } from './trunk/agree-trunk.ts';
export { sdesSuites, withoutKeys, type SdesKey, type SdesSuite } from './trunk/sdes-keys.ts';
export { trunkCodecNamed } from './trunk/trunk-codecs.ts';
export { TrunkNegotiation, type TrunkNegotiated, type TrunkNegotiationOptions } from './trunk/trunk-negotiation.ts';
export type { TrunkAddress, TrunkIce } from './trunk/trunk-description.ts';
