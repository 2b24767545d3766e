import type {
  Call as CallView, ClientFlowDetail, EndpointEvent, IceCandidate, MediaDescription, MediaStreamType, OperationResponse, ReportMediaRequest, StreamQuality, WantedStream,
} from '@dialplane/calling-api';
import type { CallInternals, CallOperationBody, CallOperationId, MediaPath, MediaStreamPlace, StatsSample } from '../call-internals.ts';
import { clientError } from '../communication-services-error.ts';
import { Listeners } from '../listeners.ts';
import { CallMedia } from '../media/call-media.ts';
import type { MediaCause } from '../media/connection/connection-monitor.ts';
import type { MediaSignaling } from '../media/media-signaling.ts';
import type { Platform } from '../platform.ts';
import type { Call } from '../public/call.ts';
import type { OperationInput, RequestOptions } from '../signaling/api-client.ts';
import { ServerError } from '../signaling/server-error.ts';
import { Turns } from '../turns.ts';
import type { CallServices } from './call-services.ts';
import { applyEvent, type CallEvent } from './call-view.ts';
import { TelemetryReporter } from './telemetry-reporter.ts';

/** How long an answer may be ahead of the events that belong to it before it is taken instead of them. */
const catchUpMs = 1000;
/** After the server could not be asked whether the call goes on, until it is asked again. */
const askAgainMs = 5000;
/** Events that wait for one answer; far more than come in its time. */
const maxHeldEvents = 512;

/** The request that brings this endpoint into the call (start, join, accept) is outstanding. */
interface Seating {
  readonly held: CallEvent[];
  /** Events were lost meanwhile, before a sync event or for their number: one may have been the end of the call. */
  isOvertaken: boolean;
}

export interface CallSessionOptions {
  readonly services: CallServices;
  /** Known from the beginning for an incoming call. */
  readonly view: CallView | undefined;
  /** The public object, which is made after this one. */
  readonly call: () => Call;
  readonly onOutgoingEnded: (type: MediaStreamType) => void;
  /** The server says that this endpoint is no longer in the call; the event that told why is lost. */
  readonly onLost: () => void;
}

/**
 * The inside of a call: the server's view of it, the commands on it, its media and its telemetry. What the public object and
 * the features show is derived from here.
 */
export class CallSession implements CallInternals, MediaSignaling {
  readonly media: CallMedia;
  readonly telemetry: TelemetryReporter;
  /** The endpoint that takes part; the connection may have another one when this call is over. */
  readonly endpointId: string;
  private readonly options: CallSessionOptions;
  private readonly services: CallServices;
  private readonly provisionalId: string;
  private current: CallView | undefined;
  private seating: Seating | undefined;
  private hasEnded = false;
  /** Muted and unmuted, hand up and down: requests may overtake each other, but the last word is to be the server's last. */
  private readonly selfUpdates = new Turns();
  private readonly events = new Listeners<[EndpointEvent]>();
  private readonly viewChanges = new Listeners<[]>();
  /** Aborted when the call is over. */
  private readonly over = new AbortController();
  private readonly stateChanges = new Listeners<[]>();
  private readonly transfers = new Listeners<[Call]>();
  private readonly ends = new Listeners<[]>();

  constructor(options: CallSessionOptions) {
    this.options = options;
    this.services = options.services;
    this.current = options.view;
    this.endpointId = options.services.connection.endpointId;
    this.provisionalId = options.services.platform.randomUuid();
    const { platform, localMedia, networkConfiguration } = options.services;
    this.media = new CallMedia({ platform, localMedia, networkConfiguration, signaling: this, onOutgoingEnded: options.onOutgoingEnded });
    // Past the connection's own limits: the last report is for the time after it was closed.
    const { api } = options.services.connection;
    this.telemetry = new TelemetryReporter(platform, (report, limits) =>
      api.request('reportTelemetry', { params: { callId: this.callId() }, body: { ...report, endpointId: this.endpointId } }, limits),
    );
  }

  get call(): Call {
    return this.options.call();
  }

  get platform(): Platform {
    return this.services.platform;
  }

  get isOver(): boolean {
    return this.hasEnded;
  }

  selfRawId(): string {
    return this.services.selfRawId;
  }

  canCallTelephones(): boolean {
    return this.services.connection.canCallTelephones;
  }

  callId(): string {
    return this.current?.callId ?? this.provisionalId;
  }

  view(): CallView | undefined {
    return this.current;
  }

  /** A newer `view` of the call is known, and no request of this client's accounts for it. */
  isOutdatedBy(view: CallView): boolean {
    return this.seating === undefined && this.current !== undefined && this.current.revision < view.revision;
  }

  /** The request that brings this endpoint into the call is about to be sent: events wait for its answer, their base. */
  beginSeating(): void {
    this.seating = { held: [], isOvertaken: false };
  }

