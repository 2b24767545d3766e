import { Ages } from './ages.ts';
import { ClosedLoop, drive, EvenPace, measureLoad, type Pace } from './load-driver.ts';
import type { LoadEngine } from './load-engine.ts';
import type { ForwardedRoomPlan, ForwardingServer, Room } from './media-server.ts';
import { AudioSource, type MediaSource, opaqueFrames, VideoSource } from './media-sources.ts';

/** A picture of about 1.1 Mbit/s: 25 frames a second of five packets. Sound: 50 single packets a second. */
const framePackets = 5;
const pictureBytes = 1100;
const soundBytes = 100;
const periodMs = { vp8: 40, opus: 20 } as const;
/** What our media processor sends to one client at most, 18 Mbit/s of 20 on the wire, in packets of pictures. */
const mostPerReceiver = 2000;
/** Packets under way for each receiver in a closed loop. */
const windowPerReceiver = 20;

export interface ForwardingPoint {
  readonly label: string;
  readonly plan: ForwardedRoomPlan;
  /** How many rooms of this plan there are at once; one where it does not say. */
  readonly rooms?: number;
  readonly load: 'real' | 'saturated' | 'half';
  readonly pathFeedback: LoadEngine['pathFeedback'];
  /** At most this part of what janus needs. */
  readonly goal?: number;
}

function oneTo(receivers: number, codec: 'vp8' | 'opus'): ForwardedRoomPlan {
  return { participants: receivers + 1, sends: (participant) => (participant === 0 ? [codec] : []), receives: (participant) => (participant === 0 ? [] : [0]) };
}

/** Everybody sees everybody else; sound comes from three of them, as in a lively meeting. */
const meeting: ForwardedRoomPlan = {
  participants: 10,
  sends: (participant) => (participant < 3 ? ['opus', 'vp8'] : ['vp8']),
  receives: (participant) => Array.from({ length: 10 }, (_, other) => other).filter((other) => other !== participant),
};

const sizes = [10, 50, 100];
export const forwardingPoints: readonly ForwardingPoint[] = [
  ...sizes.map((size): ForwardingPoint => ({ label: `a picture to ${size}, real rate`, plan: oneTo(size, 'vp8'), load: 'real', pathFeedback: 'transportWide', goal: 0.2 })),
  ...sizes.map((size): ForwardingPoint => ({ label: `sound to ${size}, real rate`, plan: oneTo(size, 'opus'), load: 'real', pathFeedback: 'transportWide', goal: 0.2 })),
  { label: 'meeting of 10, real rate', plan: meeting, load: 'real', pathFeedback: 'maximumBitrate', goal: 0.2 },
  { label: '10 rooms, a picture to 10, saturated', plan: oneTo(10, 'vp8'), rooms: 10, load: 'saturated', pathFeedback: 'maximumBitrate', goal: 0.2 },
  { label: '3 rooms, a picture to 50, saturated', plan: oneTo(50, 'vp8'), rooms: 3, load: 'saturated', pathFeedback: 'maximumBitrate', goal: 0.2 },
  { label: '2 rooms, a picture to 100, saturated', plan: oneTo(100, 'vp8'), rooms: 2, load: 'saturated', pathFeedback: 'maximumBitrate', goal: 0.2 },
  { label: 'sound to 100, saturated', plan: oneTo(100, 'opus'), load: 'saturated', pathFeedback: 'maximumBitrate', goal: 0.2 },
  { label: '6 meetings of 10, saturated', plan: meeting, rooms: 6, load: 'saturated', pathFeedback: 'maximumBitrate', goal: 0.2 },
  { label: '2 rooms, a picture to 100, half of what saturates', plan: oneTo(100, 'vp8'), rooms: 2, load: 'half', pathFeedback: 'maximumBitrate' },
];

export interface ForwardingResult {
  /** Processor time of the server per packet that a receiver got. */
  readonly costUs: number;
  /** Share of its core. */
  readonly share: number;
  readonly packetsPerSecond: number;
  readonly lostShare: number;
  readonly medianMs: number;
  readonly p999Ms: number;
}

