import { AudioSlots, emptySlot, mostParticipants, SpeakerDetection } from '@dialplane/conference';
import type { Instant } from '@dialplane/sansio';
import type { Conference } from '../conference.ts';
import type { Leg } from '../legs/leg.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';
import type { SentStream } from '../streams/sent-stream.ts';

/** As many as clients have sections for, and one, since nobody hears itself. */
const audibleCount = 7;
const updateMs = 100;
/** Whoever begins to speak while nobody hears it does not wait for the next update, unless there was one just now. */
const urgentUpdateMs = 20;

/** How often speakers are told at most. */
const tellMs = 340;

/** Who is heard by whom: each listener has a few sections for sound, and whoever speaks gets one of them. */
export class AudioRouting {
  private readonly conference: Conference;
  private readonly detection = new SpeakerDetection({ audibleCount, capacity: mostParticipants });
  /** Legs by their number as speakers. */
  private readonly legs: Array<Leg | undefined> = [];
  private readonly numbers = new Map<Leg, number>();
  private readonly slots = new Map<Leg, AudioSlots>();
  private updatedAt: Instant | undefined;
  private toldAt: Instant | undefined;
  private told = '';
  /** What is found when it was looked at last, by number. */
  private seen: { readonly speaking: readonly number[]; readonly dominant: readonly number[] } = { speaking: [], dominant: [] };
  private floor: { readonly numbers: readonly number[]; readonly identifiers: readonly string[] } = { numbers: [], identifiers: [] };

  constructor(conference: Conference) {
    this.conference = conference;
  }

  /** Who held the floor, most recent first. */
  get dominant(): readonly string[] {
    const { dominant } = this.detection;
    if (this.floor.numbers !== dominant) this.floor = { numbers: dominant, identifiers: this.identifiersOf(dominant) };
    return this.floor.identifiers;
  }

  /** Legs came or went, or send or hear something else. */
  route(now: Instant): void {
    for (const leg of this.conference.legs.values()) {
      const canSpeak = leg.maySend('Audio') && audioStream(leg) !== undefined;
      if (canSpeak && !this.numbers.has(leg)) this.addSpeaker(leg);
      else if (!canSpeak) this.removeSpeaker(leg);
    }
    if (this.numbers.size > 0) this.detection.update(now);
    this.assign(now);
  }

  forget(leg: Leg): void {
    this.removeSpeaker(leg);
    this.slots.delete(leg);
  }

  /** A packet of sound came. @param level RFC 6464, 0 to 127. */
  noteLevel(leg: Leg, level: number, now: Instant): void {
    const number = this.numbers.get(leg);
    if (number !== undefined && this.detection.note(number, level, now) && this.isDue(urgentUpdateMs, now)) this.update(now);
  }

  handleTimeout(now: Instant): void {
    if (this.numbers.size > 0 && this.isDue(updateMs, now)) this.update(now);
  }

  private isDue(intervalMs: number, now: Instant): boolean {
    return this.updatedAt === undefined || now - this.updatedAt >= intervalMs;
  }

  private update(now: Instant): void {
    this.updatedAt = now;
    if (this.detection.update(now)) this.assign(now);
    this.tellSpeakers(now);
  }

  private assign(now: Instant): void {
    for (const leg of this.conference.legs.values()) {
      const sections = leg.sent.filter(({ kind }) => kind === 'audio');
      const passed = this.conference.passThrough.sourceFor(leg, now);
      if (passed !== undefined) {
        for (const [slot, section] of sections.entries()) section.setSource(slot === 0 ? passed : undefined);
        continue;
      }
      const hears = !leg.isHeld && this.conference.modesOf(leg).audio === 'forwarded';
      const slots = this.slotsOf(leg, sections.length);
      slots.assign(hears ? this.detection.audible : [], this.numbers.get(leg) ?? emptySlot);
      for (const [slot, section] of sections.entries()) this.fill(section, slots.members[slot] ?? emptySlot, { hears, waits: !leg.isHeld && !hears && slot === 0 });
    }
  }

  /** Who is to get the mix, keeps what it has until that begins. */
  private fill(section: SentStream, member: number, { hears, waits }: { readonly hears: boolean; readonly waits: boolean }): void {
    const speaker = this.legs[member];
    const stream = speaker === undefined ? undefined : audioStream(speaker);
    if (stream !== undefined && section.canCarry(stream.section)) section.setSource(stream);
    else if (waits) section.dropTarget();
    else if (hears || section.currentSource !== 'encoded') section.setSource(undefined);
  }

  private slotsOf(leg: Leg, count: number): AudioSlots {
    const known = this.slots.get(leg);
    if (known?.members.length === count) return known;
    const made = new AudioSlots(count);
    this.slots.set(leg, made);
    return made;
  }

  private addSpeaker(leg: Leg): void {
    const number = this.detection.add();
    if (number < 0) return;
    this.numbers.set(leg, number);
    this.legs[number] = leg;
  }

  private removeSpeaker(leg: Leg): void {
    const number = this.numbers.get(leg);
    if (number === undefined) return;
    this.detection.remove(number);
    this.numbers.delete(leg);
    this.legs[number] = undefined;
  }

  private tellSpeakers(now: Instant): void {
    if (this.toldAt !== undefined && now - this.toldAt < tellMs) return;
    const { detection, seen } = this;
    if (detection.speaking === seen.speaking && detection.dominant === seen.dominant) return;
    this.seen = { speaking: detection.speaking, dominant: detection.dominant };
    const [speaking, dominant] = [this.identifiersOf(detection.speaking), this.dominant];
    const telling = JSON.stringify([speaking, dominant]);
    if (telling === this.told) return;
    this.told = telling;
    this.toldAt = now;
    this.conference.tell({ kind: 'speakersChanged', conferenceId: this.conference.conferenceId, speaking, dominant });
  }

  private identifiersOf(numbers: readonly number[]): readonly string[] {
    return [...new Set(numbers.flatMap((number) => this.legs[number]?.identifier ?? []))];
  }
}

function audioStream(leg: Leg): ReceivedStream | undefined {
  return leg.received.find(({ kind }) => kind === 'audio')?.layers[0];
}
