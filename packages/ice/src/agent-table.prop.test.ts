import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { address, TestFullAgent, writeCheck } from './test-full-agent.ts';

test('no bytes make it throw, and none that are not authentic make an address known', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 }), (noise, changes) => {
      const peer = new TestFullAgent();
      const { agent, credentials } = peer.add('anna');
      const check = writeCheck(credentials, {}).slice();
      const damaged = check.slice();
      for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
      peer.table.handleMessage(1, address('192.0.2.1:1'), noise, peer.now);
      peer.table.handleMessage(1, address('192.0.2.1:2'), check.subarray(0, noise.length), peer.now);
      const isSame = damaged.every((byte, at) => byte === check[at]);
      peer.table.handleMessage(1, address('192.0.2.1:3'), damaged, peer.now);
      assert.equal(peer.table.agentAt(1, address('192.0.2.1:1')), undefined);
      assert.equal(peer.table.agentAt(1, address('192.0.2.1:2')), undefined);
      if (!isSame && !isFingerprintOnly(changes, check.length)) assert.equal(agent.state.kind, 'waiting');
    }),
  );
});

test('whatever peers do, every known address leads to the agent that has validated it, and a selected pair is one of its own', () => {
  const step = fc.record({ who: fc.nat(2), port: fc.integer({ min: 1, max: 25 }), priority: fc.nat(3), nominates: fc.boolean(), wait: fc.nat(9_000), restarts: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const peer = new TestFullAgent();
      const legs = ['anna', 'bert', 'carl'].map((name) => peer.add(name));
      const credentials = legs.map((leg) => leg.credentials);
      for (const { who, port, priority, nominates, wait, restarts } of steps) {
        const leg = legs[who];
        const known = credentials[who];
        if (leg === undefined || known === undefined) continue;
        if (restarts) {
          const fresh = { usernameFragment: `fragment${peer.now}${who}`, password: known.password };
          if (peer.table.restart(leg.agent, fresh)) credentials[who] = fresh;
        }
        peer.check(credentials[who] ?? known, `192.0.2.1:${port}`, { priority, ...(nominates ? { nominates } : {}) });
        peer.after(wait);
        for (const { agent } of legs) agent.handleTimeout(peer.now);
        for (const { agent } of legs) assertSound(peer, agent);
      }
      for (const { agent } of legs) peer.table.remove(agent);
      for (let port = 1; port <= 25; port += 1) assert.equal(peer.table.agentAt(1, address(`192.0.2.1:${port}`)), undefined);
    }),
  );
});

function assertSound(peer: TestFullAgent, agent: ReturnType<TestFullAgent['add']>['agent']): void {
  assert.ok(agent.validPairs.length <= 16 && agent.usernameFragments.length <= 2);
  if (agent.state.kind !== 'connected' && agent.state.kind !== 'interrupted') return;
  const { selected } = agent.state;
  assert.ok(agent.validPairs.includes(selected));
  if (agent.state.kind === 'connected') assert.notEqual(peer.table.agentAt(selected.socket, selected.remote), undefined);
}

/** FINGERPRINT is no secret: it is left out of what has to be authentic, but a wrong one is refused. */
function isFingerprintOnly(changes: ReadonlyArray<readonly [number, number]>, length: number): boolean {
  return changes.every(([at]) => at >= length - 8);
}
