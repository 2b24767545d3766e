import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { nativeTest } from '../test-kernels.ts';
import { deriveSessionKeys } from './derive-session-keys.ts';
import { keyingMaterialBytes, splitKeyingMaterial, srtpProfile, srtpProfileLengths } from './srtp-profile.ts';
import { protectWords, srtpFailure, srtpKind, srtpOverheadBytes, unprotectWords } from './srtp.ts';
import { protectRtp } from './test-plain-srtp.ts';
import { openSrtp, profiles, protect, rtcpPacket, rtpHeader, testMasterKey, unprotect } from './test-srtp.ts';

const master = testMasterKey(srtpProfile.aeadAes128Gcm);
const payload = Buffer.from('some media');

test('keying material is split as RFC 5764 §4.2 says', () => {
  for (const profile of profiles) {
    const material = Uint8Array.from({ length: keyingMaterialBytes(profile) }, (_, at) => at);
    const { client, server } = splitKeyingMaterial(profile, material);
    assert.deepEqual(Buffer.concat([client.key, server.key, client.salt, server.salt]), Buffer.from(material));
    assert.throws(() => splitKeyingMaterial(profile, material.subarray(1)), RangeError);
    assert.throws(() => deriveSessionKeys({ ...client, key: client.key.subarray(1) }), RangeError);
  }
});

nativeTest('srtp', 'a batch: many contexts, one payload, each packet with its result', () => {
  const srtp = openSrtp();
  const masters = profiles.map((profile, index) => testMasterKey(profile, index + 1));
  const outbound = masters.map((each) => srtp.openOutbound(each));
  const header = rtpHeader();
  const slab = new Uint8Array(new SharedArrayBuffer(4096));
  slab.set(header);
  const payloads = new Uint8Array(new SharedArrayBuffer(64)).subarray(5);
  payloads.set(payload, 7);
  const count = profiles.length;
  const words = new Int32Array((count + 1) * protectWords.stride);
  for (const [at, context] of [...outbound, 99].entries()) {
    const base = at * protectWords.stride;
    words[base + protectWords.context] = context;
    words[base + protectWords.headerLength] = header.length;
    words[base + protectWords.payloadOffset] = 7;
    words[base + protectWords.payloadLength] = payload.length;
    words[base + protectWords.destinationOffset] = 256 * (at + 1);
  }
  srtp.protect(slab, words, count + 1, payloads);
  const received = new Int32Array(count * unprotectWords.stride);
  for (const [at, each] of masters.entries()) {
    const length = words[at * protectWords.stride + protectWords.result] ?? 0;
    assert.deepEqual(Buffer.from(slab.slice(256 * (at + 1), 256 * (at + 1) + length)), protectRtp(deriveSessionKeys(each).rtp, header, payload, 0));
    received.set([srtp.openInbound(each), srtpKind.rtp, 256 * (at + 1), length], at * unprotectWords.stride);
  }
  assert.equal(words[count * protectWords.stride + protectWords.result], srtpFailure.unknownContext);
  srtp.unprotect(slab, received, count);
  for (let at = 0; at < count; at += 1) assert.equal(received[at * unprotectWords.stride + unprotectWords.result], header.length + payload.length);
});

nativeTest('srtp', 'in place: the packet is protected where it is', () => {
  const srtp = openSrtp();
  for (const profile of profiles) {
    const each = testMasterKey(profile);
    const context = srtp.openOutbound(each);
    const header = rtpHeader();
    const slab = Buffer.alloc(200);
    slab.set(header, 10);
    slab.set(payload, 10 + header.length);
    const words = new Int32Array(protectWords.stride);
    words.set([context, srtpKind.rtp, 10, header.length, 2, 10 + header.length + 2, payload.length - 2, 10]);
    srtp.protect(slab, words, 1);
    assert.deepEqual(slab.subarray(10, 10 + (words[protectWords.result] ?? 0)), protectRtp(deriveSessionKeys(each).rtp, header, payload, 0));
  }
});

nativeTest('srtp', 'an older packet is protected with the rollover counter of its time', () => {
  const srtp = openSrtp();
  const outbound = srtp.openOutbound(master);
  const keys = deriveSessionKeys(master).rtp;
  for (const [sequenceNumber, rolloverCounter] of [[65_000, 0], [65_533, 0], [1, 1], [65_535, 0], [0, 1], [65_534, 0], [2, 1]] as const) {
    const header = rtpHeader({ sequenceNumber });
    assert.deepEqual(protect(srtp, outbound, 'rtp', { header, payload }), protectRtp(keys, header, payload, rolloverCounter));
  }
  assert.equal(protect(srtp, outbound, 'rtp', { header: rtpHeader({ sequenceNumber: 65_535 }), payload: Buffer.from('another') }), 'indexUsed');
  assert.equal(protect(srtp, outbound, 'rtp', { header: rtpHeader({ sequenceNumber: 60_000 }), payload }), 'indexUsed');
});

