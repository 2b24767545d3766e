import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { TestBrowser, withoutBrowser } from '../test-browser.ts';
import type { PersonPage } from '../test-person-page.ts';
import { TestServer } from '../test-server.ts';

declare const person: PersonPage;

describe('features of a running call between two browsers', { skip: withoutBrowser }, () => {
  let browser: TestBrowser;
  let server: TestServer;
  let alice: Page;
  let bob: Page;
  before(async () => {
    browser = await TestBrowser.launch();
    server = await TestServer.start();
    const entry = join(import.meta.dirname, '../test-person-page.ts');
    alice = (await browser.open({ entry })).page;
    bob = (await browser.open({ entry })).page;
    const tokens = { alice: await server.token(), bob: await server.token() };
    for (const page of [alice, bob]) await page.waitForFunction(() => 'person' in globalThis);
    await alice.evaluate((token) => person.signIn(token), tokens.alice.token);
    await bob.evaluate((token) => person.signIn(token), tokens.bob.token);
    await alice.evaluate((rawId) => person.startCall(rawId), tokens.bob.identifier);
    await bob.waitForFunction(() => person.call?.state === 'Connected');
    for (const page of [alice, bob]) await page.waitForFunction(() => person.other().videoStreams[0]?.isReceiving === true);
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    await server.stop();
  });

  test('a message of the greatest size arrives whole on the durable channel, a small one on the lossy', async () => {
    const received = await bob.evaluateHandle(() => ({
      done:
        new Promise<Array<{ channelId: number; sequenceNumber: number; length: number; sum: number }>>((resolve) => {
          const messages: Array<{ channelId: number; sequenceNumber: number; length: number; sum: number }> = [];
          person.call.feature(person.Features.DataChannel).on('dataChannelReceiverCreated', (receiver) => {
            receiver.on('messageReady', () => {
              const message = receiver.readMessage();
              if (message === undefined) return;
              messages.push({ channelId: receiver.channelId, sequenceNumber: message.sequenceNumber, length: message.data.length, sum: message.data.reduce((sum, byte) => sum + byte, 0) });
              if (messages.length === 2) resolve(messages.toSorted((one, other) => one.channelId - other.channelId));
            });
          });
        }),
    }));
    const sent = await alice.evaluate(async () => {
      const feature = person.call.feature(person.Features.DataChannel);
      const durable = feature.createDataChannelSender({ channelId: 1, reliability: 'Durable' });
      const lossy = feature.createDataChannelSender({ channelId: 2, reliability: 'Lossy' });
      await durable.sendMessage(new Uint8Array(durable.maxMessageSize).fill(3));
      await lossy.sendMessage(new Uint8Array([1, 2, 3]));
      const tooLong: unknown = await durable.sendMessage(new Uint8Array(durable.maxMessageSize + 1)).catch((error: unknown) => error);
      return { size: durable.maxMessageSize, tooLong: (tooLong as { errorCode: string }).errorCode };
    });
    assert.deepEqual(sent, { size: 32_768, tooLong: 'MESSAGE_TOO_LONG' });
    assert.deepEqual(await received.evaluate(({ done }) => done), [
      { channelId: 1, sequenceNumber: 1, length: 32_768, sum: 98_304 },
      { channelId: 2, sequenceNumber: 1, length: 3, sum: 6 },
    ]);
  });

  test('text is seen while it is typed, by both', async () => {
    const collect = (page: Page) =>
      page.evaluateHandle(() => ({
        done:
          new Promise<Array<[number, string, string, boolean]>>((resolve) => {
            const lines: Array<[number, string, string, boolean]> = [];
            person.call.feature(person.Features.RealTimeText).on('realTimeTextReceived', ({ sequenceId, text, resultType, isLocal }) => {
              lines.push([sequenceId, text, resultType, isLocal]);
              if (lines.length === 3) resolve(lines);
            });
          }),
      }));
    const [atBob, atAlice] = [await collect(bob), await collect(alice)];
    await alice.evaluate(async () => {
      const feature = person.call.feature(person.Features.RealTimeText);
      await feature.sendRealTimeText('hel');
      await feature.sendRealTimeText('hello 👋', true);
      await feature.sendRealTimeText('next');
    });
    assert.deepEqual(await atBob.evaluate(({ done }) => done), [[1, 'hel', 'Partial', false], [1, 'hello 👋', 'Final', false], [2, 'next', 'Partial', false]]);
    assert.deepEqual((await atAlice.evaluate(({ done }) => done)).map(([, , , isLocal]) => isLocal), [true, true, true]);
  });

  test('media statistics name every stream, once a second, and sum up', async () => {
    const result = await alice.evaluate(async () => {
      const collector = person.call.feature(person.Features.MediaStats).createCollector({ aggregationInterval: 1, dataPointsPerAggregation: 2 });
      const samples: number[] = [];
      collector.on('sampleReported', () => samples.push(performance.now()));
      const summary = await new Promise<Parameters<Parameters<typeof collector.on<'summaryReported'>>[1]>[0]>((resolve) => {
        collector.on('summaryReported', resolve);
      });
      const second = await new Promise<Parameters<Parameters<typeof collector.on<'sampleReported'>>[1]>[0]>((resolve) => {
        collector.on('sampleReported', resolve);
      });
      collector.dispose();
      return { second, points: summary.audio.send[0]?.packets?.aggregation.count, gapMs: (samples[1] ?? 0) - (samples[0] ?? 0), streamId: String(person.other().videoStreams[0]?.id) };
    });
    assert.equal(result.second.audio.send[0]?.codecName, 'OPUS');
    assert.ok((result.second.audio.send[0]?.packetsPerSecond ?? 0) > 30);
    assert.ok((result.second.video.send[0]?.bitrate ?? 0) > 10_000);
    assert.ok((result.second.video.receive[0]?.frameRateDecoded ?? 0) > 1);
    assert.equal(result.second.video.receive[0]?.streamId, result.streamId);
    assert.equal(result.second.transports.length, 1);
    assert.deepEqual(result.points, [1, 1]);
    assert.ok(result.gapMs > 700 && result.gapMs < 2500, `${result.gapMs} ms`);
  });

  test('hands, reactions, capabilities and speakers', async () => {
    const seen = await bob.evaluateHandle(() => {
      const hands = person.call.feature(person.Features.RaiseHand);
      const reactions = person.call.feature(person.Features.Reaction);
      const raised = new Promise<number | undefined>((resolve) => hands.on('raisedHandEvent', () => resolve(hands.getRaisedHands()[0]?.order)));
      const lowered = new Promise<number>((resolve) => hands.on('loweredHandEvent', () => resolve(hands.getRaisedHands().length)));
      const reaction = new Promise<string>((resolve) => reactions.on('reaction', ({ reactionMessage }) => resolve(reactionMessage.reactionType)));
      return { done: Promise.all([raised, lowered, reaction]) };
    });
    const own = await alice.evaluate(async () => {
      const hands = person.call.feature(person.Features.RaiseHand);
      await hands.raiseHand();
      await hands.lowerHand();
      await person.call.feature(person.Features.Reaction).sendReaction({ reactionType: 'heart' });
      const speakers = person.call.feature(person.Features.DominantSpeakers);
      if (speakers.dominantSpeakers.speakersList.length === 0) await new Promise<void>((resolve) => speakers.on('dominantSpeakersChanged', resolve));
      const { capabilities } = person.call.feature(person.Features.Capabilities);
      return { speakers: speakers.dominantSpeakers.speakersList.length, video: capabilities.turnVideoOn, muteOthers: capabilities.muteOthers.reason };
    });
    assert.deepEqual(await seen.evaluate(({ done }) => done), [1, 0, 'heart']);
    assert.deepEqual(own, { speakers: 1, video: { isPresent: true, reason: 'Capable' }, muteOthers: 'CapabilityNotApplicableForTheCallType' });
  });

  test('someone who speaks while muted is told, and so is the other side where it was asked for', async () => {
    const told = await bob.evaluateHandle(() => {
      const { remote } = person.call.feature(person.Features.UserFacingDiagnostics);
      return { done: new Promise<unknown>((resolve) => remote.on('diagnosticChanged', ({ diagnostics: [first] }) => resolve([first?.diagnostic, first?.value]))) };
    });
    const found = await alice.evaluate(async () => {
      const { media, remote } = person.call.feature(person.Features.UserFacingDiagnostics);
      remote.startSendingDiagnostics();
      const next = () =>
        new Promise<[string, unknown]>((resolve) => {
          const listener: Parameters<typeof media.on<'diagnosticChanged'>>[1] = ({ diagnostic, value }) => {
            if (diagnostic !== 'speakingWhileMicrophoneIsMuted') return;
            media.off('diagnosticChanged', listener);
            resolve([diagnostic, value]);
          };
          media.on('diagnosticChanged', listener);
        });
      await person.speak();
      const started = next();
      await person.call.mute();
      const first = await started;
      const ended = next();
      await person.call.unmute();
      return [first, await ended, media.getLatest().speakingWhileMicrophoneIsMuted];
    });
    assert.deepEqual(found, [
      ['speakingWhileMicrophoneIsMuted', true], ['speakingWhileMicrophoneIsMuted', false], { value: false, valueType: 'DiagnosticFlag' },
    ]);
    assert.deepEqual(await told.evaluate(({ done }) => done), ['speakingWhileMicrophoneIsMuted', true]);
  });

  test('all 25 features answer in a call, on a stream or on the client, and inert commands say what is missing', async () => {
    const result = await alice.evaluate(async () => {
      const { Features, call } = person;
      const factories = Object.values(Features);
      const ofCall = factories.filter(({ host }) => host === 'call');
      const same = ofCall.every((factory) => call.feature(factory as typeof Features.RaiseHand) === call.feature(factory as typeof Features.RaiseHand));
      const refused: unknown = await call.feature(Features.Captions).captions.startCaptions().catch((error: unknown) => error);
      const { name, errorCode, message } = refused as { name: string; errorCode: string; message: string };
      return { count: factories.length, ofCall: ofCall.length, same, kind: call.feature(Features.Captions).captions.kind, refused: [name, errorCode, message] };
    });
    assert.deepEqual(result, {
      count: 25, ofCall: 22, same: true, kind: 'Captions',
      refused: ['CommunicationServicesError', 'FEATURE_NOT_AVAILABLE', 'Captions is not available in this call.'],
    });
  });
});
