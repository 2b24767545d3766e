import type { ApplicationOperation } from '@dialplane/applications-api';
import { endReason, identifierKind, type EndReason, type TransferState } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { Application } from '../applications/application-model.ts';
import { tellApplication } from '../applications/application-events.ts';
import { withdrawApplication } from '../applications/applications.ts';
import type { CallCommand, CallObservation, EndpointIdentity } from '../call-input.ts';
import { replaceSeat, seatedAt, seatsOf, takesPart, type CallModel, type Party, type Seat, type Seated } from '../call-model.ts';
import { dismissParty, endCall } from '../membership/departure.ts';
import { invite } from '../membership/dialing.ts';
import { hasArrived } from './errand.ts';
import { withdraw } from '../membership/leaving.ts';
import { holdTelephones, numberOf } from '../telephones/line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import { governs } from '../membership/moderation.ts';
import type { HandOverTarget, HandOverWay, Person, Referral, Transfer, Transferee, TransferStage, TransferWish } from './transfer-model.ts';
import { refused, type Verdict } from '../verdict.ts';

/** A client hands somebody over: to somebody else, or to another call of its own. Of two that is the other side; of several it is whom it names, and the client stays. */
export function transfer(live: LiveCall, { party, seat }: Seated, { transferee: named, ...wish }: TransferWish & { readonly transferee?: string }, now: Instant): Verdict {
  const { model } = live;
  if (!governs(model, party)) return refused('ROLE_FORBIDS');
  if (seat.stage.kind !== 'connected') return refused('TRANSFER_IMPOSSIBLE', 'Only a connected call can be transferred.');
  const transferee = named === undefined ? otherOf(model, party) : model.parties.get(named);
  if (named !== undefined && (transferee === undefined || named === party.identifier)) return refused('PARTICIPANT_NOT_FOUND');
  if (transferee === undefined) return refused('TRANSFER_IMPOSSIBLE', 'In a call of more than two, name the participant who is to be transferred.');
  const isOneOfSeveral = model.parties.size > 2;
  const fault = isOneOfSeveral || otherOf(model, party) === undefined ? faultOfOne(live, transferee, wish) : undefined;
  return fault ?? carryOut(live, { by: seat.endpointId, transferor: party, transferee, ...(isOneOfSeveral && { isOneOfSeveral }) }, wish, now);
}

/** Why one of several cannot be transferred, if so. */
function faultOfOne({ model }: LiveCall, transferee: Party, { target, targetCallId }: TransferWish): Verdict | undefined {
  if (!hasArrived(model, transferee.identifier)) return refused('TRANSFER_IMPOSSIBLE', 'They are not connected yet.');
  if (targetCallId === undefined && !goesByThemself(transferee, target)) return refused('TRANSFER_IMPOSSIBLE', 'Of several, a client can be transferred to anybody, and a telephone behind a trunk to a telephone number.');
  if (target !== undefined && model.parties.has(target)) return refused('TARGET_INVALID', 'They are in this call already.');
  return undefined;
}

/** An application hands over whom it is alone with, or one of several whom it names: these are told to call the target by themselves, and leave. */
export function transferByApplication(live: LiveCall, application: Application, command: Extract<CallCommand, { kind: 'transfer' }>, now: Instant): Verdict {
  const { commandId, operation = { operationId: commandId }, transferee: named } = command;
  const { parties } = live.model;
  const [only, ...others] = [...parties.values()];
  const transferee = named === undefined ? only : parties.get(named);
  if (transferee === undefined && named !== undefined) return refused('PARTICIPANT_NOT_FOUND');
  const isOneOfSeveral = others.length > 0;
  const isPossible = transferee !== undefined && (!isOneOfSeveral || named !== undefined) && hasArrived(live.model, transferee.identifier);
  if (!isPossible) return refused('TRANSFER_IMPOSSIBLE', 'An application can transfer whom it is alone with, or somebody in the call whom it names as the transferee.');
  const fault = isOneOfSeveral ? faultOfOne(live, transferee, command) : undefined;
  return fault ?? carryOut(live, { by: application.connectionId, transferor: application, transferee, operation, ...(isOneOfSeveral && { isOneOfSeveral }) }, command, now);
}

