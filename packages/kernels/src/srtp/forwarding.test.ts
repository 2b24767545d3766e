/** What the kernel sends on, byte for byte, and what it leaves to its caller. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nativeTest } from '../test-kernels.ts';
import { forwardingCall, lineWords, plainWords, streamFlags, streamWords } from './forwarding.ts';
import { payloadsEnd, slabBytes, TestForwarding } from './test-forwarding.ts';

const payload = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

nativeTest('srtp', 'each receiver gets each packet under its own numbers', () => {
  const forwarding = new TestForwarding();
  forwarding.setPackets([payload(1, 2, 3), payload(4)], [{ audioLevel: 0x85, marker: 1 }, { timestamp: 1960 }]);
  forwarding.setStream(1, { sentType: 96, sequenceOffset: 65_530, timestampOffset: -2000, audioLevelId: 1, absoluteSendTimeId: 3 });
  forwarding.call[forwardingCall.receivers] = 2;
  assert.deepEqual(forwarding.forward(), {
    isDone: true,
    sent: [
      { port: 1000, bytes: '80ef000a000003e800001000010203' },
      { port: 1000, bytes: '806f000b000007a80000100004' },
      { port: 1001, bytes: '90e00004fffffc1800001001bede00021085321234560000010203' },
      { port: 1001, bytes: '90600005ffffffd800001001bede00013212345604' },
    ],
    reports: [],
  });
  const words = forwarding.streams.subarray(streamWords.stride, 2 * streamWords.stride);
  assert.deepEqual([words[streamWords.newestNumber], words[streamWords.newestTimestamp], words[streamWords.packets], words[streamWords.octets]], [11, 1960, 2, 4]);
});

nativeTest('srtp', 'transport numbers are taken from the line and reported, and large ids have two-byte heads', () => {
  const forwarding = new TestForwarding();
  forwarding.setPackets([payload(1), payload(2)], [{ audioLevel: 5 }]);
  forwarding.setStream(0, { audioLevelId: 1, transportSequenceId: 15, absoluteSendTimeId: 3 });
  forwarding.lines[lineWords.transportNumber] = 0xffff;
  const { sent, reports } = forwarding.forward();
  assert.deepEqual(sent.map(({ bytes }) => bytes), ['906f000a000003e800001000100000020101050f02ffff0001', '906f000b000003e800001000100000010f02000002']);
  assert.deepEqual(reports, [[0, 0, -1, 0]]);
  assert.equal(forwarding.lines[lineWords.transportNumber], 1);
});

nativeTest('srtp', 'descriptors of VP8 get the numbers of the receiver', () => {
  const forwarding = new TestForwarding();
  // Picture 0x7f in seven bits, then 0x80 in fifteen; TL0PICIDX, TID and KEYIDX.
  forwarding.setPackets([payload(0x90, 0xf0, 0x7f, 200, 0x65, 0xaa), payload(0x80, 0xe0, 0x80, 0x80, 201, 0x40, 0xbb)]);
  forwarding.setStream(0, { flags: streamFlags.vp8, newestPicture: 0x7e, newestPictureId: 0x7ffe, tl0Offset: 60, newestTl0: 3 });
  const { sent } = forwarding.forward();
  assert.deepEqual(sent.map(({ bytes }) => bytes.slice(24)), ['90f0ffff0465aa', '80e080000540bb']);
  assert.deepEqual([...forwarding.streams.subarray(streamWords.tl0Offset, streamWords.temporalLayer)], [60, 5, 0, 0]);
});

nativeTest('srtp', 'what has no room goes on after it was sent', () => {
  const forwarding = new TestForwarding();
  forwarding.setPackets([payload(1), payload(2), payload(3)]);
  Object.assign(forwarding.call, { [forwardingCall.receivers]: 2, [forwardingCall.outgoingLimit]: 2 });
  const got: string[] = [];
  for (let isDone = false; !isDone; ) {
    Object.assign(forwarding.call, { [forwardingCall.outgoing]: 0, [forwardingCall.scratch]: payloadsEnd });
    const part = forwarding.forward();
    ({ isDone } = part);
    got.push(part.sent.map(({ port, bytes }) => `${port}:${bytes.slice(-2)}`).join(' '));
  }
  assert.deepEqual(got, ['1000:01 1000:02', '1000:03 1001:01', '1001:02 1001:03']);
});

nativeTest('srtp', 'what is not simply the next packet is handed over, and all behind it', () => {
  const usual = payload(0x90, 0x80, 0x85, 0, 1);
  const vp8 = { flags: streamFlags.vp8, newestPicture: 5, newestPictureId: 50 };
  const cases: ReadonlyArray<readonly [why: string, stream: Parameters<TestForwarding['setStream']>[1], packet: Partial<Record<keyof typeof plainWords, number>>, bytes?: Uint8Array]> = [
    ['nothing is lent', { source: 0 }, {}],
    ['another source is lent', { source: 2 }, {}],
    ['a line that is gone', { line: 2 ** 20 }, {}],
    ['no line', { line: -1 }, {}],
    ['another payload type', {}, { payloadType: 0 }],
    ['a number again', { newestNumber: 11 }, {}],
    ['an older number', { newestNumber: 12 }, {}],
    ['a number far from what is settled', { settledNumber: 11 - 0x4000 }, {}],
    ['an older timestamp', { newestTimestamp: 1001 }, {}],
    ['an older picture', { ...vp8, newestPicture: 6 }, {}, usual],
    ['no picture before it', { ...vp8, newestPicture: -1 }, {}, usual],
    ['a picture that is left out', { ...vp8, flags: streamFlags.vp8 | streamFlags.pictureLeftOut }, {}, usual],
    ['a layer that is left out', { ...vp8, temporalLayer: 0 }, {}, payload(0x80, 0x20, 0x40, 1)],
    ['a descriptor that is cut short', vp8, {}, payload(0x80, 0xc0, 0x85)],
  ];
  for (const [why, stream, packet, bytes = usual] of cases) {
    const forwarding = new TestForwarding();
    forwarding.setPackets([usual, bytes, usual], [{}, packet, {}]);
    forwarding.setStream(0, { sentType: 96, ...stream });
    forwarding.call[forwardingCall.first] = forwarding.call[forwardingCall.packet] = 1;
    assert.deepEqual(forwarding.forward(), { isDone: true, sent: [], reports: [[0, 1, 1, 1]] }, why);
  }
});

nativeTest('srtp', 'a line without room has its packets handed over', () => {
  const forwarding = new TestForwarding();
  forwarding.setPackets([payload(1), payload(2), payload(3)]);
  forwarding.setStream(0, { flags: streamFlags.paced });
  forwarding.setBudget(0, 2 * 73);
  const { sent, reports } = forwarding.forward();
  assert.equal(sent.length, 2);
  assert.deepEqual(reports, [[0, 2, 2, 1]]);
});

nativeTest('srtp', 'whatever the tables say, nothing before the scratch region is written', () => {
  const word = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -2, max: 12 }) }, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: slabBytes }));
  const change = fc.record({ table: fc.constantFrom('packets', 'streams', 'lines', 'receivers', 'call'), at: fc.nat({ max: 100 }), value: word });
  fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.boolean(), (changes, isVp8) => {
    const forwarding = new TestForwarding();
    forwarding.setPackets([payload(0x90, 0xf0, 0x7f, 200, 0x65, 0xaa), payload(0x80, 0xe0, 0x80, 0x80, 201, 0x40, 0xbb)]);
    forwarding.call[forwardingCall.receivers] = 4;
    if (isVp8) for (let index = 0; index < 4; index += 1) forwarding.setStream(index, { flags: streamFlags.vp8, newestPicture: 0x7e });
    for (const { table, at, value } of changes) if (at < forwarding[table].length) forwarding[table][at] = value;
    const before = forwarding.slab.slice(0, Math.max(0, forwarding.call[forwardingCall.scratch] ?? 0));
    try {
      forwarding.srtp.forward(forwarding.slab, forwarding, forwarding.outgoing);
    } catch (error) {
      assert.ok(error instanceof RangeError);
    }
    assert.deepEqual(forwarding.slab.slice(0, before.length), before);
  }), { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) });
});
