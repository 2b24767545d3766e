import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createMediaProcessor } from './create-media-processor.ts';
import { processorTest, testCertificate, TestMediaProcessor } from './test-media-processor.ts';
import { describe, offerOf } from './conferences/test-offers.ts';
import { createLogger } from '@dialplane/telemetry';

processorTest('a lost process is told at once, its conference opens again in the one that was ready, and another is started', async (t) => {
  const media = await TestMediaProcessor.start(t);
  assert.equal(await media.openConference('a'), 'media-1');
  assert.equal(await media.openConference('b'), 'media-1', 'an empty process is kept');
  process.kill(media.processIdOf('media-1'), 'SIGKILL');
  assert.equal((await media.next('conferenceFailed', ({ conferenceId }) => conferenceId === 'a')).reason, 'MEDIA_PROCESS_LOST');
  assert.equal((await media.next('conferenceFailed', ({ conferenceId }) => conferenceId === 'b')).reason, 'MEDIA_PROCESS_LOST');
  assert.equal(await media.openConference('c'), 'media-2');
  media.send({ kind: 'setSpotlight', conferenceId: 'a', identifiers: [] });
  assert.equal((await media.next('commandFailed')).reason, 'CONFERENCE_NOT_FOUND');
  assert.deepEqual([media.processor.status().conferences, media.processor.absence()], [1, undefined]);
});

processorTest('conferences wait for a process when all were lost, and it listens where it did', async (t) => {
  const media = await TestMediaProcessor.start(t);
  const before = media.processor.addresses();
  const lost = media.processor.status().processes.map(({ name }) => media.processIdOf(name));
  for (const processId of lost) process.kill(processId, 'SIGKILL');
  // One may be back before the end of the other is noticed.
  while (media.processor.status().processes.some(({ processId }) => processId !== undefined && lost.includes(processId))) await new Promise(setImmediate);
  const opened = media.openConference('a');
  media.send({ kind: 'openLeg', conferenceId: 'a', legId: 'early', identifier: '8:acs:early', isMuted: false, request: { kind: 'webrtc', offer: describe(offerOf('chromium')) } });
  media.send({ kind: 'setMuted', conferenceId: 'a', legId: 'early', isMuted: true });
  await opened;
  assert.equal((await media.next('legDescribed')).legId, 'early', 'what was asked of it meanwhile has waited, too');
  assert.deepEqual(media.events.filter(({ kind }) => kind === 'commandFailed'), []);
  const [now] = media.processor.addresses();
  assert.ok(before.some(({ address, port }) => address === now?.address && port === now.port));
  assert.ok(media.processor.status().restarts >= 1);
});

processorTest('a process that does not answer is ended', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  process.kill(media.processIdOf('media-1'), 'SIGSTOP');
  assert.equal((await media.next('conferenceFailed')).reason, 'MEDIA_PROCESS_LOST');
});

processorTest('real offers are answered with the addresses of the process; what cannot be is refused with a sentence', async (t) => {
  const media = await TestMediaProcessor.start(t, { publicAddresses: ['203.0.113.7'], limits: { legsPerConference: 2, offersAtOnce: 2, offersPerSecond: 0 } });
  const name = await media.openConference('a');
  const port = media.processor.addresses()[0]?.port;
  assert.ok(name === 'media-1' && port !== undefined);
  const open = (legId: string, sdp: string): void => media.send({ kind: 'openLeg', conferenceId: 'a', legId, identifier: `8:acs:${legId}`, isMuted: false, request: { kind: 'webrtc', offer: describe(sdp) } });
  const refusal = async (legId: string): Promise<string> => {
    const { command, reason, sentence } = await media.next('commandFailed', (event) => event.legId === legId);
    return `${command} ${reason} ${sentence ?? ''}`;
  };
  open('chromium', offerOf('chromium'));
  const { description } = await media.next('legDescribed');
  assert.deepEqual(Array.from(description.sdp.matchAll(/a=candidate:.*/g), ([line]) => line), [
    `a=candidate:1 1 udp 2130706431 203.0.113.7 ${port} typ host`, `a=candidate:2 1 udp 2130706175 127.0.0.1 ${port} typ host`,
  ]);
  open('rubbish', 'rubbish');
  assert.match(await refusal('rubbish'), /^openLeg DESCRIPTION_INVALID This is no session description/);
  open('third', offerOf('firefox'));
  assert.match(await refusal('third'), /^openLeg PORTS_EXHAUSTED/);
  const describeAgain = (): void => media.send({ kind: 'describe', conferenceId: 'a', legId: 'chromium', description: describe(offerOf('chromium'), 2) });
  describeAgain();
  await media.next('legDescribed', (event) => event.description.answers === 2);
  describeAgain();
  assert.match(await refusal('chromium'), /^describe DESCRIPTION_INVALID .*faster/);
  media.send({ kind: 'setSound', conferenceId: 'a', legId: 'nobody', sound: 'none' });
  media.send({ kind: 'setMuted', conferenceId: 'a', legId: 'nobody', isMuted: true });
  assert.match(await refusal('nobody'), /^setMuted LEG_NOT_FOUND/);
  assert.equal(media.processor.status().legs, 2);
  media.send({ kind: 'closeConference', conferenceId: 'a' });
  assert.deepEqual([media.processor.status().conferences, media.processor.status().legs], [0, 0]);
});

