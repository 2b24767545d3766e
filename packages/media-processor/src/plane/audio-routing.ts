import type { Conference } from './conference.ts';
import type { Leg } from './leg.ts';
import type { ReceivedStream } from './received-stream.ts';

/** Who is heard by whom: each listener has a few sections for sound, and whoever speaks gets one of them. */
export class AudioRouting {
  private readonly conference: Conference;

  constructor(conference: Conference) {
    this.conference = conference;
  }

  route(): void {
    const speakers = [...this.conference.legs.values()].flatMap((leg) => (leg.maySend('audio') ? audioStreams(leg) : []));
    for (const leg of this.conference.legs.values()) this.routeTo(leg, speakers);
  }

  private routeTo(leg: Leg, speakers: readonly ReceivedStream[]): void {
    const sections = leg.sent.filter(({ kind }) => kind === 'audio');
    const others = leg.isHeld || this.conference.modesOf(leg).audio === 'mixed' ? [] : speakers.filter(({ section }) => section.leg !== leg).slice(0, sections.length);
    const carried = new Set(sections.map(({ wantedSource }) => wantedSource));
    const waiting = others.filter((speaker) => !carried.has(speaker));
    for (const section of sections) {
      const { wantedSource } = section;
      if (typeof wantedSource === 'object' && others.includes(wantedSource)) continue;
      section.setSource(waiting.shift());
    }
  }
}

function audioStreams(leg: Leg): readonly ReceivedStream[] {
  return leg.received.flatMap(({ kind, layers: [stream] }) => (kind === 'audio' && stream !== undefined ? [stream] : []));
}