nativeTest('srtp', 'a source is remembered once a packet of it was authentic, and only so many are', () => {
  const srtp = openSrtp();
  const [inbound, outbound] = [srtp.openInbound(master), srtp.openOutbound(master)];
  for (let ssrc = 0; ssrc < 2000; ssrc += 1) {
    assert.equal(unprotect(srtp, inbound, 'rtp', Buffer.concat([rtpHeader({ ssrc }), Buffer.alloc(40)])), 'notAuthentic');
    assert.equal(unprotect(srtp, inbound, 'rtcp', Buffer.concat([rtcpPacket({ ssrc }), Buffer.alloc(40)])), 'notAuthentic');
  }
  for (let ssrc = 0; ssrc < 256; ssrc += 1) {
    const packet = protect(srtp, outbound, 'rtp', { header: rtpHeader({ ssrc }), payload });
    assert.ok(typeof packet !== 'string');
    assert.notEqual(typeof unprotect(srtp, inbound, 'rtp', packet), 'string');
    assert.equal(unprotect(srtp, inbound, 'rtp', packet), 'replayed');
  }
  assert.equal(protect(srtp, outbound, 'rtp', { header: rtpHeader({ ssrc: 256 }), payload }), 'tooManySources');
  const next = protectRtp(deriveSessionKeys(master).rtp, rtpHeader({ ssrc: 256 }), payload, 0);
  assert.equal(unprotect(srtp, inbound, 'rtp', next), 'tooManySources');
  assert.equal(unprotect(srtp, inbound, 'rtcp', Buffer.concat([rtcpPacket({ ssrc: 256 }), Buffer.alloc(40)])), 'tooManySources');
  const old = protect(srtp, outbound, 'rtp', { header: rtpHeader({ ssrc: 0, sequenceNumber: 2 }), payload });
  assert.ok(typeof old !== 'string');
  assert.notEqual(typeof unprotect(srtp, inbound, 'rtp', old), 'string', 'those that are known go on');
});

nativeTest('srtp', 'what is no packet is refused', () => {
  const srtp = openSrtp();
  for (const profile of profiles) {
    const [inbound, outbound] = [srtp.openInbound(testMasterKey(profile)), srtp.openOutbound(testMasterKey(profile))];
    for (const packet of [Buffer.alloc(0), Buffer.alloc(15, 0x80), Buffer.alloc(100), Buffer.alloc(100, 0x40), Buffer.alloc(30, 0x9f)]) assert.equal(unprotect(srtp, inbound, 'rtp', packet), 'malformed');
    for (const packet of [Buffer.alloc(0), Buffer.alloc(21, 0x80), Buffer.alloc(100), Buffer.alloc(100, 0x40)]) assert.equal(unprotect(srtp, inbound, 'rtcp', packet), 'malformed');
    for (const header of [Buffer.alloc(0), Buffer.alloc(12), rtpHeader().subarray(0, 11), Buffer.concat([rtpHeader(), Buffer.alloc(4)]), rtpHeader({ csrcs: 2 }).subarray(0, 16), rtpHeader({ extensionWords: 2 }).subarray(0, 14)]) {
      assert.equal(protect(srtp, outbound, 'rtp', { header, payload }), 'malformed');
    }
    for (const header of [Buffer.alloc(8), rtcpPacket().subarray(0, 7)]) assert.equal(protect(srtp, outbound, 'rtcp', { header, payload }), 'malformed');
  }
});

nativeTest('srtp', 'a number is good for one context, one direction, and until it is closed', () => {
  const srtp = openSrtp();
  const [inbound, outbound] = [srtp.openInbound(master), srtp.openOutbound(master)];
  const packet = protect(srtp, outbound, 'rtp', { header: rtpHeader(), payload });
  assert.ok(typeof packet !== 'string');
  assert.equal(unprotect(srtp, outbound, 'rtp', packet), 'unknownContext');
  assert.equal(protect(srtp, inbound, 'rtp', { header: rtpHeader(), payload }), 'unknownContext');
  srtp.close(inbound);
  srtp.close(inbound);
  srtp.close(-1);
  srtp.close(12_345_678);
  for (let again = 0; again < 3000; again += 1) {
    const other = srtp.openInbound(master);
    assert.notEqual(other, inbound);
    srtp.close(other);
  }
  assert.equal(unprotect(srtp, inbound, 'rtp', packet), 'unknownContext');
});

