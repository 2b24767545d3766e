import { SipHeaders } from '../message/sip-headers.ts';
import { noBody, type SipRequest, type SipResponse } from '../message/sip-message.ts';

/** The ACK for a final response other than 2xx: part of the INVITE's own transaction (RFC 3261 §17.1.1.3). */
export function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  const ack = sameHopRequest('ACK', invite);
  const to = response.headers.first('To');
  if (to !== undefined) ack.headers.set('To', to);
  return ack;
}

/** The CANCEL of an INVITE on the same hop (RFC 3261 §9.1). `reason` is the value of a Reason header (RFC 3326), which tells why. */
export function cancelOf(invite: SipRequest, reason?: string): SipRequest {
  const cancel = sameHopRequest('CANCEL', invite);
  if (reason !== undefined) cancel.headers.add('Reason', reason);
  return cancel;
}

/** Request-URI, Call-ID, From, To, CSeq number, Route and the top Via of the INVITE, and nothing else of it. */
function sameHopRequest(method: 'ACK' | 'CANCEL', invite: SipRequest): SipRequest {
  const headers = new SipHeaders();
  const via = invite.headers.first('Via');
  if (via !== undefined) headers.add('Via', via);
  headers.addFrom(invite.headers, 'Route');
  headers.add('Max-Forwards', '70');
  for (const name of ['From', 'To', 'Call-ID']) headers.addFrom(invite.headers, name);
  headers.add('CSeq', `${Number.parseInt(invite.headers.first('CSeq') ?? '0', 10)} ${method}`);
  return { kind: 'request', method, uri: invite.uri, headers, body: noBody };
}