/** Whether somebody can be asked to call the target by themself: a telephone by REFER, a client by an event. */
function goesByThemself(transferee: Party, target: string | undefined): boolean {
  const seat = seatsOf(transferee).find(takesPart);
  return target !== undefined && (seat?.line === undefined || (identifierKind(target) === 'phoneNumber' && seat.line.trunks.length > 0));
}

/** Who transfers whom. */
interface Handing {
  readonly by: string;
  readonly transferor: Person;
  readonly transferee: Party;
  readonly operation?: ApplicationOperation;
  readonly isOneOfSeveral?: true;
}

function carryOut(live: LiveCall, { by, transferor: { identifier, displayName }, transferee, operation, isOneOfSeveral }: Handing, { target, targetCallId, alternateCallerId, customContext }: TransferWish, now: Instant): Verdict {
  if (live.model.room !== undefined) return refused('TRANSFER_IMPOSSIBLE', 'Nobody is transferred out of a room.');
  if (live.model.transfer !== undefined) return refused('TRANSFER_IMPOSSIBLE', 'Another transfer of this call is under way.');
  if ((target === undefined) === (targetCallId === undefined)) return refused('TARGET_INVALID', 'Name either a target or a call.');
  if (target === identifier || target === transferee.identifier || targetCallId === live.options.callId) return refused('TARGET_INVALID', 'They are in this call already.');
  const absence = target !== undefined && identifierKind(target) === 'phoneNumber' ? live.options.telephoneAbsence?.() : undefined;
  if (absence !== undefined) return refused('TELEPHONY_UNAVAILABLE', absence);
  const transferor = personOf({ identifier, displayName });
  const callerId = alternateCallerId ?? shownNumberOf(transferee);
  const invitation = { transferor, ...(callerId === undefined ? {} : { callerId }), ...(customContext === undefined ? {} : { customContext }) };
  const begun: Transfer = {
    transferId: live.options.newId(), by, transferor, transferee: transferee.identifier, target: target ?? targetCallId ?? '', invitation, ...(operation === undefined ? {} : { operation }),
    ...(isOneOfSeveral === undefined ? {} : { isOneOfSeveral }), stage: { kind: 'inviting' },
  };
  beginTransfer(live, begun, now);
  if (targetCallId !== undefined) handOver(live, begun, transferee, { callId: targetCallId });
  else hand(live, begun, transferee, now);
  return { ok: true, transferId: begun.transferId };
}

/** Takes note of a transfer that begins; its first stage is set by who asks. */
export function beginTransfer(live: LiveCall, begun: Transfer, now: Instant): void {
  live.model.transfer = begun;
  live.arm('transfer', live.limits.transferMs, now);
  live.decide(`${begun.transferee} is transferred to ${begun.target}`.slice(0, 512), `asked by ${begun.transferor.identifier}`);
  tellTransferor(live, begun, 'Transferring');
}

/** A telephone is asked to call a number by itself, a client to call whomever; for everybody else the target is invited here. */
function hand(live: LiveCall, begun: Transfer, transferee: Party, now: Instant): void {
  const { target, invitation, transferId } = begun;
  const seat = seatsOf(transferee).find(takesPart);
  if (seat?.line === undefined) {
    setStage(live, { kind: 'asking' });
    live.arm('transfer', live.limits.transferAnswerMs, now);
    const { customContext } = invitation;
    for (const { endpointId } of seatsOf(transferee)) {
      live.tell(endpointId, () => ({ type: 'transferRequested', transferId, target, ...(customContext === undefined ? {} : { customContext }) }));
    }
  } else if (identifierKind(target) === 'phoneNumber' && seat.line.trunks.length > 0) {
    setStage(live, { kind: 'referring', lineId: seat.endpointId, way: 'blind' });
    const callerId = invitation.callerId === undefined ? {} : { callerId: numberOf(invitation.callerId) };
    live.line({ kind: 'transfer', lineId: seat.endpointId, target: { kind: 'number', number: numberOf(target), ...callerId } });
  } else inviteTarget(live, begun, now);
}

/** The target is called by the transferee, as far as they can tell. */
export function inviteTarget(live: LiveCall, { target, transferee, invitation }: Transfer, now: Instant): void {
  setStage(live, { kind: 'inviting' });
  const party: Party = { identifier: target, addedBy: transferee, invitation, stage: { kind: 'awaitingConference' } };
  live.model.parties.set(target, party);
  if (live.model.path.kind === 'conference') invite(live, party, now);
}

