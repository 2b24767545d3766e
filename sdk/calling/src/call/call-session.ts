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
import { Turns } from '../turns.ts';
import { CallReplica } from './call-replica.ts';
import type { CallServices } from './call-services.ts';
import type { CallEvent } from './call-view.ts';
import { TelemetryReporter } from './telemetry-reporter.ts';

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
 * The inside of a call: what the server says of it ({@link CallReplica}), the commands on it, its media and its telemetry. What the public object and
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
  private readonly replica: CallReplica;
  /** Muted and unmuted, hand up and down: requests may overtake each other, but the last word is to be the server's last. */
  private readonly selfUpdates = new Turns();
  /** Aborted when the call is over. */
  private readonly over = new AbortController();
  private readonly stateChanges = new Listeners<[]>();
  private readonly transfers = new Listeners<[Call]>();
  private readonly ends = new Listeners<[]>();

  constructor(options: CallSessionOptions) {
    this.options = options;
    this.services = options.services;
    this.endpointId = options.services.connection.endpointId;
    this.provisionalId = options.services.platform.randomUuid();
    const { platform, localMedia, networkConfiguration } = options.services;
    this.replica = this.openReplica();
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
    return this.over.signal.aborted;
  }

  selfRawId(): string {
    return this.services.selfRawId;
  }

  canCallTelephones(): boolean {
    return this.services.connection.canCallTelephones;
  }

  callId(): string {
    return this.view()?.callId ?? this.provisionalId;
  }

  view(): CallView | undefined {
    return this.replica.view;
  }

  /** A newer `view` of the call is known, and no request of this client's accounts for it. */
  isOutdatedBy(view: CallView): boolean {
    return this.replica.isOutdatedBy(view);
  }

  /** The request that brings this endpoint into the call is about to be sent: events wait for its answer, their base. */
  beginSeating(): void {
    this.replica.beginSeating();
  }

  /** Takes the server's answer to that request: from now on the call exists, and `early` events and held ones count. */
  async adopt(view: CallView, early: readonly CallEvent[] = []): Promise<void> {
    this.telemetry.open();
    await this.replica.adopt(view, early);
  }

  /** No answer is outstanding any more, or none will come: what waited for it counts now. */
  endSeating(): void {
    this.replica.endSeating();
  }

  /** A sync event came: `view` is the whole truth, or undefined where the call is not in it. */
  async resynchronise(view: CallView | undefined): Promise<void> {
    await this.replica.resynchronise(view);
  }

  /** An event of this call. Repeats are dropped. */
  handleEvent(event: CallEvent): void {
    this.replica.take(event);
  }

  async request<Id extends CallOperationId>(
    operation: Id,
    input: { rawId?: string; body?: CallOperationBody<Id> } = {},
    options: RequestOptions = {},
  ): Promise<OperationResponse<Id>> {
    if (this.isOver) throw clientError('CALL_ENDED');
    const view = this.view();
    if (view === undefined) throw clientError('CALL_NOT_CONNECTED');
    const params = { callId: view.callId, ...(input.rawId === undefined ? {} : { rawId: input.rawId }) };
    const isRead = operation === 'getCallFlow' || operation === 'getCallRecords';
    const whole = isRead ? { params } : { params, body: { ...input.body, endpointId: this.endpointId } };
    const send = () => this.services.connection.request(operation, whole as unknown as OperationInput<Id>, options);
    const response = await (operation === 'updateSelf' ? this.selfUpdates.take(send) : send());
    if (isCallView(response)) await this.replica.catchUp(response);
    return response;
  }

  onEvent(listener: (event: EndpointEvent) => void): () => void {
    return this.replica.events.add(listener);
  }

  onViewChanged(listener: () => void): () => void {
    return this.replica.changes.add(listener);
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
    if (this.isOver) return;
    this.over.abort();
    this.ends.call();
    this.media.close();
    void this.telemetry.finish();
    for (const listeners of [this.replica.events, this.replica.changes, this.stateChanges, this.transfers, this.ends]) listeners.clear();
  }

  /**
   * Media may go on without signaling for long, and nobody tells the other side again: a description that was given up would
   * leave it waiting, and this side unable to offer anything else, for the rest of the call.
   */
  private get whileOn(): RequestOptions {
    return { timeoutMs: Number.POSITIVE_INFINITY, signal: this.over.signal };
  }

  private openReplica(): CallReplica {
    const { connection, platform } = this.services;
    return new CallReplica({
      view: this.options.view,
      platform,
      over: this.over.signal,
      ask: () => connection.request('updateSelf', { params: { callId: this.callId() }, body: { endpointId: this.endpointId } }),
      isClosed: () => connection.isClosed,
      onLost: this.options.onLost,
      onSeated: (mediaSessions) => this.media.begin(mediaSessions),
      onEvent: (event) => this.handleMediaEvent(event),
      onResynchronised: (mediaSessions) => this.media.resynchronise(mediaSessions),
    });
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
}

function isCallView(response: unknown): response is CallView {
  return typeof response === 'object' && response !== null && 'revision' in response && 'mediaSessions' in response;
}
