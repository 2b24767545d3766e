import type { Duplex } from 'node:stream';

const firstByteWithinMs = 10_000;
const maxUndecided = 1_000;

/**
 * Streams that have not said yet what they speak. Each gets ten seconds to its first byte; when there are too many, the one that has been silent longest
 * has to go, so that silence costs nobody a connection that speaks.
 */
export class UndecidedStreams {
  readonly #limit: number;
  readonly #withinMs: number;
  readonly #streams = new Set<Duplex>();

  constructor({ limit = maxUndecided, withinMs = firstByteWithinMs }: { readonly limit?: number; readonly withinMs?: number } = {}) {
    this.#limit = limit;
    this.#withinMs = withinMs;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Calls `decide` with the first byte, once it is there; it is still to be read then. A stream that ends or stays silent is destroyed. */
  add(stream: Duplex, decide: (firstByte: number) => void): void {
    const leave = (): void => {
      clearTimeout(deadline);
      this.#streams.delete(stream);
      stream.off('readable', look).off('error', giveUp).off('end', giveUp).off('close', leave);
    };
    const giveUp = (): void => {
      leave();
      stream.on('error', () => undefined);
      stream.destroy();
    };
    const look = (): void => {
      const chunk: Buffer | null = stream.read();
      const [firstByte] = chunk ?? [];
      if (chunk === null || firstByte === undefined) return;
      leave();
      stream.unshift(chunk);
      decide(firstByte);
    };
    const deadline = setTimeout(giveUp, this.#withinMs);
    this.#streams.add(stream);
    stream.on('readable', look).on('error', giveUp).on('end', giveUp).on('close', leave);
    if (this.#streams.size > this.#limit) this.#streams.values().next().value?.destroy();
  }
}