/** Another call is asked to take the transferee over. */
export function handOver(live: LiveCall, { transferId, by }: Transfer, transferee: Party, target: HandOverTarget, way: HandOverWay = 'refer'): void {
  setStage(live, { kind: 'handingOver' });
  live.effects.push({ kind: 'output', output: { kind: 'handOver', transferId, by, target, transferee: transfereeOf(transferee), way } });
}

/** To be called after each input: an invited target has come, or will not; or somebody without whom there is nothing to transfer is gone. */
export function settleTransfer(live: LiveCall, now: Instant): void {
  const { model } = live;
  const { transfer: current } = model;
  if (current === undefined || model.phase !== 'running') return;
  const target = model.parties.get(current.target);
  const application = model.applications.get(current.by);
  if ((seatedAt(model, current.by) === undefined && application === undefined) || !model.parties.has(current.transferee)) failTransfer(live, endReason('cancelled', 'platform'), now);
  else if (current.stage.kind !== 'inviting') return;
  else if (target === undefined) failTransfer(live, live.departures.find(({ identifier }) => identifier === current.target)?.endReason ?? endReason('signalingFailed', 'platform'), now);
  else if (seatsOf(target).some(({ stage }) => stage.kind === 'connected')) {
    concludeTransfer(live, current);
    if (application === undefined) withdraw(live, current.by, transferredBy(current), now);
    else withdrawApplication(live, application, transferredBy(current), now);
    holdTelephones(live);
  }
}

/** What became of a transfer that another call, or the telephone itself, carried out. */
export function handleTransferSettled(live: LiveCall, { transferId, failure, referral }: Extract<CallObservation, { kind: 'transferSettled' }>, now: Instant): void {
  const { transfer: current } = live.model;
  if (current?.transferId !== transferId) return;
  if (referral !== undefined) {
    refer(live, current, referral);
    return;
  }
  if (failure !== undefined) {
    failTransfer(live, failure, now);
    return;
  }
  if (current.stage.kind === 'handingOver') releaseLines(live, current.transferee);
  completeElsewhere(live, current, now);
}

/** The transferee has reached the target in another call: this one has nothing left to do, but for the others where there are several. */
export function completeElsewhere(live: LiveCall, current: Transfer, now: Instant): void {
  concludeTransfer(live, current);
  if (current.isOneOfSeveral === undefined) return endCall(live, transferredBy(current), now);
  const transferee = live.model.parties.get(current.transferee);
  for (const { endpointId } of transferee === undefined ? [] : seatsOf(transferee)) withdraw(live, endpointId, transferredBy(current), now);
}

/** One trunk has the transferee and whom they are to talk to: it is asked to connect the two, and needs nobody here for that any more (RFC 5589 §7.1). */
function refer(live: LiveCall, { stage, transferee }: Transfer, { lineId: replacesLineId, number }: Referral): void {
  const lineId = [...live.model.parties.values()].filter(({ identifier }) => identifier === transferee).flatMap(seatsOf).find(({ line }) => line !== undefined)?.endpointId;
  if (stage.kind !== 'handingOver' || lineId === undefined) return;
  setStage(live, { kind: 'referring', lineId, way: 'attended' });
  live.decide('the trunk is asked to connect the two telephones', 'it has both');
  live.line({ kind: 'transfer', lineId, target: { kind: 'number', number }, replacesLineId });
}

/** The transferee's client has begun the call it was asked for. */
export function handleTransferTaken(live: LiveCall, transferId: string, callId: string, now: Instant): void {
  const { transfer: current } = live.model;
  if (current?.transferId !== transferId || current.stage.kind !== 'asking') return;
  setStage(live, { kind: 'calling', callId });
  live.arm('transfer', live.limits.transferMs, now);
}

/** It took too long. */
export function handleTransferTimeout(live: LiveCall, now: Instant): void {
  failTransfer(live, endReason('ringTimeout', 'platform'), now);
}

