import { readCSeq } from '../headers/cseq.ts';
import { copyOf } from '../message/copy-of.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { ChallengedRequest } from './challenged-request.ts';
import type { InviteUsage } from './invite-usage.ts';
import { withDescription } from './session-body.ts';

/**
 * Sends the ACK for a 2xx to an INVITE of ours, with the INVITE's credentials (RFC 3261 §13.2.2.4, §22.1) and the answer to the offer of the 2xx, if it had one.
 *
 * @returns the ACK: each repetition of the 2xx is answered with it again.
 */
export function acknowledgeAnswer(usage: InviteUsage, invite: ChallengedRequest, answer: Uint8Array | undefined): SipRequest {
  const { keeper, route } = usage.session;
  const headers = invite.request?.headers;
  const ack = usage.dialog.ack((headers === undefined ? undefined : readCSeq(headers)?.number) ?? 0);
  if (headers !== undefined) for (const name of ['Authorization', 'Proxy-Authorization']) ack.headers.addFrom(headers, name);
  const message = withDescription(ack, answer);
  keeper.acknowledge(copyOf(message), route);
  return message;
}
