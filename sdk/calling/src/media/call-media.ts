import type { IceCandidate, MediaDescription, MediaSession, MediaStreamType, StreamInfo, Topology, WatchedPicture } from '@dialplane/calling-api';
import type { LocalMedia, MediaStreamPlace, StatsSample } from '../call-internals.ts';
import { clientError } from '../communication-services-error.ts';
import { Listeners } from '../listeners.ts';
import type { Platform } from '../platform.ts';
import type { NetworkConfiguration } from '../public/call-client.ts';
import type { DtmfTone, VideoSendConstraints } from '../public/call-options.ts';
import { newestSource } from './connection/arrivals.ts';
import { AudioPlayback } from './audio-playback.ts';
import { insertTone } from './dtmf.ts';
import type { Conference, SessionModes } from './conference.ts';
import { MediaLink } from './media-link.ts';
import type { MediaSignaling } from './media-signaling.ts';
import { OutgoingMedia } from './outgoing-media.ts';
import type { WantedPicture } from './sections/picture-sections.ts';
import { limitSender } from './sections/send-constraints.ts';

export interface CallMediaOptions {
  readonly platform: Platform;
  readonly localMedia: LocalMedia;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly signaling: MediaSignaling;
  readonly onOutgoingEnded: (type: MediaStreamType) => void;
}

/** While sound comes over the link before, how often the newest one is asked whether it does there, too. */
const handOverLookMs = 20;

/**
 * The media of one call: what it sends, the links (one per media session) it is sent over, and what arrives. A call has one
 * link; while it is promoted it has two, and what is heard and seen comes from the new one as soon as sound arrives there.
 */
export class CallMedia {
  readonly outgoing: OutgoingMedia;
  /** What flows, in either direction, is something else now. */
  readonly onStreamsChanged = new Listeners<[]>();
  readonly onPeerConnectionChanged = new Listeners<[]>();
  /** Whether media gets through is judged differently now, or more is known of the candidates. */
  readonly onPathChanged = new Listeners<[]>();
  readonly onStats = new Listeners<[StatsSample]>();
  /** All that is heard; its tracks come and go. Undefined where the host has no MediaStream. */
  readonly heard: MediaStream | undefined;
  private readonly options: CallMediaOptions;
  private readonly playback: AudioPlayback;
  private links: MediaLink[] = [];
  private activeLink: MediaLink | undefined;
  private isHeld = false;
  private isSilenced = false;
  private isClosed = false;
  private constraints: VideoSendConstraints = {};
  private wanted: readonly WantedPicture[] = [];
  private cancelHandOver: () => void = () => {};
  private readonly stopListening: () => void;

  constructor(options: CallMediaOptions) {
    this.options = options;
    const { platform, localMedia } = options;
    this.outgoing = new OutgoingMedia({
      onTracksChanged: () => this.putTracks(),
      onEnded: options.onOutgoingEnded,
    });
    this.heard = platform.MediaStream === undefined ? undefined : new platform.MediaStream();
    this.playback = new AudioPlayback(platform, localMedia);
    this.stopListening = this.listenToNetwork();
  }

  /** The link that carries the media now. */
  get active(): MediaLink | undefined {
    return this.activeLink;
  }

  /** The offer to send with an invitation. */
  async firstOffer(topology: Topology): Promise<MediaDescription> {
    return await this.addLink(topology).createFirstOffer();
  }

  /** Gets ready to answer an incoming call; nobody learns of it. */
  async prepare(sessions: readonly MediaSession[]): Promise<void> {
    const session = sessions.find(({ remoteDescription }) => remoteDescription?.type === 'offer');
    if (session?.remoteDescription !== undefined) await this.addLink(session.topology).prepareAnswer(session, session.remoteDescription);
  }

  /** The description to accept with: the answer to what was prepared, or an offer where the caller made none. */
  async acceptDescription(topology: Topology): Promise<MediaDescription> {
    const [prepared] = this.links;
    return prepared === undefined ? await this.firstOffer(topology) : await prepared.answerPrepared();
  }

  /** The media sessions that the server named in its answer to start, join or accept. */
  async begin(sessions: readonly MediaSession[]): Promise<void> {
    const unbound = this.links.find(({ mediaSessionId }) => mediaSessionId === '');
    for (const [index, session] of sessions.entries()) {
      const known = this.link(session.mediaSessionId);
      if (known !== undefined) known.accepted(session);
      else await (index === 0 && unbound?.topology === session.topology ? unbound : this.addLink(session.topology)).bind(session);
    }
    this.closeOthers(sessions);
  }

