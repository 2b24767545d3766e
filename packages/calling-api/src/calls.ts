import { Type, type Static } from 'typebox';
import { EndReason } from './end-reasons.ts';
import { DisplayName, RawId, Timestamp, Uuid } from './identifiers.ts';
import { RoomId } from './rooms.ts';
import { MediaDescription, MediaModes, MediaSession, MediaStreamType, Topology } from './media.ts';

/** The states of a call as one endpoint sees it; the words are those of `@azure/communication-calling`. */
export const CallState = Type.Union([
  Type.Literal('None'),
  Type.Literal('Connecting'),
  Type.Literal('Ringing'),
  Type.Literal('EarlyMedia'),
  Type.Literal('Connected'),
  Type.Literal('LocalHold'),
  Type.Literal('RemoteHold'),
  Type.Literal('InLobby'),
  Type.Literal('Disconnecting'),
  Type.Literal('Disconnected'),
]);
export type CallState = Static<typeof CallState>;

export const ParticipantState = Type.Union([
  Type.Literal('Idle'),
  Type.Literal('Connecting'),
  Type.Literal('Ringing'),
  Type.Literal('EarlyMedia'),
  Type.Literal('Connected'),
  Type.Literal('Hold'),
  Type.Literal('InLobby'),
  Type.Literal('Disconnected'),
]);
export type ParticipantState = Static<typeof ParticipantState>;

export const ParticipantRole = Type.Union([
  Type.Literal('Unknown'),
  Type.Literal('Attendee'),
  Type.Literal('Presenter'),
  Type.Literal('Organizer'),
  Type.Literal('Consumer'),
  Type.Literal('Collaborator'),
]);
export type ParticipantRole = Static<typeof ParticipantRole>;

/** What the role of a room permits (the words are ACS capability names). Everything else is permitted to everybody. */
export const Permission = Type.Union([
  Type.Literal('unmuteMic'),
  Type.Literal('turnVideoOn'),
  Type.Literal('shareScreen'),
  Type.Literal('raiseHand'),
  Type.Literal('useReactions'),
  Type.Literal('addCommunicationUser'),
  Type.Literal('addPhoneNumber'),
  Type.Literal('removeParticipant'),
  Type.Literal('muteOthers'),
  Type.Literal('spotlightParticipant'),
  Type.Literal('hangUpForEveryOne'),
]);
export type Permission = Static<typeof Permission>;

export const CallKind = Type.Union([Type.Literal('oneToOne'), Type.Literal('group'), Type.Literal('room')]);
export type CallKind = Static<typeof CallKind>;

/** A participant as every other participant sees it: a user (or number), with the endpoints it takes part from. */
export const Participant = Type.Object({
  identifier: RawId,
  displayName: Type.Optional(DisplayName),
  /** `device`: a telephone, a number's or a SIP phone of the user, which takes keys; absent for a client. */
  endpointDetails: Type.Array(Type.Object({ participantId: Uuid, device: Type.Optional(Type.Literal('telephone')) })),
  state: ParticipantState,
  isMuted: Type.Boolean(),
  role: ParticipantRole,
  /** Place in the order of raised hands, from 1; absent when the hand is down. */
  raisedHandOrder: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Who invited this participant; absent for who joined or started. */
  addedBy: Type.Optional(RawId),
  /** Place among the spotlighted, from 1; absent for who is not. */
  spotlightOrder: Type.Optional(Type.Integer({ minimum: 1 })),
  /** What this participant sends to the conference now; group calls only. */
  streams: Type.Optional(Type.Array(MediaStreamType)),
  /** How media reaches this participant, where that is not how it reaches everybody ({@link Call}); of one with several endpoints, the first. */
  modes: Type.Optional(MediaModes),
  endReason: Type.Optional(EndReason),
});
export type Participant = Static<typeof Participant>;

/** Data an application passes along with a call; delivered unchanged (ACS `customContext`). */
export const CustomContext = Type.Object({
  userToUser: Type.Optional(Type.String({ maxLength: 1024 })),
  xHeaders: Type.Optional(Type.Array(Type.Object({ key: Type.String({ maxLength: 64 }), value: Type.String({ maxLength: 1024 }) }), { maxItems: 16 })),
  sipHeaders: Type.Optional(Type.Array(Type.Object({ key: Type.String({ maxLength: 64 }), value: Type.String({ maxLength: 256 }), sipHeaderPrefix: Type.Optional(Type.String({ maxLength: 32 })) }), { maxItems: 16 })),
  voipHeaders: Type.Optional(Type.Array(Type.Object({ key: Type.String({ maxLength: 64 }), value: Type.String({ maxLength: 1024 }) }), { maxItems: 16 })),
});
export type CustomContext = Static<typeof CustomContext>;

