import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { skipWithout } from '@dialplane/testing';
import { startTestServer } from '../test-server.ts';
import { absentMedia } from './absent-media.ts';
import { missingMediaKernels } from './media-kernels.ts';

const skip = skipWithout(missingMediaKernels());

async function capabilities(httpUrl: string): Promise<{ readonly mediaProcessor: boolean }> {
  const info = (await (await fetch(`${httpUrl}/v1/server`)).json()) as { capabilities: { mediaProcessor: boolean } };
  return info.capabilities;
}

test('a server has media processes, says so, and ends them', { skip }, async (t) => {
  const server = await startTestServer(t, { media: true });
  assert.equal(server.mediaPorts.length, 2);
  assert.equal((await capabilities(server.httpUrl)).mediaProcessor, true);
  const metrics = await (await fetch(`${server.httpUrl}/metrics`)).text();
  assert.match(metrics, /^dialplane_media_processes 2$/m);
  await server.close(0);
  const again = createSocket('udp4').bind(server.mediaPorts[0]);
  await once(again, 'listening');
  again.close();
});

test('without media processes a group call is refused with what to do', async (t) => {
  const server = await startTestServer(t, { media: false });
  assert.deepEqual(server.mediaPorts, []);
  assert.equal((await capabilities(server.httpUrl)).mediaProcessor, false);
});

test('a conference of an earlier run fails with the sentence, too', async () => {
  const media = absentMedia('Install it.');
  assert.equal(media.absence(), 'Install it.');
  const failed = new Promise((resolve) => media.onEvent(resolve));
  media.send({ kind: 'openConference', conferenceId: 'a', callId: 'b', modes: { audio: 'mixed', video: 'mixed' } });
  assert.deepEqual(await failed, { kind: 'conferenceFailed', conferenceId: 'a', reason: 'MEDIA_PROCESSOR_UNAVAILABLE', sentence: 'Install it.' });
});

test('a media port that is taken is a sentence', { skip }, async (t) => {
  const taken = createSocket('udp6').bind(0);
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address();
  await assert.rejects(startTestServer(t, { media: true, mediaPort: port }), { code: 'MEDIA_UNUSABLE', message: new RegExp(`${port}.*--media-port`) });
});
