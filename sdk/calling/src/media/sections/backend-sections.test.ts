import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostPlatform } from '../../platform.ts';
import { exitWhenDone, webrtc } from '../../test-caller.ts';
import { BackendSections } from './backend-sections.ts';

exitWhenDone();

test('pictures that are wanted before the first offer come after the section of the camera, in which the composed picture arrives', () => {
  const connection = new webrtc.RTCPeerConnection();
  const sections = new BackendSections(connection, hostPlatform({ webrtc }));
  sections.want([{ identifier: '8:acs:r_anna', mediaStreamType: 'Video' }]);
  sections.offerFirst();
  const [camera, wanted, ...others] = connection.getTransceivers().filter(({ receiver }) => receiver.track.kind === 'video');
  assert.deepEqual([camera?.direction, wanted?.direction, others], ['sendrecv', 'recvonly', []]);
  connection.close();
});
