/** What protecting and unprotecting costs: one packet for 100 receivers, and packets of one sender; each beside node:crypto's AEAD, packet by packet, in one run. */
import { createCipheriv } from 'node:crypto';
import { srtpProfile, srtpProfileLengths } from './srtp-profile.ts';
import { protectWords, type Srtp, unprotectWords } from './srtp.ts';
import { openSrtp, rtpHeader, testMasterKey } from './test-srtp.ts';

const contexts = 100;
const slotBytes = 1536;
const headerBytes = 12;
const rounds = 5;
const batches = 400;

const srtp = openSrtp();
const table: Record<string, string>[] = [];
for (const [title, profile] of Object.entries(srtpProfile)) {
  for (const bytes of [172, 1212]) {
    const { protectNs, unprotectNs } = measure(srtp, profile, bytes);
    const peerNs = profile === srtpProfile.aes128CmSha1_80 ? undefined : measureNodeCrypto(profile, bytes);
    table.push({ 'ns a packet': `${title}, ${bytes} B`, 'protect, 100 receivers': protectNs.toFixed(0), unprotect: unprotectNs.toFixed(0), 'node:crypto': peerNs?.toFixed(0) ?? '' });
  }
}
console.table(table);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function measure(kernel: Srtp, profile: (typeof srtpProfile)[keyof typeof srtpProfile], bytes: number): { readonly protectNs: number; readonly unprotectNs: number } {
  const slab = new Uint8Array((contexts + 1) * slotBytes);
  const outgoing = new Int32Array(contexts * protectWords.stride);
  const received = new Int32Array(contexts * unprotectWords.stride);
  for (let at = 0; at < contexts; at += 1) {
    const master = testMasterKey(profile, at);
    const destination = (at + 1) * slotBytes;
    outgoing.set([kernel.openOutbound(master), 0, 0, headerBytes, 0, headerBytes, bytes - headerBytes, destination], at * protectWords.stride);
    received.set([kernel.openInbound(master), 0, destination, bytes + srtpProfileLengths[profile].tagBytes], at * unprotectWords.stride);
  }
  const protectNs: number[] = [];
  const unprotectNs: number[] = [];
  let sequenceNumber = 0;
  for (let round = 0; round < rounds; round += 1) {
    let [protecting, unprotecting] = [0n, 0n];
    for (let batch = 0; batch < batches; batch += 1) {
      slab.set(rtpHeader({ sequenceNumber: (sequenceNumber += 1) & 0xffff }));
      const started = process.hrtime.bigint();
      kernel.protect(slab, outgoing, contexts);
      const between = process.hrtime.bigint();
      kernel.unprotect(slab, received, contexts);
      unprotecting += process.hrtime.bigint() - between;
      protecting += between - started;
      if (received[unprotectWords.result] !== bytes) throw new Error(`unprotect: ${received[unprotectWords.result]}`);
    }
    protectNs.push(Number(protecting) / contexts / batches);
    unprotectNs.push(Number(unprotecting) / contexts / batches);
  }
  return { protectNs: median(protectNs), unprotectNs: median(unprotectNs) };
}

function measureNodeCrypto(profile: (typeof srtpProfile)[keyof typeof srtpProfile], bytes: number): number {
  const { key } = testMasterKey(profile);
  const header = rtpHeader();
  const payload = new Uint8Array(bytes - headerBytes);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = process.hrtime.bigint();
    for (let packet = 0; packet < 4000; packet += 1) {
      const cipher = createCipheriv(key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm', key, header);
      cipher.setAAD(header);
      cipher.update(payload);
      cipher.final();
      cipher.getAuthTag();
    }
    times.push(Number(process.hrtime.bigint() - started) / 4000);
  }
  return median(times);
}
