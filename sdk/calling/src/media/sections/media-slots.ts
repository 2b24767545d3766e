import type { MediaStreamType, StreamInfo } from '@dialplane/calling-api';
import type { MediaSections, SlotTracks } from './media-sections.ts';

const videoTypes = ['Video', 'ScreenSharing'] as const;

/**
 * The sections between two people: one section for audio both ways, and one per side, or shared, for camera
 * and screen. A section is never given up: what stops is sent no more, and its section is used again by what starts.
 */
export class MediaSlots implements MediaSections {
  private readonly peerConnection: RTCPeerConnection;
  /** What each section was used for last, by either side. */
  private readonly purposes = new Map<RTCRtpTransceiver, MediaStreamType>();
  private readonly sending = new Map<MediaStreamType, RTCRtpTransceiver>();
  private isHeld = false;

  constructor(peerConnection: RTCPeerConnection) {
    this.peerConnection = peerConnection;
  }

  /** Makes the section for audio. */
  offerFirst(): void {
    if (!this.sending.has('Audio')) this.use('Audio', this.peerConnection.addTransceiver('audio', { direction: 'sendrecv' }));
  }

  offerLike(predecessor: MediaSlots): void {
    for (const transceiver of predecessor.peerConnection.getTransceivers()) {
      const { track: { kind } } = transceiver.receiver;
      const copy = this.peerConnection.addTransceiver(kind, { direction: transceiver.direction });
      const purpose = predecessor.purposes.get(transceiver);
      if (purpose !== undefined) this.purposes.set(copy, purpose);
      for (const [type, sending] of predecessor.sending) if (sending === transceiver) this.sending.set(type, copy);
    }
  }

  learn(streams: readonly StreamInfo[]): void {
    for (const transceiver of this.peerConnection.getTransceivers()) {
      const stream = streams.find(({ mid }) => mid === transceiver.mid);
      if (stream !== undefined) this.purposes.set(transceiver, stream.mediaStreamType);
      if (transceiver.receiver.track.kind === 'audio' && !this.sending.has('Audio')) this.use('Audio', transceiver);
    }
  }

  async setTracks(tracks: SlotTracks): Promise<void> {
    await this.sending.get('Audio')?.sender.replaceTrack(tracks.Audio ?? null);
    for (const type of videoTypes) {
      const track = tracks[type];
      const transceiver = this.sending.get(type);
      if (track === undefined) await transceiver?.sender.replaceTrack(null);
      else await (transceiver ?? this.claim(type)).sender.replaceTrack(track);
    }
    this.applyDirections();
  }

  setHeld(isHeld: boolean): void {
    this.isHeld = isHeld;
    this.applyDirections();
  }

  /** Brings the direction of every section, also those the other side opened, in line with what this side sends. */
  applyDirections(): void {
    for (const transceiver of this.peerConnection.getTransceivers()) {
      if (transceiver.currentDirection === 'stopped') continue;
      const direction = this.isHeld ? 'inactive' : this.isSending(transceiver) ? 'sendrecv' : 'recvonly';
      if (transceiver.direction !== direction) transceiver.direction = direction;
    }
  }

  /**
   * What a description made now would say of each section, to compare: its direction, and whether this side sends in it (a new
   * section is open both ways before its track is in place). An answer cannot have the sections that only this side has opened.
   */
  outline(type: 'offer' | 'answer'): string {
    const transceivers = this.peerConnection.getTransceivers().filter(({ mid }) => type === 'offer' || mid !== null);
    return transceivers.map((transceiver) => `${transceiver.direction} ${this.isSending(transceiver)}`).join(', ');
  }

  localStreams(midOf: (transceiver: RTCRtpTransceiver) => string | null = ({ mid }) => mid): StreamInfo[] {
    return [...this.sending].flatMap(([mediaStreamType, transceiver]) => {
      const mid = midOf(transceiver);
      return mid !== null && !this.isHeld && this.isSending(transceiver) ? [{ mid, mediaStreamType }] : [];
    });
  }

  remoteStreams(described: readonly StreamInfo[]): readonly StreamInfo[] {
    return described;
  }

  sender(type: MediaStreamType): RTCRtpSender | undefined {
    return this.sending.get(type)?.sender;
  }

  byMid(mid: string): RTCRtpTransceiver | undefined {
    return this.peerConnection.getTransceivers().find((transceiver) => transceiver.mid === mid);
  }

  private isSending(transceiver: RTCRtpTransceiver): boolean {
    const isOurs = [...this.sending.values()].includes(transceiver);
    return isOurs && (transceiver.receiver.track.kind === 'audio' || transceiver.sender.track !== null);
  }

  /** A section for `type`: one that the other side uses for the same, or opened without a purpose, or a new one. */
  private claim(type: 'Video' | 'ScreenSharing'): RTCRtpTransceiver {
    const taken = new Set(this.sending.values());
    const free = this.peerConnection.getTransceivers().filter((transceiver) => !taken.has(transceiver) && transceiver.receiver.track.kind === 'video');
    const shared = free.find((transceiver) => this.purposes.get(transceiver) === type) ?? free.find((transceiver) => !this.purposes.has(transceiver));
    return this.use(type, shared ?? this.peerConnection.addTransceiver('video', { direction: 'sendrecv' }));
  }

  private use(type: MediaStreamType, transceiver: RTCRtpTransceiver): RTCRtpTransceiver {
    this.sending.set(type, transceiver);
    this.purposes.set(transceiver, type);
    return transceiver;
  }
}
