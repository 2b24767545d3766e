import { seededRandomness } from '@dialplane/sansio';
import { MessageBuilder, stunAttribute, stunMethod, transportAddress, ipv4Address, writeFingerprint, writeXorAddress } from '@dialplane/stun';
import { encodeChannelData, turnAttribute, turnMethod, writeLifetime, writeRequestedTransport } from '@dialplane/turn';

const peer = transportAddress(ipv4Address(0x7f000001), 9);
const samples = [stunMethod.binding, ...Object.values(turnMethod)].flatMap((method) =>
  (['request', 'indication', 'success', 'error'] as const).map((messageClass) => {
    const builder = new MessageBuilder(new Uint8Array(512)).begin(messageClass, method, new Uint8Array(12).fill(method));
    writeRequestedTransport(builder, 'udp');
    writeLifetime(builder, 600);
    writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    builder.attribute(turnAttribute.data, new Uint8Array(20)).attribute(stunAttribute.messageIntegrity, new Uint8Array(20));
    if (method % 2 === 0) writeFingerprint(builder);
    return builder.finish().slice();
  }),
);
const others = [encodeChannelData(0x4000, new Uint8Array(30), true), encodeChannelData(0x4fff, new Uint8Array(0), true), new Uint8Array(0), new Uint8Array(1), new Uint8Array(1500).fill(0x41)];

/** Messages as they come, cut, with flipped bits and other lengths: the same ones for a seed. */
export function garbage(seed: number, count: number): Uint8Array[] {
  const { nextUint32 } = seededRandomness(seed);
  return Array.from({ length: count }, (_, number) => {
    const bytes = ([...samples, ...others][nextUint32() % (samples.length + others.length)] ?? new Uint8Array(0)).slice();
    for (let flips = number % 4; flips > 0 && bytes.length > 0; flips -= 1) {
      const at = nextUint32() % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (nextUint32() % 8));
    }
    return number % 5 === 0 ? bytes.subarray(0, nextUint32() % (bytes.length + 1)) : bytes;
  });
}
