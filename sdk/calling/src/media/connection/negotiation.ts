import type { IceCandidate, MediaDescription, StreamInfo } from '@dialplane/calling-api';
import type { CallClientLogger } from '../../public/call-client.ts';
import type { PeerLink } from './peer-link.ts';
import { sessionIdOf } from '../sections/sdp-facts.ts';
import { sectionMids } from '../sections/section-mids.ts';

/** More than two sides gather for one description. */
const maxEarlyCandidates = 256;

/** What a negotiation asks of its surroundings. */
export interface NegotiationHost {
  readonly logger: CallClientLogger;
  /** The newest peer connection, which is the one that is negotiated. */
  newest(): PeerLink;
  /** Opens the connection that is to take the place of the one in use, in the place of an earlier one that has not done so yet. */
  openSuccessor(): PeerLink;
  /** Closes the connection that was to take the place of the one in use: both sides go on with that. */
  dropSuccessor(): void;
  /** The connection that this session of the other side (RFC 8866 §5.2) is about; undefined where it is a new one. */
  linkOf(sessionId: string | undefined): PeerLink | undefined;
  links(): readonly PeerLink[];
  /** Makes the sections that a successor is to offer, and puts what this side sends into them. */
  offerSections(link: PeerLink): Promise<void>;
  /** Puts what this side sends into the sections that the other side has offered. */
  putTracks(link: PeerLink): Promise<void>;
  /** Hands a description to the other side, in the order of the calls. */
  send(description: MediaDescription): Promise<void>;
  /** A successor was offered, by either side. */
  successorOffered(): void;
  /** Offer and answer are both in force on this connection. */
  settled(link: PeerLink): void;
  /** A description could not be made or set. The media stays as it was. */
  failed(error: unknown): void;
}

/** What an offer is made for. */
interface Wish {
  readonly changes: boolean;
  /** Another peer connection instead of the one there is. */
  readonly successor: boolean;
}

interface OutstandingOffer extends Wish {
  readonly revision: number;
  readonly link: PeerLink;
}

/**
 * Offer/answer of one media session (RFC 3264, RFC 8829) by perfect negotiation: either side may offer at any time; where two
 * offers cross, the impolite side's stands, and the polite side takes its own back, answers, and offers again.
 *
 * An offer whose origin has another session id (RFC 8866 §5.2) opens another peer connection, the successor, which is the one
 * that is negotiated from then on; an offer of the one before it gives the successor up. Candidates find their connection by
 * their username fragment.
 *
 * Steps run one after another. Descriptions are numbered per side (`revision`), over all connections of the session; one that
 * was seen before, or an answer to an offer that was taken back, changes nothing, so everything may be delivered again.
 */
export class Negotiation {
  private readonly host: NegotiationHost;
  private steps: Promise<void> = Promise.resolve();
  private sending: Promise<void> = Promise.resolve();
  private isClosed = false;
  private isPolite = false;
  /** An offer is wanted as soon as the state allows one. */
  private wanted: Wish | undefined;
  private newest: MediaDescription | undefined;
  /** This side's offer that waits for its answer. */
  private outstanding: OutstandingOffer | undefined;
  private remoteRevision = 0;
  private earlyCandidates: IceCandidate[] = [];
  private mayAddCandidates = true;
  /** Sections of which this side had an offer answered. */
  private readonly offered = new WeakSet<RTCRtpTransceiver>();

  constructor(host: NegotiationHost) {
    this.host = host;
  }

  setPolite(isPolite: boolean): void {
    this.isPolite = isPolite;
  }

  /** Resolves when the descriptions made so far are delivered, or given up. */
  get delivered(): Promise<void> {
    return this.sending;
  }

  get localRevision(): number {
    return this.newest?.revision ?? 0;
  }

  /** Offers anew, now or when the exchange under way is done. */
  negotiate(): void {
    this.want({ changes: true });
  }

  /**
   * Offers once what only the other side has offered so far. Chromium (156) loses a section that was in no answered offer of its own when it takes an offer
   * back: its remote track stays muted from the next pause on. Only the polite side takes offers back.
   */
  confirmSections(): void {
    if (this.isPolite && this.sections(this.host.newest()).some((section) => !this.offered.has(section))) this.negotiate();
  }

  /** Offers another peer connection. */
  succeed(): void {
    this.want({ successor: true });
  }

  /** Takes back what {@link succeed} asked for and was not offered yet. */
  succeedNoMore(): void {
    this.wanted = this.wanted?.changes === true ? { changes: true, successor: false } : undefined;
  }

