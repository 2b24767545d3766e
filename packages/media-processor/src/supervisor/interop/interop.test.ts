import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { processorTest, TestMediaProcessor } from '../test-media-processor.ts';
import { exitWhenDone } from './test-node-webrtc.ts';
import { WrtcClient } from './test-wrtc-client.ts';

exitWhenDone();

/** Clients of libwebrtc in one conference: each speaks a tone and shows a brightness of its own. */
async function meet(t: TestContext, media: TestMediaProcessor, conferenceId: string, names: readonly string[]): Promise<readonly WrtcClient[]> {
  const clients = names.map((name) => new WrtcClient(media, conferenceId, name));
  t.after(() => clients.forEach((client) => client.close()));
  for (const [index, client] of clients.entries()) {
    client.speak(toneOf(index));
    client.show(brightnessOf(index));
    await client.join();
  }
  await Promise.all(clients.map((client) => client.connected()));
  return clients;
}

const toneOf = (index: number): number => 400 + 300 * index;
const brightnessOf = (index: number): number => 60 + 60 * index;

/** Pairs of different indices. */
function pairs(count: number): ReadonlyArray<readonly [number, number]> {
  const all = Array.from({ length: count }, (_, index) => index);
  return all.flatMap((a) => all.flatMap((b) => (a === b ? [] : [[a, b] as const])));
}

processorTest('three clients of libwebrtc hear and see each other, forwarded', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  const clients = await meet(t, media, 'a', ['ann', 'ben', 'cai']);
  for (const client of clients) {
    const others = clients.filter((other) => other !== client);
    const wanted = others.map(({ identifier }, index) => ({ mid: client.pictureMids()[index] ?? '', identifier, mediaStreamType: 'Video' as const, width: 320, height: 180 }));
    media.send({ kind: 'setWanted', conferenceId: 'a', legId: client.legId, wanted });
  }
  await Promise.all(pairs(3).map(([listener, speaker]) => clients[listener]?.hears(toneOf(speaker))));
  await Promise.all(pairs(3).map(([viewer, shown]) => clients[viewer]?.sees(clients[viewer]?.pictureMids()[shown < viewer ? shown : shown - 1] ?? '', brightnessOf(shown))));
});

processorTest('sound is mixed and forwarded in turn, and everybody hears everybody in each', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  const clients = await meet(t, media, 'a', ['ann', 'ben', 'cai']);
  for (const audio of ['mixed', 'forwarded', 'mixed'] as const) {
    media.send({ kind: 'setModes', conferenceId: 'a', modes: { audio, video: 'forwarded' } });
    await Promise.all(pairs(3).map(([listener, speaker]) => clients[listener]?.hears(toneOf(speaker))));
  }
});

processorTest('clients of a process that is killed hear each other again from another one', async (t) => {
  const media = await TestMediaProcessor.start(t);
  const process1 = await media.openConference('a');
  const [ann, ben] = await meet(t, media, 'a', ['ann', 'ben']);
  await Promise.all([ann?.hears(toneOf(1)), ben?.hears(toneOf(0))]);
  process.kill(media.processIdOf(process1), 'SIGKILL');
  await media.next('conferenceFailed');
  assert.notEqual(await media.openConference('again'), process1);
  const [annAgain, benAgain] = await meet(t, media, 'again', ['ann again', 'ben again']);
  await Promise.all([annAgain?.hears(toneOf(1)), benAgain?.hears(toneOf(0))]);
});

processorTest('an ICE restart and more offers change nothing that is heard', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  const [ann, ben] = await meet(t, media, 'a', ['ann', 'ben']);
  await ben?.hears(toneOf(0));
  await ann?.renegotiate();
  await ann?.renegotiate({ iceRestart: true });
  await Promise.all([ann?.hears(toneOf(1)), ben?.hears(toneOf(0))]);
});

processorTest('who comes with another certificate than signaling announced is not let in', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  const mallory = new WrtcClient(media, 'a', 'mallory');
  t.after(() => mallory.close());
  await mallory.join((sdp) => sdp.replaceAll(/a=fingerprint:sha-256 \S\S/g, 'a=fingerprint:sha-256 00'));
  assert.equal((await media.next('legStateChanged')).reason, 'FINGERPRINT_MISMATCH');
  assert.equal(media.processor.status().legs, 0);
});
