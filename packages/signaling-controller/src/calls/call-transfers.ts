import type { CallInput } from '@dialplane/call';
import { endReason, type TransferReference } from '@dialplane/calling-api';
import type { RunningCall, Turn } from './running-call.ts';
import type { RunningCalls } from './running-calls.ts';

/** Takes news of transfers, and of who was moved, from one call to another: calls know each other by id only. */
export class CallTransfers {
  private readonly calls: RunningCalls;
  private readonly take: (call: RunningCall, input: CallInput) => void;

  constructor(calls: RunningCalls, take: (call: RunningCall, input: CallInput) => void) {
    this.calls = calls;
    this.take = take;
  }

  /** A client has begun the call that a transfer asked it for. */
  taken({ callId, transferId }: TransferReference, newCallId: string): void {
    const call = this.calls.get(callId);
    if (call !== undefined) this.take(call, { kind: 'transferTaken', transferId, callId: newCallId });
  }

  passOn(from: RunningCall, news: Turn['transfers'][number]): void {
    if (news.kind === 'handOver') {
      this.handOver(from, news);
      return;
    }
    if (news.kind === 'movedHere') {
      const left = this.calls.get(news.from);
      if (left !== undefined) this.take(left, { kind: 'movedAway', identifier: news.identifier });
      return;
    }
    const { callId, transferId } = news.transfer;
    const asking = this.calls.get(callId);
    if (asking !== undefined) this.take(asking, { kind: 'transferSettled', transferId, ...(news.failure !== undefined && { failure: news.failure }), ...(news.referral !== undefined && { referral: news.referral }) });
  }

  /** The transferor must be in the other call, too. */
  private handOver(from: RunningCall, { transferId, by, target, transferee, way }: Extract<Turn['transfers'][number], { kind: 'handOver' }>): void {
    const [other, place] = 'callId' in target ? [this.calls.get(target.callId), by] : [this.calls.ofLine(target.lineId), target.lineId];
    if (other === undefined || other === from || !(other.endpoints.has(place) || other.lines.has(place))) {
      const failure = endReason('signalingFailed', 'platform', 'There is no such call to transfer to.');
      if (this.calls.get(from.about.callId) === from) this.take(from, { kind: 'transferSettled', transferId, failure });
      return;
    }
    this.calls.addParty(other, transferee.identifier);
    this.take(other, { kind: 'takeOver', transfer: { callId: from.about.callId, transferId }, by: place, transferee, way });
  }
}
