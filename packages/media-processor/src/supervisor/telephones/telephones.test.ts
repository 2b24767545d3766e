import assert from 'node:assert/strict';
import type { MediaDescription } from '@dialplane/calling-api';
import type { MediaCommand, RtpLegRequest } from '@dialplane/media-api';
import { openTestKernels } from '../../plane/test-media-client.ts';
import { TestTelephone } from '../../plane/test-telephone.ts';
import { masterKeyOf } from './sdes-master-key.ts';
import { processorTest, TestMediaProcessor } from '../test-media-processor.ts';

const request: RtpLegRequest = { kind: 'rtp', srtp: 'allowed', dtmf: 'rfc4733', codecs: ['opus', 'PCMU', 'PCMA'], towards: '127.0.0.1' };
const options = { trunkPorts: { first: 30_000, last: 39_999 } };

function openLeg(media: TestMediaProcessor, legId: string, settings: Partial<RtpLegRequest> = {}): void {
  media.send({ kind: 'openLeg', conferenceId: 'a', legId, identifier: '4:+15550100', isMuted: false, request: { ...request, ...settings } });
}

async function described(media: TestMediaProcessor, legId: string, revision = 1): Promise<MediaDescription> {
  return (await media.next('legDescribed', (event) => event.legId === legId && event.description.revision === revision)).description;
}

const portOf = ({ sdp }: MediaDescription): number => Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);