/** Who is heard now, and who spoke most recently, that one first. */
export const Speakers = Type.Object({
  speaking: Type.Array(RawId, { maxItems: 16 }),
  dominant: Type.Array(RawId, { maxItems: 5 }),
});
export type Speakers = Static<typeof Speakers>;

/** A transfer of a call: which call, and which of its transfers. */
export const TransferReference = Type.Object({ callId: Uuid, transferId: Uuid });
export type TransferReference = Static<typeof TransferReference>;

export const TransferState = Type.Union([Type.Literal('Transferring'), Type.Literal('Transferred'), Type.Literal('Failed')]);
export type TransferState = Static<typeof TransferState>;

/** A call as one of its endpoints sees it: the whole truth at `revision`. Every later event of the call has a higher one. */
export const Call = Type.Object({
  callId: Uuid,
  serverCallId: Type.String(),
  kind: CallKind,
  topology: Topology,
  groupId: Type.Optional(Uuid),
  roomId: Type.Optional(RoomId),
  direction: Type.Union([Type.Literal('Incoming'), Type.Literal('Outgoing')]),
  state: CallState,
  revision: Type.Integer({ minimum: 0 }),
  startedAt: Timestamp,
  caller: Type.Object({ identifier: RawId, displayName: Type.Optional(DisplayName) }),
  /** Who brought this call about by transferring another one. */
  transferor: Type.Optional(Type.Object({ identifier: RawId, displayName: Type.Optional(DisplayName) })),
  /** The transfer that this call carries out. A client that is in the call named there answers this one without asking its user. */
  transfer: Type.Optional(TransferReference),
  /** This endpoint's own part in the call. */
  self: Type.Object({
    identifier: RawId,
    participantId: Uuid,
    isMuted: Type.Boolean(),
    role: ParticipantRole,
    raisedHandOrder: Type.Optional(Type.Integer({ minimum: 1 })),
    spotlightOrder: Type.Optional(Type.Integer({ minimum: 1 })),
    /** In a room: what this endpoint may do. Elsewhere it may do everything. */
    permissions: Type.Optional(Type.Array(Permission)),
  }),
  participants: Type.Array(Participant, { description: 'Everybody else' }),
  mediaSessions: Type.Array(MediaSession),
  /** How media reaches everybody of whom nothing else is said; group calls only. */
  modes: Type.Optional(MediaModes),
  /** As the last `speakersChanged` had it; group calls only. */
  speakers: Type.Optional(Speakers),
  customContext: Type.Optional(CustomContext),
  endReason: Type.Optional(EndReason),
});
export type Call = Static<typeof Call>;

export const CallPath = Type.Object({ callId: Uuid });
export const CallParticipantPath = Type.Object({ callId: Uuid, rawId: RawId });
export const MediaSessionPath = Type.Object({ callId: Uuid, mediaSessionId: Uuid });

/** Every in-call command names the endpoint that gives it: a user may be registered from several. */
const byEndpoint = { endpointId: Uuid };

/**
 * Whether the relay (TURN) may carry a call. `automatic`, also without a word: where there is no direct path. `off`: never; a call without a direct path then ends
 * with 410/3112. Who brings a call into being decides for everybody in it; who joins a group call that runs already decides for themselves.
 */
export const RelayUse = Type.Union([Type.Literal('automatic'), Type.Literal('off')]);
export type RelayUse = Static<typeof RelayUse>;

export const StartCallRequest = Type.Object({
  ...byEndpoint,
  targets: Type.Array(RawId, { minItems: 1, maxItems: 349, uniqueItems: true }),
  /** The number of this resource that called telephones are shown. */
  alternateCallerId: Type.Optional(RawId),
  customContext: Type.Optional(CustomContext),
  isMuted: Type.Optional(Type.Boolean()),
  relay: Type.Optional(RelayUse),
  /** The transfer that asks for this call (`transferRequested`). */
  transfer: Type.Optional(TransferReference),
  /** The caller's offer, revision 1; delivered to every device that rings. */
  description: Type.Optional(MediaDescription),
});
export type StartCallRequest = Static<typeof StartCallRequest>;

export const JoinCallRequest = Type.Object({
  ...byEndpoint,
  locator: Type.Union([Type.Object({ groupId: Uuid }), Type.Object({ roomId: Type.String({ minLength: 1, maxLength: 64 }) })]),
  isMuted: Type.Optional(Type.Boolean()),
  relay: Type.Optional(RelayUse),
});
export type JoinCallRequest = Static<typeof JoinCallRequest>;

export const AcceptCallRequest = Type.Object({
  ...byEndpoint,
  isMuted: Type.Optional(Type.Boolean()),
  /** The answer to the caller's offer, or an offer where the caller made none. */
  description: Type.Optional(MediaDescription),
});
export type AcceptCallRequest = Static<typeof AcceptCallRequest>;

