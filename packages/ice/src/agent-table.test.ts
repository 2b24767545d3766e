import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTransportAddress, MessageBuilder, parseStunMessage, readUnknownAttributes, stunMethod, writeFingerprint } from '@dialplane/stun';
import { createIceCredentials, type LiteAgent } from './index.ts';
import { address, TestFullAgent, writeCheck } from './test-full-agent.ts';

const home = '192.0.2.1:5000';
const other = '[2001:db8::7]:6000';

function selectedOf(agent: LiteAgent<string>): string {
  return agent.state.kind === 'connected' || agent.state.kind === 'interrupted' ? formatTransportAddress(agent.state.selected.remote) : agent.state.kind;
}

test('a check is answered with the address it came from, and makes that address known', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  assert.equal(peer.table.agentAt(1, address(home)), undefined);
  assert.deepEqual(peer.check(credentials, home), { mapped: address(home) });
  assert.equal(peer.table.agentAt(1, address(home)), agent);
  assert.equal(peer.table.agentAt(2, address(home)), undefined, 'another socket of ours is another pair');
  assert.equal(selectedOf(agent), home);
  assert.deepEqual(peer.check(credentials, other, { integrity: 'sha256' }), { mapped: address(other) });
});

test('the newest nomination is selected, and what is only checked is not', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  peer.check(credentials, home, { nominates: true, priority: 10 });
  peer.check(credentials, other, { priority: 1000 });
  assert.equal(selectedOf(agent), home);
  peer.after(2_000);
  peer.check(credentials, other, { nominates: true, priority: 5 });
  assert.equal(selectedOf(agent), other);
  peer.after(200);
  peer.check(credentials, home, { priority: 10 });
  assert.equal(selectedOf(agent), other);
  peer.after(2_000);
  peer.check(credentials, home, { nominates: true, priority: 10 });
  assert.equal(selectedOf(agent), home);
});

test('of a burst of nominations the one with the highest priority is selected, whatever their order', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  peer.check(credentials, home, { nominates: true, priority: 2_000_000_000 });
  peer.check(credentials, other, { nominates: true, priority: 1 });
  assert.equal(selectedOf(agent), home);
  peer.check(credentials, '192.0.2.9:1', { nominates: true, priority: 0xffff_ffff });
  assert.equal(selectedOf(agent), '192.0.2.9:1');
});

test('what is not authentic gets no answer and teaches nothing', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  const stranger = createIceCredentials(peer.randomness);
  assert.equal(peer.check(stranger, home), 'silence');
  assert.equal(peer.check(credentials, home, { password: 'wrong' }), 'silence');
  assert.equal(peer.check(credentials, home, { username: `x${credentials.usernameFragment}:peer` }), 'silence');
  const bytes = writeCheck(credentials, {});
  bytes[30] = (bytes[30] ?? 0) ^ 1;
  assert.equal(peer.table.handleMessage(1, address(home), bytes, peer.now), undefined);
  assert.equal(peer.table.handleMessage(1, address(home), new Uint8Array(3), peer.now), undefined);
  assert.equal(agent.state.kind, 'waiting');
  assert.equal(peer.table.agentAt(1, address(home)), undefined);
  assert.deepEqual(peer.table.statistics, { malformed: 2, unauthenticated: 3, roleConflicts: 0, collisions: 0 });
});

test('a check that cannot be served is refused as the RFCs say', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  assert.deepEqual(peer.check(credentials, home, { role: 'controlled' }), { code: 487 });
  assert.deepEqual(peer.check(credentials, home, { withoutPriority: true }), { code: 400 });
  assert.deepEqual(peer.check(credentials, home, { extra: 0x7777 }), { code: 420 });
  assert.deepEqual(peer.check(credentials, home, { extra: 0xc057 }), { mapped: address(home) }, 'what may be ignored is');
  const outcome = peer.table.handleMessage(1, address(home), writeCheck(credentials, { extra: 0x7777 }), peer.now);
  const answer = parseStunMessage(outcome?.answer ?? new Uint8Array(0));
  assert.deepEqual(answer.ok && readUnknownAttributes(answer.value), [0x7777]);
  assert.equal(agent.state.kind, 'connected');
});

test('an indication is a keepalive: no answer, and only its agent', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  const builder = new MessageBuilder(new Uint8Array(64)).begin('indication', stunMethod.binding, new Uint8Array(12));
  writeFingerprint(builder);
  const bytes = builder.finish();
  assert.equal(peer.table.handleMessage(1, address(home), bytes, peer.now), undefined);
  peer.check(credentials, home);
  assert.deepEqual(peer.table.handleMessage(1, address(home), bytes, peer.now), { agent, answer: undefined });
});

