import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MediaSession } from '@dialplane/calling-api';
import { CallClient } from '../../call-client.ts';
import { CallingError } from '../../communication-services-error.ts';
import type { TurnServer } from '../../public/call-client.ts';
import { checkNetworkConfiguration, iceConfiguration, relayTransport, relayTransports } from './ice-configuration.ts';

const session: Pick<MediaSession, 'iceServers' | 'iceTransportPolicy'> = { iceServers: [{ urls: ['stun:calls.example:3478'] }], iceTransportPolicy: 'all' };
const own = { urls: 'turn:turn.example:3478', username: 'user', credential: 'secret' };

/** What the library says against these servers; empty where it takes them. */
function refusal(iceServers: readonly TurnServer[]): string {
  try {
    checkNetworkConfiguration({ turn: { iceServers } });
    return '';
  } catch (error) {
    assert.ok(error instanceof CallingError);
    assert.equal(error.errorCode, 'TURN_CONFIGURATION_INVALID');
    return error.message;
  }
}

test("without a configuration of the application: the server's own servers and policy; a proxy changes neither", () => {
  const expected = { iceServers: [{ urls: ['stun:calls.example:3478'] }], iceTransportPolicy: 'all' };
  assert.deepEqual(iceConfiguration(session, undefined), expected);
  assert.deepEqual(iceConfiguration(session, { proxy: { url: 'https://proxy.example/calls' } }), expected);
});

test('TURN servers of the application are the only ones, and only relayed candidates are used', () => {
  const several = { ...own, urls: ['turn:turn.example:3478?transport=tcp', 'turns:turn.example'] };
  assert.deepEqual(iceConfiguration(session, { turn: { iceServers: [own, several] } }), {
    iceServers: [{ ...own, urls: ['turn:turn.example:3478'] }, several],
    iceTransportPolicy: 'relay',
  });
});

test('servers that no call could use are refused when the client is made', () => {
  assert.throws(() => new CallClient({ networkConfiguration: { turn: { iceServers: [] } } }), { errorCode: 'TURN_CONFIGURATION_INVALID', code: 400 });
  assert.equal(refusal([own]), '');
  assert.equal(refusal([{ ...own, urls: ['turn:[2001:db8::1]:3478?transport=udp', 'turns:203.0.113.7:443?transport=tcp', 'stun:turn.example'] }]), '');
  assert.match(refusal([]), /names no TURN server/);
  assert.match(refusal([{ urls: 'stun:turn.example' }]), /names no TURN server/);
  assert.match(refusal([{ urls: 'turn:turn.example' }]), /needs a username and a credential/);
  for (const urls of ['https://turn.example', 'turn:', 'turn:a b', 'turn:turn.example?transport=sctp', 'turn:turn.example:port', '']) {
    assert.match(refusal([{ ...own, urls }]), /is not a URL like/, urls);
  }
});

test('what a URL says about the way to the relay', () => {
  assert.deepEqual(
    ['stun:h', 'turn:h', 'turn:h:1?transport=udp', 'TURN:h?transport=tcp', 'turns:h:443', 'turns:h?transport=tcp'].map(relayTransport),
    [undefined, 'udp', 'udp', 'tcp', 'tls', 'tls'],
  );
  assert.deepEqual([...relayTransports({ iceServers: [{ urls: 'turn:h' }, { urls: ['stun:h', 'turns:h', 'turn:other'] }] })], ['udp', 'tls']);
  assert.equal(relayTransports({ iceServers: [{ urls: 'stun:h' }] }).size, 0);
  assert.equal(relayTransports({}).size, 0);
});
