/**
 * What packets of Opus hold, told without decoding them.
 */

/** Milliseconds of a frame by configuration, the upper five bits of the first byte (RFC 6716 §3.1): SILK, hybrid and CELT. */
const silkMs = [10, 20, 40, 60];
const hybridMs = [10, 20];
const celtMs = [2.5, 5, 10, 20];
const longestMs = 120;
const firstCeltConfiguration = 16;

/** Milliseconds of an Opus packet (RFC 6716 §3.1, §3.2); 0 for what is none, or for more than a packet may hold. */
export function opusPacketMs(bytes: Uint8Array, offset: number, length: number): number {
  if (length < 1) return 0;
  const first = bytes[offset] ?? 0;
  const configuration = first >> 3;
  const frameMs = configuration < 12 ? silkMs[configuration & 3] : configuration < firstCeltConfiguration ? hybridMs[configuration & 1] : celtMs[configuration & 3];
  const code = first & 3;
  const frames = code < 3 ? (code === 0 ? 1 : 2) : length < 2 ? 0 : (bytes[offset + 1] ?? 0) & 63;
  const packetMs = frames * (frameMs ?? 0);
  return packetMs <= longestMs ? packetMs : 0;
}

/** Whether the encoder of a packet took its sound for a voice: SILK, alone or in a hybrid, is chosen for voices and CELT for everything else (RFC 6716 §2). @param first The packet's first byte. */
export function isOpusVoice(first: number): boolean {
  return first >> 3 < firstCeltConfiguration;
}
