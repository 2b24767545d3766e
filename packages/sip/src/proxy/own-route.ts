import { parseAddress } from '../headers/address.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { parseSipUri, type SipUri } from '../uri/sip-uri.ts';
import type { ProxiedRequest } from './proxy-surroundings.ts';

/**
 * RFC 3261 §16.4. A Request-URI that this proxy once put into Record-Route came from a strict router: the last Route value is what was meant. Values at the top of Route
 * that are this proxy's are taken away: one, or two where it recorded one for each side (RFC 5658 §5). The request's headers are changed.
 */
export function ownRouteRemoved(request: SipRequest, flow: SipFlow, isOwn: (uri: SipUri) => boolean): ProxiedRequest {
  const { headers } = request;
  const uri = parseSipUri(request.uri);
  if (!headers.has('Route')) return { request, uri, flow, ownRoute: undefined };
  let routes = headers.all('Route');
  let meant = request;
  let ownRoute: SipUri | undefined;
  if (uri !== undefined && uri.parameters.has('lr') && isOwn(uri)) {
    ownRoute = uri;
    const last = routes.at(-1) ?? '';
    meant = { ...request, uri: parseAddress(last)?.uri ?? last };
    routes = routes.slice(0, -1);
  }
  const before = routes.length;
  for (let next = routeUri(routes[0]); next !== undefined && isOwn(next); next = routeUri(routes[0])) {
    ownRoute = next;
    routes = routes.slice(1);
  }
  if (meant !== request || routes.length < before) {
    if (routes.length === 0) headers.remove('Route');
    else headers.set('Route', routes.join(', '));
  }
  return { request: meant, uri: meant === request ? uri : parseSipUri(meant.uri), flow, ownRoute };
}

function routeUri(value: string | undefined): SipUri | undefined {
  return value === undefined ? undefined : parseSipUri(parseAddress(value)?.uri ?? '');
}