  /**
   * The very first offer, which travels with the invitation; nothing is gathered before {@link commitFirstOffer}, because the
   * servers to gather from are in the answer to the invitation.
   */
  async createFirstOffer(): Promise<MediaDescription> {
    const link = this.host.newest();
    link.describing('offer');
    const offer = await link.peerConnection.createOffer();
    const mids = sectionMids(offer.sdp ?? '');
    const transceivers = link.peerConnection.getTransceivers();
    return this.record('offer', offer.sdp ?? '', link.sections.localStreams((transceiver) => mids[transceivers.indexOf(transceiver)] ?? null));
  }

  async commitFirstOffer(): Promise<void> {
    const { newest } = this;
    if (newest?.type !== 'offer' || this.outstanding !== undefined) return;
    const link = this.host.newest();
    this.outstanding = { revision: newest.revision, link, changes: true, successor: false };
    await this.step(() => link.peerConnection.setLocalDescription({ type: 'offer', sdp: newest.sdp }));
  }

  /** Sets the other side's first offer without answering it yet, and without a packet to anybody. */
  async prepareAnswer(offer: MediaDescription): Promise<void> {
    this.mayAddCandidates = false;
    await this.step(async () => {
      if (offer.revision <= this.remoteRevision) return;
      this.remoteRevision = offer.revision;
      await this.host.newest().setRemoteDescription(offer);
    });
  }

  /** The answer to the prepared offer, for the caller to deliver. Rejects when the offer cannot be answered. */
  async answerPrepared(): Promise<MediaDescription> {
    let answer: MediaDescription | undefined;
    await this.step(async () => {
      answer = await this.answer(this.host.newest(), this.remoteRevision);
      this.mayAddCandidates = true;
      await this.addEarlyCandidates();
      this.host.settled(this.host.newest());
    });
    if (answer === undefined) throw new Error('The offer of the other side could not be answered.');
    return answer;
  }

  handleDescription(description: MediaDescription): void {
    void this.step(async () => {
      if (description.revision <= this.remoteRevision) return;
      this.remoteRevision = description.revision;
      if (description.type === 'offer') await this.handleOffer(description);
      else await this.handleAnswer(description);
      await this.offerIfWanted();
    });
  }

  handleCandidates(candidates: readonly IceCandidate[]): void {
    void this.step(async () => {
      this.earlyCandidates.push(...candidates);
      await this.addEarlyCandidates();
    });
  }

  /**
   * After a gap in the signaling: the server holds this side's descriptions up to `heldRevision`, and the other side's newest
   * is `remote`. What the server lacks is sent again. An offer that crossed another is repeated under a new number: its
   * answer may have been replaced by the other side's offer before it arrived here.
   */
  resynchronise(heldRevision: number, remote: MediaDescription | undefined): void {
    void this.step(async () => {
      const { newest, outstanding } = this;
      if (newest === undefined) return;
      const isCrossed = outstanding !== undefined && !this.isPolite && remote?.type === 'offer' && remote.revision > this.remoteRevision;
      if (isCrossed) this.outstanding = { ...outstanding, revision: this.record('offer', newest.sdp, newest.streams).revision };
      if (this.newest !== undefined && this.newest.revision > heldRevision) this.deliver(this.newest);
    });
    if (remote !== undefined) this.handleDescription(remote);
  }

  close(): void {
    this.isClosed = true;
  }

  private sections({ peerConnection }: PeerLink): RTCRtpTransceiver[] {
    return peerConnection.getTransceivers().filter(({ mid }) => mid !== null);
  }

  private want(more: { readonly changes?: true; readonly successor?: true }): void {
    this.wanted = { changes: false, successor: false, ...this.wanted, ...more };
    void this.step(() => this.offerIfWanted());
  }

  private async offerIfWanted(): Promise<void> {
    const { wanted } = this;
    if (wanted === undefined) return;
    // A successor that was offered in vain is no obstacle to the next one.
    if (wanted.successor && this.outstanding?.successor === true) this.takeSuccessorBack(this.outstanding);
    if (this.host.newest().peerConnection.signalingState !== 'stable') return;
    this.wanted = undefined;
    const link = wanted.successor ? this.host.openSuccessor() : this.host.newest();
    if (wanted.successor) await this.host.offerSections(link);
    link.describing('offer');
    const offer = await link.peerConnection.createOffer();
    await link.peerConnection.setLocalDescription(offer);
    const description = this.record('offer', offer.sdp ?? '', link.sections.localStreams());
    this.outstanding = { revision: description.revision, link, ...wanted };
    if (wanted.successor) this.host.successorOffered();
    this.deliver(description);
  }

