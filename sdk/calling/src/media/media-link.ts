import type { IceCandidate, MediaDescription, MediaSession, MediaStreamType, StreamInfo, Topology, WatchedPicture } from '@dialplane/calling-api';
import type { Platform } from '../platform.ts';
import type { NetworkConfiguration } from '../public/call-client.ts';
import { assumedModes, type Conference, type SessionModes, withModes } from './conference.ts';
import { ConnectionMonitor, type PathState } from './connection/connection-monitor.ts';
import type { Gathering } from './connection/gathering.ts';
import { iceConfiguration, type IceConfiguration } from './connection/ice-configuration.ts';
import type { LinkStats } from './connection/link-observer.ts';
import type { MediaSections, SlotTracks } from './sections/media-sections.ts';
import type { MediaSignaling } from './media-signaling.ts';
import { Negotiation } from './connection/negotiation.ts';
import type { DataChannels, PeerLink } from './connection/peer-link.ts';
import { PeerLinks } from './connection/peer-links.ts';
import type { WantedPicture } from './sections/picture-sections.ts';
import { WantedReporter } from './sections/wanted-reporter.ts';

export interface MediaLinkOptions {
  readonly topology: Topology;
  readonly platform: Platform;
  readonly signaling: MediaSignaling;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  /** What this side sends now. */
  readonly tracks: () => SlotTracks;
  /** What flows in either direction may have changed. */
  readonly onStreamsChanged: () => void;
  /** Other pictures of this side are watched now. */
  readonly onWatchedChanged: () => void;
  readonly onConnectionChanged: () => void;
  /** {@link MediaLink.peerConnection} is another one. */
  readonly onPeerConnectionChanged: () => void;
  /** {@link MediaLink.pathState} is another one, or more is known of the candidates. */
  readonly onPathChanged: () => void;
  readonly onStats: (stats: LinkStats) => void;
}

/**
 * One media session: its peer connection, negotiation and supervision. Closed once, never reused.
 *
 * Where its path is in doubt, or its network changed, a second connection is opened beside the one in use. As soon as media can
 * flow over that, it takes the place of the first; until then nothing is given up. An ICE restart (RFC 8445 §9) would keep one
 * connection, but browsers stay with its old pair of candidates, if that had the higher priority, until it has been silent for seconds.
 */
export class MediaLink {
  isClosed = false;
  private readonly options: MediaLinkOptions;
  private readonly links: PeerLinks;
  private readonly negotiation: Negotiation;
  private readonly monitor: ConnectionMonitor;
  private readonly wantedReporter: WantedReporter;
  private session: MediaSession | undefined;
  /** The server lets this side describe its media: not before it has taken the answer of a call that rings here. */
  private mayOffer = false;
  private configuration: IceConfiguration | undefined;

  /** Throws `WEBRTC_UNAVAILABLE`. */
  constructor(options: MediaLinkOptions) {
    this.options = options;
    const { platform, signaling } = options;
    this.links = this.openLinks();
    this.negotiation = this.openNegotiation();
    this.wantedReporter = new WantedReporter(
      platform.clock,
      () => this.links.current.wanted,
      (wanted) => signaling.wantStreams(this.mediaSessionId, wanted),
    );
    this.monitor = this.openMonitor();
  }

  get mediaSessionId(): string {
    return this.session?.mediaSessionId ?? '';
  }

  /** The connection that carries the media. */
  get peerConnection(): RTCPeerConnection {
    return this.links.current.peerConnection;
  }

  get sections(): MediaSections {
    return this.links.current.sections;
  }

  get channels(): DataChannels | undefined {
    return this.links.current.channels;
  }

  get topology(): Topology {
    return this.options.topology;
  }

  /** How the backend makes what it sends; undefined between two people. */
  get conference(): Conference | undefined {
    const { modes = assumedModes, layout = [] } = this.session ?? {};
    return this.topology === 'backend' ? { modes, layout } : undefined;
  }

  /** What arrives over that connection, and in which section. */
  get remoteStreams(): readonly StreamInfo[] {
    return this.links.current.remoteStreams;
  }

  /** Statistics of the connection that carries the media, as they were read last. */
  get latestStats(): LinkStats | undefined {
    return this.links.current.latestStats;
  }

  /** What was gathered last, for that connection or its successor. */
  get gathering(): Gathering {
    return this.links.newest.gathering;
  }

  get isConnected(): boolean {
    return this.monitor.isConnected;
  }

  get pathState(): PathState {
    return this.monitor.pathState;
  }

