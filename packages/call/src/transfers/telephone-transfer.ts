import { sipEndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { LineEvent } from '@dialplane/telephony-api';
import type { Seated } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { beginTransfer, completeElsewhere, concludeTransfer, failTransfer, handOver, inviteTarget, otherOf, personOf, shownNumberOf } from './transfer.ts';
import type { Transfer } from './transfer-model.ts';

/** Answers to a REFER that say that this telephone, or its network, takes none: the target is called from here instead. */
const refusesToRefer: ReadonlySet<number> = new Set([400, 403, 405, 420, 488, 489, 501]);

/** What became of a REFER that a telephone was sent. */
export function handleTransferEnded(live: LiveCall, { lineId, status, reasonText }: Extract<LineEvent, { kind: 'transferEnded' }>, now: Instant): void {
  const { transfer: current } = live.model;
  if (current?.stage.kind !== 'referring' || current.stage.lineId !== lineId) return;
  if (status >= 200 && status < 300) {
    completeElsewhere(live, current, now);
  } else if (current.stage.way === 'attended') rejoin(live, current, status, now);
  else if (refusesToRefer.has(status) && current.isOneOfSeveral === undefined) {
    live.decide('the number is called from here', `the telephone network takes no transfers (${status})`);
    inviteTarget(live, current, now);
  } else failTransfer(live, sipEndReason({ direction: 'outgoing', status, reasonText, endedBy: 'platform' }), now);
}

/** The trunk does not connect its two telephones: their calls are joined here. */
function rejoin(live: LiveCall, current: Transfer, status: number, now: Instant): void {
  const transferee = live.model.parties.get(current.transferee);
  live.decide('the two calls are joined here', `the telephone network does not connect them (${status})`);
  if (transferee === undefined) failTransfer(live, sipEndReason({ direction: 'outgoing', status, endedBy: 'platform' }), now);
  else handOver(live, current, transferee, { callId: current.target }, 'join');
}

/** A telephone that hangs up while it calls the target by itself has reached it: some hang up before they say so. */
export function concludeIfReferring(live: LiveCall, lineId: string): void {
  const { transfer: current } = live.model;
  if (current?.stage.kind === 'referring' && current.stage.lineId === lineId) concludeTransfer(live, current);
}

/** A telephone hands the other side over: the target is invited here, or another call takes them over; then the telephone leaves. */
export function handleTransferRequested(live: LiveCall, { party, seat }: Seated, { target, replacesLineId }: Extract<LineEvent, { kind: 'transferRequested' }>, now: Instant): void {
  const transferee = otherOf(live.model, party);
  const identifier = target.kind === 'number' ? `4:${target.number}` : target.kind === 'user' ? target.identifier : undefined;
  const isPossible = transferee !== undefined && live.model.transfer === undefined && (replacesLineId !== undefined || (identifier !== undefined && !live.model.parties.has(identifier)));
  if (!isPossible || seat.stage.kind !== 'connected') {
    live.line({ kind: 'reportTransfer', lineId: seat.endpointId, status: 603 });
    return;
  }
  const transferor = personOf(party);
  const callerId = target.kind === 'number' && target.callerId !== undefined ? `4:${target.callerId}` : (shownNumberOf(party) ?? shownNumberOf(transferee));
  const begun: Transfer = {
    transferId: live.options.newId(), by: seat.endpointId, transferor, transferee: transferee.identifier, target: replacesLineId ?? identifier ?? '',
    invitation: { transferor, ...(callerId === undefined ? {} : { callerId }) }, stage: { kind: 'inviting' },
  };
  beginTransfer(live, begun, now);
  if (replacesLineId !== undefined) handOver(live, begun, transferee, { lineId: replacesLineId });
  else inviteTarget(live, begun, now);
}
