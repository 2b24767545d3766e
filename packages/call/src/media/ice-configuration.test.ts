import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallMachine } from '../call-machine.ts';
import type { IceConfiguration, IceParticipant } from './ice-configuration.ts';
import { alice, bob, bobsPhone, carol, groupId, TestCall } from '../test-call.ts';

/** A relay that offers itself to whom it may, under a credential that tells its age. */
function relay(turnedOffForResource = false) {
  const state = { generation: 1 };
  const iceConfiguration = ({ participantId, isRelayTurnedOff }: IceParticipant): IceConfiguration => {
    if (isRelayTurnedOff || turnedOffForResource) return { iceServers: [], iceTransportPolicy: 'all', relay: isRelayTurnedOff ? 'turnedOffForCall' : 'turnedOffForResource' };
    return { iceServers: [{ urls: ['turn:relay'], username: `${participantId}/${state.generation}`, credential: 'secret' }], iceTransportPolicy: 'all', relay: 'offered' };
  };
  return { iceConfiguration, state };
}

const usernames = (call: TestCall, endpointId: string) => call.machine.viewFor(endpointId)?.mediaSessions.flatMap(({ iceServers }) => iceServers.map(({ username }) => username));

test('renewed servers are shown to the member they are for, or to all; devices that ring see them when they answer', () => {
  const { iceConfiguration, state } = relay();
  const call = new TestCall({ iceConfiguration }).ring();
  state.generation = 2;
  assert.deepEqual(call.input({ kind: 'iceConfigurationChanged' }).lines, ['alice-1 < session id2 peerToPeer negotiating']);
  assert.deepEqual(usernames(call, bobsPhone.endpointId), ['id5/2']);
  call.answer();
  state.generation = 3;
  const [output] = call.input({ kind: 'iceConfigurationChanged', participantId: 'id3' }).outputs;
  assert.ok(output?.kind === 'event' && output.event.type === 'mediaSessionUpdated' && output.endpointId === bob.endpointId);
  assert.equal(output.event.mediaSession.iceServers[0]?.username, 'id3/3');
  assert.deepEqual(call.input({ kind: 'iceConfigurationChanged', participantId: 'nobody' }).lines, []);
});

test('who starts a call without the relay decides for everybody, also after a restart', () => {
  const { iceConfiguration } = relay();
  const call = new TestCall({ iceConfiguration });
  const { lines } = call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, relay: 'off' });
  assert.ok(lines.includes('flow controller decided: nobody is offered the relay'));
  call.find(bob);
  assert.deepEqual([usernames(call, 'alice-1'), usernames(call, 'bob-1')], [[], []]);
  const restored = new TestCall({ iceConfiguration });
  restored.machine = CallMachine.restore(call.machine.snapshot(call.now), restored.options, restored.now);
  assert.deepEqual(usernames(restored, 'bob-1'), []);
});

test('who joins a running group call without the relay decides for this endpoint alone', () => {
  const { iceConfiguration } = relay();
  const call = new TestCall({ iceConfiguration });
  call.command({ kind: 'join', joiner: alice, groupId, isMuted: false });
  call.command({ kind: 'join', joiner: bob, groupId, isMuted: false, relay: 'off' });
  assert.deepEqual([usernames(call, 'alice-1')?.length, usernames(call, 'bob-1')?.length], [1, 0]);
  const strict = new TestCall({ iceConfiguration });
  strict.command({ kind: 'join', joiner: alice, groupId, isMuted: false, relay: 'off' });
  strict.command({ kind: 'join', joiner: carol, groupId, isMuted: false });
  assert.deepEqual([usernames(strict, 'alice-1')?.length, usernames(strict, 'carol-1')?.length], [0, 0]);
});

test('the end of a call without a path says what of it was missing', () => {
  const message = (start: { readonly relay?: 'off' }, options: ConstructorParameters<typeof TestCall>[0]): string | undefined => {
    const call = new TestCall(options);
    call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, ...start });
    call.find(bob);
    call.command({ kind: 'accept', by: 'bob-1', isMuted: false });
    const { record } = call.command({ kind: 'reportMedia', by: 'bob-1', mediaSessionId: call.session('bob-1'), state: 'failed', cause: 'noMediaPath' });
    assert.deepEqual([record?.endReason.code, record?.endReason.subCode], [410, 3112]);
    return record?.endReason.message;
  };
  const beginning = 'The networks let no media through between the two sides: there is no direct path, and';
  assert.equal(message({}, relay()), `${beginning} the relay could not be reached either.`);
  assert.equal(message({ relay: 'off' }, relay()), `${beginning} the relay was turned off for this call.`);
  assert.equal(message({}, relay(true)), `${beginning} the operator has turned the relay off.`);
  assert.equal(message({}, {}), `${beginning} this server runs no relay.`);
});
