import { lineWords, streamWords } from '@dialplane/kernels';
import type { SentStream } from '../streams/sent-stream.ts';
import type { Receivers } from './receivers.ts';
import { RowTable } from './row-table.ts';

/** What the kernel sends streams on by: a row for each way out, and one for each sent stream that has a source. */
export class ForwardingTables {
  readonly lines = new RowTable(lineWords.stride);
  readonly streams = new RowTable(streamWords.stride);
  private readonly owners: Array<SentStream | undefined> = [];
  private sources = 0;

  /** A sent stream begins to carry what has these receivers. @returns the place of its row, of which nothing is lent yet. */
  addStream(owner: SentStream, receivers: Receivers): number {
    const place = this.streams.add();
    this.owners[place] = owner;
    this.streams.words[place * streamWords.stride + streamWords.source] = 0;
    if (receivers.source === 0) receivers.source = this.sources += 1;
    receivers.add(place);
    return place;
  }

  removeStream(place: number, receivers: Receivers): void {
    receivers.remove(place);
    this.owners[place] = undefined;
    this.streams.words[place * streamWords.stride + streamWords.source] = 0;
    this.streams.remove(place);
  }

  ownerOf(place: number): SentStream | undefined {
    return this.owners[place];
  }
}
