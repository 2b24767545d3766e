import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort, missingOf, patienceMs, skipWithout } from '@dialplane/testing';
import type { TransactionTimes } from '../transaction/transaction-times.ts';
import { UdpAgent } from './test-udp-agent.ts';

const skip = skipWithout(missingOf('sipp'));

/** A description that sipp can read. */
function audio(version: number, codec = '0 PCMU'): Uint8Array {
  const [type = '', name = ''] = codec.split(' ');
  return new TextEncoder().encode(`v=0\r\no=- 1 ${version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP ${type}\r\na=rtpmap:${type} ${name}/8000\r\n`);
}

interface Sipp {
  readonly port: number;
  /** Resolves when the scenario was gone through as it is written; fails with sipp's words otherwise. */
  readonly done: Promise<void>;
}

/** Runs one call of a scenario: one of sipp's own by `-sn`, or one of the folder `sipp`. */
async function sipp(scenario: string, ...more: readonly string[]): Promise<Sipp> {
  const port = await freePort();
  const source = scenario === '-sn' ? [scenario] : ['-sf', join(import.meta.dirname, 'sipp', `${scenario}.xml`)];
  const done = new Promise<void>((resolve, reject) => {
    execFile('sipp', [...source, ...more, '-i', '127.0.0.1', '-p', String(port), '-m', '1', '-nostdin', '-timeout', `${patienceMs / 1000}s`, '-timeout_error'], (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`sipp ${scenario}: ${stderr.slice(0, 4000)}\n${stdout.slice(-2000)}`));
    });
  });
  return { port, done };
}

async function agentFor(t: TestContext, times: Partial<TransactionTimes> = {}): Promise<UdpAgent> {
  const agent = await UdpAgent.open(times);
  t.after(() => agent.close());
  return agent;
}

test('sipp answers our call, and we hang up', { skip }, async (t) => {
  const agent = await agentFor(t);
  const phone = await sipp('-sn', 'uas');
  agent.do({ kind: 'invite', sessionId: 's', route: { flow: agent.flowTo(phone.port) }, uri: `sip:service@127.0.0.1:${phone.port}`, from: '<sip:a@127.0.0.1>', contact: `sip:a@127.0.0.1:${agent.port}`, description: audio(1) });
  assert.equal((await agent.event('answered')).description?.kind, 'answer');
  agent.do({ kind: 'end', sessionId: 's' });
  await phone.done;
});

test('sipp calls us and hangs up', { skip }, async (t) => {
  const agent = await agentFor(t);
  const phone = await sipp('-sn', 'uac', `127.0.0.1:${agent.port}`, '-d', '100');
  const { sessionId, description } = await agent.event('incoming');
  assert.match(new TextDecoder().decode(description), /m=audio/);
  agent.do({ kind: 'progress', sessionId, status: 180 });
  agent.do({ kind: 'accept', sessionId, description: audio(1) });
  await agent.event('acknowledged');
  assert.equal((await agent.event('ended')).end.cause, 'hungUp');
  await phone.done;
});

test('reliable early media of sipp, a change by re-INVITE, INFO', { skip }, async (t) => {
  const agent = await agentFor(t);
  const phone = await sipp('uas-reliable');
  agent.do({ kind: 'invite', sessionId: 's', route: { flow: agent.flowTo(phone.port) }, uri: `sip:service@127.0.0.1:${phone.port}`, from: '<sip:a@127.0.0.1>', contact: `sip:a@127.0.0.1:${agent.port}`, description: audio(1), reliable: 'required' });
  assert.equal((await agent.event('progressed')).description?.kind, 'answer');
  assert.equal((await agent.event('answered')).description, undefined);
  agent.do({ kind: 'offer', sessionId: 's', description: audio(2, '8 PCMA') });
  assert.match(new TextDecoder().decode((await agent.event('answerReceived')).description), /PCMA/);
  agent.do({ kind: 'info', sessionId: 's', requestId: 'i', contentType: 'application/dtmf-relay', body: new TextEncoder().encode('Signal=1\r\nDuration=100\r\n') });
  assert.equal((await agent.event('requestEnded')).status, 200);
  agent.do({ kind: 'end', sessionId: 's' });
  await phone.done;
});

test('sipp calls without offer, holds, refreshes, hangs up', { skip }, async (t) => {
  const agent = await agentFor(t);
  const phone = await sipp('uac-offerless', `127.0.0.1:${agent.port}`);
  const { sessionId, description } = await agent.event('incoming');
  assert.equal(description, undefined);
  agent.do({ kind: 'accept', sessionId, description: audio(1) });
  assert.equal((await agent.event('acknowledged')).description?.kind, 'answer');
  assert.match(new TextDecoder().decode((await agent.event('offerReceived')).description), /a=sendonly/);
  agent.do({ kind: 'answerOffer', sessionId, description: audio(2) });
  assert.equal((await agent.event('ended')).end.cause, 'hungUp');
  await phone.done;
});

test('sipp has us refresh its session at half of the shortest time (RFC 4028)', { skip }, async (t) => {
  const agent = await agentFor(t);
  const phone = await sipp('uac-refreshed', `127.0.0.1:${agent.port}`);
  agent.do({ kind: 'accept', sessionId: (await agent.event('incoming')).sessionId, description: audio(1) });
  await agent.event('acknowledged');
  agent.skip(45_000);
  assert.equal((await agent.event('ended')).end.cause, 'hungUp');
  await phone.done;
});

test('sipp cancels its call', { skip }, async (t) => {
  const agent = await agentFor(t);
  const phone = await sipp('uac-cancel', `127.0.0.1:${agent.port}`);
  agent.do({ kind: 'progress', sessionId: (await agent.event('incoming')).sessionId, status: 180 });
  const { end } = await agent.event('ended');
  assert.deepEqual([end.cause, end.reasons], ['cancelled', ['SIP ;cause=200 ;text="Call completed elsewhere"']]);
  await phone.done;
});

test('sipp never acknowledges: the call is hung up', { skip }, async (t) => {
  const agent = await agentFor(t, { t1Ms: 20 });
  const phone = await sipp('uac-silent', `127.0.0.1:${agent.port}`);
  agent.do({ kind: 'accept', sessionId: (await agent.event('incoming')).sessionId, description: audio(1) });
  assert.equal((await agent.event('ended')).end.cause, 'notAcknowledged');
  await phone.done;
});

test('sipp asks us to call somebody else', { skip }, async (t) => {
  const agent = await agentFor(t);
  const phone = await sipp('uac-refer', `127.0.0.1:${agent.port}`);
  const { sessionId } = await agent.event('incoming');
  agent.do({ kind: 'accept', sessionId, description: audio(1) });
  const { referId, target } = await agent.event('referReceived');
  assert.equal(target, 'sip:carol@127.0.0.1:9');
  agent.do({ kind: 'answerRefer', sessionId, referId, status: 202 });
  agent.do({ kind: 'reportRefer', sessionId, referId, status: 200 });
  assert.equal((await agent.event('ended')).end.cause, 'hungUp');
  await phone.done;
});
