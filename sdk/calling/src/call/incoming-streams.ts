import { SpeakingDetector } from '../media/speaking-detector.ts';
import { numberOf, statsOfType } from '../media/stats-entries.ts';
import type { MediaStreamPlace, StatsSample } from '../call-internals.ts';
import type { RemoteAudioStream } from '../public/streams.ts';
import type { CallServices } from './call-services.ts';
import type { CallSession } from './call-session.ts';
import type { RemoteParticipantView } from './remote-participant.ts';
import type { Roster } from './roster.ts';

/** What arrives in a call, given to whom it comes from: cameras and screens, sizes, and who is speaking. */
export class IncomingStreams {
  /** One stream holds all that is heard. */
  audio: readonly RemoteAudioStream[] = [];
  private readonly session: CallSession;
  private readonly services: CallServices;
  private readonly onAudioAdded: (added: RemoteAudioStream[]) => void;
  private readonly speaking: SpeakingDetector;
  private readonly mediaStreams = new WeakMap<MediaStreamTrack, MediaStream>();
  private readonly framesAt = new Map<string, number>();
  private roster: Roster | undefined;
  private lastStreamId = 0;
  private isListening = false;

  constructor(session: CallSession, services: CallServices, onAudioAdded: (added: RemoteAudioStream[]) => void) {
    this.session = session;
    this.services = services;
    this.onAudioAdded = onAudioAdded;
    this.speaking = new SpeakingDetector(
      services.platform,
      () => this.speakers(),
      (rawId, isSpeaking) => this.roster?.get(rawId)?.setSpeaking(isSpeaking),
    );
    session.onStreamsChanged(() => {
      this.update();
    });
    session.onStats((sample) => {
      this.measure(sample);
    });
  }

  /** Gives what arrives to the people of `roster` from now on. */
  attach(roster: Roster): void {
    this.roster = roster;
  }

  nextStreamId(): number {
    this.lastStreamId += 1;
    return this.lastStreamId;
  }

  /** Also to be called when people came or went. */
  update(): void {
    const places = this.received();
    for (const participant of this.roster?.all ?? []) {
      for (const type of ['Video', 'ScreenSharing'] as const) {
        const place = places.find((candidate) => candidate.mediaStreamType === type && this.ownerOf(candidate) === participant);
        participant.setArriving(type, place === undefined ? undefined : { mediaStream: this.mediaStreamOf(place.transceiver.receiver.track) });
      }
    }
    const { heard } = this.session.media;
    if (this.audio.length === 0 && heard !== undefined && heard.getTracks().length > 0) {
      this.audio = [this.services.createRemoteAudioStream(heard, this.services.platform)];
      this.onAudioAdded([...this.audio]);
    }
  }

  setListening(isListening: boolean): void {
    if (isListening === this.isListening) return;
    this.isListening = isListening;
    if (isListening) this.speaking.start();
    else this.speaking.stop();
  }

  close(): void {
    this.setListening(false);
  }

  private received(): MediaStreamPlace[] {
    return this.session.streams().filter(({ direction }) => direction === 'receive');
  }

  /** Who sends this; on a direct session that is the only other person. */
  private ownerOf({ source }: MediaStreamPlace): RemoteParticipantView | undefined {
    return source === undefined ? this.roster?.all[0] : this.roster?.get(source);
  }

  private speakers(): Map<string, RTCRtpReceiver> {
    const speakers = new Map<string, RTCRtpReceiver>();
    for (const place of this.received()) {
      const owner = place.mediaStreamType === 'Audio' ? this.ownerOf(place) : undefined;
      // A mix has no single speaker.
      const isMix = place.source === undefined && (this.roster?.all.length ?? 0) > 1;
      if (owner !== undefined && !isMix) speakers.set(owner.rawId, place.transceiver.receiver);
    }
    return speakers;
  }

  private mediaStreamOf(track: MediaStreamTrack): MediaStream {
    const known = this.mediaStreams.get(track);
    if (known !== undefined) return known;
    const { MediaStream: Stream } = this.services.platform;
    if (Stream === undefined) throw new TypeError('This host has no MediaStream.');
    const mediaStream = new Stream([track]);
    this.mediaStreams.set(track, mediaStream);
    return mediaStream;
  }

  /** Whether pictures arrive, and how large they are. */
  private measure({ report }: StatsSample): void {
    const arriving = statsOfType(report, 'inbound-rtp').filter((entry) => entry['kind'] === 'video');
    for (const place of this.received()) {
      if (place.mediaStreamType === 'Audio') continue;
      const stream = this.ownerOf(place)?.stream(place.mediaStreamType);
      const entry = arriving.find((candidate) => candidate['mid'] === place.mid || candidate['trackIdentifier'] === place.transceiver.receiver.track.id);
      if (stream === undefined || entry === undefined) continue;
      const frames = numberOf(entry, 'framesReceived') ?? 0;
      stream.setReceiving(frames > (this.framesAt.get(entry.id) ?? 0));
      this.framesAt.set(entry.id, frames);
      const width = numberOf(entry, 'frameWidth');
      const height = numberOf(entry, 'frameHeight');
      if (width !== undefined && height !== undefined) stream.setSize({ width, height });
    }
  }
}
