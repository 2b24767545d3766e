import type { ClientFlowDetail, IceCandidate, MediaDescription, MediaSession, ReportMediaRequest, StreamInfo } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';
import type { Platform } from '../platform.ts';
import type { NetworkConfiguration } from '../public/call-client.ts';
import { CandidateBatch } from './candidate-batch.ts';
import { ConnectionMonitor, type MediaCause, type PathState } from './connection-monitor.ts';
import { Gathering } from './gathering.ts';
import { iceConfiguration } from './ice-configuration.ts';
import { LinkObserver } from './link-observer.ts';
import { MediaSlots, type SlotTracks } from './media-slots.ts';
import { Negotiation } from './negotiation.ts';
import { RemoteCandidates } from './remote-candidates.ts';

/** The signaling of media sessions; requests of one call. */
export interface MediaSignaling {
  sendDescription(mediaSessionId: string, description: MediaDescription): Promise<void>;
  sendCandidates(mediaSessionId: string, candidates: IceCandidate[]): Promise<void>;
  reportMedia(mediaSessionId: string, state: ReportMediaRequest['state'], cause?: MediaCause): Promise<void>;
  reportFlow(detail: ClientFlowDetail): void;
}

export interface MediaLinkOptions {
  readonly platform: Platform;
  readonly signaling: MediaSignaling;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  /** What this side sends now. */
  readonly tracks: () => SlotTracks;
  /** What flows in either direction may have changed. */
  readonly onStreamsChanged: () => void;
  readonly onConnectionChanged: () => void;
  /** {@link MediaLink.pathState} is another one. */
  readonly onPathChanged: () => void;
}

/** One media session: its peer connection, negotiation, sections and connection. Closed once, never reused. */
export class MediaLink {
  readonly peerConnection: RTCPeerConnection;
  readonly slots: MediaSlots;
  readonly durableChannel: RTCDataChannel;
  readonly lossyChannel: RTCDataChannel;
  readonly observer: LinkObserver;
  readonly gathering: Gathering;
  /** What the other side's newest description says it sends. */
  remoteStreams: readonly StreamInfo[] = [];
  isClosed = false;
  private readonly options: MediaLinkOptions;
  private readonly negotiation: Negotiation;
  private readonly candidates: CandidateBatch;
  private readonly monitor: ConnectionMonitor;
  private session: MediaSession | undefined;
  /** The server lets this side describe its media: not before it has taken the answer of a call that rings here. */
  private mayOffer = false;
  private readonly remoteCandidates: RemoteCandidates;
  private tracksInPlace: Promise<void> = Promise.resolve();
  /** What the newest description of this side was made from. */
  private described = '';
  /** The servers in use, as text. */
  private configured = '';

