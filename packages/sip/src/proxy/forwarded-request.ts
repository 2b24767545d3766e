import type { SipFlow } from '../link/sip-flow.ts';
import { parseAddress } from '../headers/address.ts';
import type { SipHeaders } from '../message/sip-headers.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { ProxyTarget } from './proxy-surroundings.ts';
import { presetForwards } from './request-checks.ts';

/** The way of a request to one target: what its start line and its Route will say, and what the next hop is found by (RFC 3261 §16.6 items 2, 6 and 7). */
export interface ForwardingPath {
  readonly uri: string;
  /** `undefined`: those of the request stay. */
  readonly routes: readonly string[] | undefined;
  /** The URI of the next hop. */
  readonly nextHop: string;
}

/** What is written onto a forwarded request. */
export interface ForwardingMarks {
  readonly via: string;
  readonly recordRoutes: readonly string[];
  /** RFC 5393 §5.3.3; absent where the request does not fork and had none. */
  readonly maxBreadth: number | undefined;
}

/**
 * RFC 3261 §16.6 item 6: values that the target brings go in front of those that are there; and where the first one is a strict router's, without `lr`, it
 * becomes the Request-URI, which goes to the end.
 */
export function forwardingPath(request: SipRequest, target: ProxyTarget): ForwardingPath {
  const uri = target.uri ?? request.uri;
  const added = target.routes ?? [];
  const hasRoutes = added.length > 0 || request.headers.has('Route');
  if (!hasRoutes) return { uri, routes: undefined, nextHop: uri };
  const routes = [...added, ...request.headers.all('Route')];
  const [first = '', ...rest] = routes;
  const next = parseAddress(first)?.uri ?? first;
  if (isLooseRouter(next)) return { uri, routes: added.length > 0 ? routes : undefined, nextHop: next };
  return { uri: next, routes: [...rest, `<${uri}>`], nextHop: next };
}

/** Makes the copy that is sent (RFC 3261 §16.6 items 1-8); lines that stay are shared, and leave byte for byte as they came. */
export function forwardedRequest(request: SipRequest, path: ForwardingPath, marks: ForwardingMarks): SipRequest {
  const headers = request.headers.copy();
  const forwards = headers.first('Max-Forwards');
  headers.set('Max-Forwards', String(forwards === undefined ? presetForwards : Math.max(0, Number.parseInt(forwards, 10) - 1)));
  if (marks.maxBreadth !== undefined) headers.set('Max-Breadth', String(marks.maxBreadth));
  if (path.routes !== undefined) replaceRoutes(headers, path.routes);
  addRecordRoutes(headers, marks.recordRoutes);
  headers.prepend('Via', marks.via);
  return { kind: 'request', method: request.method, uri: path.uri, headers, body: request.body };
}

/** The Via of a request that leaves on `flow`; over UDP the response is asked for at the port it comes from (RFC 3581 §3). */
export function viaOf(flow: SipFlow, sentBy: string, branch: string): string {
  if (flow.transport === 'udp') return `SIP/2.0/UDP ${sentBy};branch=${branch};rport`;
  return `SIP/2.0/${flow.transport === 'tls' ? 'TLS' : 'TCP'} ${sentBy};branch=${branch}`;
}

/** In front of those that are there; else behind all other lines, so that Via stays at the top. */
function addRecordRoutes(headers: SipHeaders, values: readonly string[]): void {
  if (headers.has('Record-Route')) for (const value of values.toReversed()) headers.prepend('Record-Route', value);
  else for (const value of values) headers.add('Record-Route', value);
}

function replaceRoutes(headers: SipHeaders, routes: readonly string[]): void {
  if (routes.length === 0) headers.remove('Route');
  else headers.set('Route', routes.join(', '));
}

function isLooseRouter(uri: string): boolean {
  return /;lr(?:[;=?]|$)/i.test(uri);
}
