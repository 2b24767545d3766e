import { randomUUID } from 'node:crypto';
import type { CallDecision, CalledUserAudience, ConnectionOutcome, OfferedCall } from '@dialplane/applications-api';
import type { CallCommand, CallInput, CommandResult } from '@dialplane/call';
import type { RunningCall, Turn } from './running-call.ts';

export interface CalledUsersOptions {
  /** Without it nobody is told of calls between users. */
  readonly audience: CalledUserAudience | undefined;
  isRunning(call: RunningCall): boolean;
  perform(call: RunningCall, command: CallCommand): Promise<CommandResult>;
  take(call: RunningCall, input: CallInput): void;
}

/** Calls between users of which applications are told: each call of one user is an offer, which is withdrawn when that user is not rung any more. */
export class CalledUsers {
  private readonly options: CalledUsersOptions;
  /** Offer ids, by call and by user. */
  private readonly offers = new Map<RunningCall, Map<string, string>>();

  constructor(options: CalledUsersOptions) {
    this.options = options;
  }

  /** Whether an application is to be told that this user is called. */
  isOffered(turn: Turn, identifier: string): boolean {
    const called = turn.calledUsers.find((one) => one.identifier === identifier);
    return called !== undefined && this.options.audience?.isInterested({ from: called.caller.identifier, to: identifier }) === true;
  }

  /** After a turn that is stored: its users are told of, and offers of those who are not rung any more are withdrawn. */
  release(call: RunningCall, turn: Turn): void {
    this.settle(call);
    if (this.options.isRunning(call)) for (const called of turn.calledUsers) this.offer(call, called);
  }

  /** Nobody waits for a word on this call any more, or not on all of it. */
  settle(call: RunningCall): void {
    const offers = this.offers.get(call);
    if (offers === undefined) return;
    const isOver = !this.options.isRunning(call);
    for (const [identifier, offerId] of offers) {
      if (!isOver && call.machine.isRung(identifier)) continue;
      offers.delete(identifier);
      this.options.audience?.withdraw(offerId);
    }
    if (offers.size === 0) this.offers.delete(call);
  }

  private offer(call: RunningCall, { identifier, caller, customContext }: Turn['calledUsers'][number]): void {
    const { audience, take, isRunning } = this.options;
    const offers = this.offers.get(call) ?? new Map<string, string>();
    const isNew = !offers.has(identifier) && call.machine.isRung(identifier);
    if (audience === undefined || !isNew || !audience.isInterested({ from: caller.identifier, to: identifier })) return;
    const offered: OfferedCall = {
      offerId: randomUUID(), callId: call.about.callId, from: caller.identifier, to: identifier, ...(caller.displayName !== undefined && { displayName: caller.displayName }), ...(customContext !== undefined && { customContext }),
    };
    this.offers.set(call, offers.set(identifier, offered.offerId));
    audience.tell(offered, {
      decided: (decision) => this.decide(call, offered, decision),
      undecided: (sentence) => {
        if (isRunning(call)) take(call, { kind: 'applicationsUnreached', identifier, sentence });
      },
    });
  }

  private async decide(call: RunningCall, { offerId, to }: OfferedCall, decision: CallDecision): Promise<ConnectionOutcome<undefined>> {
    if (!this.options.isRunning(call)) return { ok: false, code: 'INCOMING_CALL_NOT_FOUND' };
    const result = await this.options.perform(call, { kind: 'decide', commandId: randomUUID(), by: offerId, identifier: to, decision });
    if (result.ok) return { ok: true, value: undefined };
    const isLate = result.code === 'PARTICIPANT_NOT_FOUND' || result.code === 'CALL_ENDED' || result.code === 'CALL_NOT_FOUND';
    return { ok: false, code: isLate ? 'INCOMING_CALL_NOT_FOUND' : result.code, ...(!isLate && result.message !== undefined && { message: result.message }) };
  }
}