export const RejectCallRequest = Type.Object({ ...byEndpoint, reason: Type.Optional(Type.Union([Type.Literal('declined'), Type.Literal('busy')])) });
export type RejectCallRequest = Static<typeof RejectCallRequest>;

export const EndpointCommand = Type.Object({ ...byEndpoint });
export type EndpointCommand = Static<typeof EndpointCommand>;

export const HangUpRequest = Type.Object({ ...byEndpoint, forEveryone: Type.Optional(Type.Boolean()) });
export type HangUpRequest = Static<typeof HangUpRequest>;

export const UpdateSelfRequest = Type.Object({
  ...byEndpoint,
  isMuted: Type.Optional(Type.Boolean()),
  isHandRaised: Type.Optional(Type.Boolean()),
});
export type UpdateSelfRequest = Static<typeof UpdateSelfRequest>;

export const AddParticipantRequest = Type.Object({ ...byEndpoint, target: RawId, alternateCallerId: Type.Optional(RawId) });
export type AddParticipantRequest = Static<typeof AddParticipantRequest>;

/** Keys of a telephone: `0` to `9`, `*`, `#`, `A` to `D` (RFC 4733 §3.2). */
export const DtmfTones = Type.String({ pattern: '^[0-9*#A-D]{1,64}$' });
/** Keys for the telephone of a call, one after the other; in a group call for `target`, or for every telephone in it. */
export const SendDtmfRequest = Type.Object({ ...byEndpoint, tones: DtmfTones, target: Type.Optional(RawId) });
export type SendDtmfRequest = Static<typeof SendDtmfRequest>;

/**
 * Hands the other side over: to a user or number (`target`), or to the other side of another call of this endpoint (`targetCallId`); name one of them.
 * `alternateCallerId` as in StartCallRequest.
 */
export const TransferCallRequest = Type.Object({
  ...byEndpoint,
  target: Type.Optional(RawId),
  targetCallId: Type.Optional(Uuid),
  /** Of a call of more than two: who is transferred. The others stay. */
  transferee: Type.Optional(RawId),
  alternateCallerId: Type.Optional(RawId),
  customContext: Type.Optional(CustomContext),
});
export type TransferCallRequest = Static<typeof TransferCallRequest>;
/** The transfer has begun; `transferChanged` tells what becomes of it. */
export const TransferAccepted = Type.Object({ transferId: Uuid });
export type TransferAccepted = Static<typeof TransferAccepted>;

export const LowerHandsRequest = Type.Object({ ...byEndpoint, targets: Type.Optional(Type.Array(RawId, { maxItems: 350 })) });
export type LowerHandsRequest = Static<typeof LowerHandsRequest>;

export const ReactionType = Type.Union([Type.Literal('like'), Type.Literal('heart'), Type.Literal('laugh'), Type.Literal('surprised'), Type.Literal('applause')]);
export type ReactionType = Static<typeof ReactionType>;
export const SendReactionRequest = Type.Object({ ...byEndpoint, reactionType: ReactionType });
export type SendReactionRequest = Static<typeof SendReactionRequest>;

/**
 * How audio and video are to reach a participant, or everybody without `target`. Who may act on others may set it for all, and anybody for themselves.
 * `endpointId` names the endpoint that asks; an operator has none.
 */
export const SetMediaModesRequest = Type.Object({ endpointId: Type.Optional(Uuid), modes: MediaModes, target: Type.Optional(RawId) });
export type SetMediaModesRequest = Static<typeof SetMediaModesRequest>;

/** Most participants who are spotlighted at once (as in ACS). */
export const maxSpotlighted = 7;
export const SpotlightRequest = Type.Object({ ...byEndpoint, targets: Type.Array(RawId, { minItems: 1, maxItems: maxSpotlighted }) });
export type SpotlightRequest = Static<typeof SpotlightRequest>;
/** Everybody without `targets`. */
export const StopSpotlightRequest = Type.Object({ ...byEndpoint, targets: Type.Optional(Type.Array(RawId, { maxItems: maxSpotlighted })) });
export type StopSpotlightRequest = Static<typeof StopSpotlightRequest>;

/** Most bytes of one message before base64. */
export const maxMessageBytes = 65_536;
const base64 = Type.String({ pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$', maxLength: Math.ceil(maxMessageBytes / 3) * 4, description: 'base64 (RFC 4648 §4)' });
const unsigned32 = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });

/** What a message consists of. The server reads none of it; order and loss are the channel's business (`sequenceNumber`). */
export const messageContents = { channelId: unsigned32, sequenceNumber: unsigned32, data: base64 };

/** Data for other participants of a group call, or for everybody else without `targets`. It is delivered to who is there, and not kept. */
export const SendMessageRequest = Type.Object({ ...byEndpoint, ...messageContents, targets: Type.Optional(Type.Array(RawId, { minItems: 1, maxItems: 350 })) });
export type SendMessageRequest = Static<typeof SendMessageRequest>;
