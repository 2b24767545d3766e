import { Type, type Static, type TProperties } from 'typebox';
import { EndReason } from './end-reasons.ts';
import { RawId, Timestamp, Uuid } from './identifiers.ts';

/** Which part of the system observed something. */
export const FlowSource = Type.Union([
  Type.Literal('client'),
  Type.Literal('controller'),
  Type.Literal('relay'),
  Type.Literal('mediaProcessor'),
  Type.Literal('telephony'),
]);
export type FlowSource = Static<typeof FlowSource>;

const detail = <const Name extends string, Fields extends TProperties>(kind: Name, fields: Fields) =>
  Type.Object({ kind: Type.Literal(kind), ...fields });

const short = Type.String({ maxLength: 512 });
export const MediaDirection = Type.Union([Type.Literal('send'), Type.Literal('receive')]);
const mediaKind = Type.Union([Type.Literal('Audio'), Type.Literal('Video'), Type.Literal('ScreenSharing')]);

/** One end of a candidate pair (RFC 8445 §5.1). The address is absent where the browser hides it (mDNS name). */
export const FlowCandidate = Type.Object({
  candidateType: Type.Union([Type.Literal('host'), Type.Literal('srflx'), Type.Literal('prflx'), Type.Literal('relay')]),
  protocol: Type.Union([Type.Literal('udp'), Type.Literal('tcp')]),
  address: Type.Optional(Type.String({ maxLength: 128 })),
  port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535 })),
  /** How a relayed candidate reaches its TURN server. */
  relayProtocol: Type.Optional(Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')])),
});
export type FlowCandidate = Static<typeof FlowCandidate>;