  /** After a gap in the signaling: `sessions` are all there are. */
  async resynchronise(sessions: readonly MediaSession[]): Promise<void> {
    for (const session of sessions) {
      const known = this.link(session.mediaSessionId);
      if (known !== undefined) known.resynchronise(session);
      else await this.addLink(session.topology).bind(session);
    }
    this.closeOthers(sessions);
  }

  /** A session was opened for this endpoint, or changed. */
  async update(session: MediaSession): Promise<void> {
    const known = this.link(session.mediaSessionId);
    if (session.state === 'closed') this.closeSession(session.mediaSessionId);
    else if (known !== undefined) known.update(session);
    else await this.addLink(session.topology).bind(session);
  }

  closeSession(mediaSessionId: string): void {
    this.link(mediaSessionId)?.close();
    this.links = this.links.filter(({ isClosed }) => !isClosed);
    this.chooseActive();
  }

  handleDescription(mediaSessionId: string, description: MediaDescription): void {
    this.link(mediaSessionId)?.handleDescription(description);
  }

  handleCandidates(mediaSessionId: string, candidates: readonly IceCandidate[]): void {
    this.link(mediaSessionId)?.addCandidates(candidates);
  }

  /** The backend sends otherwise, has arranged its composed picture otherwise, or would be sent another codec. */
  setModes(mediaSessionId: string, changed: SessionModes): void {
    this.link(mediaSessionId)?.setModes(changed);
  }

  /** Less or more of what this side sends over a session is watched. */
  setWatched(mediaSessionId: string, watched: readonly WatchedPicture[]): void {
    this.link(mediaSessionId)?.setWatched(watched);
  }

  /** The channel to the other person; also while a newer session carries the media. */
  channel(kind: 'durable' | 'lossy'): RTCDataChannel | undefined {
    return this.links.find(({ channels }) => channels !== undefined)?.channels?.[kind];
  }

  /** How the media arrives that is heard and seen now; undefined between two people. */
  get conference(): Conference | undefined {
    return this.activeLink?.conference;
  }

  /** These remote pictures are wanted, and no others; between two people they come unasked. */
  want(pictures: readonly WantedPicture[]): void {
    this.wanted = pictures;
    for (const link of this.links) link.want(pictures);
  }

  /** Held: nothing is sent, nothing is heard, and the other side is told in the description. */
  setHeld(isHeld: boolean): void {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    this.playback.setMuted(isHeld || this.isSilenced);
    for (const link of this.links) link.setHeld(isHeld);
  }

  setIncomingAudioMuted(isMuted: boolean): void {
    this.isSilenced = isMuted;
    this.playback.setMuted(isMuted || this.isHeld);
  }

  sendTone(tone: DtmfTone): void {
    insertTone(this.activeLink?.sections.sender('Audio'), tone);
  }

  async setConstraints(constraints: VideoSendConstraints): Promise<void> {
    this.constraints = constraints;
    await this.limitSenders();
  }

  /** What flows over the active link. */
  places(): MediaStreamPlace[] {
    const link = this.activeLink;
    if (link === undefined) return [];
    const { mediaSessionId } = link;
    const placesOf = (streams: readonly StreamInfo[], direction: 'send' | 'receive', flowing: readonly string[]) =>
      streams.flatMap((stream) => {
        const transceiver = link.sections.byMid(stream.mid);
        return flowing.includes(transceiver?.currentDirection ?? '') && transceiver !== undefined ? [{ ...stream, mediaSessionId, direction, transceiver }] : [];
      });
    return [
      ...placesOf(link.sections.localStreams(), 'send', ['sendrecv', 'sendonly']),
      ...placesOf(link.remoteStreams, 'receive', ['sendrecv', 'recvonly']),
    ];
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stopListening();
    for (const link of this.links) link.close();
    this.links = [];
    this.chooseActive();
    this.playback.close();
    this.outgoing.release();
  }

  private addLink(topology: Topology): MediaLink {
    if (this.isClosed) throw clientError('CALL_ENDED');
    const { platform, signaling, networkConfiguration } = this.options;
    const link: MediaLink = new MediaLink({
      topology,
      platform,
      signaling,
      networkConfiguration,
      tracks: () => this.outgoing.tracks,
      onStreamsChanged: () => {
        if (link === this.activeLink) this.streamsChanged();
      },
      onWatchedChanged: () => {
        this.fitSenders();
      },
      onConnectionChanged: () => {
        this.chooseActive();
      },
      onPeerConnectionChanged: () => {
        if (link === this.activeLink) this.peerConnectionChanged();
      },
      onPathChanged: () => {
        if (link === this.activeLink) this.onPathChanged.call();
      },
      onStats: (sample) => {
        if (link === this.activeLink) this.onStats.call(sample);
      },
    });
    if (this.isHeld) link.setHeld(true);
    link.want(this.wanted);
    this.links = [...this.links, link];
    this.chooseActive();
    return link;
  }

