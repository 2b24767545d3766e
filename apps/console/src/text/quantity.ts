/** Bits a second for people: `850 bit/s`, `64 kbit/s`, `2.1 Mbit/s`. */
export function formatBitrate(bitsPerSecond: number): string {
  if (!Number.isFinite(bitsPerSecond)) return '–';
  if (bitsPerSecond < 1000) return `${Math.round(bitsPerSecond)} bit/s`;
  if (bitsPerSecond < 999_500) return `${Math.round(bitsPerSecond / 1000)} kbit/s`;
  return `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbit/s`;
}

/** Bytes for people, in powers of 1000: `920 B`, `4.2 kB`, `1.3 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return bytes < 999_950_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

/** A ratio 0..1 as per cent; small ones with a decimal: `0 %`, `0.4 %`, `12 %`. */
export function formatRatio(ratio: number): string {
  const percent = ratio * 100;
  return percent === 0 || percent >= 10 ? `${Math.round(percent)} %` : `${percent.toFixed(1)} %`;
}

/** `1 candidate`, `3 candidates`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
