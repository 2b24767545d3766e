import { endReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { CallObservation } from '../call-input.ts';
import { seatedAt, seatsOf, takesPart, type Party, type Seated } from '../call-model.ts';
import { inviteWhenOpen } from '../membership/dialing.ts';
import { hasArrived, report } from './errand.ts';
import { isFull } from '../membership/founding.ts';
import { withdraw } from '../membership/leaving.ts';
import { holdTelephones, numberOf } from '../telephones/line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import { beginPromotion } from '../media/promotion.ts';
import { otherOf, personOf } from './transfer.ts';
import type { Referral, Transferee } from './transfer-model.ts';

/** A transferee comes from another call, in the place of somebody here: their clients are rung and answer by themselves, their telephone is connected at once. */
export function takeOver(live: LiveCall, { transfer, by, transferee, way }: Extract<CallObservation, { kind: 'takeOver' }>, now: Instant): void {
  const { model } = live;
  const replaced = seatedAt(model, by);
  const isReady = replaced?.seat.stage.kind === 'connected' && model.errand === undefined && model.transfer === undefined;
  const isAbsent = live.options.mediaProcessorAbsence?.() !== undefined && model.path.kind === 'peerToPeer';
  if (!isReady || isAbsent || model.room !== undefined || model.parties.has(transferee.identifier) || isFull(live, transferee.identifier)) {
    report(live, transfer, endReason('signalingFailed', 'platform', 'The other call could not take the transferred side in.'));
    return;
  }
  const referral = way === 'refer' ? referralTo(live, replaced, transferee) : undefined;
  if (referral !== undefined) {
    live.effects.push({ kind: 'output', output: { kind: 'transferSettled', transfer, referral } });
    return;
  }
  const transferor = personOf(replaced.party);
  const name = transferee.displayName === undefined ? {} : { displayName: transferee.displayName };
  const party: Party = {
    identifier: transferee.identifier, ...name, addedBy: transferor.identifier, invitation: { transferor, transfer, transferee }, stage: { kind: 'awaitingConference' },
  };
  model.parties.set(party.identifier, party);
  model.errand = { transfer, task: { kind: 'replace', by, transferee: party.identifier } };
  live.decide(`${party.identifier} is to come in the place of ${transferor.identifier}`, 'another call is transferred to this one');
  if (model.path.kind === 'peerToPeer') beginPromotion(live, 'a call is transferred to this one', now);
  else inviteWhenOpen(live, party, now);
}

/** The telephone that the replaced side talks to, where the transferee is a telephone of the same trunk. */
function referralTo({ model }: LiveCall, { party }: Seated, { telephone }: Transferee): Referral | undefined {
  const other = otherOf(model, party);
  const seat = other === undefined ? undefined : seatsOf(other).find(takesPart);
  const trunk = seat?.line?.trunks.at(-1);
  if (seat === undefined || trunk === undefined || telephone?.line.trunks.at(-1) !== trunk || !seat.identifier.startsWith('4:+')) return undefined;
  return { lineId: seat.endpointId, number: numberOf(seat.identifier) };
}

/** To be called after each input: the one whom another call waits for has come, or will not. */
export function settleErrand(live: LiveCall, now: Instant): void {
  const { model } = live;
  const { errand } = model;
  if (errand === undefined || model.phase !== 'running') return;
  const { transfer, task } = errand;
  if (task.kind === 'call') {
    const caller = model.founding?.initiator.identifier;
    if ([...model.parties.keys()].some((identifier) => identifier !== caller && hasArrived(model, identifier))) report(live, transfer);
  } else if (hasArrived(model, task.transferee)) {
    const replaced = seatedAt(model, task.by);
    report(live, transfer);
    if (replaced === undefined) return;
    withdraw(live, task.by, endReason('hungUp', replaced.seat.identifier, 'The call was transferred.'), now);
    holdTelephones(live);
  } else if (!model.parties.has(task.transferee)) {
    report(live, transfer, live.departures.find(({ identifier }) => identifier === task.transferee)?.endReason ?? endReason('signalingFailed', 'platform'));
  }
}
