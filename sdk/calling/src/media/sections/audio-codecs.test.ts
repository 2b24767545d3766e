import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitWhenDone, webrtc } from '../../test-caller.ts';
import { audioCodecs } from './audio-codecs.ts';

exitWhenDone();

test('a wanted codec comes first, and what a backend would take before it is left out', async () => {
  const { RTCPeerConnection, RTCRtpReceiver } = webrtc;
  const connection = new RTCPeerConnection();
  const section = connection.addTransceiver('audio');
  const namesOffered = async (wanted: string | undefined) => {
    section.setCodecPreferences(audioCodecs({ RTCRtpReceiver }, wanted) ?? []);
    const { sdp = '' } = await connection.createOffer();
    const [, ...payloadTypes] = /^m=audio \d+ \S+ (.*)/m.exec(sdp)?.[0].split(' ').slice(2) ?? [];
    return payloadTypes.map((payloadType) => new RegExp(`^a=rtpmap:${payloadType} ([^/]+)`, 'm').exec(sdp)?.[1]);
  };
  const usual = await namesOffered(undefined);
  assert.equal(usual[0], 'opus');
  const pcmu = await namesOffered('PCMU');
  assert.equal(pcmu[0], 'PCMU');
  assert.ok(!pcmu.includes('opus') && !pcmu.includes('red') && pcmu.includes('G722') && pcmu.includes('telephone-event'));
  assert.deepEqual(await namesOffered('EVS'), usual, 'one that the host has not');
  assert.deepEqual(await namesOffered(undefined), usual);
  assert.equal(audioCodecs({ RTCRtpReceiver: undefined }, 'PCMU'), undefined);
  connection.close();
});
