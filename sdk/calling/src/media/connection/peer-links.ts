import type { ClientFlowDetail, IceCandidate, Topology } from '@dialplane/calling-api';
import type { Platform } from '../../platform.ts';
import type { IceConfiguration } from './ice-configuration.ts';
import type { LinkStats } from './link-observer.ts';
import type { SlotTracks } from '../sections/media-sections.ts';
import { PeerLink } from './peer-link.ts';

export interface PeerLinksOptions {
  readonly topology: Topology;
  readonly platform: Platform;
  /** What this side sends now. */
  readonly tracks: () => SlotTracks;
  /** Tells the other side of candidates, after the description they belong to. */
  readonly sendCandidates: (candidates: IceCandidate[]) => Promise<void>;
  readonly report: (detail: ClientFlowDetail) => void;
  /** More is known of the candidates of the newest connection. */
  readonly onCandidatesChanged: () => void;
  /** Of the connection in use. */
  readonly onStats: (stats: LinkStats) => void;
  /** {@link PeerLinks.current} is another one. */
  readonly onSucceeded: () => void;
  /** The successor could not connect, and the connection in use goes on. */
  readonly onSuccessorFailed: () => void;
}

/** What is still on its way over a connection that another one has taken the place of, is waited for. */
const farewellMs = 500;

/**
 * The peer connections of one media session, which are all set up alike: the one in use, for moments its successor, and those that have been succeeded.
 *
 * ```
 *  current ──────────────── succeeded ▶ leaving ──500 ms──▶ closed
 *  successor ──connected──▶ current
 *            ──dropped, or failed while the current one is connected──▶ closed
 * ```
 */
export class PeerLinks {
  private readonly options: PeerLinksOptions;
  private configuration: IceConfiguration | undefined;
  private isHeld = false;
  private audioCodec: string | undefined;
  private inUse: PeerLink;
  private successor: PeerLink | undefined;
  private readonly leaving = new Set<PeerLink>();
  private tracksInPlace: Promise<void> = Promise.resolve();
  private isClosed = false;

  /** Throws `WEBRTC_UNAVAILABLE`. */
  constructor(options: PeerLinksOptions) {
    this.options = options;
    this.inUse = this.open();
  }

  /** The one that carries the media. */
  get current(): PeerLink {
    return this.inUse;
  }

  /** The one that is negotiated. */
  get newest(): PeerLink {
    return this.successor ?? this.inUse;
  }

  /** The one in use first. */
  get all(): readonly PeerLink[] {
    return this.successor === undefined ? [this.inUse] : [this.inUse, this.successor];
  }

  isSuccessor(link: PeerLink): boolean {
    return link === this.successor;
  }

  /** Opens the connection that is to take the place of the one in use, in the place of an earlier one that has not done so yet. */
  openSuccessor(): PeerLink {
    this.dropSuccessor();
    const link = this.open();
    link.sections.setHeld(this.isHeld);
    link.setAudioCodec(this.audioCodec);
    link.openCandidates();
    this.successor = link;
    return link;
  }

  dropSuccessor(): void {
    this.successor?.close();
    this.successor = undefined;
  }

  /** Servers to gather from. */
  configure(configuration: IceConfiguration): void {
    this.configuration = configuration;
    for (const link of this.all) link.configure(configuration);
  }

  setHeld(isHeld: boolean): void {
    this.isHeld = isHeld;
    for (const link of this.all) link.sections.setHeld(isHeld);
  }

  /** The codec that the backend would have sound in; any without it. */
  setAudioCodec(audioCodec: string | undefined): void {
    this.audioCodec = audioCodec;
    for (const link of this.all) link.setAudioCodec(audioCodec);
  }

  /** Puts what is sent now into the sections of these connections, after what was put before. Never rejects. */
  putTracks(links: readonly PeerLink[] = this.all): Promise<void> {
    this.tracksInPlace = this.tracksInPlace
      .then(async () => {
        if (this.isClosed) return;
        for (const link of links) await link.sections.setTracks(this.options.tracks());
      })
      .catch((error: unknown) => {
        if (!this.isClosed) this.options.platform.logger.error('a track could not be put into its media section', error);
      });
    return this.tracksInPlace;
  }

  /** Tracks go into sections that `opened` opens, and so after it. */
  putTracksAfter(opened: Promise<void>): void {
    this.tracksInPlace = opened;
  }

  close(): void {
    this.isClosed = true;
    for (const link of [...this.leaving, ...this.all]) link.close();
  }

  private open(): PeerLink {
    const { topology, platform, sendCandidates, report, onCandidatesChanged, onStats } = this.options;
    const link: PeerLink = new PeerLink({
      topology, platform, sendCandidates, report, configuration: this.configuration,
      onConnectionStateChanged: () => {
        if (link === this.successor) this.judge(link);
      },
      onCandidatesChanged: () => {
        if (link === this.newest) onCandidatesChanged();
      },
      onStats: (stats) => {
        if (link === this.inUse) onStats(stats);
      },
    });
    return link;
  }

  private judge(successor: PeerLink): void {
    const { connectionState } = successor.peerConnection;
    if (connectionState === 'failed' && this.inUse.isConnected) {
      this.dropSuccessor();
      this.options.onSuccessorFailed();
    }
    if (connectionState !== 'connected') return;
    this.leave(this.inUse);
    this.inUse = successor;
    this.successor = undefined;
    this.options.onSucceeded();
  }

  private leave(link: PeerLink): void {
    this.leaving.add(link);
    this.options.platform.clock.after(farewellMs, () => {
      this.leaving.delete(link);
      link.close();
    });
  }
}
