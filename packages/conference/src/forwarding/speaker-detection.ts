import type { Instant } from '@dialplane/sansio';

/** Loudness in dB above silence, 127 - level of RFC 6464. Quieter than this is never speech. */
const leastSpeech = 127 - 55;
/** How far above its usual quiet a microphone has to be. */
const aboveQuietDb = 9;
/** Time constants of the loudness: up within a syllable, down over the pauses between words. */
const attackMs = 40;
const releaseMs = 350;
/** Of the slow mean that tells a speech from a cough. */
const conversationMs = 1500;
/** After so long without a packet a member counts as silent (DTX, loss). */
const absentMs = 250;
/** How long the former dominant speaker keeps its place after its last word. */
const courtesyMs = 700;
/** How much of the time, in dB of the slow mean, a challenger has to be ahead of a speaker who goes on. */
const challengeDb = 6;
/** Who was audible this long ago still counts among the audible, so that nobody is cut off between two sentences. */
const hangoverMs = 3000;
/** How much louder a speaker has to be than one who is audible to take its place. */
const leadDb = 6;
const dominantCount = 5;
/** Members that there is room for at first: most conferences are small, and many are two telephones. */
const firstCapacity = 8;

export interface SpeakerDetectionOptions {
  /** How many members are audible at once. */
  readonly audibleCount: number;
  /** The most members there may be. */
  readonly capacity: number;
}

/**
 * Who speaks, by the levels that clients write into their packets (RFC 6464). A packet costs a few operations on typed arrays; what follows from it is found out in
 * `update`, ten times a second.
 *
 * A member *speaks* while its loudness is clearly above its own quiet. The *dominant* ones are those who held the floor, most recent first; the floor changes when its
 * holder pauses, or is outdone for a while. *Audible* are the members whose sound is forwarded: the speakers and, in the places left, whoever spoke last.
 */
export class SpeakerDetection {
  /** Members that speak now, loudest first. This list and the others are replaced where they change, and only then. */
  speaking: readonly number[] = [];
  /** Members that held the floor, most recent first; at most five. */
  dominant: readonly number[] = [];
  /** Members whose sound is to be forwarded; at most as many as the options say. */
  audible: readonly number[] = [];
  private readonly options: SpeakerDetectionOptions;
  private readonly members = new Set<number>();
  private readonly unused: number[] = [];
  private loudness = new Float64Array(firstCapacity);
  private conversation = new Float64Array(firstCapacity);
  private quiet = new Float64Array(firstCapacity);
  private heardAt = new Float64Array(firstCapacity);
  private spokeAt = new Float64Array(firstCapacity);
  private isAudible = new Uint8Array(firstCapacity);
  private next = 0;
  private updatedAt: Instant | undefined;

  constructor(options: SpeakerDetectionOptions) {
    this.options = options;
  }

  /** Adds a member and gives it a number, or -1 where there are as many as there may be. Numbers of removed members are used again. */
  add(): number {
    const member = this.unused.pop() ?? this.next;
    if (member >= this.options.capacity) return -1;
    if (member === this.loudness.length) this.grow();
    if (member === this.next) this.next += 1;
    this.members.add(member);
    this.loudness[member] = 0;
    this.conversation[member] = 0;
    this.quiet[member] = leastSpeech - aboveQuietDb;
    this.heardAt[member] = -Infinity;
    this.spokeAt[member] = -Infinity;
    this.isAudible[member] = 0;
    return member;
  }

  /** Removes a member at once from everything that this tells. */
  remove(member: number): void {
    if (!this.members.delete(member)) return;
    this.unused.push(member);
    this.speaking = this.speaking.filter((one) => one !== member);
    this.dominant = this.dominant.filter((one) => one !== member);
    this.audible = this.audible.filter((one) => one !== member);
  }

  /**
   * Notes the level of one packet, 0 (loudest) to 127 (silence); a muted member's packets are not to be noted.
   * @returns True where `update` should not wait: somebody begins to speak whom nobody hears.
   */
  note(member: number, level: number, now: Instant): boolean {
    const loud = 127 - level;
    const elapsed = Math.min(absentMs, now - (this.heardAt[member] ?? 0));
    const before = this.loudness[member] ?? 0;
    const isSpeech = loud > leastSpeech && loud > (this.quiet[member] ?? 0) + aboveQuietDb;
    this.heardAt[member] = now;
    this.loudness[member] = before + (loud - before) * Math.min(1, elapsed / (loud > before ? attackMs : releaseMs));
    this.noteQuiet(member, loud, elapsed);
    if (isSpeech) this.spokeAt[member] = now;
    return isSpeech && this.isAudible[member] === 0;
  }