  private link(mediaSessionId: string): MediaLink | undefined {
    return this.links.find((link) => link.mediaSessionId === mediaSessionId);
  }

  private closeOthers(sessions: readonly MediaSession[]): void {
    for (const link of this.links) {
      if (!sessions.some(({ mediaSessionId }) => mediaSessionId === link.mediaSessionId)) link.close();
    }
    this.links = this.links.filter(({ isClosed }) => !isClosed);
    this.chooseActive();
  }

  /**
   * The newest link that is connected, once sound arrives there or the one in use is not connected any more; the first one before any is. So that nothing is
   * missed, the link in use stays while the newest is connected and silent.
   */
  private chooseActive(): void {
    this.cancelHandOver();
    const inUse = this.links.find((link) => link === this.activeLink);
    const newest = this.links.findLast(({ isConnected }) => isConnected) ?? inUse ?? this.links[0];
    const isHandedOver = newest === inUse || inUse?.isConnected !== true || (newest !== undefined && newestSource(newest.peerConnection) > 0);
    if (!isHandedOver) this.cancelHandOver = this.options.platform.clock.after(handOverLookMs, () => this.chooseActive());
    const chosen = isHandedOver ? newest : inUse;
    if (chosen === this.activeLink) return;
    this.activeLink = chosen;
    this.peerConnectionChanged();
  }

  private peerConnectionChanged(): void {
    this.onPeerConnectionChanged.call();
    this.streamsChanged();
  }

  private streamsChanged(): void {
    this.updateHeard();
    this.fitSenders();
    this.onStreamsChanged.call();
  }

  private updateHeard(): void {
    const { heard } = this;
    if (heard === undefined) return;
    const receivers = this.activeLink?.peerConnection.signalingState === 'closed' ? [] : (this.activeLink?.peerConnection.getReceivers() ?? []);
    const tracks = receivers.map(({ track }) => track).filter(({ kind }) => kind === 'audio');
    for (const track of heard.getTracks()) if (!tracks.includes(track)) heard.removeTrack(track);
    const known = new Set(heard.getTracks());
    for (const track of tracks) if (!known.has(track)) heard.addTrack(track);
    this.playback.play(tracks);
  }

  private async putTracks(): Promise<void> {
    await Promise.all(this.links.map((link) => link.syncTracks()));
    this.streamsChanged();
  }

  private fitSenders(): void {
    void this.limitSenders().catch((error: unknown) => {
      this.options.platform.logger.warning('what is sent could not be limited', error);
    });
  }

  private async limitSenders(): Promise<void> {
    const limit = async (link: MediaLink, type: 'Video' | 'ScreenSharing', constraints: VideoSendConstraints): Promise<void> => {
      const sender = link.sections.sender(type);
      if (sender !== undefined && sender.track !== null) await limitSender(sender, constraints, link.watchedLayers(type));
    };
    await Promise.all(this.links.flatMap((link) => [limit(link, 'Video', this.constraints), limit(link, 'ScreenSharing', {})]));
  }

  /** Where the host tells that it moved to another network (another kind of connection, or back from none). */
  private listenToNetwork(): () => void {
    const { window, navigator } = this.options.platform;
    const connection = networkInformation(navigator);
    let type = connection?.type;
    const changed = () => {
      for (const link of this.links) link.networkChanged();
    };
    const typeChanged = () => {
      if (connection?.type === type) return;
      type = connection?.type;
      changed();
    };
    window?.addEventListener('online', changed);
    connection?.addEventListener('change', typeChanged);
    return () => {
      window?.removeEventListener('online', changed);
      connection?.removeEventListener('change', typeChanged);
    };
  }
}

/** The Network Information API, where there is one; its `change` also tells of mere estimates, hence `type`. */
function networkInformation(navigator: Navigator | undefined): (EventTarget & { readonly type?: string }) | undefined {
  return navigator !== undefined && 'connection' in navigator ? (navigator.connection as EventTarget & { readonly type?: string }) : undefined;
}