/** Nothing came of it: the call goes on as it was. */
export function failTransfer(live: LiveCall, reason: EndReason, now: Instant): void {
  const { transfer: current } = live.model;
  if (current === undefined) return;
  live.model.transfer = undefined;
  live.deadlines.clear('transfer');
  live.decide('the transfer failed', reason.message.slice(0, 512));
  tellTransferor(live, current, 'Failed', reason);
  const target = current.stage.kind === 'inviting' ? live.model.parties.get(current.target) : undefined;
  if (target !== undefined && target.stage.kind !== 'present') dismissParty(live, target, endReason('cancelled', current.transferor.identifier), now);
}

/** The transfer has succeeded, and its transferor is told. */
export function concludeTransfer(live: LiveCall, current: Transfer): void {
  live.model.transfer = undefined;
  live.deadlines.clear('transfer');
  live.decide('the transfer succeeded', `${current.transferee} is connected to ${current.target}`.slice(0, 512));
  tellTransferor(live, current, 'Transferred');
}

/** How the call ends for who has transferred it. */
export function transferredBy({ transferor }: Transfer): EndReason {
  return endReason('hungUp', transferor.identifier, 'The call was transferred.');
}

/** The only other party, where there are two and both take part. */
export function otherOf(model: CallModel, party: Party): Party | undefined {
  const others = [...model.parties.values()].filter(({ identifier }) => identifier !== party.identifier);
  const [other] = others;
  return others.length === 1 && other?.stage.kind === 'present' && seatsOf(other).some(({ stage }) => stage.kind === 'connected') ? other : undefined;
}

/** The number of ours that a telephone is shown, or called: what another one is shown where nothing else is wished. */
export function shownNumberOf(party: Party): string | undefined {
  return seatsOf(party).find(({ line }) => line?.callerId !== undefined)?.line?.callerId;
}

export function personOf({ identifier, displayName }: { readonly identifier: string; readonly displayName?: string | undefined }): Person {
  return { identifier, ...(displayName === undefined ? {} : { displayName }) };
}

/** Who goes to another call, as that one needs to know them. */
export function transfereeOf(party: Party): Transferee {
  const seats = seatsOf(party).filter(takesPart);
  const endpoints = seats.filter(({ line }) => line === undefined).map(identityOf);
  const telephone = seats.find((seat): seat is Seat & { readonly line: NonNullable<Seat['line']> } => seat.line !== undefined);
  return { ...personOf(party), endpoints, ...(telephone === undefined ? {} : { telephone: { lineId: telephone.endpointId, line: telephone.line } }) };
}

function identityOf({ endpointId, identifier, displayName }: Seat): EndpointIdentity {
  return { endpointId, identifier, ...(displayName === undefined ? {} : { displayName }) };
}

/** Another call has the lines now: nobody hangs them up here. */
export function releaseLines(live: LiveCall, identifier: string): void {
  const party = live.model.parties.get(identifier);
  for (const seat of party === undefined ? [] : seatsOf(party)) if (seat.line !== undefined) replaceSeat(live.model, { ...seat, line: { ...seat.line, state: 'over' } });
}

function setStage(live: LiveCall, stage: TransferStage): void {
  if (live.model.transfer !== undefined) live.model.transfer = { ...live.model.transfer, stage };
}

/** A client or an application hears of its transfer by events, a telephone by NOTIFY (RFC 3515 §2.4.4). */
function tellTransferor(live: LiveCall, { transferId, by, transferee, target, operation }: Transfer, state: TransferState, reason?: EndReason): void {
  if (operation !== undefined) {
    if (state === 'Transferred') tellApplication(live, by, { kind: 'transferAccepted', operation, transferee, target });
    else if (state === 'Failed') tellApplication(live, by, { kind: 'transferFailed', operation, endReason: reason ?? endReason('signalingFailed', 'platform') });
    return;
  }
  const seat = seatedAt(live.model, by)?.seat;
  if (seat === undefined) return;
  if (seat.line !== undefined) {
    const status = state === 'Transferring' ? 100 : state === 'Transferred' ? 200 : (reason?.code ?? 0) >= 300 ? (reason?.code ?? 603) : 603;
    live.line({ kind: 'reportTransfer', lineId: by, status });
    return;
  }
  const codes = reason === undefined ? {} : { code: reason.code, subCode: reason.subCode };
  live.tell(by, () => ({ type: 'transferChanged', transferId, state, ...codes }));
}