/** What a client may report; the server adds the rest. */
export const ClientFlowDetail = Type.Union([
  detail('candidateGathered', { candidate: FlowCandidate }),
  /** A STUN or TURN server gave no candidate: a STUN error code, or 701 where it did not answer (W3C webrtc §4.8.2). */
  detail('candidateError', { url: short, errorCode: Type.Integer(), errorText: short }),
  detail('candidatePair', {
    outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed'), Type.Literal('selected')]),
    local: FlowCandidate,
    remote: FlowCandidate,
    rttMs: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  detail('iceState', { state: short }),
  detail('dtlsState', { state: short, cipher: Type.Optional(short), srtpCipher: Type.Optional(short) }),
  detail('firstMedia', { direction: MediaDirection, mediaStreamType: mediaKind, codec: Type.Optional(short), ssrc: Type.Optional(Type.Integer({ minimum: 0 })) }),
  detail('lastMedia', {
    direction: MediaDirection,
    mediaStreamType: mediaKind,
    packets: Type.Integer({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 }),
    packetsLost: Type.Optional(Type.Integer()),
  }),
  detail('diagnostic', { name: short, value: Type.Union([Type.Boolean(), Type.Integer(), short]) }),
  detail('clientDecision', { what: short, why: short }),
]);
export type ClientFlowDetail = Static<typeof ClientFlowDetail>;

/** One direction of a leg in the conference, since it was opened; jitter as it was last. */
const direction = Type.Object({ packets: Type.Integer({ minimum: 0 }), bytes: Type.Integer({ minimum: 0 }), lost: Type.Integer(), jitterMs: Type.Number({ minimum: 0 }) });

export const FlowDetail = Type.Union([
  ...ClientFlowDetail.anyOf,
  /** A REST request of a client, after it was answered. */
  detail('request', { operation: short, method: short, path: short, status: Type.Integer(), durationMs: Type.Number(), errorCode: Type.Optional(short) }),
  /** An event handed to a client. */
  detail('event', { type: short, summary: Type.Optional(short) }),
  detail('callState', { state: short }),
  detail('participantState', { identifier: RawId, state: short }),
  detail('description', { mediaSessionId: Uuid, type: Type.Union([Type.Literal('offer'), Type.Literal('answer')]), revision: Type.Integer(), summary: short }),
  detail('candidates', { mediaSessionId: Uuid, count: Type.Integer(), types: Type.Array(short) }),
  detail('mediaState', { mediaSessionId: Uuid, state: short, cause: Type.Optional(short) }),
  /** A decision of the server, and its reason: topology, promotion, path, refusal. */
  detail('decision', { what: short, why: short }),
  /** The relay opened an allocation for a participant (RFC 8656 §3.2). */
  detail('relayAllocated', { allocationId: short, clientTransport: short, peerTransport: short, relayedAddresses: Type.Array(short) }),
  /** An allocation is gone, with what went through it. */
  detail('relayReleased', {
    allocationId: short, reason: short,
    toPeerBytes: Type.Integer({ minimum: 0 }), toPeerPackets: Type.Integer({ minimum: 0 }),
    toClientBytes: Type.Integer({ minimum: 0 }), toClientPackets: Type.Integer({ minimum: 0 }),
  }),
  /** What the media processor saw of a participant's connection: at first, when packets begin or cease to be lost, and at its end. */
  detail('mediaReport', {
    mediaSessionId: Uuid, why: short, received: direction, sent: direction,
    roundTripMs: Type.Optional(Type.Number({ minimum: 0 })), estimatedBps: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  /** A SIP message that passed the controller's edge; `messageId` finds its text. `summary` is its start line. Addresses with their port. */
  detail('sip', {
    messageId: short, direction: Type.Union([Type.Literal('in'), Type.Literal('out')]), summary: short, method: short, cseq: Type.Integer({ minimum: 0 }),
    sipCallId: short, transport: short, local: short, remote: short, bytes: Type.Integer({ minimum: 0 }),
  }),
  detail('ended', { endReason: EndReason, identifier: Type.Optional(RawId) }),
]);
export type FlowDetail = Static<typeof FlowDetail>;

/**
 * One line of the call flow record. `from` and `to` name lanes of the ladder: a participant id (one per endpoint),
 * `controller`, `relay`, `mediaProcessor`, `telephony`, `trunk:<name>` or `phone:<user>` (a SIP phone). Without `to` it is a note on its own lane.
 */
export const FlowEvent = Type.Object({
  sequence: Type.Integer({ minimum: 1 }),
  time: Timestamp,
  source: FlowSource,
  from: short,
  to: Type.Optional(short),
  detail: FlowDetail,
});
export type FlowEvent = Static<typeof FlowEvent>;

/** A lane of the ladder. */
export const FlowLane = Type.Object({
  id: short,
  role: Type.Union([Type.Literal('caller'), Type.Literal('callee'), Type.Literal('participant'), Type.Literal('server'), Type.Literal('trunk'), Type.Literal('phone')]),
  identifier: Type.Optional(RawId),
  displayName: Type.Optional(short),
});
export type FlowLane = Static<typeof FlowLane>;

/** The whole record of a call, running or ended. All of it is under one correlation id: the call id. */
export const CallFlow = Type.Object({
  callId: Uuid,
  startedAt: Timestamp,
  endedAt: Type.Optional(Timestamp),
  lanes: Type.Array(FlowLane),
  events: Type.Array(FlowEvent),
  /** One sentence: what became of the call and why. */
  conclusion: Type.String(),
  isTruncated: Type.Boolean({ description: 'Later events were dropped because the record had reached its limit' }),
});
export type CallFlow = Static<typeof CallFlow>;

/** Measured by a client on one of its streams, since the start of the call (ACS CallDiagnostics). Rates 0..1, times in ms. */
export const StreamQuality = Type.Object({
  streamId: short,
  mediaType: Type.Union([Type.Literal('Audio'), Type.Literal('Video'), Type.Literal('ScreenSharing')]),
  streamDirection: Type.Union([Type.Literal('Outbound'), Type.Literal('Inbound')]),
  transportType: Type.Union([Type.Literal('UDP'), Type.Literal('TCP')]),
  codecName: Type.Optional(short),
  roundTripTimeAvg: Type.Optional(Type.Number({ minimum: 0 })),
  roundTripTimeMax: Type.Optional(Type.Number({ minimum: 0 })),
  jitterAvg: Type.Optional(Type.Number({ minimum: 0 })),
  jitterMax: Type.Optional(Type.Number({ minimum: 0 })),
  packetLossRateAvg: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  packetLossRateMax: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  jitterBufferSizeAvg: Type.Optional(Type.Number({ minimum: 0 })),
  jitterBufferSizeMax: Type.Optional(Type.Number({ minimum: 0 })),
  healedDataRatioAvg: Type.Optional(Type.Number({ minimum: 0 })),
  healedDataRatioMax: Type.Optional(Type.Number({ minimum: 0 })),
  videoFrameRateAvg: Type.Optional(Type.Number({ minimum: 0 })),
  recvResolutionHeight: Type.Optional(Type.Integer({ minimum: 0 })),
  recvFreezeDurationPerMinuteInMs: Type.Optional(Type.Number({ minimum: 0 })),
  packetUtilization: Type.Optional(Type.Integer({ minimum: 0 })),
  videoBitRateAvg: Type.Optional(Type.Number({ minimum: 0 })),
  videoBitRateMax: Type.Optional(Type.Number({ minimum: 0 })),
});
export type StreamQuality = Static<typeof StreamQuality>;

/** A client's contribution. `time` is the client's clock; the server corrects it by the offset it sees in `sentAt`. */
export const ReportTelemetryRequest = Type.Object({
  endpointId: Uuid,
  sentAt: Timestamp,
  flow: Type.Array(Type.Object({ time: Timestamp, detail: ClientFlowDetail }), { maxItems: 200 }),
  /** Cumulative quality of each stream since the start of the call; the newest report of a stream replaces the one before. */
  streams: Type.Array(StreamQuality, { maxItems: 64 }),
});
export type ReportTelemetryRequest = Static<typeof ReportTelemetryRequest>;