processorTest('a port that is taken is a sentence, and nothing is left running', async (t) => {
  const taken = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address();
  const processor = createMediaProcessor({ logger: createLogger({ level: 'silent' }), firstPort: port, processes: 1, listenAddresses: ['127.0.0.1'], publicAddresses: [], certificate: testCertificate() });
  await assert.rejects(processor.start(), { code: 'MEDIA_PROCESS_FAILED', message: new RegExp(String(port)) });
  assert.deepEqual(processor.status().processes.map(({ isRunning }) => isRunning), [false, false]);
  assert.match(processor.absence() ?? '', /shutting down/);
});

processorTest('a certificate that is none is found out before anything is started', async () => {
  const certificate = { certificatePem: 'none', privateKeyPem: 'none' };
  assert.throws(() => createMediaProcessor({ logger: createLogger({ level: 'silent' }), firstPort: 0, processes: 1, listenAddresses: ['127.0.0.1'], publicAddresses: [], certificate }), { code: 'MEDIA_CERTIFICATE_INVALID' });
});

processorTest('while it drains no conference is opened, and those that are there go on', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  media.processor.drain();
  media.send({ kind: 'openConference', conferenceId: 'b', callId: 'b', modes: { audio: 'mixed', video: 'mixed' } });
  assert.equal((await media.next('conferenceFailed')).reason, 'MEDIA_PROCESSOR_UNAVAILABLE');
  assert.equal(media.processor.status().conferences, 1);
});

processorTest('an address that the machine gets while it serves is told to clients from then on; one that it loses is not', async (t) => {
  const media = await TestMediaProcessor.start(t, { listenAddresses: ['127.0.0.1'] });
  await media.openConference('c');
  const candidates = async (legId: string): Promise<readonly string[]> => {
    media.send({ kind: 'openLeg', conferenceId: 'c', legId, identifier: '8:acs:anna', isMuted: false, request: { kind: 'webrtc', offer: describe(offerOf('chromium')) } });
    const { description } = await media.next('legDescribed', (event) => event.legId === legId);
    return [...new Set(Array.from(description.sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+)/gm), ([, address = '']) => address))];
  };
  const have = async (...addresses: string[]): Promise<void> => {
    media.processor.listen(addresses);
    const processes = media.processor.status().processes.length;
    const isEverywhere = () => {
      const told = media.processor.addresses();
      return told.length === processes * addresses.length && told.every(({ address }) => addresses.includes(address));
    };
    while (!isEverywhere()) await new Promise(setImmediate);
  };
  assert.deepEqual(await candidates('before'), ['127.0.0.1']);
  await have('127.0.0.1', '127.0.0.2');
  assert.deepEqual(await candidates('both'), ['127.0.0.1', '127.0.0.2']);
  await have('127.0.0.2');
  assert.deepEqual(await candidates('after'), ['127.0.0.2']);
});

processorTest('processes end with the one that started them, whatever ends it, and not by signals of its terminal', async (t) => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('./test-processor-owner.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => parent.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const processIds = JSON.parse(line) as number[];
  assert.equal(processIds.length, 2);
  for (const processId of processIds) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(processId, signal);
  assert.ok(processIds.every(isAlive));
  parent.kill('SIGKILL');
  while (processIds.some(isAlive)) await new Promise(setImmediate);
});

/** One that has ended and was not yet buried by whoever inherited it does not count. */
function isAlive(processId: number): boolean {
  try {
    return !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${processId}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
