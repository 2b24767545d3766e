/** A screen of the console, as the fragment of the URL names it. */
export type Route =
  | { readonly screen: 'call' }
  | { readonly screen: 'group'; readonly groupId: string }
  | { readonly screen: 'rooms' }
  | { readonly screen: 'room'; readonly roomId: string }
  | { readonly screen: 'signIn'; readonly code?: string }
  | { readonly screen: 'calls' }
  | { readonly screen: 'flow'; readonly callId: string }
  | { readonly screen: 'network' }
  | { readonly screen: 'usage' }
  | { readonly screen: 'telephony' }
  | { readonly screen: 'policy' }
  | { readonly screen: 'subscriptions' }
  | { readonly screen: 'operator' }
  | { readonly screen: 'about' };

/** The route of a fragment such as `#/calls/…/flow`. What is unknown is the first screen. */
export function parseRoute(fragment: string): Route {
  const [path = '', search = ''] = fragment.replace(/^#?\/?/, '').split('?', 2);
  const segments = path.split('/').filter((segment) => segment !== '');
  const [first, second] = segments;
  switch (first) {
    case 'sign-in': {
      const code = new URLSearchParams(search).get('code');
      return code === null || code === '' ? { screen: 'signIn' } : { screen: 'signIn', code };
    }
    case 'groups':
      return second === undefined ? { screen: 'call' } : { screen: 'group', groupId: decode(second) };
    case 'rooms':
      return second === undefined ? { screen: 'rooms' } : { screen: 'room', roomId: decode(second) };
    case 'calls':
      return second === undefined ? { screen: 'calls' } : { screen: 'flow', callId: decode(second) };
    case 'network':
      return { screen: 'network' };
    case 'usage':
      return { screen: 'usage' };
    case 'telephony':
      return { screen: second === 'policy' || second === 'subscriptions' ? second : 'telephony' };
    case 'operator':
      return { screen: 'operator' };
    case 'about':
      return { screen: 'about' };
    default:
      return { screen: 'call' };
  }
}

/** The fragment of a route; `parseRoute` of it is the route again. */
export function hrefOf(route: Route): string {
  switch (route.screen) {
    case 'call':
      return '#/';
    case 'group':
      return `#/groups/${encodeURIComponent(route.groupId)}`;
    case 'rooms':
      return '#/rooms';
    case 'room':
      return `#/rooms/${encodeURIComponent(route.roomId)}`;
    case 'signIn':
      return route.code === undefined ? '#/sign-in' : `#/sign-in?code=${encodeURIComponent(route.code)}`;
    case 'calls':
      return '#/calls';
    case 'flow':
      return `#/calls/${encodeURIComponent(route.callId)}/flow`;
    case 'network':
      return '#/network';
    case 'usage':
      return '#/usage';
    case 'telephony':
      return '#/telephony';
    case 'policy':
      return '#/telephony/policy';
    case 'subscriptions':
      return '#/telephony/subscriptions';
    case 'operator':
      return '#/operator';
    case 'about':
      return '#/about';
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
