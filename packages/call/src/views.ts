import type { Call, CallState, MediaModes, MediaSession, Participant, ParticipantRole, Permission, Topology } from '@dialplane/calling-api';
import {
  allSeats, peerOf, seatsOf, takesPart, type CallModel, type LegSession, type Party, type PeerSession, type Seat, type Seated, type SignaledSide,
} from './call-model.ts';
import type { CallRecord, ParticipationRecord } from './call-record.ts';
import { iceConfigurationFor } from './media/ice-configuration.ts';
import type { LiveCall } from './live-call.ts';
import { permissionsOf } from './rooms/role-permissions.ts';

/** The call as one of its endpoints sees it; shown in results, incoming calls and sync events. */
export function callView(live: LiveCall, { party, seat }: Seated): Call {
  const { model, options } = live;
  const caller = callerOf(model, party);
  const { customContext = model.founding?.customContext, transferor = model.founding?.transferor, transfer } = party.invitation ?? {};
  return {
    ...identityOfCall(live),
    ...shapeOf(model, seat),
    direction: seat.part === 'callee' ? 'Incoming' : 'Outgoing',
    state: stateOf(model, seat),
    caller,
    self: { ...selfView(model, party, seat), identifier: seat.identifier, participantId: seat.participantId },
    participants: [...model.parties.values()].filter((other) => other.identifier !== party.identifier).map((other) => participantView(model, other)),
    mediaSessions: [seat.peer, seat.leg].filter((session) => session !== undefined).map((session) => sessionView(live, seat, session)),
    ...(hearsConference(model, seat) ? { modes: everybodysModes(model), speakers: model.speakers.told } : {}),
    ...(customContext === undefined ? {} : { customContext }),
    ...(transferor === undefined ? {} : { transferor: identityOf(transferor) }),
    ...(transfer === undefined ? {} : { transfer }),
    startedAt: options.startedAt,
  };
}

/** The call as it looks to an endpoint whose part in it is over: shown by a command that ended it, or that comes again after the end. */
export function closingView(live: LiveCall, participation: ParticipationRecord): Call {
  const { model, options } = live;
  return {
    ...identityOfCall(live),
    kind: model.kind,
    topology: topologyOf(model),
    direction: participation.role === 'callee' ? 'Incoming' : 'Outgoing',
    state: 'Disconnected',
    caller: identityOf(model.founding?.initiator ?? participation),
    self: { identifier: participation.identifier, participantId: participation.participantId, isMuted: false, role: 'Unknown' },
    participants: [],
    mediaSessions: [],
    endReason: participation.endReason,
    startedAt: options.startedAt,
  };
}

function identityOfCall({ model, options }: LiveCall): Pick<Call, 'callId' | 'serverCallId' | 'revision' | 'groupId' | 'roomId'> {
  return { callId: options.callId, serverCallId: options.serverCallId, revision: model.revision, ...placeOf(model) };
}

/** What the call was joined by. */
function placeOf({ founding }: CallModel): Pick<Call, 'groupId' | 'roomId'> {
  const { groupId, roomId } = founding ?? {};
  return { ...(groupId === undefined ? {} : { groupId }), ...(roomId === undefined ? {} : { roomId }) };
}

function identityOf({ identifier, displayName }: { readonly identifier: string; readonly displayName?: string }): Call['caller'] {
  return { identifier, ...(displayName === undefined ? {} : { displayName }) };
}

/** Who called: for somebody who was added, who added them (ACS `callerInfo`). */
export function callerOf(model: CallModel, party: Party): Call['caller'] {
  const inviter = party.addedBy === undefined ? undefined : model.parties.get(party.addedBy);
  return identityOf(inviter ?? model.founding?.initiator ?? party);
}

export function topologyOf(model: CallModel): Topology {
  return model.path.kind === 'peerToPeer' || model.path.kind === 'openingPromotion' || model.path.kind === 'bridging' ? 'peerToPeer' : 'backend';
}

