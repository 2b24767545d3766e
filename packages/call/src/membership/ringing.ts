import { endReason, endReasons, identifierKind, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { LineDevice } from '@dialplane/telephony-api';
import type { CallOutput, EndpointIdentity } from '../call-input.ts';
import { peerOf, replaceSeat, seatsOf, silentSide, type CallModel, type Party, type Seat } from '../call-model.ts';
import { dismissParty, endCall, endSeat, endWhenEmpty } from './departure.ts';
import type { LiveCall } from '../live-call.ts';
import { ringBack } from './ringback.ts';
import { rivalsOf } from './rivals.ts';
import { ringPhones } from '../telephones/ringing-lines.ts';
import { summaryOf } from '../media/signaled-side.ts';
import { callerOf } from '../views.ts';

/** Asks where a user is registered: the first step of ringing. */
export function lookUp(live: LiveCall, party: Party, now: Instant): void {
  live.model.parties.set(party.identifier, { ...party, stage: { kind: 'finding', early: [] } });
  live.arm(`find|${party.identifier}`, live.limits.findEndpointsMs, now);
  live.find(party.identifier);
  for (const output of userCalled(live.model, party)) live.effects.push({ kind: 'output', output });
}

/** Applications may be told of calls between users. A telephone that calls has called a number, which has an application of its own. */
export function userCalled(model: CallModel, party: Party): CallOutput[] {
  const { identifier, invitation } = party;
  const caller = callerOf(model, party);
  if (identifierKind(identifier) !== 'communicationUser' || identifierKind(caller.identifier) === 'phoneNumber') return [];
  const customContext = invitation?.customContext ?? model.founding?.customContext;
  return [{ kind: 'userCalled', identifier, caller, ...(customContext === undefined ? {} : { customContext }) }];
}

/** Rings every endpoint of the user, or ends the invitation when there is none. */
export function handleEndpointsFound(
  live: LiveCall,
  found: { readonly identifier: string; readonly isKnown: boolean; readonly endpoints: readonly EndpointIdentity[]; readonly phones?: readonly LineDevice[]; readonly isOffered?: true },
  now: Instant,
): void {
  const party = live.model.parties.get(found.identifier);
  if (party?.stage.kind !== 'finding') return;
  const devices = new Map<string, EndpointIdentity>();
  for (const endpoint of [...found.endpoints, ...party.stage.early]) {
    if (endpoint.identifier === found.identifier && devices.size < live.limits.devicesPerUser) devices.set(endpoint.endpointId, endpoint);
  }
  // A direct call has no conference that a phone could come to.
  const phones = live.model.path.kind === 'peerToPeer' ? [] : (found.phones ?? []);
  const isOffered = found.isKnown && found.isOffered === true;
  if (devices.size === 0 && phones.length === 0 && !isOffered) {
    failInvitation(live, party, endReason(found.isKnown ? 'calleeNotRegistered' : 'calleeNotFound', 'platform'), now);
    return;
  }
  live.deadlines.clear(`find|${party.identifier}`);
  live.arm(`ring|${party.identifier}`, party.invitation?.ringMs ?? live.limits.ringMs, now);
  const displayName = [...devices.values()].find((device) => device.displayName !== undefined)?.displayName;
  const named: Party = { ...party, ...(displayName === undefined ? {} : { displayName }), ...(isOffered ? { isOffered } : {}) };
  if (isOffered) live.decide(`an application is told of the call to ${party.identifier}`, 'it has subscribed to calls between users');
  offer(live, named, [], [...devices.values()], now);
  ringPhones(live, party.identifier, phones, now);
}

/** Rings at these endpoints and no others. */
export function ringAt(live: LiveCall, party: Party, endpoints: readonly EndpointIdentity[], now: Instant): void {
  live.arm(`ring|${party.identifier}`, live.limits.ringMs, now);
  offer(live, party, [], endpoints, now);
}

/** A user who is being called registered another endpoint: it rings as well. */
export function handleEndpointRegistered(live: LiveCall, endpoint: EndpointIdentity, now: Instant): void {
  const party = live.model.parties.get(endpoint.identifier);
  if (party === undefined) return;
  if (party.stage.kind === 'finding' && party.stage.early.length < live.limits.devicesPerUser) {
    live.model.parties.set(party.identifier, { ...party, stage: { kind: 'finding', early: [...party.stage.early, endpoint] } });
    return;
  }
  if (party.stage.kind !== 'ringing' || party.stage.seats.length >= live.limits.devicesPerUser) return;
  if (party.stage.seats.some((seat) => seat.endpointId === endpoint.endpointId)) return;
  offer(live, party, party.stage.seats, [endpoint], now);
}

/** Likewise a SIP phone. A direct call has no conference that it could come to. */
export function handlePhoneRegistered(live: LiveCall, { identifier, phone }: { readonly identifier: string; readonly phone: LineDevice }, now: Instant): void {
  const party = live.model.parties.get(identifier);
  if (party?.stage.kind !== 'ringing' || live.model.path.kind === 'peerToPeer') return;
  if (!party.stage.seats.some(({ line }) => line?.deviceId === phone.deviceId)) ringPhones(live, identifier, [phone], now);
}

function offer(live: LiveCall, party: Party, ringing: readonly Seat[], devices: readonly EndpointIdentity[], now: Instant): void {
  const isDirect = live.model.path.kind === 'peerToPeer';
  const seats = devices.map((device): Seat => ({
    ...device, participantId: live.options.newId(), part: 'callee', startedAt: now, stage: { kind: 'offered' }, mute: { kind: 'unmuted' }, isHolding: false, streams: [],
    peer: isDirect
      ? { mediaSessionId: live.options.newId(), state: 'negotiating', hasConnected: false, polite: true, local: silentSide }
      : undefined,
    leg: undefined,
  }));
  live.model.parties.set(party.identifier, { ...party, stage: { kind: 'ringing', seats: [...ringing, ...seats] } });
  for (const seat of seats) {
    live.effects.push({ kind: 'incomingCall', endpointId: seat.endpointId });
    live.flow('controller', seat.participantId, { kind: 'callState', state: 'Ringing' });
    const caller = peerOf(live.model, seat);
    const description = caller?.peer?.local.description;
    if (seat.peer === undefined || caller === undefined || description === undefined) continue;
    const { type, revision } = description;
    live.flow(caller.participantId, seat.participantId, {
      kind: 'description', mediaSessionId: seat.peer.mediaSessionId, type, revision, summary: summaryOf(description),
    });
  }
}

/** A device alerts its user; the first one tells the caller of a 1:1 call that it rings. */
export function alert(live: LiveCall, seat: Seat): void {
  if (seat.stage.kind !== 'offered') return;
  replaceSeat(live.model, { ...seat, stage: { kind: 'alerting' } });
  live.flow(seat.participantId, 'controller', { kind: 'participantState', identifier: seat.identifier, state: 'Ringing' });
  ringBack(live, seat);
}

/**
 * A device answers: the user's other devices stop with 487/10003, and the party is present with this seat alone. The caller
 * of this function says what becomes of the seat's media.
 */
export function takeCall(live: LiveCall, party: Party, taker: Seat, now: Instant): void {
  const elsewhere = endReason('answeredElsewhere', party.identifier);
  for (const seat of seatsOf(party)) if (seat.endpointId !== taker.endpointId) endSeat(live, seat, elsewhere, now);
  live.deadlines.clear(`ring|${party.identifier}`);
  live.deadlines.clear(`find|${party.identifier}`);
  const name = taker.displayName === undefined ? {} : { displayName: taker.displayName };
  live.model.parties.set(party.identifier, { ...party, ...name, stage: { kind: 'present', seats: [taker] } });
  dismissForwarded(live, party, now);
  if (live.model.kind === 'oneToOne' && live.model.connectedAt === undefined) dismissRivals(live, party.identifier, now);
  live.model.connectedAt ??= now;
  live.model.failures = [];
}

/** A call that was sent on rings here and there: who answers has it, and is whom an application waits for. */
function dismissForwarded(live: LiveCall, taker: Party, now: Instant): void {
  for (const rival of rivalsOf(live.model, taker)) {
    const { asking, ...invitation } = rival.invitation ?? {};
    const taken = live.model.parties.get(taker.identifier);
    if (asking !== undefined && taken !== undefined) live.model.parties.set(taken.identifier, { ...taken, invitation: { ...taken.invitation, asking } });
    dismissParty(live, { ...rival, invitation }, endReason('answeredElsewhere', taker.identifier), now);
  }
}

/** A telephone called several users; the others stop ringing when one has answered. */
function dismissRivals(live: LiveCall, taker: string, now: Instant): void {
  for (const party of live.model.parties.values()) {
    if (party.identifier !== taker && party.stage.kind !== 'present') dismissParty(live, party, endReason('answeredElsewhere', taker), now);
  }
}

/**
 * A device says no. Declining is the decision of the person, so it ends the ring on all of the user's devices (603/0, as in
 * Azure); being busy is a fact about one device, so the others go on ringing, and the last one makes the user busy.
 */
export function reject(live: LiveCall, party: Party, seat: Seat, reason: 'declined' | 'busy', now: Instant): void {
  const why = endReason(reason, seat.identifier);
  if (reason === 'busy' && stopRinging(live, party, seat, why, now)) return;
  failInvitation(live, party, why, now);
}

/** A ringing device is gone. @param last why nobody answers where it was the only one: the user is not signed in anywhere any more, unless told otherwise. */
export function loseDevice(live: LiveCall, party: Party, seat: Seat, own: EndReason, now: Instant, last = endReason('calleeNotRegistered', 'platform')): void {
  if (stopRinging(live, party, seat, own, now)) return;
  failInvitation(live, party, last, now, own);
}

/** Takes one of several ringing devices away; false when it is the last one. */
function stopRinging(live: LiveCall, party: Party, seat: Seat, why: EndReason, now: Instant): boolean {
  const seats = seatsOf(party).filter((other) => other.endpointId !== seat.endpointId);
  if (seats.length === 0) return false;
  endSeat(live, seat, why, now);
  live.model.parties.set(party.identifier, { ...party, stage: { kind: 'ringing', seats } });
  return true;
}

/** The ring was not answered in time. */
export function handleRingTimeout(live: LiveCall, identifier: string, now: Instant): void {
  const party = live.model.parties.get(identifier);
  if (party?.stage.kind === 'ringing') failInvitation(live, party, endReason('ringTimeout', 'platform'), now);
}

/** Nobody said where the user is registered. */
export function handleFindTimeout(live: LiveCall, identifier: string, now: Instant): void {
  const party = live.model.parties.get(identifier);
  if (party?.stage.kind === 'finding') failInvitation(live, party, endReason('signalingFailed', 'platform'), now);
}

/**
 * An invitation came to nothing. It ends a 1:1 call that nobody has answered, and a started group call when it was the last
 * hope that anybody would come; any other call goes on without.
 *
 * @param own what the ringing devices are told, where that differs.
 */
export function failInvitation(live: LiveCall, party: Party, reason: EndReason, now: Instant, own: EndReason = reason): void {
  const { model } = live;
  const isUnanswered = model.founding?.origin === 'started' && model.connectedAt === undefined;
  dismissParty(live, party, own, now, reason);
  if (!isUnanswered) {
    if (model.applications.size > 0) endWhenEmpty(live, reason, now);
    return;
  }
  model.failures = [...model.failures, reason];
  if ([...model.parties.values()].some(({ stage }) => stage.kind !== 'present')) return;
  endCall(live, jointReason(model.failures), now);
}

/** Why nobody came: everybody declined, or else the ring timed out for one of them, or else what happened first. */
function jointReason(failures: readonly EndReason[]): EndReason {
  const [first] = failures;
  if (first === undefined) return endReason('ringTimeout', 'platform');
  if (failures.length === 1) return first;
  const is = (reason: EndReason, name: 'declined' | 'ringTimeout'): boolean =>
    reason.code === endReasons[name].code && reason.subCode === endReasons[name].subCode;
  if (failures.every((reason) => is(reason, 'declined'))) return endReason('declinedEverywhere', 'platform');
  return failures.find((reason) => is(reason, 'ringTimeout')) ?? first;
}
