/** What the RFCs print, byte for byte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernel } from '../load-kernel.ts';
import { nativeTest } from '../test-kernels.ts';
import { deriveSessionKeys } from './derive-session-keys.ts';
import type { NativeSrtp } from './native-srtp.ts';
import { srtpProfile } from './srtp-profile.ts';
import { protect, rtcpPacket, unprotect } from './test-srtp.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const nothing = new Uint8Array();

function openNative(): NativeSrtp {
  const kernel = loadKernel<NativeSrtp>('srtp');
  assert.ok(kernel.kind === 'loaded');
  return kernel.exports;
}

test('key derivation (RFC 3711 B.3)', () => {
  const { rtp } = deriveSessionKeys({ profile: srtpProfile.aes128CmSha1_80, key: hex('E1F97A0D3E018BE0D64FA32C06DE4139'), salt: hex('0EC675AD498AFEEBB6960B3AABE6') });
  assert.deepEqual(Buffer.from(rtp.cipherKey), hex('C61E7A93744F39EE10734AFE3FF7A087'));
  assert.deepEqual(Buffer.from(rtp.salt), hex('30CBBC08863D8C85D49DB34A9AE1'));
  assert.deepEqual(Buffer.from(rtp.authenticationKey), hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
});

nativeTest('srtp', 'the keystream of AES counter mode (RFC 3711 B.2)', () => {
  const native = openNative();
  const keys = [hex('2B7E151628AED2A6ABF7158809CF4F3C'), hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'), Buffer.alloc(20), 10] as const;
  const context = native.open(1, ...keys, ...keys, new Uint8Array());
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  const packet = protect(native, context, 'rtp', { header, payload: new Uint8Array(1_044_512) });
  assert.ok(typeof packet !== 'string');
  const keystream = packet.subarray(12, -10);
  assert.deepEqual(keystream.subarray(0, 48), hex('E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0'));
  assert.deepEqual(keystream.subarray(-48), hex('EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44'));
  native.close(context);
});

const salt = Buffer.from('Quid pro quo');
const header = hex('8040f17b 8041f8d3 5501a0b2');
const payload = Buffer.from('Gallia est omnis divisa in partes tres');
const report = hex('81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef');
const reportIndex = 0x5d4;

const vectors = [
  {
    keyBytes: 16,
    rtp: '8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce',
    rtcp: '81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4',
    taggedRtcp: `${report.toString('hex')} 841dd968 3dd78ec9 2ae58790 125f62b3 000005d4`,
  },
  {
    keyBytes: 32,
    rtp: '8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13',
    rtcp: '81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be 8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be 800005d4',
    taggedRtcp: `${report.toString('hex')} 91db4afb feee5a97 8fab4393 ed2615fe 000005d4`,
  },
];

for (const { keyBytes, rtp, rtcp, taggedRtcp } of vectors) {
  nativeTest('srtp', `AEAD_AES_${8 * keyBytes}_GCM, SRTP and SRTCP, both ways (RFC 7714 §16, §17)`, () => {
    const native = openNative();
    const key = Uint8Array.from({ length: keyBytes }, (_, at) => at);
    const keys = [key, salt, nothing, 16] as const;
    const [inbound, outbound] = [native.open(0, ...keys, ...keys, new Uint8Array()), native.open(1, ...keys, ...keys, new Uint8Array())];
    assert.deepEqual(protect(native, outbound, 'rtp', { header, payload }), hex(rtp));
    const plain = { packet: Buffer.concat([header, payload]), headerLength: 12, rolloverCounter: 0 };
    assert.deepEqual(unprotect(native, inbound, 'rtp', hex(rtp)), plain);

    for (let index = 0; index < reportIndex; index += 1) protect(native, outbound, 'rtcp', { header: rtcpPacket() });
    assert.deepEqual(protect(native, outbound, 'rtcp', { header: report }), hex(rtcp));
    const plainReport = { packet: report, headerLength: 8, rolloverCounter: reportIndex };
    assert.deepEqual(unprotect(native, inbound, 'rtcp', hex(rtcp)), plainReport);
    const other = native.open(0, ...keys, ...keys, new Uint8Array());
    assert.deepEqual(unprotect(native, other, 'rtcp', hex(taggedRtcp)), plainReport);
    for (const context of [inbound, outbound, other]) native.close(context);
  });
}