/** Rooms under load, measured as often as one likes. */
export class LoadedRooms {
  private readonly engine: LoadEngine;
  private readonly server: ForwardingServer;
  private readonly point: ForwardingPoint;
  private readonly rooms: readonly Room[];
  private readonly sources: readonly MediaSource[];
  /** How many receivers get each packet, and how many there are. */
  private readonly copies: number;
  private readonly receivers: number;
  private readonly ages = new Ages();

  private constructor(engine: LoadEngine, server: ForwardingServer, point: ForwardingPoint, rooms: readonly Room[]) {
    this.engine = engine;
    this.server = server;
    this.point = point;
    this.rooms = rooms;
    const frames = opaqueFrames(soundBytes);
    this.sources = rooms.flatMap(({ tracks }) => tracks).map(({ client, ssrc, codec }) => (codec === 'vp8' ? new VideoSource(client, ssrc, framePackets, pictureBytes) : new AudioSource(client, ssrc, 'opus', frames)));
    const { participants, receives } = point.plan;
    this.copies = Array.from({ length: participants }, (_, participant) => receives(participant)).filter((others) => others.includes(0)).length;
    this.receivers = rooms.reduce((sum, { receivers }) => sum + receivers.length, 0);
    for (const { receivers } of rooms) this.ages.watch(receivers);
  }

  static async open(engine: LoadEngine, server: ForwardingServer, point: ForwardingPoint): Promise<LoadedRooms> {
    const rooms: Room[] = [];
    for (let count = 0; count < (point.rooms ?? 1); count += 1) rooms.push(await server.openForwarded(engine, point.plan));
    return new LoadedRooms(engine, server, point, rooms);
  }

  async measure(warmUpMs: number, durationMs: number): Promise<ForwardingResult> {
    const paces = await this.paces(warmUpMs, durationMs);
    await drive(this.engine, paces, warmUpMs);
    this.ages.clear();
    const [sent, received, refused] = [this.sent, this.engine.received, this.engine.refused];
    const measured = await measureLoad(this.engine, this.server.pid, paces, durationMs);
    await drive(this.engine, [], 200);
    const expected = (this.sent - sent) * this.copies;
    if (measured.packets === 0) throw new Error(`${this.server.title} forwarded nothing`);
    if (this.engine.refused > refused) throw new Error(`${this.server.title} sent ${this.engine.refused - refused} packets that were not authentic`);
    return {
      costUs: measured.serverNs / 1000 / measured.packets,
      share: measured.serverNs / 1e9 / measured.seconds,
      packetsPerSecond: measured.packets / measured.seconds,
      lostShare: Math.max(0, 1 - (this.engine.received - received) / expected),
      ...this.ages.take(),
    };
  }

  async close(): Promise<void> {
    for (const room of this.rooms) await room[Symbol.asyncDispose]();
  }

  private get sent(): number {
    return this.sources.reduce((sum, { sent }) => sum + sent, 0);
  }

  private async paces(warmUpMs: number, durationMs: number): Promise<readonly Pace[]> {
    if (this.point.load === 'real') return this.evenPaces(1);
    const { participants, receives } = this.point.plan;
    const mostReceived = Math.max(...Array.from({ length: participants }, (_, participant) => receives(participant).length));
    const loop = new ClosedLoop(this.engine, this.sources, this.copies, windowPerReceiver * this.receivers, mostPerReceiver / mostReceived);
    if (this.point.load === 'saturated') return [loop];
    await drive(this.engine, [loop], warmUpMs);
    const { packets, seconds } = await measureLoad(this.engine, this.server.pid, [loop], durationMs);
    await drive(this.engine, [], 200);
    const realRate = (this.sources.length * this.copies * framePackets * 1000) / periodMs.vp8;
    return this.evenPaces(packets / seconds / 2 / realRate);
  }

  /** Each kind at its own rate, times a factor. */
  private evenPaces(factor: number): readonly Pace[] {
    const kinds = [[this.sources.filter((source) => source instanceof VideoSource), periodMs.vp8], [this.sources.filter((source) => source instanceof AudioSource), periodMs.opus]] as const;
    return kinds.filter(([{ length }]) => length > 0).map(([sources, period]) => new EvenPace(sources, period / factor));
  }
}