  /** Takes the server's answer to that request: from now on the call exists, and `early` events and held ones count. */
  async adopt(view: CallView, early: readonly CallEvent[] = []): Promise<void> {
    this.seating?.held.unshift(...early);
    this.telemetry.open();
    this.replaceView(view);
    if (!this.hasEnded) await this.media.begin(view.mediaSessions);
    const isOvertaken = this.seating?.isOvertaken === true;
    this.endSeating();
    if (isOvertaken) void this.askWhetherOn();
  }

  /** No answer is outstanding any more, or none will come: what waited for it counts now. */
  endSeating(): void {
    const held = this.seating?.held ?? [];
    this.seating = undefined;
    for (const event of held) this.handleEvent(event);
  }

  /**
   * A sync event came, the events before it are lost: `view` is the whole truth at its revision, or undefined where the call
   * is not in it. An answer may have overtaken the sync event, so that an older view is ignored and a missing call asked for.
   */
  async resynchronise(view: CallView | undefined): Promise<void> {
    if (this.seating !== undefined) this.seating.isOvertaken = true;
    else if (view !== undefined) await this.takeWhole(view);
    // A call that is still being prepared here is not known there, and not lost.
    else if (this.current !== undefined) await this.askWhetherOn();
  }

  /** An event of this call. Repeats are dropped. */
  handleEvent(event: CallEvent): void {
    if (this.seating !== undefined) {
      if (this.seating.held.length < maxHeldEvents) this.seating.held.push(event);
      else this.seating.isOvertaken = true;
      return;
    }
    if (this.current === undefined || this.hasEnded) return;
    const next = applyEvent(this.current, event);
    if (next === undefined) return;
    this.current = next;
    this.handleMediaEvent(event);
    this.events.call(event);
    this.viewChanges.call();
  }

  async request<Id extends CallOperationId>(
    operation: Id,
    input: { rawId?: string; body?: CallOperationBody<Id> } = {},
    options: RequestOptions = {},
  ): Promise<OperationResponse<Id>> {
    if (this.hasEnded) throw clientError('CALL_ENDED');
    if (this.current === undefined) throw clientError('CALL_NOT_CONNECTED');
    const params = { callId: this.current.callId, ...(input.rawId === undefined ? {} : { rawId: input.rawId }) };
    const isRead = operation === 'getCallFlow' || operation === 'getCallRecords';
    const whole = isRead ? { params } : { params, body: { ...input.body, endpointId: this.endpointId } };
    const send = () => this.services.connection.request(operation, whole as unknown as OperationInput<Id>, options);
    const response = await (operation === 'updateSelf' ? this.selfUpdates.take(send) : send());
    if (isCallView(response)) await this.catchUp(response);
    return response;
  }

  onEvent(listener: (event: EndpointEvent) => void): () => void {
    return this.events.add(listener);
  }

  onViewChanged(listener: () => void): () => void {
    return this.viewChanges.add(listener);
  }

  onStateChanged(listener: () => void): () => void {
    return this.stateChanges.add(listener);
  }

  onEnded(listener: () => void): () => void {
    return this.ends.add(listener);
  }

  onTransferAccepted(listener: (targetCall: Call) => void): () => void {
    return this.transfers.add(listener);
  }

  /** The other side transferred this client, and this is the call that it led to. */
  transferAccepted(targetCall: Call): void {
    this.transfers.call(targetCall);
  }

  /** The public state is another one. */
  stateChanged(): void {
    this.stateChanges.call();
  }

  isSignalingConnected(): boolean {
    return this.services.isSignalingConnected();
  }

  onSignalingChanged(listener: () => void): () => void {
    return this.services.onSignalingChanged(listener);
  }

  peerConnection(): RTCPeerConnection | undefined {
    return this.media.active?.peerConnection;
  }

  onPeerConnectionChanged(listener: () => void): () => void {
    return this.media.onPeerConnectionChanged.add(listener);
  }

  path(): MediaPath | undefined {
    return this.media.active;
  }

  onPathChanged(listener: () => void): () => void {
    return this.media.onPathChanged.add(listener);
  }

  dataChannel(kind: 'durable' | 'lossy'): RTCDataChannel | undefined {
    return this.media.channel(kind);
  }

  streams(): readonly MediaStreamPlace[] {
    return this.media.places();
  }

  streamOf(mid: string, direction: 'send' | 'receive'): MediaStreamPlace | undefined {
    return this.media.places().find((place) => place.mid === mid && place.direction === direction);
  }

  onStreamsChanged(listener: () => void): () => void {
    return this.media.onStreamsChanged.add(listener);
  }

  onStats(listener: (sample: StatsSample) => void): () => void {
    return this.media.onStats.add(listener);
  }

  latestStats(): StatsSample | undefined {
    return this.media.active?.latestStats;
  }

  onCaptureAttempt(listener: (type: MediaStreamType, attempt: Promise<unknown>) => void): () => void {
    return this.media.outgoing.onAttempt.add(listener);
  }

  reportFlow(detail: ClientFlowDetail): void {
    this.telemetry.add(detail);
  }

  reportStreams(streams: readonly StreamQuality[]): void {
    this.telemetry.setStreams(streams);
  }

