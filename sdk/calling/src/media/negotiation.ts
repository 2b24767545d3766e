import type { IceCandidate, MediaDescription, StreamInfo } from '@dialplane/calling-api';
import type { CallClientLogger } from '../public/call-client.ts';
import { sectionMids } from './section-mids.ts';

/** What a negotiation asks of its surroundings. */
export interface NegotiationHost {
  readonly logger: CallClientLogger;
  /** Hands a description to the other side, in the order of the calls. */
  send(description: MediaDescription): Promise<void>;
  /** The other side's description was set; sections it opened can be given purposes and directions now. */
  remoteDescriptionSet(description: MediaDescription): void;
  /** An ICE restart was offered, by either side. */
  restarted(): void;
  /** A description of this side is about to be made. */
  describing(type: 'offer' | 'answer'): void;
  localStreams(midOf?: (transceiver: RTCRtpTransceiver) => string | null): StreamInfo[];
  /** Offer and answer are both in force. */
  settled(): void;
  /** A description could not be made or set. The media stays as it was. */
  failed(error: unknown): void;
}

/** What an offer is made for. */
interface Wish {
  readonly changes: boolean;
  readonly iceRestart: boolean;
}

/**
 * Offer/answer of one peer connection (RFC 3264, RFC 8829) by perfect negotiation: either side may offer at any time; where
 * two offers cross, the impolite side's stands, and the polite side takes its own back, answers, and offers again.
 *
 * Steps run one after another. Descriptions are numbered per side (`revision`); one that was seen before, or an answer to an
 * offer that was taken back, changes nothing, so everything may be delivered again.
 */
export class Negotiation {
  private readonly peerConnection: RTCPeerConnection;
  private readonly host: NegotiationHost;
  private steps: Promise<void> = Promise.resolve();
  private sending: Promise<void> = Promise.resolve();
  private isClosed = false;
  private isPolite = false;
  /** An offer is wanted as soon as the state allows one: of what changed, to restart ICE, or both. */
  private wanted: Wish | undefined;
  private newest: MediaDescription | undefined;
  /** This side's offer that waits for its answer. */
  private outstanding: ({ readonly revision: number } & Wish) | undefined;
  private remoteRevision = 0;
  private earlyCandidates: IceCandidate[] = [];
  private mayAddCandidates = true;
  /** Sections of which this side had an offer answered. */
  private readonly offered = new WeakSet<RTCRtpTransceiver>();

  constructor(peerConnection: RTCPeerConnection, host: NegotiationHost) {
    this.peerConnection = peerConnection;
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
    if (this.isPolite && this.sections().some((section) => !this.offered.has(section))) this.negotiate();
  }

  /** Offers anew with new ICE credentials and candidates (RFC 8445 §9). */
  restartIce(): void {
    this.want({ iceRestart: true });
  }

  /** Takes a restart back that was not offered yet. */
  restartNoMore(): void {
    this.wanted = this.wanted?.changes === true ? { changes: true, iceRestart: false } : undefined;
  }

  /**
   * The very first offer, which travels with the invitation; nothing is gathered before {@link commitFirstOffer}, because the
   * servers to gather from are in the answer to the invitation.
   */
  async createFirstOffer(): Promise<MediaDescription> {
    this.host.describing('offer');
    const offer = await this.peerConnection.createOffer();
    const mids = sectionMids(offer.sdp ?? '');
    const transceivers = this.peerConnection.getTransceivers();
    return this.record('offer', offer.sdp ?? '', this.host.localStreams((transceiver) => mids[transceivers.indexOf(transceiver)] ?? null));
  }

  async commitFirstOffer(): Promise<void> {
    const { newest } = this;
    if (newest?.type !== 'offer' || this.outstanding !== undefined) return;
    this.outstanding = { revision: newest.revision, changes: true, iceRestart: false };
    await this.step(() => this.peerConnection.setLocalDescription({ type: 'offer', sdp: newest.sdp }));
  }

  /** Sets the other side's first offer without answering it yet, and without a packet to anybody. */
  async prepareAnswer(offer: MediaDescription): Promise<void> {
    this.mayAddCandidates = false;
    await this.step(async () => {
      if (offer.revision <= this.remoteRevision) return;
      this.remoteRevision = offer.revision;
      await this.peerConnection.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
      this.host.remoteDescriptionSet(offer);
    });
  }

