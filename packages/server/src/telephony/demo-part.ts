import { nodeRandomness, nodeSipCrypto } from '@dialplane/kernels';
import type { SipEdge } from '@dialplane/signaling-controller';
import { DemoCarrier, DemoTargets, setUpDemoCarrier, type TelephonyBooks } from '@dialplane/telephony';
import type { TelephoneControl } from '@dialplane/telephony-api';

/** The demonstration carrier of this server: a peer on loopback, entered into the books as a trunk. */
export class DemoPart {
  readonly #books: TelephonyBooks;
  readonly #edge: SipEdge;
  readonly #ringMs: number | undefined;
  readonly #targets: DemoTargets;
  #carrier: DemoCarrier | undefined;

  constructor(books: TelephonyBooks, edge: SipEdge, { ringMs }: { readonly ringMs?: number }) {
    this.#books = books;
    this.#edge = edge;
    this.#ringMs = ringMs;
    this.#targets = new DemoTargets(books.numbers);
  }

  async start(): Promise<void> {
    this.#carrier = await DemoCarrier.start({
      randomness: nodeRandomness(), crypto: nodeSipCrypto, server: () => ({ address: '127.0.0.1', port: this.#edge.status().port }), ...(this.#ringMs !== undefined && { ringMs: this.#ringMs }),
    });
    await setUpDemoCarrier(this.#books, this.#carrier.place);
  }

  /** Lets it see who shows which number. */
  observe(control: TelephoneControl): TelephoneControl {
    return {
      send: (command) => {
        this.#targets.hear(command);
        control.send(command);
      },
      onEvent: (listener) => control.onEvent(listener),
      devicesOf: (identifier) => control.devicesOf(identifier),
      onDevice: (listener) => control.onDevice(listener),
      absence: () => control.absence(),
    };
  }

  close(): void {
    this.#carrier?.close();
  }
}
