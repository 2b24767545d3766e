import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startTestEdge, type TestEdge } from './test-edge.ts';
import { openTcp, openUdp, requestText, type TestSipSocket } from './test-sip-socket.ts';

/** A trunk that is answered whatever the others do. */
async function bystander(t: TestContext, { edge, directory }: TestEdge): Promise<{ isServed(): Promise<void> }> {
  const { port } = edge.status();
  const trunk = await openUdp(t, port);
  directory.trunks.set(`127.0.0.1:${trunk.port}`, 'acme');
  return {
    isServed: async () => {
      trunk.send(requestText('OPTIONS', `sip:127.0.0.1:${port}`, { port: trunk.port }));
      assert.equal((await trunk.nextResponse()).status, 200);
    },
  };
}

async function counted({ metrics }: TestEdge, name: string): Promise<number> {
  const { body } = await metrics.render();
  return Number(new RegExp(`^dialplane_${name} (\\d+)$`, 'm').exec(body)?.[1] ?? -1);
}

test('who sends half a message, nothing, rubbish or too much over TCP is cut off', async (t) => {
  const started = await startTestEdge(t, { limits: { messageMs: 200 } });
  const { edge } = started;
  const { port } = edge.status();
  const trunk = await bystander(t, started);
  const cut: TestSipSocket[] = [];
  for (const text of [
    '', 'INVITE sip:a@b SIP/2.0\nVia: SIP/2.0/TCP 1.2.3.4;bran', 'GET / HTTP/1.1\nHost: example.com\n\n',
    'OPTIONS sip:a@b SIP/2.0\nContent-Length: 99999999\n\n', 'OPTIONS sip:a@b SIP/2.0\nContent-Length: x\n\n', `OPTIONS sip:a@b SIP/2.0\n${'X: y\n'.repeat(20_000)}`, '\r',
  ]) {
    const socket = await openTcp(t, port);
    cut.push(socket);
    if (text !== '') socket.send(text);
  }
  await Promise.all(cut.map(({ closed }) => closed));
  await trunk.isServed();
  assert.equal(edge.status().connections, 0);
  assert.equal(await counted(started, 'sip_faults_total'), 0);
});

test('keep-alives are answered with one line break, and one address opens only so many connections', async (t) => {
  const started = await startTestEdge(t, { limits: { connectionsPerAddress: 3 } });
  const { port } = started.edge.status();
  const sockets = [await openTcp(t, port), await openTcp(t, port), await openTcp(t, port)];
  const surplus = await openTcp(t, port);
  await surplus.closed;
  const [first] = sockets;
  assert.ok(first);
  first.send('\n\n');
  assert.equal(await first.nextBytes(), '\r\n');
});

test('floods of REGISTER and INVITE from unknown networks cost their senders only', async (t) => {
  const started = await startTestEdge(t, { limits: { strangerRequestsPerSecond: 5 } });
  started.directory.addDevice('bob', 'secret');
  const { port } = started.edge.status();
  const trunk = await bystander(t, started);
  const scanner = await openUdp(t, port);
  for (let probe = 0; probe < 500; probe += 1) {
    scanner.send(requestText('REGISTER', 'sip:dialplane.test', { port: scanner.port, user: `${probe}`, more: { To: `<sip:${probe}@dialplane.test>` } }));
    scanner.send(requestText('INVITE', `sip:90044123456${probe}@127.0.0.1`, { port: scanner.port, user: 'asterisk' }));
  }
  for (const rubbish of ['\0'.repeat(200), 'x', `INVITE ${'a'.repeat(60_000)} SIP/2.0\n\n`, 'INVITE sip:a@b SIP/2.0\n\n', `REGISTER sip:x SIP/2.0\nVia: ${'SIP/2.0/UDP a;branch=z9hG4bK, '.repeat(500)}\n\n`]) scanner.send(rubbish);
  await trunk.isServed();
  assert.equal(scanner.unread, 0);
  assert.equal(started.edge.status().transactions, 0);
  assert.equal(started.delivered.length, 0);
  assert.equal(await counted(started, 'sip_faults_total'), 0);
  assert.ok((await counted(started, 'sip_requests_limited_total')) > 900);
});

test('in an overload new requests of trunks are told to come later', async (t) => {
  const started = await startTestEdge(t, { limits: { requestsPerSecond: 3 } });
  const { edge, directory } = started;
  const { port } = edge.status();
  const trunk = await openUdp(t, port);
  directory.trunks.set(`127.0.0.1:${trunk.port}`, 'acme');
  for (let call = 0; call < 5; call += 1) trunk.send(requestText('MESSAGE', `sip:+15550100@127.0.0.1:${port}`, { port: trunk.port }));
  for (const _ of [4, 5]) {
    const refused = await trunk.nextResponse();
    assert.deepEqual([refused.status, refused.headers.first('Retry-After')], [503, '1']);
  }
  assert.equal(started.delivered.length, 3);
});

test('a message that cannot be read is answered to a trunk, with what is wrong', async (t) => {
  const started = await startTestEdge(t);
  const { port } = started.edge.status();
  const trunk = await openUdp(t, port);
  started.directory.trunks.set(`127.0.0.1:${trunk.port}`, 'acme');
  trunk.send(requestText('OPTIONS', `sip:127.0.0.1:${port}`, { port: trunk.port, more: { CSeq: '99999999999 OPTIONS' } }));
  const answer = await trunk.nextResponse();
  assert.equal(answer.status, 400);
  assert.match(answer.reason, /CSeq/);
});