/**
 * Kind and topology as an endpoint sees them. While a 1:1 call is being promoted its two old members still have a 1:1 call,
 * and who was added is in a group call from the beginning.
 */
export function shapeOf(model: CallModel, seat: Seat): { readonly kind: Call['kind']; readonly topology: Topology } {
  if (model.path.kind === 'bridging' && seat.peer === undefined) return { kind: 'group', topology: 'backend' };
  return { kind: model.kind, topology: topologyOf(model) };
}

/** The state of the call as this endpoint sees it. In a 1:1 call the other side's hold shows; in a group hold is local. */
export function stateOf(model: CallModel, seat: Seat): CallState {
  switch (seat.stage.kind) {
    case 'dialing':
    case 'establishing':
      return 'Connecting';
    case 'ringback':
    case 'offered':
    case 'alerting':
    case 'sendingEarlyMedia':
      return 'Ringing';
    case 'hearingEarlyMedia':
      return 'EarlyMedia';
    case 'connected':
      if (seat.isHolding) return 'LocalHold';
      return isHeldByOther(model, seat) ? 'RemoteHold' : 'Connected';
  }
}

function isHeldByOther(model: CallModel, seat: Seat): boolean {
  if (shapeOf(model, seat).kind !== 'oneToOne') return false;
  const pair = [...model.parties.values()].slice(0, 2);
  return pair.some((party) => party.identifier !== seat.identifier && seatsOf(party).some((other) => other.isHolding));
}

/** The role of a party: Azure calls it `Unknown` in a 1:1 call, and that of a telephone in a room; in a group without a room everybody presents. */
export function roleOf(model: CallModel, party: Party): ParticipantRole {
  return party.role ?? (model.kind === 'group' ? 'Presenter' : 'Unknown');
}

function handOf(model: CallModel, identifier: string): { readonly raisedHandOrder?: number } {
  const order = model.hands.indexOf(identifier) + 1;
  return order === 0 ? {} : { raisedHandOrder: order };
}

function spotlightOf(model: CallModel, identifier: string): { readonly spotlightOrder?: number } {
  const order = model.spotlight.indexOf(identifier) + 1;
  return order === 0 ? {} : { spotlightOrder: order };
}

/** An endpoint's own part, as `selfUpdated` and `Call.self` have it. */
export function selfView(model: CallModel, party: Party, seat: Seat): { isMuted: boolean; role: ParticipantRole; raisedHandOrder?: number; spotlightOrder?: number; permissions?: Permission[] } {
  const { identifier } = party;
  const permissions = permissionsOf(model, party);
  return { isMuted: seat.mute.kind === 'muted', role: roleOf(model, party), ...handOf(model, identifier), ...spotlightOf(model, identifier), ...(permissions === undefined ? {} : { permissions: [...permissions] }) };
}

/** A party as everybody else sees it. */
export function participantView(model: CallModel, party: Party): Participant {
  const members = seatsOf(party).filter(takesPart);
  return {
    ...identityOf(party),
    endpointDetails: members.map(({ participantId, line }) => ({ participantId, ...(line !== undefined && { device: 'telephone' as const }) })),
    state: participantState(party),
    isMuted: members.length > 0 && members.every((seat) => seat.mute.kind === 'muted'),
    role: roleOf(model, party),
    ...handOf(model, party.identifier),
    ...(party.addedBy === undefined ? {} : { addedBy: party.addedBy }),
    ...spotlightOf(model, party.identifier),
    ...(topologyOf(model) === 'backend' && members.length > 0 ? { streams: [...new Set(members.flatMap(({ streams }) => streams))], ...departingModes(model, members) } : {}),
  };
}

/** Media reaches this endpoint from the conference: it is told how, and who speaks. */
export function hearsConference(model: CallModel, { leg }: Seat): boolean {
  return leg !== undefined && topologyOf(model) === 'backend';
}

/** How media reaches everybody, but for those of whom something else is said. */
export function everybodysModes({ modes, toldModes = modes }: CallModel): MediaModes {
  return toldModes;
}

