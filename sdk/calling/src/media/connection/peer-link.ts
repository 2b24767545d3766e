import type { ClientFlowDetail, IceCandidate, MediaDescription, StreamInfo, Topology, WantedStream } from '@dialplane/calling-api';
import { clientError } from '../../communication-services-error.ts';
import type { Platform } from '../../platform.ts';
import { BackendSections } from '../sections/backend-sections.ts';
import { CandidateBatch } from './candidate-batch.ts';
import { Gathering } from './gathering.ts';
import type { IceConfiguration } from './ice-configuration.ts';
import { LinkObserver, type LinkStats } from './link-observer.ts';
import type { MediaSections } from '../sections/media-sections.ts';
import { MediaSlots } from '../sections/media-slots.ts';
import type { PathFacts } from './path-verdict.ts';
import type { WantedPicture } from '../sections/picture-sections.ts';
import { RemoteCandidates } from './remote-candidates.ts';
import { sessionIdOf, usernameFragmentsOf } from '../sections/sdp-facts.ts';

export interface PeerLinkOptions {
  readonly topology: Topology;
  readonly platform: Platform;
  /** Servers to gather from; none before the server has named them. */
  readonly configuration: IceConfiguration | undefined;
  /** Tells the other side of candidates, after the description they belong to. */
  readonly sendCandidates: (candidates: IceCandidate[]) => Promise<void>;
  readonly report: (detail: ClientFlowDetail) => void;
  readonly onConnectionStateChanged: () => void;
  /** More is known of the candidates of either side. */
  readonly onCandidatesChanged: () => void;
  readonly onStats: (stats: LinkStats) => void;
}

export interface DataChannels {
  readonly durable: RTCDataChannel;
  readonly lossy: RTCDataChannel;
}

/** One peer connection of a media session with all that belongs to it: sections, channels, candidates of both sides. Closed once, never reused. */
export class PeerLink {
  readonly peerConnection: RTCPeerConnection;
  readonly sections: MediaSections;
  /** Between two people; the backend passes messages on by signaling. */
  readonly channels: DataChannels | undefined;
  readonly gathering: Gathering;
  private readonly options: PeerLinkOptions;
  private readonly observer: LinkObserver;
  private readonly candidates: CandidateBatch;
  private readonly remoteCandidates: RemoteCandidates;
  private readonly backend: BackendSections | undefined;
  private remoteSdp = '';
  /** What the other side's newest description says it sends. */
  private told: readonly StreamInfo[] = [];
  /** What the newest description of this side was made from. */
  private described = '';

  /** Throws `WEBRTC_UNAVAILABLE`. */
  constructor(options: PeerLinkOptions) {
    this.options = options;
    const { platform, topology, configuration, report } = options;
    if (platform.RTCPeerConnection === undefined) throw clientError('WEBRTC_UNAVAILABLE');
    const peerConnection = new platform.RTCPeerConnection({ bundlePolicy: 'max-bundle', ...configuration });
    this.peerConnection = peerConnection;
    this.channels = topology === 'peerToPeer' ? openChannels(peerConnection) : undefined;
    this.backend = topology === 'backend' ? new BackendSections(peerConnection, platform) : undefined;
    this.sections = this.backend ?? new MediaSlots(peerConnection);
    this.candidates = new CandidateBatch(platform.clock, options.sendCandidates);
    this.gathering = new Gathering(peerConnection, platform.clock);
    this.gathering.onChanged.add(options.onCandidatesChanged);
    this.observer = new LinkObserver({
      peerConnection,
      platform,
      gathering: this.gathering,
      report,
      typeOfSection: (mid, direction) => (direction === 'send' ? this.sections.localStreams() : this.remoteStreams).find((stream) => stream.mid === mid)?.mediaStreamType,
    });
    this.observer.onStats.add(options.onStats);
    this.remoteCandidates = new RemoteCandidates(platform.clock);
    peerConnection.addEventListener('icecandidate', ({ candidate }) => {
      this.candidates.add(candidate);
    });
    peerConnection.addEventListener('connectionstatechange', options.onConnectionStateChanged);
  }