nativeTest('srtp', 'a descriptor outside the slab is our mistake: it throws and touches nothing', () => {
  const srtp = openSrtp();
  const [inbound, outbound] = [srtp.openInbound(master), srtp.openOutbound(master)];
  const slab = new Uint8Array(100);
  const outside = [[-1, 50], [0, 101], [100, 1], [2 ** 31 - 1, 2 ** 31 - 1], [0, -1]] as const;
  for (const [offset, length] of outside) {
    const words = new Int32Array(unprotectWords.stride);
    words.set([inbound, srtpKind.rtp, offset, length]);
    assert.throws(() => srtp.unprotect(slab, words, 1), RangeError);
    for (const [offsetWord, lengthWord] of [[protectWords.headerOffset, protectWords.headerLength], [protectWords.headerOffset, protectWords.prefixLength], [protectWords.payloadOffset, protectWords.payloadLength]] as const) {
      const parts = new Int32Array(protectWords.stride);
      parts[protectWords.context] = outbound;
      parts[offsetWord] = offset;
      parts[lengthWord] = length;
      assert.throws(() => srtp.protect(slab, parts, 1), RangeError);
    }
  }
  slab.set(rtpHeader());
  const words = new Int32Array(protectWords.stride);
  const tooLate = 100 - 12 - 16 + 1;
  words.set([outbound, srtpKind.rtp, 0, 12, 0, 0, 0, tooLate]);
  assert.throws(() => srtp.protect(slab, words, 1), RangeError);
  words[protectWords.destinationOffset] = tooLate - 1;
  srtp.protect(slab, words, 1);
  assert.equal(words[protectWords.result], 28);
  for (const count of [-1, 2, 0.5, Number.NaN]) {
    assert.throws(() => srtp.protect(slab, words, count), RangeError);
    assert.throws(() => srtp.unprotect(slab, new Int32Array(unprotectWords.stride), count), RangeError);
  }
  assert.ok(srtpOverheadBytes >= 4 + 16);
});

nativeTest('srtp', 'each thread has contexts of its own, and takes them with it', async () => {
  const srtp = openSrtp();
  const here = srtp.openOutbound(master);
  for (let round = 0; round < 4; round += 1) {
    const worker = new Worker(`
      const { openSrtp, testMasterKey, protect, rtpHeader } = require(${JSON.stringify(join(import.meta.dirname, 'test-srtp.ts'))});
      const srtp = openSrtp();
      const context = srtp.openOutbound(testMasterKey(7));
      require('node:worker_threads').parentPort.postMessage([context, protect(srtp, context, 'rtp', { header: rtpHeader(), payload: Buffer.from('some media') })]);
      setInterval(() => {}, 1000);
    `, { eval: true });
    const [[, packet]] = (await once(worker, 'message')) as [[number, Uint8Array]];
    await worker.terminate();
    assert.deepEqual(Buffer.from(packet), protectRtp(deriveSessionKeys(master).rtp, rtpHeader(), payload, 0));
  }
  assert.notEqual(typeof protect(srtp, here, 'rtp', { header: rtpHeader(), payload }), 'string');
});

nativeTest('srtp', 'packets that name their key are taken where they name the right one', () => {
  const srtp = openSrtp();
  for (const profile of profiles) {
    const plain = testMasterKey(profile);
    const identifier = Uint8Array.of(0, 0, 1, 2);
    const outbound = srtp.openOutbound({ ...plain, identifier });
    const inbound = srtp.openInbound({ ...plain, identifier });
    const { tagBytes, rtcpTagBytes } = srtpProfileLengths[profile];
    const isAead = profile === srtpProfile.aeadAes128Gcm || profile === srtpProfile.aeadAes256Gcm;
    for (const [kind, parts, tag] of [['rtp', { header: rtpHeader(), payload }, tagBytes], ['rtcp', { header: rtcpPacket({ extra: 3 }) }, rtcpTagBytes]] as const) {
      const sent = protect(srtp, outbound, kind, parts);
      assert.ok(typeof sent === 'object');
      // RFC 3711 §3.1, §3.4: before the tag; RFC 7714 §8.2, §9.2: behind everything.
      const at = sent.length - (isAead ? 0 : tag);
      const named = (name: Uint8Array) => Buffer.concat([sent.subarray(0, at), name, sent.subarray(at)]);
      assert.equal(unprotect(srtp, inbound, kind, sent), 'notAuthentic');
      assert.equal(unprotect(srtp, inbound, kind, named(Uint8Array.of(0, 0, 1, 3))), 'notAuthentic');
      const taken = unprotect(srtp, inbound, kind, named(identifier));
      assert.ok(typeof taken === 'object');
      assert.deepEqual(taken.packet, Buffer.concat([parts.header, ...('payload' in parts ? [parts.payload] : [])]));
    }
  }
  assert.equal(unprotect(srtp, srtp.openInbound({ ...master, identifier: new Uint8Array(128) }), 'rtp', Buffer.alloc(100, 0x80)), 'malformed');
  assert.throws(() => srtp.openInbound({ ...master, identifier: new Uint8Array(129) }), RangeError);
});