  /** The answer to the prepared offer, for the caller to deliver. Rejects when the offer cannot be answered. */
  async answerPrepared(): Promise<MediaDescription> {
    let answer: MediaDescription | undefined;
    await this.step(async () => {
      answer = await this.answer(this.remoteRevision);
      this.mayAddCandidates = true;
      await this.addEarlyCandidates();
      this.host.settled();
    });
    if (answer === undefined) throw new Error('The offer of the other side could not be answered.');
    return answer;
  }

  handleDescription(description: MediaDescription): void {
    void this.step(async () => {
      if (description.revision <= this.remoteRevision) return;
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

  private sections(): RTCRtpTransceiver[] {
    return this.peerConnection.getTransceivers().filter(({ mid }) => mid !== null);
  }

  private want(more: { readonly changes?: true; readonly iceRestart?: true }): void {
    this.wanted = { changes: false, iceRestart: false, ...this.wanted, ...more };
    void this.step(() => this.offerIfWanted());
  }

  private async offerIfWanted(): Promise<void> {
    const { wanted } = this;
    if (wanted === undefined || this.peerConnection.signalingState !== 'stable') return;
    this.wanted = undefined;
    this.host.describing('offer');
    const offer = await this.peerConnection.createOffer({ iceRestart: wanted.iceRestart });
    await this.peerConnection.setLocalDescription(offer);
    const description = this.record('offer', offer.sdp ?? '', this.host.localStreams());
    this.outstanding = { revision: description.revision, ...wanted };
    if (wanted.iceRestart) this.host.restarted();
    this.deliver(description);
  }

  private async handleOffer(offer: MediaDescription): Promise<void> {
    this.remoteRevision = offer.revision;
    if (!this.mayAddCandidates) {
      // Still ringing: the newer offer takes the place of the prepared one.
      await this.peerConnection.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
      this.host.remoteDescriptionSet(offer);
      return;
    }
    const isRestart = iceFragment(offer.sdp) !== iceFragment(this.peerConnection.currentRemoteDescription?.sdp ?? offer.sdp);
    if (this.peerConnection.signalingState !== 'stable') {
      if (!this.isPolite) return;
      await this.peerConnection.setLocalDescription({ type: 'rollback', sdp: '' });
      const { outstanding, wanted } = this;
      this.outstanding = undefined;
      // What was taken back is still to be offered.
      this.wanted = {
        changes: outstanding?.changes === true || wanted?.changes === true,
        iceRestart: outstanding?.iceRestart === true || wanted?.iceRestart === true,
      };
    }
    if (isRestart) {
      // The answer to a restart is a restart of this side as well.
      this.restartNoMore();
      this.host.restarted();
    }
    await this.peerConnection.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
    this.host.remoteDescriptionSet(offer);
    await this.addEarlyCandidates();
    this.deliver(await this.answer(offer.revision));
    this.host.settled();
  }

  private async handleAnswer(answer: MediaDescription): Promise<void> {
    this.remoteRevision = answer.revision;
    const { outstanding } = this;
    if (outstanding === undefined || (answer.answers ?? outstanding.revision) !== outstanding.revision || this.peerConnection.signalingState !== 'have-local-offer') return;
    this.outstanding = undefined;
    await this.peerConnection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    for (const section of this.sections()) this.offered.add(section);
    this.host.remoteDescriptionSet(answer);
    await this.addEarlyCandidates();
    this.host.settled();
  }

  private async answer(offerRevision: number): Promise<MediaDescription> {
    this.host.describing('answer');
    const answer = await this.peerConnection.createAnswer();
    await this.peerConnection.setLocalDescription(answer);
    return this.record('answer', answer.sdp ?? '', this.host.localStreams(), offerRevision);
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

  private async addEarlyCandidates(): Promise<void> {
    if (!this.mayAddCandidates || this.peerConnection.remoteDescription === null) return;
    for (const { candidate, mid, mLineIndex, usernameFragment } of this.earlyCandidates.splice(0)) {
      if (candidate === '') continue;
      const init = { candidate, sdpMid: mid, sdpMLineIndex: mLineIndex, usernameFragment };
      // A candidate of a description that was passed over, or of an ICE generation that is gone, has no use.
      await this.peerConnection.addIceCandidate(init).catch((error: unknown) => {
        this.host.logger.verbose('a candidate was not used', error);
      });
    }
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

/** The username fragment of the first media section (RFC 8839 §5.4): another one means an ICE restart. */
function iceFragment(sdp: string): string | undefined {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
}
