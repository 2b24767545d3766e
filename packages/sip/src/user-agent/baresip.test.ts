import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { freePort, missingOf, skipWithout } from '@dialplane/testing';
import { TestBaresip } from './test-baresip.ts';
import { UdpAgent } from './test-udp-agent.ts';

const skip = skipWithout(missingOf('baresip'));

function audio(version: number, direction = 'sendrecv'): Uint8Array {
  return new TextEncoder().encode(`v=0\r\no=- 1 ${version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=${direction}\r\n`);
}

async function open(t: TestContext): Promise<{ readonly agent: UdpAgent; readonly phone: TestBaresip; readonly port: number }> {
  const agent = await UdpAgent.open();
  const [port, controlPort] = [await freePort(), await freePort()];
  const phone = await TestBaresip.open(port, controlPort, agent.port);
  t.after(async () => {
    agent.close();
    await phone.close();
  });
  return { agent, phone, port };
}

test('baresip answers, is put on hold, holds, transfers and hangs up', { skip }, async (t) => {
  const { agent, phone, port } = await open(t);
  agent.do({ kind: 'invite', sessionId: 's', route: { flow: agent.flowTo(port) }, uri: `sip:bob@127.0.0.1:${port}`, from: '<sip:a@127.0.0.1>', contact: `sip:a@127.0.0.1:${agent.port}`, description: audio(1), sessionTimer: { intervalSeconds: 1800 } });
  assert.equal((await agent.event('answered')).description?.kind, 'answer');
  agent.do({ kind: 'offer', sessionId: 's', description: audio(2, 'sendonly') });
  assert.match(new TextDecoder().decode((await agent.event('answerReceived')).description), /a=recvonly/);
  agent.do({ kind: 'offer', sessionId: 's', description: audio(3) });
  await agent.event('answerReceived');
  phone.command('hold');
  assert.match(new TextDecoder().decode((await agent.event('offerReceived')).description), /a=sendonly/);
  agent.do({ kind: 'answerOffer', sessionId: 's', description: audio(4, 'recvonly') });
  phone.command('transfer', 'sip:carol@127.0.0.1');
  const refer = await agent.event('referReceived');
  assert.match(refer.target, /^sip:carol@127\.0\.0\.1/);
  agent.do({ kind: 'answerRefer', sessionId: 's', referId: refer.referId, status: 202 });
  agent.do({ kind: 'reportRefer', sessionId: 's', referId: refer.referId, status: 200 });
  // Told that its transfer has succeeded, baresip hangs up.
  assert.equal((await agent.event('ended')).end.cause, 'hungUp');
});

test('baresip calls, hears early media, and is sent elsewhere', { skip }, async (t) => {
  const { agent, phone } = await open(t);
  phone.command('dial', `sip:a@127.0.0.1:${agent.port}`);
  const { sessionId } = await agent.event('incoming');
  agent.do({ kind: 'progress', sessionId, status: 183, description: audio(1) });
  agent.do({ kind: 'accept', sessionId, description: audio(1) });
  await agent.event('acknowledged');
  agent.do({ kind: 'refer', sessionId, target: `sip:carol@127.0.0.1:${agent.port}` });
  const second = await agent.event('incoming');
  assert.match(second.request.uri, /^sip:carol@/);
  agent.do({ kind: 'accept', sessionId: second.sessionId, description: audio(1) });
  const ended = await agent.event('referEnded');
  assert.deepEqual([ended.sessionId, ended.status], [sessionId, 200]);
  agent.do({ kind: 'end', sessionId: second.sessionId });
  assert.equal((await agent.event('ended')).sessionId, second.sessionId);
});

test('baresip refuses what it cannot speak, and whom it does not know', { skip }, async (t) => {
  const { agent, port } = await open(t);
  const call = { kind: 'invite', route: { flow: agent.flowTo(port) }, uri: `sip:bob@127.0.0.1:${port}`, from: '<sip:a@127.0.0.1>', contact: `sip:a@127.0.0.1:${agent.port}` } as const;
  agent.do({ ...call, sessionId: 'strange', description: new TextEncoder().encode(new TextDecoder().decode(audio(1)).replace('RTP/AVP 0', 'RTP/AVP 18').replace('0 PCMU', '18 G729')) });
  assert.equal((await agent.event('ended')).end.status, 488);
  agent.do({ ...call, sessionId: 'elsewhere', uri: `sip:nobody@127.0.0.1:${port}`, description: audio(1) });
  assert.equal((await agent.event('ended')).end.status, 404);
});
