import { trimBlanks } from './blanks.ts';
import { HeaderLine } from './header-line.ts';
import { headerName, type HeaderName } from './header-name.ts';
import { findOutside, splitList } from './split-list.ts';

/**
 * The header fields of a message, in their order. Names are compared without case and compact forms are known; values are text that nobody has
 * looked into. Lines that came in a message leave byte for byte as they came, unless they are changed.
 */
export class SipHeaders {
  private readonly lines: HeaderLine[];

  /** @param lines become this object's. */
  constructor(lines: HeaderLine[] = []) {
    this.lines = lines;
  }

  /** Header fields of ours, a line for each pair. */
  static of(...pairs: readonly (readonly [name: string, value: string])[]): SipHeaders {
    return new SipHeaders(pairs.map(([name, value]) => HeaderLine.of(headerName(name), value)));
  }

  has(name: string): boolean {
    return this.find(headerName(name)) >= 0;
  }

  /** The first value; of a line with several the first of them. `undefined` where there is no such line. */
  first(name: string): string | undefined {
    const line = this.lines[this.find(headerName(name))];
    return line === undefined ? undefined : firstValue(line);
  }

  /**
   * What `read` makes of the first value; `undefined` where there is none. What was read is remembered with the line, also for copies of this object: readers are functions
   * without a closure, and what they return is not changed.
   */
  read<Reading>(name: string, read: (value: string) => Reading): Reading | undefined {
    const line = this.lines[this.find(headerName(name))];
    return line?.read(read, firstValue);
  }

  /** What `read` makes of all values, in their order; remembered as in {@link read}. */
  readAll<Reading>(name: string, read: (value: string) => Reading): Reading[] {
    const wanted = headerName(name);
    const readings: Reading[] = [];
    for (const line of this.lines) {
      if (!isNamed(line, wanted)) continue;
      if (!wanted.isList || !line.value.includes(',')) readings.push(line.read(read, firstValue));
      else readings.push(...splitList(line.value).map((value) => read(value)));
    }
    return readings;
  }

  /** Whether `read` makes something of every value; it is asked no further than to the first of which it makes `undefined`. */
  canRead(name: string, read: (value: string) => unknown): boolean {
    const wanted = headerName(name);
    for (const line of this.lines) {
      if (!isNamed(line, wanted)) continue;
      const { value } = line;
      let start = 0;
      if (!wanted.isList || !value.includes(',')) {
        if (line.read(read, firstValue) === undefined) return false;
        continue;
      }
      while (start <= value.length) {
        const comma = findOutside(value, ',', start);
        const end = comma < 0 ? value.length : comma;
        if (read(trimBlanks(value.slice(start, end))) === undefined) return false;
        start = end + 1;
      }
    }
    return true;
  }

  /** All values in their order, one each: lines of a list are split at their commas (RFC 3261 §7.3.1). */
  all(name: string): readonly string[] {
    const wanted = headerName(name);
    const values: string[] = [];
    for (const line of this.lines) {
      if (!isNamed(line, wanted)) continue;
      if (wanted.isList) values.push(...splitList(line.value));
      else values.push(line.value);
    }
    return values;
  }

  /** How many lines have this name, whatever is in them. */
  count(name: string): number {
    const wanted = headerName(name);
    let count = 0;
    for (const line of this.lines) if (isNamed(line, wanted)) count += 1;
    return count;
  }

  /** Makes `value` the only one of its name, where the first one was, or at the end. */
  set(name: string, value: string): void {
    const wanted = headerName(name);
    const at = this.find(wanted);
    const line = HeaderLine.of(wanted, value);
    if (at < 0) this.lines.push(line);
    else {
      this.lines[at] = line;
      this.removeFrom(wanted, at + 1);
    }
  }

  /** Adds a line after all others. */
  add(name: string, value: string): void {
    this.lines.push(HeaderLine.of(headerName(name), value));
  }

  /** Adds a line before the first one of its name, or before all others. */
  prepend(name: string, value: string): void {
    const wanted = headerName(name);
    this.lines.splice(Math.max(0, this.find(wanted)), 0, HeaderLine.of(wanted, value));
  }

  /** Removes the first value, also where its line goes on with another one. */
  removeFirst(name: string): void {
    const wanted = headerName(name);
    const at = this.find(wanted);
    const line = this.lines[at];
    if (line === undefined) return;
    const comma = wanted.isList && line.value.includes(',') ? findOutside(line.value, ',', 0) : -1;
    if (comma < 0) this.lines.splice(at, 1);
    else this.lines[at] = HeaderLine.of(wanted, trimBlanks(line.value.slice(comma + 1)));
  }

  /** Removes every line of this name. */
  remove(name: string): void {
    this.removeFrom(headerName(name), 0);
  }

  /** Another object with the same lines; changing one leaves the other as it is. */
  copy(): SipHeaders {
    return new SipHeaders(this.lines.slice());
  }

  /** Adds the lines of `from` that have this name, as they are: what responses take from their request (RFC 3261 §8.2.6.2). */
  addFrom(from: SipHeaders, name: string): void {
    const wanted = headerName(name);
    for (const line of from.lines) if (isNamed(line, wanted)) this.lines.push(line);
  }

  /** Every line as it is named and what it says. */
  *entries(): IterableIterator<readonly [name: string, value: string]> {
    for (const line of this.lines) yield [line.name.text, line.value];
  }

  /** For the writer of messages. */
  get written(): readonly HeaderLine[] {
    return this.lines;
  }

  private find(wanted: HeaderName): number {
    for (let at = 0; at < this.lines.length; at += 1) {
      const line = this.lines[at];
      if (line !== undefined && isNamed(line, wanted)) return at;
    }
    return -1;
  }

  private removeFrom(wanted: HeaderName, from: number): void {
    let kept = from;
    for (let at = from; at < this.lines.length; at += 1) {
      const line = this.lines[at];
      if (line !== undefined && !isNamed(line, wanted)) this.lines[kept++] = line;
    }
    this.lines.length = kept;
  }
}

function firstValue(line: HeaderLine): string {
  const { value } = line;
  if (!line.name.isList) return value;
  const comma = value.includes(',') ? findOutside(value, ',', 0) : -1;
  return comma < 0 ? value : trimBlanks(value.slice(0, comma));
}

function isNamed(line: HeaderLine, wanted: HeaderName): boolean {
  return line.name === wanted || line.name.key === wanted.key;
}
