import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Instant, instant } from '@dialplane/sansio';
import { formatTransportAddress, parseTransportAddress, type TransportAddress } from '@dialplane/stun';
import { SourceLatch } from './source-latch.ts';

const at = (text: string): TransportAddress => {
  const address = parseTransportAddress(text);
  assert.ok(address !== undefined);
  return address;
};
const [carrier, nat, stranger] = [at('10.0.0.8:30002'), at('203.0.113.5:30002'), at('198.51.100.9:4000')];
const remoteOf = ({ remote }: SourceLatch): string => (remote === undefined ? 'nowhere' : formatTransportAddress(remote));

/** As the packet thread does with plain RTP. @returns whether the packet is taken. */
function receive(latch: SourceLatch, source: TransportAddress, ssrc: number, sequenceNumber: number, now: Instant): boolean {
  const admission = latch.admits(source, now);
  if (admission === 'take') latch.note(source, ssrc, now);
  return admission === 'take' || (admission === 'prove' && latch.prove(source, ssrc, sequenceNumber, now));
}

function describedLatch(address = carrier): SourceLatch {
  const latch = new SourceLatch(instant(0));
  latch.describe(address, instant(0));
  return latch;
}

test('before anything comes, the description says where to send; a carrier behind a NAT is latched on to with its second packet', () => {
  const latch = describedLatch();
  assert.equal(remoteOf(latch), '10.0.0.8:30002');
  assert.deepEqual([1, 2, 3].map((number) => receive(latch, nat, 7, number, instant(number * 20))), [false, true, true]);
  assert.equal(remoteOf(latch), '203.0.113.5:30002');
});

test('who is where the description says is taken at once, also after somebody else was', () => {
  const latch = describedLatch();
  receive(latch, nat, 7, 1, instant(0));
  receive(latch, nat, 7, 2, instant(20));
  assert.equal(receive(latch, carrier, 8, 500, instant(40)), true);
  assert.equal(remoteOf(latch), '10.0.0.8:30002');
});

test('two packets that do not belong together prove nothing', () => {
  const latch = describedLatch();
  const tries: ReadonlyArray<readonly [TransportAddress, number, number]> = [[nat, 7, 1], [nat, 8, 2], [stranger, 8, 3], [nat, 8, 40], [nat, 8, 40], [nat, 8, 39]];
  for (const [source, ssrc, number] of tries) assert.equal(receive(latch, source, ssrc, number, instant(0)), false);
  assert.equal(receive(latch, nat, 8, 41, instant(0)), true);
});

test('a stranger is not heard once somebody is, nor after silence unless it knows the SSRC', () => {
  const latch = describedLatch();
  receive(latch, nat, 7, 1, instant(0));
  receive(latch, nat, 7, 2, instant(20));
  for (let number = 3; number < 100; number += 1) assert.equal(receive(latch, stranger, 7, number, instant(100)), false);
  for (let number = 3; number < 100; number += 1) assert.equal(receive(latch, stranger, 9, number, instant(4_000)), false);
  assert.equal(remoteOf(latch), '203.0.113.5:30002');
  // The carrier's NAT gave it another port.
  assert.deepEqual([200, 201].map((number) => receive(latch, at('203.0.113.5:41000'), 7, number, instant(4_000))), [false, true]);
});

test('another description moves at once where is sent to, and what still comes from before is taken', () => {
  const latch = describedLatch();
  receive(latch, carrier, 7, 1, instant(0));
  latch.describe(carrier, instant(10));
  assert.equal(receive(latch, stranger, 7, 2, instant(20)), false);
  latch.describe(at('10.0.0.9:30010'), instant(100));
  assert.equal(remoteOf(latch), '10.0.0.9:30010');
  assert.equal(receive(latch, carrier, 7, 3, instant(120)), true);
  assert.equal(remoteOf(latch), '10.0.0.9:30010');
  assert.deepEqual([1, 2].map((number) => receive(latch, nat, 70, number, instant(140))), [false, true]);
  assert.equal(remoteOf(latch), '203.0.113.5:30002');
});

test('who announces another place and goes on sending from the same one stays there', () => {
  const latch = describedLatch();
  receive(latch, nat, 7, 1, instant(0));
  receive(latch, nat, 7, 2, instant(20));
  latch.describe(at('10.0.0.9:30010'), instant(100));
  assert.equal(receive(latch, nat, 7, 3, instant(120)), true);
  assert.equal(remoteOf(latch), '10.0.0.9:30010');
  assert.equal(receive(latch, nat, 7, 4, instant(3_200)), true);
  assert.equal(remoteOf(latch), '203.0.113.5:30002');
});

test('a description of nowhere stops what is sent, and whoever else would be heard', () => {
  const latch = describedLatch();
  receive(latch, carrier, 7, 1, instant(0));
  latch.describe(undefined, instant(10));
  assert.equal(remoteOf(latch), 'nowhere');
  assert.deepEqual([1, 2, 3].map((number) => receive(latch, stranger, 7, number, instant(20))), [false, false, false]);
});
