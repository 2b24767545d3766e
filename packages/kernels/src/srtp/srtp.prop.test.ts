/** The kernel and plain TypeScript protect alike, and what is protected comes back. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nativeTest } from '../test-kernels.ts';
import { deriveSessionKeys } from './derive-session-keys.ts';
import { protectRtcp, protectRtp } from './test-plain-srtp.ts';
import { openSrtp, profiles, protect, rtcpPacket, rtpHeader, testMasterKey, unprotect } from './test-srtp.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 200);
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const rtp = fc.record({
  profile: fc.constantFrom(...profiles),
  seed: fc.nat({ max: 200 }),
  ssrc: uint32,
  sequenceNumber: fc.nat({ max: 65_535 }),
  csrcs: fc.nat({ max: 15 }),
  extensionWords: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
  prefix: bytes(8),
  payload: bytes(1500),
});

nativeTest('srtp', 'a packet is protected as in plain TypeScript, and comes back', () => {
  const srtp = openSrtp();
  fc.assert(fc.property(rtp, ({ profile, seed, prefix, payload, extensionWords, ...fields }) => {
    const master = testMasterKey(profile, seed);
    const header = rtpHeader({ ...fields, ...(extensionWords === undefined ? {} : { extensionWords }) });
    const [inbound, outbound] = [srtp.openInbound(master), srtp.openOutbound(master)];
    const packet = protect(srtp, outbound, 'rtp', { header, prefix, payload });
    assert.deepEqual(packet, protectRtp(deriveSessionKeys(master).rtp, header, Buffer.concat([prefix, payload]), 0));
    assert.deepEqual(unprotect(srtp, inbound, 'rtp', packet), { packet: Buffer.concat([header, prefix, payload]), headerLength: header.length, rolloverCounter: 0 });
    srtp.close(inbound);
    srtp.close(outbound);
  }), { numRuns });
});

nativeTest('srtp', 'a report is protected as in plain TypeScript, and comes back, encrypted or not', () => {
  const srtp = openSrtp();
  const reports = fc.array(fc.record({ ssrc: uint32, extra: fc.nat({ max: 300 }) }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(fc.constantFrom(...profiles), reports, fc.nat({ max: 2 ** 31 - 1 }), (profile, sent, otherIndex) => {
    const master = testMasterKey(profile);
    const keys = deriveSessionKeys(master).rtcp;
    const [inbound, outbound] = [srtp.openInbound(master), srtp.openOutbound(master)];
    for (const [index, fields] of sent.entries()) {
      const report = rtcpPacket(fields);
      const packet = protect(srtp, outbound, 'rtcp', { header: report.subarray(0, 8), payload: report.subarray(8) });
      assert.deepEqual(packet, protectRtcp(keys, report, index));
      assert.deepEqual(unprotect(srtp, inbound, 'rtcp', packet), { packet: report, headerLength: 8, rolloverCounter: index });
    }
    const other = srtp.openInbound(master);
    const tagged = protectRtcp(keys, rtcpPacket(), otherIndex, false);
    assert.deepEqual(unprotect(srtp, other, 'rtcp', tagged), { packet: rtcpPacket(), headerLength: 8, rolloverCounter: otherIndex });
    for (const context of [inbound, outbound, other]) srtp.close(context);
  }), { numRuns });
});

nativeTest('srtp', 'each index is taken once, in any order within the window, over any number of rollovers', () => {
  const srtp = openSrtp();
  const steps = fc.array(fc.oneof(fc.integer({ min: -1500, max: 1500 }), fc.integer({ min: -3, max: 3 }), fc.integer({ min: 20_000, max: 32_767 })), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(fc.constantFrom(...profiles), fc.nat({ max: 65_535 }), steps, (profile, first, walk) => {
    const master = testMasterKey(profile);
    const keys = deriveSessionKeys(master).rtp;
    const [inbound, outbound] = [srtp.openInbound(master), srtp.openOutbound(master)];
    const seen = new Set<number>();
    let newest = -1;
    for (const step of [0, ...walk]) {
      const index = newest < 0 ? first : newest + step;
      if (index < 0) continue;
      const header = rtpHeader({ sequenceNumber: index & 0xffff });
      const rolloverCounter = index >> 16;
      const packet = protectRtp(keys, header, Buffer.from('x'), rolloverCounter);
      const isFresh = !seen.has(index) && index > newest - 1024;
      assert.deepEqual(unprotect(srtp, inbound, 'rtp', packet), isFresh ? { packet: Buffer.concat([header, Buffer.from('x')]), headerLength: 12, rolloverCounter } : 'replayed');
      assert.deepEqual(protect(srtp, outbound, 'rtp', { header, payload: Buffer.from('x') }), isFresh ? packet : 'indexUsed');
      if (!isFresh) continue;
      seen.add(index);
      newest = Math.max(newest, index);
    }
    srtp.close(inbound);
    srtp.close(outbound);
  }), { numRuns });
});

nativeTest('srtp', 'a packet of which one bit is another is refused, and costs the next one nothing', () => {
  const srtp = openSrtp();
  fc.assert(fc.property(fc.constantFrom(...profiles), bytes(60), fc.nat(), fc.constantFrom('rtp', 'rtcp'), (profile, payload, bit, kind) => {
    const master = testMasterKey(profile);
    const [inbound, outbound] = [srtp.openInbound(master), srtp.openOutbound(master)];
    const packet = protect(srtp, outbound, kind, kind === 'rtp' ? { header: rtpHeader({ extensionWords: 1 }), payload } : { header: rtcpPacket(), payload });
    assert.ok(typeof packet !== 'string');
    const forged = Buffer.from(packet);
    const at = (bit >> 3) % forged.length;
    forged[at] = (forged[at] ?? 0) ^ (1 << (bit & 7));
    assert.match(String(unprotect(srtp, inbound, kind, forged)), /^(notAuthentic|malformed)$/);
    assert.notEqual(typeof unprotect(srtp, inbound, kind, packet), 'string');
    srtp.close(inbound);
    srtp.close(outbound);
  }), { numRuns });
});
