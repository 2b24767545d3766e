import { Type, type Static, type TProperties } from 'typebox';
import { Call, CallKind, CallState, CustomContext, DtmfTones, messageContents, Participant, ParticipantRole, Permission, ReactionType, Speakers, TransferState } from './calls.ts';
import { EndReason } from './end-reasons.ts';
import { RawId, Timestamp, Uuid } from './identifiers.ts';
import { IceCandidate, maxVideoTiles, MediaDescription, MediaModes, MediaSession, Topology, VideoTile, WatchedPicture } from './media.ts';

const event = <const Name extends string, Fields extends TProperties>(type: Name, fields: Fields) =>
  Type.Object({ type: Type.Literal(type), ...fields });

/**
 * Events of one call carry its id and the call's revision after the change; an older revision is a repeat and is dropped.
 *
 * What brings an endpoint into a call (`start`, `join`, `accept`) is shown whole in the answer, not in events. So events of the
 * call that come before that answer wait for it, and those newer than it are applied then.
 */
const ofCall = { callId: Uuid, revision: Type.Integer({ minimum: 0 }) };

/**
 * Events that pass by: they change nothing of the call that a later command or event builds on, so they have no revision, and what a client misses of them
 * while it is away longer than the event log reaches is gone.
 */
const passingBy = { callId: Uuid };

/** A call rings at this endpoint. The media session holds the caller's offer. */
export const IncomingCallEvent = event('incomingCall', { call: Call });

/** The call changed state as this endpoint sees it. `Disconnected` is the last event of a call and has the reason. */
export const CallStateChangedEvent = event('callStateChanged', { ...ofCall, state: CallState, endReason: Type.Optional(EndReason) });

/** The kind of the call changed: a 1:1 call became a group call. */
export const CallPromotedEvent = event('callPromoted', { ...ofCall, kind: CallKind, topology: Topology });

/** Participants (never this endpoint itself) appeared, changed or left; each is the whole participant. */
export const ParticipantsUpdatedEvent = event('participantsUpdated', {
  ...ofCall,
  updated: Type.Array(Participant),
  removed: Type.Array(Type.Object({ identifier: RawId, endReason: Type.Optional(EndReason) })),
});

/** This endpoint's own part changed. `mutedBy` is present when somebody else muted it. */
export const SelfUpdatedEvent = event('selfUpdated', {
  ...ofCall,
  isMuted: Type.Boolean(),
  mutedBy: Type.Optional(RawId),
  role: ParticipantRole,
  raisedHandOrder: Type.Optional(Type.Integer({ minimum: 1 })),
  spotlightOrder: Type.Optional(Type.Integer({ minimum: 1 })),
  /** In a room, as in `Call.self`. */
  permissions: Type.Optional(Type.Array(Permission)),
});

/** A media session was opened for this endpoint (at accept, at promotion) or its state or servers changed. */
export const MediaSessionUpdatedEvent = event('mediaSessionUpdated', { ...ofCall, mediaSession: MediaSession });
export const MediaSessionClosedEvent = event('mediaSessionClosed', { ...ofCall, mediaSessionId: Uuid });
export const MediaDescriptionEvent = event('mediaDescription', { ...ofCall, mediaSessionId: Uuid, description: MediaDescription });
export const MediaCandidatesEvent = event('mediaCandidates', { ...ofCall, mediaSessionId: Uuid, candidates: Type.Array(IceCandidate) });
/** Media reaches this endpoint otherwise, or the composed picture is arranged otherwise. `layout` is there while video is mixed, `audioCodec` while one is wanted; `why` is a sentence. */
export const MediaModesChangedEvent = event('mediaModesChanged', {
  ...ofCall,
  mediaSessionId: Uuid,
  modes: MediaModes,
  layout: Type.Optional(Type.Array(VideoTile, { maxItems: maxVideoTiles })),
  audioCodec: Type.Optional(Type.String()),
  why: Type.String(),
});
/** Media reaches everybody otherwise of whom nothing else is said: participants whose own modes are the same now have none any more. */
export const CallModesChangedEvent = event('callModesChanged', { ...ofCall, modes: MediaModes });
/** Who is heard and who was last; three times a second at most. */
export const SpeakersChangedEvent = event('speakersChanged', { ...passingBy, ...Speakers.properties });
/** Data of another participant of a group call. */
export const MessageReceivedEvent = event('messageReceived', { ...passingBy, sender: RawId, ...messageContents });
/** Other people see other pictures of this endpoint: the whole list, in place of the last one ({@link MediaSession}). Whoever sends more costs everybody nothing but bandwidth. */
export const WatchedPicturesChangedEvent = event('watchedPicturesChanged', { ...passingBy, mediaSessionId: Uuid, watched: Type.Array(WatchedPicture) });
/** Somebody pressed a key of a telephone (or what shows one): a digit, `*`, `#` or `A` to `D`. */
export const DtmfReceivedEvent = event('dtmfReceived', { ...passingBy, sender: RawId, tone: DtmfTones });
/** What becomes of a transfer that this endpoint asked for. `code` and `subCode` are those of the end reason that made it fail. */
export const TransferChangedEvent = event('transferChanged', {
  ...ofCall, transferId: Uuid, state: TransferState, code: Type.Optional(Type.Integer()), subCode: Type.Optional(Type.Integer()),
});
/**
 * The other side transfers this endpoint to `target`: the client is to start a call to it that names the transfer (`StartCallRequest.transfer`). This call ends when
 * that one is answered, and goes on when it is not.
 */
