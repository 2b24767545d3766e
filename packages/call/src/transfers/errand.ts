import { endReason, type EndReason, type TransferReference } from '@dialplane/calling-api';
import { seatsOf, type CallModel } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';

/** The call that asked for a transfer is told what became of it, once. */
export function report(live: LiveCall, transfer: TransferReference, failure?: EndReason): void {
  live.model.errand = undefined;
  live.effects.push({ kind: 'output', output: { kind: 'transferSettled', transfer, ...(failure === undefined ? {} : { failure }) } });
}

/** This call is about to end, for `cause`: an errand that is not done is a failure. */
export function failErrand(live: LiveCall, cause: EndReason): void {
  const { errand } = live.model;
  if (errand === undefined) return;
  report(live, errand.transfer, cause.code === 0 ? endReason('cancelled', cause.endedBy) : cause);
}

/** Whether this party is here, and heard. */
export function hasArrived(model: CallModel, identifier: string): boolean {
  const party = model.parties.get(identifier);
  return party?.stage.kind === 'present' && seatsOf(party).some(({ stage }) => stage.kind === 'connected');
}