  /** Finds out who speaks now; true where one of the lists is another one. */
  update(now: Instant): boolean {
    const elapsed = Math.min(conversationMs, now - (this.updatedAt ?? now));
    this.updatedAt = now;
    for (const member of this.members) this.settle(member, elapsed, now);
    const before = { speaking: this.speaking, dominant: this.dominant, audible: this.audible };
    const speaking = [...this.members].filter((member) => this.speaks(member, now)).sort((a, b) => this.loud(b) - this.loud(a));
    this.speaking = unlessSame(before.speaking, speaking);
    this.dominant = unlessSame(before.dominant, this.nextDominant(speaking, now));
    this.audible = unlessSame(before.audible, this.nextAudible(speaking, now));
    for (const member of before.audible) this.isAudible[member] = 0;
    for (const member of this.audible) this.isAudible[member] = 1;
    return this.speaking !== before.speaking || this.dominant !== before.dominant || this.audible !== before.audible;
  }

  private grow(): void {
    const capacity = 2 * this.loudness.length;
    [this.loudness, this.conversation, this.quiet, this.heardAt, this.spokeAt] = [grown(this.loudness, capacity), grown(this.conversation, capacity), grown(this.quiet, capacity), grown(this.heardAt, capacity), grown(this.spokeAt, capacity)];
    const isAudible = new Uint8Array(capacity);
    isAudible.set(this.isAudible);
    this.isAudible = isAudible;
  }

  private loud(member: number): number {
    return this.loudness[member] ?? 0;
  }

  private speaks(member: number, now: Instant): boolean {
    return now - (this.spokeAt[member] ?? 0) < releaseMs;
  }

  /** A microphone's quiet: down at once, up slowly, so that noise that goes on is no speech. */
  private noteQuiet(member: number, loud: number, elapsed: number): void {
    const quiet = this.quiet[member] ?? 0;
    const next = loud < quiet ? quiet + (loud - quiet) * Math.min(1, elapsed / 100) : quiet + (elapsed / 1000) * 1.5;
    this.quiet[member] = Math.max(0, Math.min(next, 127 - aboveQuietDb - 12));
  }

  private settle(member: number, elapsed: number, now: Instant): void {
    if (now - (this.heardAt[member] ?? 0) > absentMs) this.loudness[member] = 0;
    const speech = this.speaks(member, now) ? this.loud(member) : 0;
    this.conversation[member] = (this.conversation[member] ?? 0) + (speech - (this.conversation[member] ?? 0)) * (elapsed / conversationMs);
  }

  /** The floor goes to the one who speaks most, when its holder has paused for long enough or is clearly outdone. */
  private nextDominant(speaking: readonly number[], now: Instant): readonly number[] {
    const [holder] = this.dominant;
    const challenger = speaking.reduce<number | undefined>((best, one) => (best === undefined || this.talk(one) > this.talk(best) ? one : best), undefined);
    if (challenger === undefined || challenger === holder) return this.dominant;
    const isPaused = holder === undefined || now - (this.spokeAt[holder] ?? 0) > courtesyMs;
    const isOutdone = holder !== undefined && this.talk(challenger) > this.talk(holder) + challengeDb;
    return isPaused || isOutdone ? [challenger, ...this.dominant.filter((one) => one !== challenger)].slice(0, dominantCount) : this.dominant;
  }

  private talk(member: number): number {
    return this.conversation[member] ?? 0;
  }

  /** Keeps who is audible as long as places are not needed by speakers: a place changes hands as seldom as possible. */
  private nextAudible(speaking: readonly number[], now: Instant): readonly number[] {
    const { audibleCount } = this.options;
    const spokeLately = (member: number): boolean => now - (this.spokeAt[member] ?? 0) < hangoverMs;
    const claim = (member: number): number => this.loud(member) + (this.isAudible[member] === 1 ? leadDb : 0);
    const first = [...speaking].sort((a, b) => claim(b) - claim(a)).slice(0, audibleCount);
    const others = [...this.members].filter((member) => !first.includes(member));
    const rank = (member: number): number => (this.isAudible[member] === 1 ? 1 : 0) + (spokeLately(member) ? 2 : 0);
    others.sort((a, b) => rank(b) - rank(a) || (this.spokeAt[b] ?? 0) - (this.spokeAt[a] ?? 0) || a - b);
    const chosen = new Set([...first, ...others].slice(0, audibleCount));
    return [...this.audible.filter((member) => chosen.has(member)), ...[...chosen].filter((member) => !this.audible.includes(member))];
  }
}

function grown(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(values);
  return larger;
}

function unlessSame(before: readonly number[], now: readonly number[]): readonly number[] {
  return sameMembers(before, now) ? before : now;
}

function sameMembers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((member, index) => member === b[index]);
}
