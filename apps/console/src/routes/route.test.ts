import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hrefOf, parseRoute, type Route } from './route.ts';

test('every route survives its own fragment', () => {
  const routes: Route[] = [
    { screen: 'call' }, { screen: 'group', groupId: '7f3b2a52-8f3e-4a54-9a6f-0b6b7f2f5a11' }, { screen: 'rooms' }, { screen: 'room', roomId: '99123456789012345' }, { screen: 'signIn' }, { screen: 'signIn', code: 'a+b/c=&d' }, { screen: 'calls' },
    { screen: 'flow', callId: '7f3b2a52-8f3e-4a54-9a6f-0b6b7f2f5a11' }, { screen: 'flow', callId: 'odd/id?%' }, { screen: 'network' }, { screen: 'usage' }, { screen: 'telephony' }, { screen: 'policy' }, { screen: 'subscriptions' }, { screen: 'operator' }, { screen: 'about' },
  ];
  for (const route of routes) assert.deepEqual(parseRoute(hrefOf(route)), route);
});

test('what nobody linked to leads to the first screen, never to an exception', () => {
  for (const fragment of ['', '#', '#/', '#/nowhere', 'nonsense', '#//', '#/groups']) assert.deepEqual(parseRoute(fragment), { screen: 'call' });
  assert.deepEqual(parseRoute('#/calls/%E0%A4%A/flow'), { screen: 'flow', callId: '%E0%A4%A' });
  assert.deepEqual(parseRoute('#/sign-in?code='), { screen: 'signIn' });
});