  async sendDescription(mediaSessionId: string, description: MediaDescription): Promise<void> {
    const { connection } = this.services;
    await connection.request('sendDescription', { params: { callId: this.callId(), mediaSessionId }, body: { endpointId: this.endpointId, description } }, this.whileOn);
  }

  async sendCandidates(mediaSessionId: string, candidates: IceCandidate[]): Promise<void> {
    const { connection } = this.services;
    await connection.request('sendCandidates', { params: { callId: this.callId(), mediaSessionId }, body: { endpointId: this.endpointId, candidates } }, this.whileOn);
  }

  async wantStreams(mediaSessionId: string, wanted: WantedStream[]): Promise<void> {
    const { connection } = this.services;
    await connection.request('wantStreams', { params: { callId: this.callId(), mediaSessionId }, body: { endpointId: this.endpointId, wanted } }, this.whileOn);
  }

  async reportMedia(mediaSessionId: string, state: ReportMediaRequest['state'], cause?: MediaCause): Promise<void> {
    const body = { endpointId: this.endpointId, state, ...(cause === undefined ? {} : { cause }) };
    await this.services.connection.request('reportMedia', { params: { callId: this.callId(), mediaSessionId }, body });
  }

  /** Closes the media, tells the features, and sends the last of the telemetry. Once. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.over.abort();
    this.ends.call();
    this.media.close();
    void this.telemetry.finish();
    for (const listeners of [this.events, this.viewChanges, this.stateChanges, this.transfers, this.ends]) listeners.clear();
  }

  /**
   * Media may go on without signaling for long, and nobody tells the other side again: a description that was given up would
   * leave it waiting, and this side unable to offer anything else, for the rest of the call.
   */
  private get whileOn(): RequestOptions {
    return { timeoutMs: Number.POSITIVE_INFINITY, signal: this.over.signal };
  }

  private replaceView(view: CallView): void {
    if (this.hasEnded || (this.current !== undefined && view.revision < this.current.revision)) return;
    this.current = view;
    this.viewChanges.call();
  }

  /** Whatever was missed is in `view`, unless that is older than what is known. */
  private async takeWhole(view: CallView): Promise<void> {
    if (this.hasEnded || view.revision < (this.current?.revision ?? 0)) return;
    this.replaceView(view);
    if (view.state !== 'Disconnected') await this.media.resynchronise(view.mediaSessions);
  }

  /** Asks with a command that changes nothing, until the server has said whether this endpoint is in the call. */
  private async askWhetherOn(): Promise<void> {
    const { connection, platform } = this.services;
    while (!this.hasEnded) {
      const revision = this.current?.revision;
      try {
        await this.takeWhole(await connection.request('updateSelf', { params: { callId: this.callId() }, body: { endpointId: this.endpointId } }));
        return;
      } catch (error) {
        const isOut = error instanceof ServerError && (error.status === 404 || error.status === 410);
        // A refusal has no revision: where more was heard meanwhile, it may concern an earlier part in this call.
        if (isOut && this.current?.revision !== revision) continue;
        if (isOut) this.options.onLost();
        else platform.logger.warning('the server did not say whether the call goes on', error);
        if (connection.isClosed || (error instanceof ServerError && !error.isRetryable)) return;
        await new Promise<void>((resolve) => platform.clock.after(askAgainMs, resolve));
      }
    }
  }

  private handleMediaEvent(event: CallEvent): void {
    if (event.type === 'mediaDescription') this.media.handleDescription(event.mediaSessionId, event.description);
    else if (event.type === 'mediaModesChanged') this.media.setModes(event.mediaSessionId, event);
    else if (event.type === 'watchedPicturesChanged') this.media.setWatched(event.mediaSessionId, event.watched);
    else if (event.type === 'mediaCandidates') this.media.handleCandidates(event.mediaSessionId, event.candidates);
    else if (event.type === 'mediaSessionClosed') this.media.closeSession(event.mediaSessionId);
    else if (event.type === 'mediaSessionUpdated') {
      this.media.update(event.mediaSession).catch((error: unknown) => {
        this.platform.logger.error('a media session could not be opened', error);
      });
    }
  }

  /** Waits for the events that an answer is ahead of; where they do not come, the answer itself is taken. */
  private catchUp(answer: CallView): Promise<void> {
    return new Promise((resolve) => {
      const isThere = () => this.hasEnded || (this.current?.revision ?? 0) >= answer.revision;
      if (isThere()) {
        resolve();
        return;
      }
      const finish = () => {
        cancel();
        unsubscribe();
        stopWaiting();
        resolve();
      };
      const cancel = this.platform.clock.after(catchUpMs, () => {
        finish();
        this.takeWhole(answer).catch((error: unknown) => {
          this.platform.logger.error('a call could not be brought up to date', error);
        });
      });
      const unsubscribe = this.viewChanges.add(() => {
        if (isThere()) finish();
      });
      const stopWaiting = this.ends.add(finish);
    });
  }
}

function isCallView(response: unknown): response is CallView {
  return typeof response === 'object' && response !== null && 'revision' in response && 'mediaSessions' in response;
}