  private async handleOffer(offer: MediaDescription): Promise<void> {
    if (!this.mayAddCandidates) {
      // Still ringing: the newer offer takes the place of the prepared one.
      await this.host.newest().setRemoteDescription(offer);
      return;
    }
    if (this.outstanding !== undefined) {
      if (!this.isPolite) return;
      await this.takeBack(this.outstanding);
    }
    const link = this.linkFor(offer);
    await link.setRemoteDescription(offer);
    if (link.peerConnection.currentRemoteDescription === null) await this.host.putTracks(link);
    await this.addEarlyCandidates();
    this.deliver(await this.answer(link, offer.revision));
    this.host.settled(link);
  }

  /** What was taken back is still to be offered. */
  private async takeBack(outstanding: OutstandingOffer): Promise<void> {
    const { wanted } = this;
    if (outstanding.successor) this.takeSuccessorBack(outstanding);
    else await outstanding.link.peerConnection.setLocalDescription({ type: 'rollback', sdp: '' });
    this.outstanding = undefined;
    this.wanted = {
      changes: outstanding.changes || wanted?.changes === true,
      successor: outstanding.successor || wanted?.successor === true,
    };
  }

  private takeSuccessorBack(outstanding: OutstandingOffer): void {
    this.outstanding = undefined;
    if (outstanding.link === this.host.newest()) this.host.dropSuccessor();
  }

  private linkFor(offer: MediaDescription): PeerLink {
    const sessionId = sessionIdOf(offer.sdp);
    const known = this.host.linkOf(sessionId);
    if (known !== undefined) {
      if (known !== this.host.newest()) this.host.dropSuccessor();
      return known;
    }
    // The other side's successor is as good as one of this side.
    this.succeedNoMore();
    this.host.successorOffered();
    return this.host.openSuccessor();
  }

  private async handleAnswer(answer: MediaDescription): Promise<void> {
    const { outstanding } = this;
    if (outstanding === undefined || (answer.answers ?? outstanding.revision) !== outstanding.revision) return;
    const { link } = outstanding;
    if (link.peerConnection.signalingState !== 'have-local-offer') return;
    this.outstanding = undefined;
    await link.setRemoteDescription(answer);
    for (const section of this.sections(link)) this.offered.add(section);
    await this.addEarlyCandidates();
    this.host.settled(link);
  }

  private async answer(link: PeerLink, offerRevision: number): Promise<MediaDescription> {
    link.describing('answer');
    const answer = await link.peerConnection.createAnswer();
    await link.peerConnection.setLocalDescription(answer);
    return this.record('answer', answer.sdp ?? '', link.sections.localStreams(), offerRevision);
  }

  private record(type: 'offer' | 'answer', sdp: string, streams: StreamInfo[], answers?: number): MediaDescription {
    const description = { type, sdp, revision: this.localRevision + 1, streams, ...(answers === undefined ? {} : { answers }) };
    this.newest = description;
    return description;
  }

  private deliver(description: MediaDescription): void {
    this.sending = this.sending.then(() => this.host.send(description)).catch((error: unknown) => {
      this.host.logger.warning(`${description.type} ${description.revision} was not delivered`, error);
    });
  }

  /** Those that are ahead of their description wait; those of one that was passed over, or of a connection that is gone, wait for ever. */
  private async addEarlyCandidates(): Promise<void> {
    if (!this.mayAddCandidates) return;
    for (const candidate of this.earlyCandidates.splice(0)) {
      const link = this.linkReachedBy(candidate.usernameFragment);
      if (link === undefined) this.earlyCandidates.push(candidate);
      else await link.addCandidate(candidate);
    }
    this.earlyCandidates = this.earlyCandidates.slice(-maxEarlyCandidates);
  }

  private linkReachedBy(fragment: string | null): PeerLink | undefined {
    if (fragment !== null) return this.host.links().find((link) => link.isReachedBy(fragment));
    const newest = this.host.newest();
    return newest.peerConnection.remoteDescription === null ? undefined : newest;
  }

  /** Runs a step after those before it; what it throws is told to the host and rejects for who waits. */
  private step(work: () => Promise<void>): Promise<void> {
    const run = this.steps.then(async () => {
      if (!this.isClosed) await work();
    });
    this.steps = run.catch((error: unknown) => {
      if (!this.isClosed) this.host.failed(error);
    });
    return this.steps;
  }
}
