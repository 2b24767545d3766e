import type { Instant } from '@dialplane/sansio';
import type { Dialog } from '../dialog/dialog.ts';
import { readAddress, tagOf } from '../headers/address.ts';
import { readCSeq } from '../headers/cseq.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { UnacknowledgedAnswer } from '../session/unacknowledged-answer.ts';
import type { Visit, Visited } from '../visit-schedule.ts';

/** Our 2xx to a re-INVITE whose session has ended before its ACK was here. */
class LastAnswer implements Visited {
  visit: Visit<Visited> | undefined;
  private answer: UnacknowledgedAnswer | undefined;
  private readonly forget: () => void;

  /** @param forget called when nothing is left to be done. */
  constructor(answer: UnacknowledgedAnswer, forget: () => void) {
    this.answer = answer;
    this.forget = forget;
  }

  get dueAt(): Instant | undefined {
    return this.answer?.dueAt;
  }

  handleTimeout(now: Instant): void {
    if (this.answer?.handleTimeout(now) === 'givenUp') this.finish();
  }

  /** It is acknowledged, or given up. */
  finish(): void {
    this.answer = undefined;
    this.forget();
  }
}

/** Answers that outlive their sessions: a BYE crosses them, and still they are repeated until their ACK comes or 64·T1 have passed (RFC 3261 §13.3.1.4, §15.1.2). */
export class LastAnswers {
  private readonly answers = new Map<string, LastAnswer>();

  get size(): number {
    return this.answers.size;
  }

  /** @param sequence of the INVITE. @returns what is to be visited for it. */
  add({ callId, localTag, remoteTag }: Dialog, sequence: number, answer: UnacknowledgedAnswer): LastAnswer {
    const key = keyOf(callId, localTag, remoteTag, sequence);
    const last = new LastAnswer(answer, () => this.answers.delete(key));
    this.answers.set(key, last);
    return last;
  }

  /** An ACK that belongs to no session. */
  handleAck({ headers }: SipRequest): void {
    if (this.answers.size === 0) return;
    const [from, to] = [readAddress(headers, 'From'), readAddress(headers, 'To')];
    if (from === undefined || to === undefined) return;
    this.answers.get(keyOf(headers.first('Call-ID') ?? '', tagOf(to) ?? '', tagOf(from) ?? '', readCSeq(headers)?.number ?? 0))?.finish();
  }
}

function keyOf(callId: string, localTag: string, remoteTag: string, sequence: number): string {
  return `${sequence} ${localTag} ${remoteTag} ${callId}`;
}
