import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { freePort, missingOf, skipWithout } from '@dialplane/testing';
import { SipMessageStore } from './messages/sip-message-store.ts';
import { assertCleanCapture } from './test-capture.ts';
import { startTestEdge, type TestEdge } from './test-edge.ts';
import { runSipp, startSipp } from './test-sipp.ts';

const skip = skipWithout(missingOf('sipp', 'tshark'));
const calls = 20;

for (const transport of ['udp', 'tcp'] as const) {
  test(`SIPp calls SIPp through the edge over ${transport}, and what was said is a capture without faults`, { skip }, async (t) => {
    const [uasPort, uacPort] = [await freePort(), await freePort()];
    const { edge, directory, store, folder } = await edgeBetween(t, { uasPort, transport });
    directory.trunks.set('127.0.0.1', 'acme');
    const { port } = edge.status();
    await store.write([store.database.insertInto('call').values({ id: 'c', started_at: 0, ended_at: null, snapshot: null, saved_at: 0, flow_progress: '{}', lanes: null, entry: null })]);
    const released = Array.from({ length: calls }, (_, call) => edge.watch(`call-${call + 1}@edge.test`, { callId: 'c', lane: 'trunk:acme' }));
    const mode = transport === 'udp' ? 'u1' : 't1';
    const uas = startSipp(t, ['-sn', 'uas', '-p', String(uasPort), '-t', mode, '-rtp_echo', '-mp', String(await freePort())]);
    if (transport === 'tcp') await listens(uasPort);
    const code = await runSipp(t, ['-sn', 'uac', `127.0.0.1:${uasPort}`, '-rsa', `127.0.0.1:${port}`, '-p', String(uacPort), '-t', mode, '-m', String(calls), '-r', '10', '-d', '10', '-cid_str', 'call-%u@edge.test', '-mp', String(await freePort())]);
    assert.equal(code, 0);
    uas.kill('SIGKILL');
    for (const release of released) release();
    await edge.close();
    const messages = await new SipMessageStore(store).of('c');
    // INVITE, 180, 200, ACK, BYE, 200: each twice, in and out.
    assert.ok(messages.length >= calls * 12, `${messages.length} messages`);
    await assertCleanCapture(messages, folder);
  });
}

async function edgeBetween(t: TestContext, { uasPort, transport }: { readonly uasPort: number; readonly transport: string }): Promise<TestEdge> {
  return startTestEdge(t, { userAgents: `<sip:127.0.0.1:${uasPort};transport=${transport};lr>` });
}

/** SIPp takes connections. Over UDP the caller repeats itself until it is there. */
async function listens(port: number): Promise<void> {
  for (;;) {
    const attempt = connect(port, '127.0.0.1');
    try {
      await once(attempt, 'connect');
      return;
    } catch {
      await delay(20);
    } finally {
      attempt.destroy();
    }
  }
}
