import { SpeakingDetector } from '../media/speaking-detector.ts';
import { numberOf, statsOfType, type StatsEntry } from '../media/connection/stats-entries.ts';
import type { MediaStreamPlace, StatsSample } from '../call-internals.ts';
import type { RemoteVideoStreamView } from '../media/remote-video-stream.ts';
import type { RemoteAudioStream } from '../public/streams.ts';
import type { CallServices } from './call-services.ts';
import type { CallSession } from './call-session.ts';
import { conferenceVideo, directVideo } from './picture-places.ts';
import type { VideoType } from './remote-participant.ts';
import type { Roster } from './roster.ts';

const videoTypes: readonly VideoType[] = ['Video', 'ScreenSharing'];
/** Renderers come and go in crowds: what they want is gathered for this long, so that it makes one offer. */
const demandSettlesMs = 20;

/** What arrives in a call, given to whom it comes from: cameras and screens, sizes, and who is speaking. */
export class IncomingStreams {
  /** One stream holds all that is heard. */
  audio: readonly RemoteAudioStream[] = [];
  private readonly session: CallSession;
  private readonly services: CallServices;
  private readonly onAudioAdded: (added: RemoteAudioStream[]) => void;
  private readonly speaking: SpeakingDetector;
  private readonly framesOf = new Map<string, number>();
  private roster: Roster | undefined;
  private lastStreamId = 0;
  private isListening = false;
  private cancelDemand: (() => void) | undefined;

  constructor(session: CallSession, services: CallServices, onAudioAdded: (added: RemoteAudioStream[]) => void) {
    this.session = session;
    this.services = services;
    this.onAudioAdded = onAudioAdded;
    this.speaking = new SpeakingDetector(
      services.platform,
      () => this.directSpeakers(),
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

  /** Also to be called when people came or went, or what they send has changed. */
  update(): void {
    const places = this.received();
    const { conference, heard } = this.session.media;
    const speakers = conference === undefined ? undefined : new Set(this.session.view()?.speakers?.speaking);
    for (const [index, participant] of (this.roster?.all ?? []).entries()) {
      for (const type of videoTypes) {
        if (conference !== undefined) participant.setVideo(type, conferenceVideo(conference, places, participant, type));
        else if (index === 0) participant.setVideo(type, directVideo(places, type));
      }
      if (speakers !== undefined) participant.setSpeaking(speakers.has(participant.rawId));
    }
    if (this.audio.length === 0 && heard !== undefined && heard.getTracks().length > 0) {
      this.audio = [this.services.createRemoteAudioStream(heard, this.services.platform)];
      this.onAudioAdded([...this.audio]);
    }
  }

  /** Somebody looks at a stream, at another size, or no more. */
  demandChanged(): void {
    this.cancelDemand ??= this.services.platform.clock.after(demandSettlesMs, () => {
      this.cancelDemand = undefined;
      this.want();
    });
  }

  setListening(isListening: boolean): void {
    if (isListening === this.isListening) return;
    this.isListening = isListening;
    if (isListening) this.speaking.start();
    else this.speaking.stop();
  }

  close(): void {
    this.setListening(false);
    this.cancelDemand?.();
  }

  private received(): MediaStreamPlace[] {
    return this.session.streams().filter(({ direction }) => direction === 'receive');
  }

  private want(): void {
    const streams = (this.roster?.all ?? []).flatMap((participant) => videoTypes.map((type) => ({ identifier: participant.rawId, type, stream: participant.stream(type) })));
    this.session.media.want(
      streams.flatMap(({ identifier, type, stream }) => (stream?.demand === undefined ? [] : [{ identifier, mediaStreamType: type, ...stream.demand.size }])),
    );
  }

  /** Who is heard through which receiver. In a conference the server knows better. */
  private directSpeakers(): Map<string, RTCRtpReceiver> {
    const [other] = this.roster?.all ?? [];
    const place = this.received().find(({ mediaStreamType }) => mediaStreamType === 'Audio');
    if (other === undefined || place === undefined || this.session.media.conference !== undefined) return new Map();
    return new Map([[other.rawId, place.transceiver.receiver]]);
  }

  /** Whether pictures arrive, and how large they are. */
  private measure({ report }: StatsSample): void {
    const places = this.received();
    const arriving = statsOfType(report, 'inbound-rtp').filter((entry) => entry['kind'] === 'video');
    const growing = new Set(arriving.filter((entry) => this.hasGrown(entry)));
    for (const participant of this.roster?.all ?? []) {
      for (const type of videoTypes) {
        const stream = participant.stream(type);
        const track = stream?.picture?.track;
        const mid = places.find(({ transceiver }) => transceiver.receiver.track === track)?.mid;
        const entry = arriving.find((candidate) => (mid !== undefined && candidate['mid'] === mid) || candidate['trackIdentifier'] === track?.id);
        if (stream !== undefined && track !== undefined && entry !== undefined) measureStream(stream, entry, growing.has(entry));
      }
    }
  }

  private hasGrown(entry: StatsEntry): boolean {
    const frames = numberOf(entry, 'framesReceived') ?? 0;
    const before = this.framesOf.get(entry.id) ?? 0;
    this.framesOf.set(entry.id, frames);
    return frames > before;
  }
}

function measureStream(stream: RemoteVideoStreamView, entry: StatsEntry, isGrowing: boolean): void {
  stream.setReceiving(isGrowing);
  const width = numberOf(entry, 'frameWidth');
  const height = numberOf(entry, 'frameHeight');
  const tile = stream.picture?.tile ?? { width: 1, height: 1 };
  if (width !== undefined && height !== undefined) stream.setSize({ width: Math.round(width * tile.width), height: Math.round(height * tile.height) });
}
