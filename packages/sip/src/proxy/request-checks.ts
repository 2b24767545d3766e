import { parseVia } from '../headers/via.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { ProxyDecision } from './proxy-surroundings.ts';
import { textHash } from './text-hash.ts';

/** What this proxy's branches begin with; a hash that tells loops from spirals follows, then what makes each different. */
export const branchPrefix = 'z9hG4bKp';

type Refusal = Extract<ProxyDecision, { kind: 'respond' }>;

/** Max-Forwards of a request without one (RFC 3261 §16.6 item 3), and Max-Breadth (RFC 5393 §5.3.3.1). */
export const presetForwards = 70;
export const presetBreadth = 60;

/**
 * What a proxy has to look at before it forwards a request (RFC 3261 §16.3, RFC 5393 §4.2.2): the scheme of the Request-URI, Max-Forwards, loops, Proxy-Require.
 *
 * @param sentBys every sent-by value that this proxy has put into a Via.
 * @returns with what to refuse it; `undefined` where it may be forwarded.
 */
export function checkForwarding(request: SipRequest, loopHash: string, sentBys: ReadonlySet<string>): Refusal | undefined {
  const { headers, uri } = request;
  if (!/^(?:sips?|tel):/i.test(uri)) return { kind: 'respond', status: 416 };
  const forwards = headers.first('Max-Forwards');
  if (forwards !== undefined && Number.parseInt(forwards, 10) <= 0) return { kind: 'respond', status: 483 };
  if (isLoop(request, loopHash, sentBys)) return { kind: 'respond', status: 482 };
  const required = headers.all('Proxy-Require');
  // No option is understood by name; those that exist ask for nothing that this proxy does.
  return required.length === 0 ? undefined : { kind: 'respond', status: 420, headers: [['Unsupported', required.join(', ')]] };
}

/**
 * The part of a branch by which a loop is found (RFC 5393 §4.2.1): of all that decides where a request goes, and of what tells requests apart. Method, Via and
 * Max-Forwards are not in it.
 */
export function loopHashOf(request: SipRequest): string {
  const { headers } = request;
  const cSeq = headers.first('CSeq') ?? '';
  const texts = [request.uri, headers.first('Call-ID') ?? '', String(Number.parseInt(cSeq, 10)), headers.first('From') ?? ''];
  if (headers.has('Route')) texts.push(...headers.all('Route'));
  return textHash(texts);
}

function isLoop({ headers }: SipRequest, loopHash: string, sentBys: ReadonlySet<string>): boolean {
  if (headers.count('Via') < 2 && !(headers.first('Via') ?? '').includes(branchPrefix)) return false;
  return headers.all('Via').some((value) => {
    if (!value.includes(branchPrefix + loopHash)) return false;
    const via = parseVia(value);
    return via !== undefined && sentBys.has(via.port === undefined ? via.host : `${via.host}:${via.port}`);
  });
}