  /** The offer that goes with an invitation. Nothing is gathered until {@link bind}. */
  async createFirstOffer(): Promise<MediaDescription> {
    this.links.current.sections.offerFirst();
    await this.syncTracks();
    return await this.negotiation.createFirstOffer();
  }

  /** This link is the server's media session `session` from now on: takes its servers and begins. */
  async bind(session: MediaSession): Promise<void> {
    this.configure(session);
    this.mayOffer = true;
    this.links.current.openCandidates();
    if (this.negotiation.localRevision === 0 && session.offerer === 'local') {
      this.sections.offerFirst();
      await this.syncTracks();
      this.negotiation.negotiate();
      return;
    }
    await this.negotiation.commitFirstOffer();
    this.resynchronise(session);
  }

  /** Sets the offer of a call that rings, so that `answerPrepared` is quick; the other side learns nothing of it. */
  async prepareAnswer(session: MediaSession, offer: MediaDescription): Promise<void> {
    this.configure(session);
    const prepared = this.negotiation.prepareAnswer(offer);
    this.links.putTracksAfter(prepared);
    this.addCandidates(session.remoteCandidates);
    await prepared;
  }

  /** The answer that goes with `accept`; candidates follow when {@link accepted} is called. */
  async answerPrepared(): Promise<MediaDescription> {
    await this.syncTracks();
    return await this.negotiation.answerPrepared();
  }

  /** The server has taken the answer. */
  accepted(session: MediaSession): void {
    this.mayOffer = true;
    this.links.current.openCandidates();
    this.monitor.negotiated();
    this.resynchronise(session);
    this.negotiation.confirmSections();
    this.negotiateIfChanged();
  }

  /** Brings this link up to what the server knows. */
  resynchronise(session: MediaSession): void {
    this.configure(session);
    this.negotiation.resynchronise(session.localRevision, session.remoteDescription);
    this.addCandidates(session.remoteCandidates);
  }

  /** The server changed the session: its servers, or its state. */
  update(session: MediaSession): void {
    this.configure(session);
    if (session.remoteDescription !== undefined) this.negotiation.handleDescription(session.remoteDescription);
    this.addCandidates(session.remoteCandidates);
  }

  handleDescription(description: MediaDescription): void {
    this.negotiation.handleDescription(description);
  }

  addCandidates(candidates: readonly IceCandidate[]): void {
    if (candidates.length > 0) this.negotiation.handleCandidates(candidates);
  }

  /** Puts what is sent now into its sections, and offers anew where that takes it. Never rejects. */
  async syncTracks(): Promise<void> {
    await this.links.putTracks();
    this.negotiateIfChanged();
  }

  setHeld(isHeld: boolean): void {
    this.links.setHeld(isHeld);
    this.negotiateIfChanged();
    void this.syncTracks();
  }

  /** These remote pictures are wanted from the backend, and no others. */
  want(pictures: readonly WantedPicture[]): void {
    for (const link of this.links.all) link.want(pictures);
    this.wantedReporter.changed();
    this.negotiateIfChanged();
  }

  /** The backend sends otherwise, has arranged its composed picture otherwise, or would be sent another codec. */
  setModes(changed: SessionModes): void {
    if (this.session === undefined) return;
    const { audioCodec } = this.session;
    this.session = withModes(this.session, changed);
    this.followAudioCodec(audioCodec);
    this.options.onStreamsChanged();
  }

  /** Less or more of what this side sends is watched. */
  setWatched(watched: readonly WatchedPicture[]): void {
    if (this.session === undefined) return;
    this.session = { ...this.session, watched: [...watched] };
    this.options.onWatchedChanged();
  }

  /** How many layers of a picture of this side somebody watches; undefined where all are to be sent. */
  watchedLayers(type: MediaStreamType): number | undefined {
    const mid = this.sections.localStreams().find(({ mediaStreamType }) => mediaStreamType === type)?.mid;
    return this.session?.watched?.find((picture) => picture.mid === mid)?.layers;
  }

  networkChanged(): void {
    this.monitor.networkChanged();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.monitor.close();
    this.wantedReporter.close();
    this.negotiation.close();
    this.links.close();
  }

