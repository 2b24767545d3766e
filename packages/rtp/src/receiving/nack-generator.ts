import { addMilliseconds, earliest, type Instant } from '@dialplane/sansio';
import { sequenceDistance } from '../serial-numbers.ts';

/** Numbers that are watched; what is further behind is lost. A power of two. */
const window = 512;
/** Missing packets at a time: more is an outage, after which a key frame helps and retransmission does not. */
const mostMissing = 256;
const mostTries = 8;
/** How long a packet may be overtaken before it is asked for. */
const reorderingMs = 5;
/** Never more often than this, however short the round trip. */
const leastRetryMs = 20;
/** A packet that old is not waited for. */
const patienceMs = 1000;

/**
 * Which packets of a stream to ask for again (RFC 4585 §6.2.1): a missing one is asked for once it cannot merely be overtaken, again each time a round trip (longer
 * with each try) brought nothing, until it is too late. Counts nothing for a stream without loss but one comparison per packet.
 */
export class NackGenerator {
  private newest = -1;
  private missing = 0;
  /** When to ask for a number next; 0 where nothing is missing. In the place of the number modulo the window. */
  private readonly askAt = new Float64Array(window);
  private readonly missedAt = new Float64Array(window);
  private readonly tries = new Uint8Array(window);
  private dueAt: Instant | undefined;

  /** Notes a packet of the stream, also one that came as a retransmission. True where so much is missing that the picture needs a new begin. */
  note(sequenceNumber: number, now: Instant): boolean {
    const ahead = this.newest === -1 ? 1 : sequenceDistance(sequenceNumber, this.newest);
    if (ahead <= 0) {
      if (-ahead < window) this.settle(sequenceNumber);
      return false;
    }
    const isOutage = ahead + this.missing > mostMissing;
    if (isOutage) this.forget();
    if (isOutage || ahead > 1) this.miss(isOutage ? sequenceNumber : this.newest + 1, sequenceNumber, now);
    this.settle(sequenceNumber);
    this.newest = sequenceNumber;
    return isOutage;
  }

  /** When {@link take} next has work. */
  pollTimeout(): Instant | undefined {
    return this.missing === 0 ? undefined : this.dueAt;
  }

  /** The numbers to ask for at `now`, oldest first; `roundTripMs` is that of the leg. */
  take(now: Instant, roundTripMs: number): readonly number[] {
    if (this.missing === 0 || this.dueAt === undefined || this.dueAt > now) return [];
    const due: number[] = [];
    this.dueAt = undefined;
    for (let number = this.newest - window + 1; number < this.newest; number += 1) {
      const place = number & (window - 1);
      const askAt = this.askAt[place] ?? 0;
      if (askAt === 0) continue;
      if (now - (this.missedAt[place] ?? 0) > patienceMs || (this.tries[place] ?? 0) >= mostTries) this.settle(number);
      else if (askAt <= now) due.push(this.ask(number, place, now, roundTripMs));
      else this.dueAt = earliest(this.dueAt, askAt as Instant);
    }
    return due;
  }

  private ask(number: number, place: number, now: Instant, roundTripMs: number): number {
    const tries = (this.tries[place] ?? 0) + 1;
    const next = addMilliseconds(now, Math.max(leastRetryMs, roundTripMs * (1 + tries / 4)));
    this.tries[place] = tries;
    this.askAt[place] = next;
    this.dueAt = earliest(this.dueAt, next);
    return number & 0xffff;
  }

  private miss(from: number, to: number, now: Instant): void {
    const distance = sequenceDistance(to, from & 0xffff);
    for (let index = 0; index < distance; index += 1) {
      const place = (from + index) & (window - 1);
      if (this.askAt[place] === 0) this.missing += 1;
      this.askAt[place] = addMilliseconds(now, reorderingMs);
      this.missedAt[place] = now;
      this.tries[place] = 0;
    }
    this.dueAt = earliest(this.dueAt, addMilliseconds(now, reorderingMs));
  }

  private settle(sequenceNumber: number): void {
    const place = sequenceNumber & (window - 1);
    if (this.askAt[place] === 0) return;
    this.askAt[place] = 0;
    this.missing -= 1;
  }

  private forget(): void {
    this.askAt.fill(0);
    this.missing = 0;
    this.dueAt = undefined;
  }
}