/** A telephone has one mixed stream of sound, whatever the call has. */
function departingModes(model: CallModel, members: readonly Seat[]): Pick<Participant, 'modes'> {
  const everybodys = everybodysModes(model);
  const [modes] = members.flatMap(({ leg, line }) => (leg === undefined ? [] : [line === undefined ? leg.modes : { ...everybodys, audio: 'mixed' as const }]));
  return modes === undefined || areEqual(modes, everybodys) ? {} : { modes };
}

export function areEqual(one: MediaModes, other: MediaModes): boolean {
  return one.audio === other.audio && one.video === other.video;
}

function participantState(party: Party): Participant['state'] {
  const seats = seatsOf(party);
  if (seats.some((seat) => seat.stage.kind === 'sendingEarlyMedia')) return 'EarlyMedia';
  if (party.stage.kind === 'ringing') return seats.some((seat) => seat.stage.kind === 'alerting') ? 'Ringing' : 'Connecting';
  const connected = seats.filter((seat) => seat.stage.kind === 'connected');
  if (connected.length === 0) return 'Connecting';
  return connected.every((seat) => seat.isHolding) ? 'Hold' : 'Connected';
}

/** A media session as its own endpoint sees it. */
export function sessionView(live: LiveCall, seat: Seat, session: PeerSession | LegSession): MediaSession {
  const { iceServers, iceTransportPolicy } = iceConfigurationFor(live, seat);
  const isPeer = 'polite' in session;
  const remote = isPeer ? peerOf(live.model, seat)?.peer?.local : undefined;
  const remoteDescription = isPeer ? remote?.description : session.processor;
  return {
    mediaSessionId: session.mediaSessionId,
    topology: isPeer ? 'peerToPeer' : 'backend',
    state: session.state,
    polite: isPeer ? session.polite : true,
    offerer: isPeer && session.polite ? 'remote' : 'local',
    iceServers: [...iceServers],
    iceTransportPolicy,
    ...(remoteDescription === undefined ? {} : { remoteDescription }),
    remoteCandidates: [...(remote?.candidates ?? [])],
    localRevision: revisionOf(session.local),
    ...(isPeer ? {} : { modes: session.modes, ...layoutOf(live.model, session), ...sendingOf(session) }),
  };
}

/** The composed picture that a leg receives, if it does. */
export function layoutOf(model: CallModel, { modes, layout }: LegSession): Pick<MediaSession, 'layout'> {
  return modes.video === 'mixed' ? { layout: [...(layout ?? model.layout)] } : {};
}

/** What the media processor would have a leg's client send. */
function sendingOf({ audioCodec, watched }: LegSession): Pick<MediaSession, 'audioCodec' | 'watched'> {
  return { ...(audioCodec !== undefined && { audioCodec }), ...(watched !== undefined && { watched: [...watched] }) };
}

export function revisionOf(side: SignaledSide): number {
  return side.description?.revision ?? 0;
}

/** The record of an ended call. */
export function recordOf(live: LiveCall, endReason: CallRecord['endReason'], endedAt: number): CallRecord {
  const { model, options } = live;
  const { founding } = model;
  return {
    callId: options.callId,
    kind: model.kind,
    topology: topologyOf(model),
    ...placeOf(model),
    caller: founding?.initiator.identifier ?? 'platform',
    startedAt: founding?.startedAt ?? endedAt,
    ...(model.connectedAt === undefined ? {} : { connectedAt: model.connectedAt }),
    endedAt,
    endReason,
    participations: [...model.participations],
    unreached: [...model.unreached],
  };
}

/** Members that are clients, and hear events: everybody but telephones. */
export function clients(model: CallModel): Seated[] {
  return members(model).filter(({ seat }) => seat.line === undefined);
}

/** Members that are telephones. */
export function telephones(model: CallModel): Seated[] {
  return members(model).filter(({ seat }) => seat.line !== undefined);
}

/** Seats that take part, in the order of the roster. */
export function members(model: CallModel): Seated[] {
  return allSeats(model).filter(({ seat }) => takesPart(seat));
}
