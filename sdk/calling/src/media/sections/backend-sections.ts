import type { MediaStreamType, StreamInfo, WantedStream } from '@dialplane/calling-api';
import type { Platform } from '../../platform.ts';
import { audioCodecs } from './audio-codecs.ts';
import type { MediaSections, SlotTracks } from './media-sections.ts';
import { PictureSections, type WantedPicture } from './picture-sections.ts';
import { addCameraSection } from './simulcast.ts';

/** Speakers who are heard at once where audio is forwarded, besides the first section: six in all. */
const furtherSpeakers = 5;

/**
 * The sections towards the backend, all of them opened by this side: the microphone's, which also receives the mix or a speaker; five more for speakers; the
 * camera's, which also receives the composed picture; the screen's when one is shared; and one for each remote picture that is wanted.
 *
 * Their directions never change. What this side sends is said by the streams of its descriptions, and who is seen in a section by signaling.
 */
export class BackendSections implements MediaSections {
  private readonly peerConnection: RTCPeerConnection;
  private readonly pictures: PictureSections;
  private readonly sending = new Map<MediaStreamType, RTCRtpTransceiver>();
  private readonly speakers: RTCRtpTransceiver[] = [];
  private readonly platform: Platform;
  private isHeld = false;
  private audioCodec: string | undefined;

  constructor(peerConnection: RTCPeerConnection, platform: Platform) {
    this.peerConnection = peerConnection;
    this.platform = platform;
    this.pictures = new PictureSections(peerConnection, platform.clock);
  }

  offerFirst(): void {
    if (this.sending.has('Audio')) return;
    this.sending.set('Audio', this.peerConnection.addTransceiver('audio', { direction: 'sendrecv' }));
    if (this.audioCodec !== undefined) this.preferAudioCodec();
    for (let count = 0; count < furtherSpeakers; count += 1) this.speakers.push(this.peerConnection.addTransceiver('audio', { direction: 'recvonly' }));
    this.sending.set('Video', addCameraSection(this.peerConnection));
  }

  /** In the same order: the server knows the sections by it. */
  offerLike(predecessor: BackendSections): void {
    this.offerFirst();
    const further = predecessor.peerConnection.getTransceivers().slice(this.peerConnection.getTransceivers().length);
    for (const transceiver of further) {
      if (transceiver === predecessor.sending.get('ScreenSharing')) this.openScreen();
      else this.pictures.openLike(predecessor.pictures, transceiver);
    }
  }

  /** The backend opens no sections. */
  learn(): void {}

  async setTracks(tracks: SlotTracks): Promise<void> {
    if (tracks.ScreenSharing !== undefined && !this.sending.has('ScreenSharing')) this.openScreen();
    // Taken out of its section, a track is not sent from this moment on, whatever has been agreed on.
    for (const [type, { sender }] of this.sending) await sender.replaceTrack((this.isHeld ? undefined : tracks[type]) ?? null);
  }

  /** Takes effect when the tracks are set the next time. */
  setHeld(isHeld: boolean): void {
    this.isHeld = isHeld;
  }

  /** The codec that the microphone's section is to have, both ways; any without it, and where the host has none of that name. */
  setAudioCodec(name: string | undefined): void {
    if (name === this.audioCodec) return;
    this.audioCodec = name;
    this.preferAudioCodec();
  }

  applyDirections(): void {}

  outline(): string {
    return `${this.peerConnection.getTransceivers().length} sections, ${this.audioCodec ?? ''}, ${this.isHeld ? '' : this.sent().map(([type]) => type).join(', ')}`;
  }

  localStreams(midOf: (transceiver: RTCRtpTransceiver) => string | null = ({ mid }) => mid): StreamInfo[] {
    if (this.isHeld) return [];
    return this.sent().flatMap(([mediaStreamType, transceiver]) => {
      const mid = midOf(transceiver);
      return mid === null ? [] : [{ mid, mediaStreamType }];
    });
  }

  /** Sound without a source: the mix, or speakers who come and go. A picture without one is the composed one. */
  remoteStreams(): readonly StreamInfo[] {
    const heard = [this.sending.get('Audio'), ...this.speakers];
    const fixed = [...heard.map((transceiver) => ['Audio', transceiver] as const), ['Video', this.sending.get('Video')] as const];
    const named = fixed.flatMap(([mediaStreamType, transceiver]) => (transceiver === undefined || transceiver.mid === null ? [] : [{ mid: transceiver.mid, mediaStreamType }]));
    return [...named, ...this.pictures.streams];
  }

  sender(type: MediaStreamType): RTCRtpSender | undefined {
    return this.sending.get(type)?.sender;
  }

  byMid(mid: string): RTCRtpTransceiver | undefined {
    return this.peerConnection.getTransceivers().find((transceiver) => transceiver.mid === mid);
  }

  /** These remote pictures are wanted, and no others. It may take an offer. Their sections come after the fixed ones: the first for pictures is the one that the composed picture comes in. */
  want(pictures: readonly WantedPicture[]): void {
    if (pictures.length > 0) this.offerFirst();
    this.pictures.want(pictures);
  }

  /** Which section is to show whom, as far as the sections are agreed on. */
  get wanted(): WantedStream[] {
    return this.pictures.wanted;
  }

  private preferAudioCodec(): void {
    const microphone = this.sending.get('Audio');
    const codecs = audioCodecs(this.platform, this.audioCodec);
    if (codecs !== undefined) microphone?.setCodecPreferences?.(codecs);
  }

  private openScreen(): void {
    this.sending.set('ScreenSharing', this.peerConnection.addTransceiver('video', { direction: 'sendonly' }));
  }

  /** The microphone's section always counts: muting is not stopping. */
  private sent(): Array<readonly [MediaStreamType, RTCRtpTransceiver]> {
    return [...this.sending].filter(([type, { sender }]) => type === 'Audio' || sender.track !== null);
  }
}
