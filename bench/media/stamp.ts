/** The last bytes of a payload of the load: when it was sent. No server touches them, whatever it does to headers and payload descriptors. */
const magic = 0x4c_4f_41_44;
export const stampBytes = 8;

export function writeStamp(bytes: Uint8Array, end: number, nowMs: number): void {
  writeWord(bytes, end - 8, magic);
  writeWord(bytes, end - 4, Math.round(nowMs * 1000) >>> 0);
}

/** @returns how long the packet was under way in µs, or undefined where it has no stamp. */
export function readAgeUs(bytes: Uint8Array, end: number, nowMs: number): number | undefined {
  if (readWord(bytes, end - 8) !== magic) return undefined;
  return (Math.round(nowMs * 1000) - readWord(bytes, end - 4)) >>> 0;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function readWord(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}
