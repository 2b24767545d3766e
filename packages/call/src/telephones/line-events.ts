import type { EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { LineEnd, LineEvent } from '@dialplane/telephony-api';
import { conferenceOf, isCalling, replaceSeat, seatedAt, takesPart, type MuteState, type Seat, type Seated } from '../call-model.ts';
import { endCall } from '../membership/departure.ts';
import { showTone } from './dtmf.ts';
import { forward } from './forwarding.ts';
import { handleIncomingLine } from './incoming-line.ts';
import { leave } from '../membership/leaving.ts';
import { holdTelephones } from './line-commands.ts';
import { reasonOfLineEnd } from './line-ends.ts';
import type { LiveCall } from '../live-call.ts';
import { may } from '../rooms/role-permissions.ts';
import { connectCallers, hearEarlyMedia, ringBack } from '../membership/ringback.ts';
import { failInvitation, loseDevice, reject, takeCall } from '../membership/ringing.ts';
import { concludeIfReferring, handleTransferEnded, handleTransferRequested } from '../transfers/telephone-transfer.ts';
import { stateOf } from '../views.ts';

/** What telephony tells; about a line that is not (or no longer) this call's it is ignored. */
export function handleLineEvent(live: LiveCall, event: LineEvent, now: Instant): void {
  if (event.kind === 'incoming') return handleIncomingLine(live, event.line, now);
  const seated = seatedAt(live.model, event.lineId);
  if (seated?.seat.line === undefined) return;
  const { seat } = seated;
  switch (event.kind) {
    case 'routed':
      return routed(live, seat, event);
    case 'sentOn':
      live.flow('telephony', seat.participantId, { kind: 'decision', what: `the call to ${seat.identifier} is sent on`.slice(0, 512), why: event.why.slice(0, 512) });
      return;
    case 'progress':
      return progressed(live, seat, event);
    case 'answered':
      return answered(live, seated, event.displayName, now);
    case 'held':
      return held(live, seat, event.isHeld);
    case 'dtmf':
      return showTone(live, seat, event.tone, now);
    case 'ended':
      return ended(live, seated, event.end, now);
    case 'transferRequested':
      return handleTransferRequested(live, seated, event, now);
    case 'transferEnded':
      return handleTransferEnded(live, event, now);
    case 'transferProgress':
      live.flow('telephony', seat.participantId, { kind: 'decision', what: 'the telephone calls the target of the transfer', why: `its network says ${event.status}` });
      return;
  }
}

function routed(live: LiveCall, seat: Seat, { trunk, callerId, why }: Extract<LineEvent, { kind: 'routed' }>): void {
  if (seat.line === undefined) return;
  const shown = callerId === undefined ? {} : { callerId: callerId.startsWith('4:') ? callerId : `4:${callerId}` };
  replaceSeat(live.model, { ...seat, line: { ...seat.line, ...shown, trunks: [...seat.line.trunks, trunk] } });
  live.flow('telephony', `trunk:${trunk}`, { kind: 'decision', what: `the call to ${seat.identifier} takes trunk ${trunk}`.slice(0, 512), why: why.slice(0, 512) });
}

/** A provisional response. The caller of a 1:1 call hears what the network plays, or a ringing tone; early media of SIP phones is nobody's, several ring at once. */
function progressed(live: LiveCall, seat: Seat, { status, hasEarlyMedia }: Extract<LineEvent, { kind: 'progress' }>): void {
  if (takesPart(seat) || status <= 100) return;
  const sends = hasEarlyMedia && seat.line?.deviceId === undefined;
  if (seat.stage.kind === 'offered') {
    replaceSeat(live.model, { ...seat, stage: { kind: 'alerting' } });
    live.flow(seat.participantId, 'controller', { kind: 'participantState', identifier: seat.identifier, state: 'Ringing' });
  }
  if (!sends) {
    ringBack(live, seat);
    return;
  }
  if (seat.stage.kind !== 'sendingEarlyMedia') live.flow(seat.participantId, 'controller', { kind: 'participantState', identifier: seat.identifier, state: 'EarlyMedia' });
  replaceSeat(live.model, { ...seat, stage: { kind: 'sendingEarlyMedia' } });
  hearEarlyMedia(live);
}

/** A called telephone answers: it has the call from here on, without waiting for its media. */
function answered(live: LiveCall, { party, seat }: Seated, displayName: string | undefined, now: Instant): void {
  if (takesPart(seat)) return;
  const mute: MuteState = may(live.model, party, 'unmuteMic') ? seat.mute : { kind: 'muted' };
  const taker: Seat = { ...seat, mute, stage: { kind: 'connected', connectedAt: now }, ...(displayName === undefined ? {} : { displayName }) };
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: 'Connected' });
  connectCallers(live, now);
  takeCall(live, party, taker, now);
  const conferenceId = conferenceOf(live.model);
  // It was not to be heard before it answered.
  if (live.model.kind !== 'oneToOne' && seat.leg !== undefined && conferenceId !== undefined) {
    live.media({ kind: 'setMuted', conferenceId, legId: seat.leg.mediaSessionId, isMuted: mute.kind === 'muted' });
  }
  holdTelephones(live);
}

function held(live: LiveCall, seat: Seat, isHeld: boolean): void {
  if (!takesPart(seat) || seat.isHolding === isHeld) return;
  const changed: Seat = { ...seat, isHolding: isHeld };
  replaceSeat(live.model, changed);
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: stateOf(live.model, changed) });
  holdTelephones(live);
}

function ended(live: LiveCall, { party, seat }: Seated, end: LineEnd, now: Instant): void {
  const reason = reasonOfLineEnd(seat, end);
  if (seat.line !== undefined) replaceSeat(live.model, { ...seat, line: { ...seat.line, state: 'over' } });
  concludeIfReferring(live, seat.endpointId);
  const over = seatedAt(live.model, seat.endpointId) ?? { party, seat };
  if (isCalling(seat)) endCall(live, reason, now);
  else if (takesPart(seat)) leave(live, seat.endpointId, reason, now);
  else if (seat.line?.deviceId === undefined) failInvitation(live, over.party, reason, now);
  else loseSipPhone(live, over, reason, end, now);
}

/** A SIP phone of a user that rang says no as another device of theirs would: declining is for all of them, being busy for this one. One that has sent the call on says why that came to nothing. */
function loseSipPhone(live: LiveCall, { party, seat }: Seated, reason: EndReason, { status, refusal, forwarded }: LineEnd, now: Instant): void {
  if (forwarded !== undefined) forward(live, { party, seat }, forwarded, reason, now);
  else if (status === 600 || status === 603) reject(live, party, seat, 'declined', now);
  else if (status === 486) reject(live, party, seat, 'busy', now);
  else {
    const isSentOn = refusal !== undefined || (status !== undefined && status >= 300 && status < 400) || (seat.line?.trunks.length ?? 0) > 0;
    loseDevice(live, party, seat, reason, now, isSentOn ? reason : undefined);
  }
}

