import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from '@dialplane/calling-api';
import { buildPath, routes } from './routes.ts';

test('every route is the one of the calling API', () => {
  const entries = Object.entries(routes);
  assert.ok(entries.length > 20);
  for (const [name, route] of entries) {
    const { method, path } = operations[name as keyof typeof routes];
    assert.deepEqual(route, { method, path }, name);
  }
});

test('parameters are escaped and undefined query members left out', () => {
  assert.equal(
    buildPath('removeParticipant', { callId: 'a/b', rawId: '8:acs:x_y' }, { after: undefined, wait: 3 }),
    '/v1/calls/a%2Fb/participants/8%3Aacs%3Ax_y:remove?wait=3',
  );
  assert.throws(() => buildPath('hangUp', {}), TypeError);
});