  /** Throws `WEBRTC_UNAVAILABLE`. */
  constructor(options: MediaLinkOptions) {
    this.options = options;
    const { platform, signaling } = options;
    if (platform.RTCPeerConnection === undefined) throw clientError('WEBRTC_UNAVAILABLE');
    this.peerConnection = new platform.RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.durableChannel = this.peerConnection.createDataChannel('durable', { negotiated: true, id: 0, ordered: true });
    this.lossyChannel = this.peerConnection.createDataChannel('lossy', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 });
    this.slots = new MediaSlots(this.peerConnection);
    this.negotiation = new Negotiation(this.peerConnection, {
      logger: platform.logger,
      send: (description) => signaling.sendDescription(this.mediaSessionId, description),
      restarted: () => {
        this.monitor.restarted();
      },
      remoteDescriptionSet: (description) => {
        this.remoteCandidates.described(description.sdp);
        this.remoteStreams = description.streams;
        this.slots.learn(description.streams);
        if (description.type === 'offer') this.slots.applyDirections();
      },
      describing: (type) => {
        this.described = this.slots.outline(type);
      },
      localStreams: (midOf) => this.slots.localStreams(midOf),
      settled: () => {
        // The other side does not know the answer of a call that rings here before the server has taken it.
        if (this.mayOffer) {
          this.monitor.negotiated();
          this.negotiation.confirmSections();
        }
        void this.syncTracks();
        options.onStreamsChanged();
      },
      failed: (error) => {
        platform.logger.error('offer/answer failed', error);
        signaling.reportFlow({ kind: 'clientDecision', what: 'offer/answer failed', why: String(error).slice(0, 512) });
      },
    });
    this.candidates = new CandidateBatch(platform.clock, async (candidates) => {
      // A candidate that overtakes its description is of no known ICE generation there, and dropped.
      await this.negotiation.delivered;
      await this.quietly(signaling.sendCandidates(this.mediaSessionId, candidates));
    });
    this.monitor = new ConnectionMonitor({
      peerConnection: this.peerConnection,
      clock: platform.clock,
      isPolite: () => this.session?.polite ?? false,
      isOnline: () => platform.navigator?.onLine !== false,
      candidates: () => {
        const { hasCandidates, hasRelay, expectsRelay, endedAt } = this.gathering;
        // Both sides have the same servers, unless an application brought its own.
        return { local: { hasAny: hasCandidates, hasRelay, expectsRelay, endedAt }, remote: { ...this.remoteCandidates.facts, expectsRelay } };
      },
      onPathChanged: () => {
        options.onPathChanged();
      },
      restartIce: (why) => {
        signaling.reportFlow({ kind: 'clientDecision', what: 'ICE restart', why });
        this.negotiation.restartIce();
      },
      restartNoMore: () => {
        this.negotiation.restartNoMore();
      },
      report: (state, cause) => {
        void this.quietly(signaling.reportMedia(this.mediaSessionId, state, cause));
        options.onConnectionChanged();
      },
    });
    this.gathering = new Gathering(this.peerConnection, platform.clock);
    this.gathering.onChanged.add(() => {
      this.monitor.candidatesChanged();
    });
    this.observer = new LinkObserver({
      peerConnection: this.peerConnection,
      platform,
      gathering: this.gathering,
      report: (detail) => {
        signaling.reportFlow(detail);
      },
      typeOfSection: (mid, direction) => (direction === 'send' ? this.slots.localStreams() : this.remoteStreams).find((stream) => stream.mid === mid)?.mediaStreamType,
    });
    this.remoteCandidates = new RemoteCandidates(platform.clock);
    this.peerConnection.addEventListener('icecandidate', ({ candidate }) => {
      this.candidates.add(candidate);
    });
  }

  get mediaSessionId(): string {
    return this.session?.mediaSessionId ?? '';
  }

  get isConnected(): boolean {
    return this.monitor.isConnected;
  }

  get pathState(): PathState {
    return this.monitor.pathState;
  }

  /** The offer that goes with an invitation. Nothing is gathered until {@link bind}. */
  async createFirstOffer(): Promise<MediaDescription> {
    this.slots.offerAudio();
    await this.syncTracks();
    return await this.negotiation.createFirstOffer();
  }

  /** This link is the server's media session `session` from now on: takes its servers and begins. */
  async bind(session: MediaSession): Promise<void> {
    this.configure(session);
    this.mayOffer = true;
    this.candidates.open();
    if (this.negotiation.localRevision > 0) await this.negotiation.commitFirstOffer();
    else if (session.offerer === 'local') {
      this.slots.offerAudio();
      await this.syncTracks();
      this.negotiation.negotiate();
    }
    this.resynchronise(session);
  }

  /** Sets the offer of a call that rings, so that `answerPrepared` is quick; the other side learns nothing of it. */
  async prepareAnswer(session: MediaSession, offer: MediaDescription): Promise<void> {
    this.configure(session);
    const prepared = this.negotiation.prepareAnswer(offer);
    // Tracks go into the sections that the offer opens, and so after it.
    this.tracksInPlace = prepared;
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
    this.candidates.open();
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
    if (candidates.length === 0) return;
    this.remoteCandidates.add(candidates);
    this.negotiation.handleCandidates(candidates);
    this.monitor.candidatesChanged();
  }

  /** Puts what is sent now into its sections, and offers anew where that takes it. Never rejects. */
  syncTracks(): Promise<void> {
    this.tracksInPlace = this.tracksInPlace
      .then(async () => {
        if (this.isClosed) return;
        await this.slots.setTracks(this.options.tracks());
        this.negotiateIfChanged();
      })
      .catch((error: unknown) => {
        this.options.platform.logger.error('a track could not be put into its media section', error);
      });
    return this.tracksInPlace;
  }

  setHeld(isHeld: boolean): void {
    this.slots.setHeld(isHeld);
    this.negotiateIfChanged();
  }

  networkChanged(): void {
    this.monitor.networkChanged();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.monitor.close();
    this.negotiation.close();
    this.candidates.close();
    this.observer.close();
    this.gathering.close();
    this.peerConnection.close();
  }

  /** Offers anew where the newest description is no longer true; the first offer or answer is made by its own occasion. */
  private negotiateIfChanged(): void {
    if (this.mayOffer && this.peerConnection.localDescription !== null && this.slots.outline('offer') !== this.described) this.negotiation.negotiate();
  }

  private configure(session: MediaSession): void {
    this.session = session;
    this.negotiation.setPolite(session.polite);
    const configuration = iceConfiguration(session, this.options.networkConfiguration);
    // Set anew it takes effect with the next restart, which is also when renewed credentials are needed.
    const text = JSON.stringify(configuration);
    if (text === this.configured) return;
    const isFirst = this.configured === '';
    this.configured = text;
    this.peerConnection.setConfiguration({ ...this.peerConnection.getConfiguration(), ...configuration });
    if (!isFirst) this.monitor.serversChanged();
  }

  private async quietly(request: Promise<void>): Promise<void> {
    await request.catch((error: unknown) => {
      this.options.platform.logger.warning('a report on media was not delivered', error);
    });
  }
}
