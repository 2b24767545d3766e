import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Features } from './features/features.ts';
import type { Call } from './public/call.ts';
import { exitWhenDone, hearsSound, reaches, TestCaller, until } from './test-caller.ts';
import { TestWholeServer } from './test-whole-server.ts';

exitWhenDone();

async function arrive(server: TestWholeServer, displayName: string): Promise<TestCaller> {
  return await TestCaller.signInAt(server.url, await server.person(displayName), displayName);
}

async function has(call: Call, count: number): Promise<void> {
  await until(call, 'remoteParticipantsUpdated', () => call.remoteParticipants.length === count, `${count} others`);
}

test('programs in Node take part in a group: they hear, see, send data, are muted and told who is in the spotlight', async () => {
  await using server = await TestWholeServer.start();
  await using alice = await arrive(server, 'Alice');
  await using bob = await arrive(server, 'Bob');
  const groupId = randomUUID();
  const one = alice.agent.join({ groupId }, { audioOptions: alice.audioOptions, videoOptions: { localVideoStreams: [alice.camera()] } });
  await reaches(one, 'Connected');
  const other = bob.agent.join({ groupId }, { audioOptions: bob.audioOptions });
  await reaches(other, 'Connected');
  await Promise.all([has(one, 1), has(other, 1)]);
  const [seen] = other.remoteParticipants;
  assert.ok(seen !== undefined);

  await Promise.all([hearsSound(one), hearsSound(other)]);
  await until(seen, 'videoStreamsUpdated', () => seen.videoStreams.length > 0, 'a camera');
  const mediaStream = await seen.videoStreams[0]?.getMediaStream();
  assert.equal(mediaStream?.getVideoTracks().length, 1);
  const [stream] = seen.videoStreams;
  assert.ok(stream !== undefined);
  await until(stream, 'sizeChanged', () => stream.size.width > 0, 'a picture');

  const message = new Promise<string>((resolve) => {
    other.feature(Features.DataChannel).on('dataChannelReceiverCreated', (receiver) => {
      receiver.on('messageReady', () => resolve(new TextDecoder().decode(receiver.readMessage()?.data)));
    });
  });
  const sender = one.feature(Features.DataChannel).createDataChannelSender();
  await sender.sendMessage(new TextEncoder().encode('hello, group'));
  assert.equal(await message, 'hello, group');

  const spotlight = other.feature(Features.Spotlight);
  const spotlighted = new Promise((resolve) => spotlight.on('spotlightChanged', resolve));
  await one.feature(Features.Spotlight).startSpotlight([alice.identifier]);
  await spotlighted;
  assert.deepEqual(spotlight.getSpotlightedParticipants().map(({ order }) => order), [1]);
  const muted = new Promise<void>((resolve) => other.on('mutedByOthers', resolve));
  await one.muteAllRemoteParticipants();
  await muted;
  assert.equal(other.isMuted, true);
  assert.equal(other.feature(Features.Capabilities).capabilities.muteOthers.isPresent, true);
  await other.hangUp();
  await has(one, 0);
});