export const TransferRequestedEvent = event('transferRequested', { ...ofCall, transferId: Uuid, target: RawId, customContext: Type.Optional(CustomContext) });
export const ReactionReceivedEvent = event('reactionReceived', { ...ofCall, sender: RawId, reactionType: ReactionType });

/**
 * The stream could not be continued where it stopped (first connection, server restarted, too slow a reader): here is
 * everything this endpoint is part of. A call with an older revision than the client knows is to be ignored: an answer may
 * overtake this event. A call the client knows and that is not in it has ended; but an endpoint that came into a call (or asked
 * to) while this event was on its way asks first, with `updateSelf` that changes nothing (410 or 404: it has ended).
 */
export const SyncEvent = event('sync', { calls: Type.Array(Call) });

/** The server closes this endpoint: it is no longer registered. */
export const EndpointClosedEvent = event('endpointClosed', {
  reason: Type.Union([Type.Literal('invalidToken'), Type.Literal('replaced'), Type.Literal('closed'), Type.Literal('expired')]),
});

/** Everything that happens to an endpoint, as the engine tells it. */
export const EndpointEvent = Type.Union([
  IncomingCallEvent,
  CallStateChangedEvent,
  CallPromotedEvent,
  ParticipantsUpdatedEvent,
  SelfUpdatedEvent,
  MediaSessionUpdatedEvent,
  MediaSessionClosedEvent,
  MediaDescriptionEvent,
  MediaCandidatesEvent,
  ReactionReceivedEvent,
  MediaModesChangedEvent,
  CallModesChangedEvent,
  SpeakersChangedEvent,
  MessageReceivedEvent,
  WatchedPicturesChangedEvent,
  DtmfReceivedEvent,
  TransferChangedEvent,
  TransferRequestedEvent,
  SyncEvent,
  EndpointClosedEvent,
]);
export type EndpointEvent = Static<typeof EndpointEvent>;

const passingTypes = ['speakersChanged', 'messageReceived', 'dtmfReceived', 'watchedPicturesChanged'] as const;
/** An event that passes by: it has no revision. */
export type PassingEvent = Extract<EndpointEvent, { readonly type: (typeof passingTypes)[number] }>;

/** Whether an event passes by, numbered already or not. */
export function passesBy<Event extends { readonly type: EndpointEvent['type'] }>(event: Event): event is Extract<Event, { readonly type: PassingEvent['type'] }> {
  return passingTypes.some((type) => type === event.type);
}

/**
 * An event on the wire: as server-sent event with `id:` the eventId, `event:` the type and `data:` this object; or an element
 * of a long poll's answer.
 */
export const EventEnvelope = Type.Object({ eventId: Type.String(), time: Timestamp, event: EndpointEvent });
export type EventEnvelope = Static<typeof EventEnvelope>;

/** The answer to a long poll. */
export const EventBatch = Type.Object({ events: Type.Array(EventEnvelope), lastEventId: Type.String() });
export type EventBatch = Static<typeof EventBatch>;
