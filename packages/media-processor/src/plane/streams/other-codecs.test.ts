import assert from 'node:assert/strict';
import { camera, midElement, planeTest, screenOf, TestMediaPlane } from '../test-media-plane.ts';

/** Payloads that Chromium sent: of a frame that depends on others, then of a key frame (its layers, where it has some), then of one that depends on it. */
const recorded = [
  { name: 'H264', parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f', before: '61e0004000be408febdf5efa', payloads: ['7800136742c01f8c8d405017fcb37010d0107844', '7c81e0024004be40bfc0f814', '7c4110b885c42e21710b9fcf'] },
  { name: 'VP9', parameters: 'profile-id=0', before: 'fd9961500287000000027e0167027f01673001c1', payloads: ['be99601030014000b402800168834983420013f0', 'bd9960138702020004fe02ceb271c120e0cb5000', 'fd9962300487040400027e0167027f0167b291c1'] },
  { name: 'AV1', parameters: 'profile=0', before: '103030c040fdf8012903403bb01d400000000000', payloads: ['280b080000000cc4ff6700680230104d0030c30c', '10303000857df8012503403b201d400000000000'] },
] as const;

for (const { name, parameters, before, payloads } of recorded) {
  planeTest(`${name} is forwarded as it came, from a key frame on, to who has it, and not to who has not`, async (t) => {
    const codec = { name, payloadType: 98, clockRate: 90_000, channels: 1, rtxPayloadType: 99, parameters, nack: true };
    const plane = new TestMediaPlane(t);
    const anna = await plane.connect('anna', [{ ...camera('v'), codecs: [codec] }]);
    const bert = await plane.connect('bert', [{ ...screenOf('s', 2000), codecs: [{ ...codec, payloadType: 120 }] }]);
    const carl = await plane.connect('carl', [screenOf('s', 3000)]);
    let sequenceNumber = 100;
    const show = (payload: string): void => {
      anna.sendRtp([{ ssrc: 11, payloadType: 98, sequenceNumber, timestamp: 3000 * sequenceNumber, payload: Buffer.from(payload, 'hex'), marker: 1, elements: [midElement('v')] }]);
      sequenceNumber += 1;
    };
    show(before);
    plane.want('bert', 's', 'anna');
    plane.want('carl', 's', 'anna');
    await anna.until(() => anna.feedback.some(({ kind }) => kind === 'pictureLossIndication'));
    show(before);
    for (const payload of payloads) show(payload);
    await bert.until(() => bert.heard.length === payloads.length);
    assert.deepEqual(bert.heard.map(({ payload, payloadType, marker }) => [Buffer.from(payload).toString('hex'), payloadType, marker]), payloads.map((payload) => [payload, 120, 1]));
    assert.deepEqual(carl.heard, []);
  });
}
