import { readCSeq } from '../headers/cseq.ts';
import { readTopVia } from '../headers/via.ts';
import type { SipHeaders } from '../message/sip-headers.ts';
import type { SipRequest } from '../message/sip-message.ts';

/** What branches of RFC 3261 begin with; others are no identifiers (RFC 3261 §8.1.1.7). */
const magicCookie = 'z9hG4bK';

/** The key of a client transaction: our branch, and CANCEL apart from the INVITE that it shares the branch with (RFC 3261 §17.1.3). */
export function clientKey(branch: string, method: string): string {
  return method === 'CANCEL' ? `${branch} CANCEL` : branch;
}

/** The key under which a response looks for its client transaction; `undefined` where it has none. */
export function clientKeyOfResponse(headers: SipHeaders): string | undefined {
  const branch = readTopVia(headers)?.parameters.get('branch');
  return branch === undefined ? undefined : clientKey(branch, methodOfCSeq(headers));
}

/**
 * The key of the server transaction that a request belongs to (RFC 3261 §17.2.3): branch, sent-by and method, an ACK under its INVITE's. Requests of RFC
 * 2543 elements are told apart by Request-URI, From, Call-ID, CSeq number and top Via; their To tags are not looked at, since an ACK's is the response's.
 * `undefined` where there is no readable Via.
 *
 * @param method that of the transaction wanted, where it is not the request's own: the INVITE of a CANCEL.
 */
export function serverKey(request: SipRequest, method = request.method): string | undefined {
  const via = readTopVia(request.headers);
  if (via === undefined) return undefined;
  const ofTransaction = method === 'ACK' ? 'INVITE' : method;
  const branch = via.parameters.get('branch');
  if (branch?.startsWith(magicCookie) === true) return `${branch} ${via.host.toLowerCase()}:${via.port ?? ''} ${ofTransaction}`;
  const { headers } = request;
  return `${request.uri} ${headers.first('From')} ${headers.first('Call-ID')} ${Number.parseInt(headers.first('CSeq') ?? '', 10)} ${headers.first('Via')} ${ofTransaction}`;
}

/** The method in CSeq, which a response repeats from its request. */
function methodOfCSeq(headers: SipHeaders): string {
  return readCSeq(headers)?.method ?? '';
}
