import type { Socket } from 'node:net';

/**
 * Moves what one stream brings to another: no faster than that takes it, with rests where asked for, and its end as an end (half-closed streams stay so).
 * @param onBytes told of each piece; answers how long to rest, in milliseconds.
 */
export function pumpStream(source: Socket, target: Socket, onBytes: (bytes: number) => number): void {
  source.on('data', (chunk: Uint8Array) => {
    const restMs = onBytes(chunk.length);
    const isTaken = target.write(chunk);
    if (isTaken && restMs <= 0) return;
    source.pause();
    const goOn = (): void => void (source.destroyed || source.resume());
    if (restMs > 0) setTimeout(() => (target.writableNeedDrain ? target.once('drain', goOn) : goOn()), restMs);
    else target.once('drain', goOn);
  });
  source.on('end', () => target.end());
  source.resume();
}
