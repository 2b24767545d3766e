import type { Instant } from '@dialplane/sansio';
import { readCSeq } from '../headers/cseq.ts';
import { readOptionTags } from '../headers/option-tags.ts';
import { readRSeq, writeRAck } from '../headers/rack.ts';
import type { SipResponse } from '../message/sip-message.ts';
import type { InviteUsage } from './invite-usage.ts';
import { sendRequest } from './send-request.ts';
import { withDescription } from './session-body.ts';

/** The caller's side of reliable provisional responses to one INVITE in one dialog (RFC 3262 §4). */
export class ReliableReceipt {
  private latest: number | undefined;

  /** `reliable` is new and wants a PRACK; `repeated` is a retransmission, or ahead of its order, and does not exist. */
  take(response: SipResponse): 'unreliable' | 'reliable' | 'repeated' {
    const number = readRSeq(response.headers);
    if (number === undefined || !readOptionTags(response.headers, 'Require').has('100rel')) return 'unreliable';
    if (this.latest !== undefined && number !== this.latest + 1) return 'repeated';
    this.latest = number;
    return 'reliable';
  }
}

/** Acknowledges a reliable provisional response, with our answer where it had an offer. What comes back changes nothing: the INVITE goes on. */
export function acknowledgeProvisional(usage: InviteUsage, response: SipResponse, answer: Uint8Array | undefined, now: Instant): void {
  const rack = writeRAck({ responseNumber: readRSeq(response.headers) ?? 0, cseqNumber: readCSeq(response.headers)?.number ?? 0, method: 'INVITE' });
  const build = () => {
    const prack = usage.dialog.request('PRACK');
    prack.headers.add('RAck', rack);
    return withDescription(prack, answer);
  };
  sendRequest(usage.session, build, () => undefined, now);
}
