import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { amplitudeAt, Hearer, soundFile, testKernels, tone } from '../../mixing/test-mix.ts';
import { TestTelephone } from '../../plane/test-telephone.ts';
import { processorTest, TestMediaProcessor } from '../test-media-processor.ts';

/** Amplitude of a tone in the last tenth of a second that a telephone has heard. */
function loudness({ heard }: TestTelephone, frequencyHz: number): number {
  const hearer = new Hearer(testKernels(), 'PCMU');
  for (const [index, { payload, timestamp }] of heard.slice(-5).entries()) hearer.hear(payload, { timestamp, startsTalkspurt: false, level: 0 }, index + 1);
  return amplitudeAt(frequencyHz, hearer.between(0, 0.1), 8000);
}

processorTest('a telephone hears files of the one folder, as soon as it is there, and on hold the music of this server', async (t) => {
  const [greeting, elsewhere] = [soundFile(t, tone(1000, { rate: 16_000, seconds: 0.3 }), 16_000), soundFile(t, tone(600, { rate: 8000, seconds: 0.3 }), 8000)];
  const holdMusic = { path: join(dirname(greeting.path), 'music.pcm'), sampleRate: 8000 } as const;
  copyFileSync(elsewhere.path, holdMusic.path);
  const media = await TestMediaProcessor.start(t, { trunkPorts: { first: 30_000, last: 39_999 }, soundFolder: dirname(greeting.path), holdMusic });
  await media.openConference('a');
  media.send({ kind: 'play', conferenceId: 'a', playId: 'greeting', to: ['phone'], sounds: [greeting], isLooped: true });
  media.send({ kind: 'play', conferenceId: 'a', playId: 'elsewhere', to: 'all', sounds: [elsewhere], isLooped: false });
  const failed = await media.next('playFailed');
  assert.deepEqual([failed.playId, failed.soundIndex, failed.sentence], ['elsewhere', 0, 'The sound cannot be read.']);
  await media.next('playStarted', ({ playId }) => playId === 'greeting');
  const phone = await TestTelephone.open(t);
  media.send({ kind: 'openLeg', conferenceId: 'a', legId: 'phone', identifier: '4:+15550100', isMuted: false, request: { kind: 'rtp', srtp: 'forbidden', dtmf: 'rfc4733', codecs: ['PCMU'], towards: '127.0.0.1' } });
  await media.next('legDescribed');
  const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${phone.port} RTP/AVP 0`, 'a=rtcp-mux', ''].join('\r\n');
  media.send({ kind: 'describe', conferenceId: 'a', legId: 'phone', description: { type: 'answer', sdp, revision: 1, streams: [] } });
  await phone.until(() => loudness(phone, 1000) > 0.15);
  media.send({ kind: 'stopPlay', conferenceId: 'a', playId: 'greeting' });
  media.send({ kind: 'play', conferenceId: 'a', playId: 'once', to: 'all', sounds: [greeting], isLooped: false });
  await media.next('playEnded', ({ playId }) => playId === 'once');
  assert.deepEqual(media.events.filter((event) => 'playId' in event && event.playId === 'greeting').map(({ kind }) => kind), ['playStarted']);
  media.send({ kind: 'setHeld', conferenceId: 'a', legId: 'phone', isHeld: true });
  media.send({ kind: 'setSound', conferenceId: 'a', legId: 'phone', sound: 'hold' });
  await phone.until(() => loudness(phone, 600) > 0.15);
});
