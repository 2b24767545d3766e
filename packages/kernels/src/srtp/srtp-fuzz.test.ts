/** Mutants of a committed corpus: whatever comes from the network, the answer is a failure or what its sender meant, and only the packet's bytes count. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { nativeTest } from '../test-kernels.ts';
import { type SrtpProfile, srtpProfile } from './srtp-profile.ts';
import { openSrtp, testMasterKey, unprotect } from './test-srtp.ts';

interface CorpusEntry {
  readonly profile: SrtpProfile;
  readonly kind: 'rtp' | 'rtcp';
  readonly name: string;
  readonly packet: Uint8Array;
}

const profileOf = new Map<string, SrtpProfile>([['AES128_CM_SHA1_80', srtpProfile.aes128CmSha1_80], ['AEAD_AES_128_GCM', srtpProfile.aeadAes128Gcm], ['AEAD_AES_256_GCM', srtpProfile.aeadAes256Gcm]]);
const text = readFileSync(join(import.meta.dirname, 'test-corpus.hex'), 'utf8');
const corpus: readonly CorpusEntry[] = [...text.matchAll(/^# (\w+) (rtp|rtcp): (.*)\n([0-9a-f]*)$/gm)].map(([, profile = '', kind, name = '', hex = '']) => {
  return { profile: profileOf.get(profile) ?? srtpProfile.aeadAes128Gcm, kind: kind === 'rtp' ? 'rtp' : 'rtcp', name, packet: Buffer.from(hex, 'hex') };
});

const at = fc.nat({ max: 400 });
const change = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at, value: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('set' as const), at: fc.nat({ max: 16 }), value: fc.constantFrom(0, 1, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xc8, 0xff) }),
  fc.record({ kind: fc.constant('cut' as const), at, value: fc.constant(0) }),
  fc.record({ kind: fc.constant('grow' as const), at: fc.nat({ max: 40 }), value: fc.nat({ max: 255 }) }),
);
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function applied(packet: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.reduce<Uint8Array>((bytes, { kind, at: place, value }) => {
    if (kind === 'cut') return bytes.slice(0, place);
    if (kind === 'grow') return Buffer.concat([bytes, Buffer.alloc(place, value)]);
    const mutant = Uint8Array.from(bytes);
    if (place < mutant.length) mutant[place] = kind === 'set' ? value : (mutant[place] ?? 0) ^ value;
    return mutant;
  }, packet);
}

nativeTest('srtp', 'the corpus is what it says', () => {
  assert.ok(corpus.length > 25, `${corpus.length} packets`);
  const srtp = openSrtp();
  for (const { profile, kind, name, packet } of corpus) {
    const context = srtp.openInbound(testMasterKey(profile));
    const plain = unprotect(srtp, context, kind, packet);
    const isAuthentic = /^(audio|three|no payload|a report|a header|not encrypted)/.test(name);
    assert.equal(typeof plain === 'string', !isAuthentic, `${name}: ${JSON.stringify(plain)}`);
    srtp.close(context);
  }
});

nativeTest('srtp', 'mutants are refused, or are not mutants', () => {
  const srtp = openSrtp();
  const numRuns = 10 * Number(process.env['PROPERTY_RUNS'] ?? 200);
  fc.assert(fc.property(fc.constantFrom(...corpus), fc.array(change, { minLength: 1, maxLength: 4 }), ({ profile, kind, packet }, changes) => {
    const [context, other] = [srtp.openInbound(testMasterKey(profile)), srtp.openInbound(testMasterKey(profile))];
    const mutant = applied(packet, changes);
    const answer = unprotect(srtp, context, kind, mutant, 0xff);
    assert.deepEqual(unprotect(srtp, other, kind, mutant, 0), answer, 'what lies beside the packet counts');
    if (!Buffer.from(mutant).equals(packet)) assert.match(String(answer), /^(malformed|notAuthentic|replayed)$/);
    srtp.close(context);
    srtp.close(other);
  }), { numRuns });
});
