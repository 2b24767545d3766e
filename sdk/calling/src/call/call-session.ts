import type {
  Call as CallView, ClientFlowDetail, EndpointEvent, IceCandidate, MediaDescription, MediaStreamType, OperationResponse, ReportMediaRequest, StreamQuality,
} from '@dialplane/calling-api';
import type { CallInternals, CallOperationBody, CallOperationId, MediaStreamPlace, StatsSample } from '../call-internals.ts';
import { clientError } from '../communication-services-error.ts';
import { Listeners } from '../listeners.ts';
import { CallMedia } from '../media/call-media.ts';
import type { MediaCause } from '../media/connection-monitor.ts';
import type { MediaSignaling } from '../media/media-link.ts';
import type { Platform } from '../platform.ts';
import type { Call } from '../public/call.ts';
import type { OperationInput, RequestOptions } from '../signaling/api-client.ts';
import type { CallServices } from './call-services.ts';
import { applyEvent, type CallEvent } from './call-view.ts';
import { TelemetryReporter } from './telemetry-reporter.ts';

/** How long an answer may be ahead of the events that belong to it before it is taken instead of them. */
const catchUpMs = 1000;

export interface CallSessionOptions {
  readonly services: CallServices;
  /** Known from the beginning for an incoming call. */
  readonly view: CallView | undefined;
  /** The public object, which is made after this one. */
  readonly call: () => Call;
  readonly onOutgoingEnded: (type: MediaStreamType) => void;
}

/**
 * The inside of a call: the server's view of it, the commands on it, its media and its telemetry. What the public object and
 * the features show is derived from here.
 */
export class CallSession implements CallInternals, MediaSignaling {
  readonly media: CallMedia;
  readonly telemetry: TelemetryReporter;
  private readonly options: CallSessionOptions;
  private readonly services: CallServices;
  private readonly provisionalId: string;
  private current: CallView | undefined;
  private hasEnded = false;
  private readonly events = new Listeners<[EndpointEvent]>();
  private readonly viewChanges = new Listeners<[]>();
  private readonly stateChanges = new Listeners<[]>();
  private readonly ends = new Listeners<[]>();

  constructor(options: CallSessionOptions) {
    this.options = options;
    this.services = options.services;
    this.current = options.view;
    this.provisionalId = options.services.platform.randomUuid();
    const { platform, localMedia, networkConfiguration } = options.services;
    this.media = new CallMedia({ platform, localMedia, networkConfiguration, signaling: this, onOutgoingEnded: options.onOutgoingEnded });
    this.telemetry = new TelemetryReporter(platform, (report, isLast) =>
      this.services.connection.api.request(
        'reportTelemetry',
        { params: { callId: this.callId() }, body: { ...report, endpointId: this.endpointId } },
        isLast ? { keepalive: true } : { timeoutMs: 5000 },
      ),
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

  get endpointId(): string {
    return this.services.connection.endpointId;
  }

  selfRawId(): string {
    return this.services.selfRawId;
  }

  callId(): string {
    return this.current?.callId ?? this.provisionalId;
  }

  view(): CallView | undefined {
    return this.current;
  }

  /** Takes the server's answer to start, join or accept: from now on the call exists. */
  async adopt(view: CallView): Promise<void> {
    this.telemetry.open();
    this.replaceView(view);
    if (!this.hasEnded) await this.media.begin(view.mediaSessions);
  }

  /** After a gap in the events: `view` is the whole truth. */
  async resynchronise(view: CallView): Promise<void> {
    if (this.current !== undefined && view.revision < this.current.revision) return;
    this.replaceView(view);
    await this.media.resynchronise(view.mediaSessions);
  }

  /** An event of this call. Repeats are dropped. */
  handleEvent(event: CallEvent): void {
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
    const response = await this.services.connection.request(operation, whole as unknown as OperationInput<Id>, options);
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

  dataChannel(kind: 'durable' | 'lossy'): RTCDataChannel | undefined {
    return kind === 'durable' ? this.media.active?.durableChannel : this.media.active?.lossyChannel;
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
    await connection.request('sendDescription', { params: { callId: this.callId(), mediaSessionId }, body: { endpointId: this.endpointId, description } });
  }

  async sendCandidates(mediaSessionId: string, candidates: IceCandidate[]): Promise<void> {
    const { connection } = this.services;
    await connection.request('sendCandidates', { params: { callId: this.callId(), mediaSessionId }, body: { endpointId: this.endpointId, candidates } });
  }

  async reportMedia(mediaSessionId: string, state: ReportMediaRequest['state'], cause?: MediaCause): Promise<void> {
    const body = { endpointId: this.endpointId, state, ...(cause === undefined ? {} : { cause }) };
    await this.services.connection.request('reportMedia', { params: { callId: this.callId(), mediaSessionId }, body });
  }

  /** Closes the media, tells the features, and sends the last of the telemetry. Once. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.ends.call();
    this.media.close();
    void this.telemetry.flush(true);
    for (const listeners of [this.events, this.viewChanges, this.stateChanges, this.ends]) listeners.clear();
  }

  private replaceView(view: CallView): void {
    if (this.hasEnded || (this.current !== undefined && view.revision < this.current.revision)) return;
    this.current = view;
    this.viewChanges.call();
  }

  private handleMediaEvent(event: CallEvent): void {
    if (event.type === 'mediaDescription') this.media.handleDescription(event.mediaSessionId, event.description);
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
        void this.resynchronise(answer);
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
