import type { Instant } from '@dialplane/sansio';

/** Each leg has its turn this often. */
const roundMs = 200;

/**
 * Which legs are looked at: each has its turn five times a second, as many of them at once as have become due, so that not everything comes at once and a leg costs nothing in between. Those
 * in a hurry do not wait for their turn.
 */
export class LegTurns<Member extends object> {
  private readonly members: Member[] = [];
  private readonly places = new Map<Member, number>();
  private readonly hurried = new Set<Member>();
  private place = 0;
  private turnedAt: Instant | undefined;
  /** Parts of a turn that are due. */
  private rest = 0;

  get count(): number {
    return this.members.length;
  }

  add(member: Member): void {
    if (this.places.has(member)) return;
    this.places.set(member, this.members.length);
    this.members.push(member);
  }

  /** The last one takes its place, and may have its turn somewhat later this time. */
  remove(member: Member): void {
    const place = this.places.get(member);
    const last = this.members.at(-1);
    if (place === undefined || last === undefined) return;
    this.members[place] = last;
    this.places.set(last, place);
    this.members.length -= 1;
    this.places.delete(member);
    this.hurried.delete(member);
  }

  /** Something of a leg cannot wait for its turn. Nothing where it is none of those here. */
  hurry(member: Member): void {
    if (this.places.has(member)) this.hurried.add(member);
  }

  /** It can, again. */
  calm(member: Member): void {
    this.hurried.delete(member);
  }

  /** Those for which something cannot wait. */
  get inHurry(): Iterable<Member> {
    return this.hurried;
  }

  /** How many turns have become due: each is to be taken by {@link next}. */
  takeDue(now: Instant): number {
    const { length } = this.members;
    const elapsedMs = this.turnedAt === undefined ? roundMs : Math.min(roundMs, now - this.turnedAt);
    const due = this.rest + (length * elapsedMs) / roundMs;
    const turns = Math.min(length, Math.floor(due));
    this.turnedAt = now;
    this.rest = turns === length ? 0 : due - turns;
    return turns;
  }

  /** Whose turn it is. */
  next(): Member | undefined {
    if (this.place >= this.members.length) this.place = 0;
    const member = this.members[this.place];
    this.place += 1;
    return member;
  }
}
