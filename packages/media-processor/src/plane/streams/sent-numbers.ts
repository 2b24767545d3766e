import { streamFlags, streamWords } from '@dialplane/kernels';
import { SequenceMapping, sequenceDistance, TimestampMapping, Vp8Mapping } from '@dialplane/rtp';
import { type Instant, instant } from '@dialplane/sansio';
import type { SectionExtensions } from '../../process-api/leg-settings.ts';
import type { ForwardingTables } from '../forwarding/forwarding-tables.ts';
import type { Receivers } from '../forwarding/receivers.ts';
import { SentHistory } from './sent-history.ts';
import type { SentStream } from './sent-stream.ts';

/** On what terms the kernel may send the next packets of a source by itself. */
export interface ForwardingTerms {
  /** Number of the way out. */
  readonly line: number;
  readonly ssrc: number;
  /** Packets with this payload type are sent with the other. */
  readonly receivedType: number;
  readonly sentType: number;
  readonly isVp8: boolean;
  /** Whether packets wait for room on the line. */
  readonly isPaced: boolean;
  /** The highest that is sent; -1 for none. */
  readonly temporalLayer: number;
  readonly extensions: SectionExtensions;
}

/**
 * The numbers of one sent stream: which those of its source become, and how many packets have gone (RFC 3550 §6.4.1). While packets are simply the next ones, the numbers are lent to the
 * kernel, in a row of its table; `settle` takes over how far it has come, and comes before everything that reads or changes a mapping.
 */
export class SentNumbers {
  readonly sequence: SequenceMapping;
  readonly timestamps: TimestampMapping;
  readonly pictures: Vp8Mapping;
  /** Which received packet each sent one was; only where a client can ask for one again. */
  readonly history: SentHistory | undefined;
  private readonly tables: ForwardingTables;
  /** Those among whom it receives its source; undefined without one. */
  private receivers: Receivers | undefined;
  private place = -1;
  private settledPackets = 0;
  private settledOctets = 0;
  private settledAt = instant(-Infinity);
  private lastTimestamp = 0;

  constructor(tables: ForwardingTables, hasHistory: boolean, random: () => number) {
    this.tables = tables;
    this.history = hasHistory ? new SentHistory() : undefined;
    // What strangers cannot guess (RFC 3550 §5.1); below 2^15, so that no wrap comes before the first packets have arrived (RFC 3711 §3.3.1).
    this.sequence = new SequenceMapping(random() & 0x7fff);
    this.timestamps = new TimestampMapping(random() | 0);
    this.pictures = new Vp8Mapping(random() & 0x7fff, random() & 0xff);
  }

  /** Since the start, without retransmissions (RFC 3550 §6.4.1). */
  get packets(): number {
    return this.settledPackets + this.unsettled;
  }

  get octets(): number {
    return this.settledOctets + this.read(streamWords.octets);
  }

  /** Of the packet that was sent last. */
  get timestamp(): number {
    return this.unsettled === 0 ? this.lastTimestamp : this.timestamps.peek(this.read(streamWords.newestTimestamp));
  }

  /** When the last packet was sent. */
  get sentAt(): Instant {
    return this.unsettled === 0 ? this.settledAt : instant(this.tables.streams.doubles[(this.place * streamWords.stride + streamWords.sentAt) / 2] ?? 0);
  }

  /** Packets that the kernel has sent and nobody has taken over yet. */
  get unsettled(): number {
    return this.read(streamWords.packets);
  }

  /** A source begins, whose receivers these are. */
  open(owner: SentStream, receivers: Receivers): void {
    this.receivers = receivers;
    this.place = this.tables.addStream(owner, receivers);
    this.write(streamWords.packets, 0);
    this.write(streamWords.octets, 0);
  }

  /** The source ends. */
  close(): void {
    if (this.receivers === undefined) return;
    this.reclaim();
    this.tables.removeStream(this.place, this.receivers);
    this.receivers = undefined;
    this.place = -1;
  }

  /** Counts a packet that was sent without the kernel. */
  count(length: number, timestamp: number, now: Instant): void {
    this.settledPackets += 1;
    this.settledOctets += length;
    this.lastTimestamp = timestamp;
    this.settledAt = now;
  }

  /** Takes over what the kernel has sent since, which goes on. */
  settle(): void {
    if (this.unsettled === 0) return;
    const newest = this.read(streamWords.newestNumber);
    const { sequence, timestamps, pictures } = this;
    this.history?.noteRun(newest, sequenceDistance(newest, sequence.newestIncoming), sequence.nextOffset);
    sequence.map(newest);
    timestamps.map(this.read(streamWords.newestTimestamp));
    pictures.follow(this.read(streamWords.newestPicture), this.read(streamWords.newestPictureId), this.read(streamWords.newestTl0));
    [this.settledPackets, this.settledOctets, this.lastTimestamp, this.settledAt] = [this.packets, this.octets, this.timestamp, this.sentAt];
    this.write(streamWords.settledNumber, newest);
    this.write(streamWords.packets, 0);
    this.write(streamWords.octets, 0);
  }

  /** The kernel sends nothing by itself from here on. */
  reclaim(): void {
    if (this.receivers === undefined) return;
    this.settle();
    this.write(streamWords.source, 0);
  }

  /** The kernel sends what comes next by itself, as long as it is simply the next packet. */
  lend({ line, ssrc, receivedType, sentType, isVp8, isPaced, temporalLayer, extensions }: ForwardingTerms): void {
    if (this.receivers === undefined) return;
    this.settle();
    const { sequence, timestamps, pictures } = this;
    this.write(streamWords.source, this.receivers.source);
    this.write(streamWords.line, line);
    this.write(streamWords.ssrc, ssrc);
    this.write(streamWords.receivedType, receivedType);
    this.write(streamWords.sentType, sentType);
    this.write(streamWords.flags, (isVp8 ? streamFlags.vp8 : 0) | (isPaced ? streamFlags.paced : 0) | (pictures.isNewestLeftOut ? streamFlags.pictureLeftOut : 0));
    this.write(streamWords.audioLevelId, extensions.audioLevel);
    this.write(streamWords.absoluteSendTimeId, extensions.absoluteSendTime);
    this.write(streamWords.transportSequenceId, extensions.transportSequence);
    this.write(streamWords.sequenceOffset, sequence.nextOffset);
    this.write(streamWords.newestNumber, sequence.newestIncoming);
    this.write(streamWords.settledNumber, sequence.newestIncoming);
    this.write(streamWords.timestampOffset, timestamps.currentOffset);
    this.write(streamWords.newestTimestamp, timestamps.newestIncoming);
    this.write(streamWords.tl0Offset, pictures.currentTl0Offset);
    this.write(streamWords.newestTl0, pictures.newestTl0);
    this.write(streamWords.newestPicture, pictures.newestIncoming);
    this.write(streamWords.newestPictureId, pictures.newestPictureId);
    this.write(streamWords.temporalLayer, temporalLayer);
  }

  private read(word: number): number {
    return this.place < 0 ? 0 : (this.tables.streams.words[this.place * streamWords.stride + word] ?? 0);
  }

  private write(word: number, value: number): void {
    this.tables.streams.words[this.place * streamWords.stride + word] = value;
  }
}
