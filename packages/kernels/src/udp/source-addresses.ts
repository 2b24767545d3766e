import { createSocket } from 'node:dgram';

const rememberedDestinations = 4096;
const rememberedMs = 60_000;

/** Which of this machine's addresses its routes choose for a destination: asked of the system, remembered for a minute. */
export class SourceAddresses {
  private readonly known = new Map<string, { readonly address: string; readonly until: number }>();
  private readonly now: () => number;

  /** @param now Monotonic milliseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** What is remembered of it. */
  remembered(destination: string): string | undefined {
    const entry = this.known.get(destination);
    return entry !== undefined && entry.until > this.now() ? entry.address : undefined;
  }

  /** `undefined` where no route leads there. */
  async find(destination: string): Promise<string | undefined> {
    const known = this.remembered(destination);
    if (known !== undefined) return known;
    const address = await probe(destination);
    if (address === undefined) return undefined;
    this.known.delete(destination);
    this.known.set(destination, { address, until: this.now() + rememberedMs });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= rememberedDestinations) break;
      this.known.delete(oldest);
    }
    return address;
  }
}

/** A connected UDP socket knows its address, and nothing is sent. */
function probe(destination: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(destination.includes(':') ? 'udp6' : 'udp4');
    const end = (address: string | undefined): void => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.close();
      resolve(address);
    };
    socket.once('error', () => end(undefined));
    socket.connect(9, destination, () => end(socket.address().address));
  });
}
