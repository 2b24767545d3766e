import { LinePacer } from '@dialplane/conference';
import type { ValidPair } from '@dialplane/ice';
import { linePlaceBits, lineWords } from '@dialplane/kernels';
import { noContext } from '../transports/leg-transport.ts';
import type { RowTable } from './row-table.ts';

const oneUse = 2 ** linePlaceBits;
const lastUse = 2 ** 31 - oneUse;

/** The way out of one transport as a kernel reads it: its keys, where it leads, and what it takes. */
export class OutboundLine {
  /** What streams name it by; never right again once it is closed. */
  readonly number: number;
  /** When packets of pictures may leave. */
  readonly pacer: LinePacer;
  private readonly table: RowTable;
  private readonly place: number;
  private pair: ValidPair | undefined;
  private outbound: number = noContext;

  constructor(table: RowTable) {
    this.table = table;
    this.place = table.add();
    // Zero in a place that was never used.
    this.number = (this.read(lineWords.number) & -oneUse) | this.place;
    this.write(lineWords.number, this.number);
    this.pacer = new LinePacer(table, (this.place * lineWords.stride + lineWords.left) / 2);
    this.route = undefined;
    this.context = noContext;
    this.transportNumber = 0;
  }

  /** Where it leads; undefined for nowhere. */
  get route(): ValidPair | undefined {
    return this.pair;
  }

  set route(pair: ValidPair | undefined) {
    this.pair = pair;
    this.write(lineWords.socket, pair?.socket ?? 0);
    this.write(lineWords.family, pair?.remote.family ?? 4);
    this.write(lineWords.port, pair?.remote.port ?? 0);
    this.write(lineWords.w0, pair?.remote.w0 ?? 0);
    this.write(lineWords.w1, pair?.remote.w1 ?? 0);
    this.write(lineWords.w2, pair?.remote.w2 ?? 0);
    this.write(lineWords.w3, pair?.remote.w3 ?? 0);
    this.tellContext();
  }

  /** Number of the SRTP context, or one of the others that `LegTransport.outbound` has. */
  get context(): number {
    return this.outbound;
  }

  set context(context: number) {
    this.outbound = context;
    this.tellContext();
  }

  /** The transport sequence number of the next packet. */
  set transportNumber(next: number) {
    this.write(lineWords.transportNumber, next);
  }

  /** Nothing goes out by it any more. */
  close(): void {
    this.route = undefined;
    if (this.number >= lastUse) return;
    this.write(lineWords.number, this.number + oneUse);
    this.table.remove(this.place);
  }

  /** Without a way there is nothing to protect. */
  private tellContext(): void {
    this.write(lineWords.context, this.pair === undefined ? noContext : this.outbound);
  }

  private read(word: number): number {
    return this.table.words[this.place * lineWords.stride + word] ?? 0;
  }

  private write(word: number, value: number): void {
    this.table.words[this.place * lineWords.stride + word] = value;
  }
}