/** A description of a telephone that is at a port of this machine. */
function description(type: 'offer' | 'answer', port: number, lines: readonly string[] = [], profile = 'RTP/AVP'): MediaDescription {
  const head = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} ${profile} 0 101`, 'a=rtpmap:101 telephone-event/8000', 'a=rtcp-mux'];
  return { type, sdp: [...head, ...lines, ''].join('\r\n'), revision: 1, streams: [] };
}

/** Sound of 20 ms. */
const loud = (number: number) => ({ ssrc: 7, payloadType: 0, sequenceNumber: number, timestamp: number * 160, payload: Uint8Array.from({ length: 160 }, (_, index) => ((index + number) % 8 < 4 ? 0x90 : 0x10)) });

processorTest('a leg that is opened without an offer offers; two telephones hear each other in G.711', async (t) => {
  const media = await TestMediaProcessor.start(t, options);
  await media.openConference('a');
  const [ann, ben] = [await TestTelephone.open(t), await TestTelephone.open(t)];
  openLeg(media, 'ann', { srtp: 'forbidden' });
  const offer = await described(media, 'ann');
  openLeg(media, 'held', { direction: 'sendonly' });
  assert.match((await described(media, 'held')).sdp, /^a=sendonly\r$/m);
  assert.match(offer.sdp, /c=IN IP4 127\.0\.0\.1\r\n.*\r\nm=audio \d+ RTP\/AVP 111 0 8 101 110\r\n/);
  media.send({ kind: 'describe', conferenceId: 'a', legId: 'ann', description: description('answer', ann.port) });
  openLeg(media, 'ben', { offer: description('offer', ben.port) });
  const answer = await described(media, 'ben');
  assert.deepEqual([answer.type, answer.answers], ['answer', 1]);
  await Promise.all(['ann', 'ben'].map((legId) => media.next('legStateChanged', (event) => event.legId === legId && event.state === 'connected')));
  let number = 0;
  const speaking = setInterval(() => {
    number += 1;
    ann.say(portOf(offer), [loud(number)]);
    ben.say(portOf(answer), [loud(number)]);
  }, 20);
  t.after(() => clearInterval(speaking));
  await Promise.all([ann, ben].map((telephone) => telephone.until(() => telephone.heard.filter(({ payloadType, payload }) => payloadType === 0 && payload.length === 160).length > 10)));
});

processorTest('keys of a description secure the leg, and offers of ours go on with them', async (t) => {
  const media = await TestMediaProcessor.start(t, options);
  await media.openConference('a');
  const { srtp } = openTestKernels();
  const ours = { tag: 3, suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.alloc(30, 9).toString('base64') } as const;
  openLeg(media, 'phone', { srtp: 'required', offer: description('offer', 9, [`a=crypto:3 ${ours.suite} inline:${ours.keyAndSalt}`], 'RTP/SAVP') });
  const answer = await described(media, 'phone');
  const keyAndSalt = /^a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:(\S+)/m.exec(answer.sdp)?.[1] ?? '';
  const telephone = await TestTelephone.open(t, { keys: { srtp, outbound: masterKeyOf(ours), inbound: masterKeyOf({ ...ours, keyAndSalt }) } });
  media.send({ kind: 'describe', conferenceId: 'a', legId: 'phone', description: { ...description('offer', telephone.port, [`a=crypto:3 ${ours.suite} inline:${ours.keyAndSalt}`], 'RTP/SAVP'), revision: 2 } });
  assert.ok((await described(media, 'phone', 2)).sdp.includes(keyAndSalt));
  // What comes before the packet thread has the keys is not heard: a telephone says more than one thing.
  let number = 0;
  const speaking = setInterval(() => telephone.say(portOf(answer), [loud((number += 1))]), 20);
  t.after(() => clearInterval(speaking));
  await telephone.until(() => telephone.reports.length > 0);
  media.send({ kind: 'offer', conferenceId: 'a', legId: 'phone', direction: 'sendonly' });
  const hold = await described(media, 'phone', 3);
  assert.ok(hold.sdp.includes(`a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:${keyAndSalt}`) && hold.sdp.includes('a=sendonly') && hold.type === 'offer');
});

processorTest('a key with an identifier is taken, packets that name it are heard, and ours name none', async (t) => {
  const media = await TestMediaProcessor.start(t, options);
  await media.openConference('a');
  const { srtp } = openTestKernels();
  const theirs = { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.alloc(30, 9).toString('base64') } as const;
  const nowhere = await TestTelephone.open(t);
  const crypto = `a=crypto:1 ${theirs.suite} inline:${theirs.keyAndSalt}|2^31|258:2`;
  openLeg(media, 'phone', { srtp: 'required', offer: description('offer', nowhere.port, [crypto], 'RTP/SAVP') });
  const answer = await described(media, 'phone');
  const keyAndSalt = /^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:([A-Za-z0-9+/=]+)\r$/m.exec(answer.sdp)?.[1] ?? '';
  assert.notEqual(keyAndSalt, '');
  const caller = await TestTelephone.open(t, { keys: { srtp, outbound: masterKeyOf(theirs), inbound: masterKeyOf({ ...theirs, keyAndSalt }), identifier: Uint8Array.of(1, 2) } });
  let number = 0;
  const speaking = setInterval(() => caller.say(portOf(answer), [loud((number += 1))]), 20);
  t.after(() => clearInterval(speaking));
  await caller.until(() => caller.reports.some((report) => report.kind === 'senderReport' && report.blocks.length === 1));
});

processorTest('what cannot be agreed on is told, with a sentence, and the leg goes on', async (t) => {
  const media = await TestMediaProcessor.start(t, options);
  await media.openConference('a');
  openLeg(media, 'phone', { codecs: ['G722'], offer: description('offer', 9) });
  const failed = await media.next('commandFailed');
  assert.deepEqual([failed.command, failed.reason, failed.sentence], ['openLeg', 'NO_COMMON_CODEC', 'None of the codecs is spoken on this trunk (PCMU, telephone-event): it has G722.']);
  media.send({ kind: 'describe', conferenceId: 'a', legId: 'phone', description: { ...description('offer', 9), sdp: description('offer', 9).sdp.replace(' 0 101', ' 9') } });
  assert.equal((await described(media, 'phone')).type, 'answer');
});

processorTest('a leg that may have no codec of ours is refused at once', async (t) => {
  const media = await TestMediaProcessor.start(t, options);
  await media.openConference('a');
  openLeg(media, 'phone', { codecs: ['GSM', 'iLBC'] });
  const { reason, sentence } = await media.next('commandFailed');
  assert.deepEqual([reason, sentence], ['NO_COMMON_CODEC', 'None of the codecs that the leg may have is spoken on this server: GSM, iLBC.']);
});

processorTest('without ports there is no leg, and it says so', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  openLeg(media, 'phone');
  const { command, reason, sentence } = await media.next('commandFailed');
  assert.deepEqual([command, reason, sentence], ['openLeg', 'PORTS_EXHAUSTED', 'No port for a telephone is free (--trunk-ports none).']);
  media.send({ kind: 'closeLeg', conferenceId: 'a', legId: 'phone' } satisfies MediaCommand);
  await media.next('commandFailed', (event) => event.reason === 'LEG_NOT_FOUND');
});
