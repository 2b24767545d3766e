import type { Readable } from 'node:stream';

const longest = 4_096;

/** The end of what a process wrote to its standard error: why it died, where it could still say so. */
export class LastWords {
  private kept = '';

  constructor(stream: Readable | null) {
    stream?.setEncoding('utf8').on('data', (text: string) => (this.kept = (this.kept + text).slice(-longest)));
  }

  get text(): string {
    return this.kept.trim();
  }
}