  private openLinks(): PeerLinks {
    const { topology, platform, signaling, tracks, onPathChanged, onStats } = this.options;
    return new PeerLinks({
      topology, platform, tracks, onStats,
      sendCandidates: async (candidates) => {
        // A candidate that overtakes its description is of no known ICE generation there, and dropped.
        await this.negotiation.delivered;
        await this.quietly(signaling.sendCandidates(this.mediaSessionId, candidates));
      },
      report: (detail) => {
        signaling.reportFlow(detail);
      },
      onCandidatesChanged: () => {
        this.monitor.candidatesChanged();
        onPathChanged();
      },
      onSucceeded: () => {
        this.succeeded();
      },
      onSuccessorFailed: () => {
        this.negotiateIfChanged();
      },
    });
  }

  private openNegotiation(): Negotiation {
    const { platform, signaling } = this.options;
    return new Negotiation({
      logger: platform.logger,
      newest: () => this.links.newest,
      links: () => this.links.all,
      linkOf: (sessionId) => this.links.all.find(({ remoteSessionId }) => remoteSessionId === undefined || remoteSessionId === sessionId),
      openSuccessor: () => this.links.openSuccessor(),
      dropSuccessor: () => {
        this.links.dropSuccessor();
      },
      offerSections: (link) => {
        link.sections.offerLike(this.links.current.sections);
        return this.links.putTracks([link]);
      },
      putTracks: (link) => this.links.putTracks([link]),
      send: (description) => signaling.sendDescription(this.mediaSessionId, description),
      successorOffered: () => {
        this.monitor.successorOffered();
      },
      settled: (link) => {
        this.settled(link);
      },
      failed: (error) => {
        platform.logger.error('offer/answer failed', error);
        signaling.reportFlow({ kind: 'clientDecision', what: 'offer/answer failed', why: String(error).slice(0, 512) });
      },
    });
  }

  private openMonitor(): ConnectionMonitor {
    const { topology, platform, signaling, onPathChanged, onConnectionChanged } = this.options;
    return new ConnectionMonitor({
      peerConnection: this.links.current.peerConnection,
      clock: platform.clock,
      // The backend never offers: nothing can cross.
      isPolite: () => topology === 'peerToPeer' && (this.session?.polite ?? false),
      isOnline: () => platform.navigator?.onLine !== false,
      pathFacts: () => this.links.newest.pathFacts,
      onPathChanged,
      openSuccessor: (why) => {
        signaling.reportFlow({ kind: 'clientDecision', what: 'another connection', why });
        this.negotiation.succeed();
      },
      openSuccessorNoMore: () => {
        this.negotiation.succeedNoMore();
      },
      report: (state, cause) => {
        void this.quietly(signaling.reportMedia(this.mediaSessionId, state, cause));
        onConnectionChanged();
      },
    });
  }

  private succeeded(): void {
    this.monitor.follow(this.peerConnection);
    this.wantedReporter.changed();
    this.options.onPeerConnectionChanged();
    this.negotiation.confirmSections();
    this.negotiateIfChanged();
  }

  private settled(link: PeerLink): void {
    if (this.links.isSuccessor(link)) this.monitor.successorAgreed();
    // The other side does not know the answer of a call that rings here before the server has taken it.
    if (this.mayOffer && link === this.links.current) {
      this.monitor.negotiated();
      this.negotiation.confirmSections();
    }
    void this.syncTracks();
    this.wantedReporter.changed();
    this.options.onStreamsChanged();
  }

  /** Sound is to be in the codec that the backend wants, from an offer on that says so. */
  private followAudioCodec(before: string | undefined): void {
    const audioCodec = this.session?.audioCodec;
    if (audioCodec === before) return;
    this.links.setAudioCodec(audioCodec);
    this.negotiateIfChanged();
  }

  /** Offers anew where the newest description is no longer true; the first offer or answer is made by its own occasion. */
  private negotiateIfChanged(): void {
    if (!this.isClosed && this.mayOffer && this.links.newest.isChanged) this.negotiation.negotiate();
  }

  private configure(session: MediaSession): void {
    const { watched, audioCodec } = this.session ?? {};
    this.session = session;
    this.followAudioCodec(audioCodec);
    if (JSON.stringify(watched) !== JSON.stringify(session.watched)) this.options.onWatchedChanged();
    this.negotiation.setPolite(session.polite);
    const configuration = iceConfiguration(session, this.options.networkConfiguration);
    const before = this.configuration;
    if (JSON.stringify(configuration) === JSON.stringify(before)) return;
    this.configuration = configuration;
    this.links.configure(configuration);
    if (before !== undefined) this.monitor.serversChanged();
  }

  private async quietly(request: Promise<void>): Promise<void> {
    await request.catch((error: unknown) => {
      this.options.platform.logger.warning('a report on media was not delivered', error);
    });
  }
}