test('consent: silence interrupts, then expires; whatever is authentic brings it back before', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  peer.check(credentials, home);
  const heardAt = peer.now;
  assert.equal(agent.pollTimeout(), heardAt + 8_000);
  peer.after(8_000);
  agent.handleTimeout(peer.now);
  assert.deepEqual([agent.state.kind, selectedOf(agent), agent.pollTimeout()], ['interrupted', home, heardAt + 30_000]);
  agent.handleAuthenticated(peer.now);
  assert.equal(agent.state.kind, 'connected');
  peer.after(29_999);
  agent.handleTimeout(peer.now);
  assert.equal(agent.state.kind, 'interrupted');
  peer.after(1);
  agent.handleTimeout(peer.now);
  assert.deepEqual([agent.state.kind, agent.pollTimeout()], ['expired', undefined]);
  peer.check(credentials, home);
  assert.equal(agent.state.kind, 'expired', 'consent that is over does not come back: that takes new credentials');
});

test('an agent that nobody ever checks expires', () => {
  const peer = new TestFullAgent();
  const { agent } = peer.add('anna');
  peer.after(30_000);
  agent.handleTimeout(peer.now);
  assert.equal(agent.state.kind, 'expired');
});

test('restart: the old credentials and the old pair stay until the new ones are used', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  peer.check(credentials, home, { nominates: true, priority: 1000 });
  const fresh = createIceCredentials(peer.randomness);
  assert.equal(peer.table.restart(agent, fresh), true);
  assert.deepEqual(peer.check(credentials, home, { nominates: true }), { mapped: address(home) });
  assert.deepEqual(peer.check(fresh, other, { priority: 1 }), { mapped: address(other) });
  assert.equal(selectedOf(agent), home);
  assert.equal(peer.check(credentials, home), 'silence');
  peer.check(fresh, other, { nominates: true, priority: 1 });
  assert.equal(selectedOf(agent), other);
  assert.deepEqual(agent.usernameFragments, [fresh.usernameFragment]);
});

test('restarts that are never used do not pile up', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  const second = createIceCredentials(peer.randomness);
  const third = createIceCredentials(peer.randomness);
  peer.table.restart(agent, second);
  peer.table.restart(agent, third);
  assert.deepEqual(agent.usernameFragments, [second.usernameFragment, third.usernameFragment]);
  assert.equal(peer.check(credentials, home), 'silence');
  assert.deepEqual(peer.check(second, home), { mapped: address(home) });
  assert.equal(peer.table.restart(agent, third), false, 'a fragment that is taken');
});

test('an address in use is not taken over by another agent; one that went silent is', () => {
  const peer = new TestFullAgent();
  const anna = peer.add('anna');
  const bert = peer.add('bert');
  peer.check(anna.credentials, home, { nominates: true });
  assert.equal(peer.check(bert.credentials, home, { nominates: true }), 'silence');
  assert.equal(peer.table.agentAt(1, address(home))?.owner, 'anna');
  peer.after(8_000);
  anna.agent.handleTimeout(peer.now);
  assert.deepEqual(peer.check(bert.credentials, home), { mapped: address(home) });
  assert.equal(peer.table.agentAt(1, address(home))?.owner, 'bert');
  peer.table.remove(anna.agent);
  assert.equal(peer.table.agentAt(1, address(home))?.owner, 'bert', 'what another has now is not forgotten with the first');
  peer.table.remove(bert.agent);
  assert.equal(peer.table.agentAt(1, address(home)), undefined);
  assert.equal(peer.check(anna.credentials, home), 'silence');
});

test('addresses of one agent are bounded, and the selected one stays', () => {
  const peer = new TestFullAgent();
  const { agent, credentials } = peer.add('anna');
  peer.check(credentials, home, { nominates: true, priority: 9 });
  for (let port = 1; port <= 100; port += 1) {
    peer.after(1);
    peer.check(credentials, `192.0.2.1:${port}`, { priority: 1 });
  }
  assert.equal(agent.validPairs.length, 16);
  assert.equal(selectedOf(agent), home);
  assert.equal(peer.table.agentAt(1, address('192.0.2.1:1')), undefined);
  assert.equal(peer.table.agentAt(1, address('192.0.2.1:100')), agent);
  assert.equal(peer.table.agentAt(1, address(home)), agent);
});