  get isConnected(): boolean {
    return this.peerConnection.connectionState === 'connected';
  }

  /** Statistics, as they were read last. */
  get latestStats(): LinkStats | undefined {
    return this.observer.latest;
  }

  /** What arrives in which section. */
  get remoteStreams(): readonly StreamInfo[] {
    return this.sections.remoteStreams(this.told);
  }

  /** Which section of a connection to the backend is to show whom, as far as the sections are agreed on. */
  get wanted(): WantedStream[] {
    return this.backend?.wanted ?? [];
  }

  /** The id that the other side gave this connection (`sess-id`, RFC 8866 §5.2); undefined before it has described it. */
  get remoteSessionId(): string | undefined {
    return sessionIdOf(this.remoteSdp);
  }

  /** The other side's part in this connection has the ICE credentials that `fragment` names. */
  isReachedBy(fragment: string): boolean {
    return usernameFragmentsOf(this.remoteSdp).includes(fragment);
  }

  /** What is known of the candidates of both sides, and what became of them. */
  get pathFacts(): Omit<PathFacts, 'since'> {
    const { hasCandidates, hasRelay, expectsRelay, endedAt } = this.gathering;
    const { iceConnectionState } = this.peerConnection;
    return {
      pairs: iceConnectionState === 'failed' ? 'failed' : iceConnectionState === 'connected' || iceConnectionState === 'completed' ? 'found' : 'tried',
      local: { hasAny: hasCandidates, hasRelay, expectsRelay, endedAt },
      // Two people have the same servers, unless an application brought its own; the backend has none.
      remote: { ...this.remoteCandidates.facts, expectsRelay: expectsRelay && this.options.topology === 'peerToPeer' },
    };
  }

  /** Set anew it takes effect when candidates are gathered the next time. */
  configure(configuration: IceConfiguration): void {
    this.peerConnection.setConfiguration({ ...this.peerConnection.getConfiguration(), ...configuration });
  }

  /** Candidates may be told from now on. */
  openCandidates(): void {
    this.candidates.open();
  }

  /** A description of this side is about to be made. */
  describing(type: 'offer' | 'answer'): void {
    this.described = this.sections.outline(type);
  }

  /** A description made now would say something else than the newest one. */
  get isChanged(): boolean {
    return this.peerConnection.localDescription !== null && this.sections.outline('offer') !== this.described;
  }

  /** Sets a description of the other side; sections it opened have purposes and directions then. */
  async setRemoteDescription(description: MediaDescription): Promise<void> {
    await this.peerConnection.setRemoteDescription({ type: description.type, sdp: description.sdp });
    this.remoteSdp = description.sdp;
    this.remoteCandidates.described(description.sdp);
    this.told = description.streams;
    this.sections.learn(description.streams);
    if (description.type === 'offer') this.sections.applyDirections();
  }

  /** These remote pictures are wanted from the backend, and no others. */
  want(pictures: readonly WantedPicture[]): void {
    this.backend?.want(pictures);
  }

  /** The codec that the backend would have sound in; any without it. */
  setAudioCodec(name: string | undefined): void {
    this.backend?.setAudioCodec(name);
  }

  async addCandidate(told: IceCandidate): Promise<void> {
    this.remoteCandidates.add([told]);
    this.options.onCandidatesChanged();
    const { candidate, mid, mLineIndex, usernameFragment } = told;
    if (candidate === '') return;
    const init = { candidate, sdpMid: mid, sdpMLineIndex: mLineIndex, usernameFragment };
    await this.peerConnection.addIceCandidate(init).catch((error: unknown) => {
      this.options.platform.logger.verbose('a candidate was not used', error);
    });
  }

  close(): void {
    this.peerConnection.removeEventListener('connectionstatechange', this.options.onConnectionStateChanged);
    this.candidates.close();
    this.observer.close();
    this.gathering.close();
    this.peerConnection.close();
  }
}

function openChannels(peerConnection: RTCPeerConnection): DataChannels {
  return {
    durable: peerConnection.createDataChannel('durable', { negotiated: true, id: 0, ordered: true }),
    lossy: peerConnection.createDataChannel('lossy', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 }),
  };
}
