import { randomBytes } from 'node:crypto';
import type { CallConnectionControl, CallMediaControl } from '@dialplane/applications-api';
import type { OperationId } from '@dialplane/calling-api';
import type { Identity } from '@dialplane/identity';
import type { MediaControl } from '@dialplane/media-api';
import { addMilliseconds } from '@dialplane/sansio';
import type { Store } from '@dialplane/store';
import type { Logger, Metrics } from '@dialplane/telemetry';
import type { TelephoneControl } from '@dialplane/telephony-api';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Applications, type ApplicationSurroundings } from './applications/applications.ts';
import { CallDriver } from './calls/call-driver.ts';
import { CallKeeper } from './calls/call-keeper.ts';
import { CallStore, type InterruptedCall } from './calls/call-store.ts';
import { MessageGate } from './calls/message-gate.ts';
import { systemClock, type Clock } from './clock.ts';
import { defaultSignalingLimits, reconnectWindowSeconds, type SignalingConfiguration, type SignalingLimits } from './configuration.ts';
import { EndpointRegistry } from './endpoints/endpoint-registry.ts';
import { EndpointStore } from './endpoints/endpoint-store.ts';
import { registerOperations, RequestGate, type OperationRoutesOptions } from './http/operation-routes.ts';
import type { OperationHandlers } from './http/operation-handler.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import { CallOperations, identityOf } from './operations/call-operations.ts';
import { EndpointOperations } from './operations/endpoint-operations.ts';
import { TelephonyOperations, type SipRegistrar } from './operations/telephony-operations.ts';
import { RelayOperations } from './operations/relay-operations.ts';
import { RecordOperations } from './operations/record-operations.ts';
import { RoomOperations } from './operations/room-operations.ts';
import { SignInOperations } from './operations/sign-in-operations.ts';
import type { RelayNews, RelayService } from './relay/relay-service.ts';
import type { SipFlowNote } from './sip/messages/message-tap.ts';
import type { TelephonyAdministration } from './telephony/telephony-administration.ts';
import { SipMessageStore } from './sip/messages/sip-message-store.ts';
import { RoomCalls } from './rooms/room-calls.ts';
import { signalingMetrics, type SignalingMetrics } from './signaling-metrics.ts';

export interface SignalingControllerOptions {
  readonly store: Store;
  readonly identity: Identity;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly configuration: SignalingConfiguration;
  /** Without it there are no group calls and no calls to telephones. */
  readonly media?: MediaControl;
  /** Without it telephones neither call nor are called. */
  readonly telephony?: TelephoneControl;
  /** Without it clients are given no ICE servers, and what is asked of a relay is refused. */
  readonly relay?: RelayService;
  /** Takes events to applications in calls, and puts calls from outside to them; without it there are no applications in calls. */
  readonly applications?: ApplicationSurroundings;
  /** Without it trunks, numbers and routes are not administered here. */
  readonly telephonyAdministration?: TelephonyAdministration;
  /** Tells operators which SIP phones are registered. */
  readonly sipRegistrar?: SipRegistrar;
  readonly clock?: Clock;
}

/** Whether the controller can do its work; for `/readyz` and `/healthz`. */
export interface SignalingHealth {
  readonly isStoreWritable: boolean;
  readonly isDraining: boolean;
}

/** The running controller. */
export interface SignalingController {
  /** Every operation of the calling API, `/openapi.json` and preflight; register it on each instance that clients reach. */
  readonly plugin: FastifyPluginAsync;
  /** Applications in calls. */
  readonly connections: CallConnectionControl | undefined;
  /** What they play and hear. */
  readonly connectionMedia: CallMediaControl | undefined;
  /** Takes up endpoints and calls of the run before. Before the first request. */
  restore(): Promise<void>;
  health(): SignalingHealth;
  isRunning(callId: string): boolean;
  /** Shows the ICE servers of a participant, or of everybody in every call, again: they have changed. */
  renewIceConfiguration(callId?: string, participantId?: string): void;
  /** Writes into the flow record of a call, running or just ended, what the relay did for a participant. */
  noteRelay(callId: string, participantId: string, atMs: number, news: RelayNews): void;
  /** Writes a SIP message into the flow record of its call, running or just ended. */
  noteSip(note: SipFlowNote): void;
  /** Refuses new calls and endpoints from now on, and sends every event stream away to connect again. Calls go on. */
  drain(): Promise<void>;
  /** Stops timers; running calls stay in the store for the next run. */
  close(): Promise<void>;
}

const tickMs = 1000;
const sweepEveryTicks = 600;
const millisecondsPerDay = 86_400_000;

export function createSignalingController(options: SignalingControllerOptions): SignalingController {
  return new Controller(options);
}

class Controller implements SignalingController {
  readonly plugin: FastifyPluginAsync;
  private readonly options: SignalingControllerOptions;
  private readonly limits: SignalingLimits;
  private readonly clock: Clock;
  private readonly callStore: CallStore;
  private readonly endpointStore: EndpointStore;
  private readonly keeper: CallKeeper;
  private readonly applications: Applications | undefined;
  private readonly calls: CallDriver;
  private readonly rooms: RoomCalls;
  private readonly registry: EndpointRegistry;
  private readonly metrics: SignalingMetrics;
  private readonly stopListening: ReadonlyArray<() => void>;
  private cancelTick: () => void = () => {};
  private ticks = 0;
  private draining = false;

  constructor(options: SignalingControllerOptions) {
    const { store, identity, configuration, logger } = options;
    this.options = options;
    this.limits = configuration.limits ?? defaultSignalingLimits;
    this.clock = options.clock ?? systemClock();
    this.callStore = new CallStore(store);
    this.endpointStore = new EndpointStore(store);
    this.metrics = signalingMetrics(options.metrics, {
      calls: () => this.calls.size,
      conferences: () => this.calls.conferences,
      endpoints: () => this.registry.size,
      streams: () => this.registry.countReaders(),
    });
    this.registry = this.makeRegistry();
    this.keeper = new CallKeeper({
      store: this.callStore,
      clock: this.clock,
      logger,
      metrics: this.metrics,
      clientOf: (endpointId) => this.registry.get(endpointId)?.registration.client ?? {},
    });
    this.calls = this.makeDriver();
    this.rooms = new RoomCalls({ rooms: identity.rooms, calls: this.calls, logger });
    this.applications = options.applications === undefined ? undefined : this.makeApplications(options.applications);
    this.plugin = this.makePlugin();
    this.stopListening = [
      identity.onRevoked((identifier) => this.closeEndpointsOf(identifier)),
      identity.onUserDeleted((identifier) => this.forget(identifier)),
    ];
  }

  get connections(): CallConnectionControl | undefined {
    return this.applications?.connections;
  }

  get connectionMedia(): CallMediaControl | undefined {
    return this.applications?.media;
  }

  async restore(): Promise<void> {
    const { logger } = this.options;
    const registrations = await this.endpointStore.load();
    for (const registration of registrations) this.registry.restore(registration);
    await this.applications?.connections.load();
    const interrupted = await this.callStore.loadRunning();
    for (const call of interrupted) await this.restoreCall(call);
    this.calls.repeatMoves();
    for (const { endpointId } of registrations) this.calls.observeEndpoint(endpointId, { kind: 'endpointLost', endpointId });
    this.applications?.connections.settle();
    await this.rooms.settle();
    if (interrupted.length > 0) logger.info({ calls: interrupted.length, endpoints: this.registry.size }, 'Calls of the run before go on.');
    await this.sweep();
    this.scheduleTick();
  }

  health(): SignalingHealth {
    return { isStoreWritable: this.keeper.isWritable, isDraining: this.draining };
  }

  isRunning(callId: string): boolean {
    return this.calls.get(callId) !== undefined;
  }

  renewIceConfiguration(callId?: string, participantId?: string): void {
    this.calls.renewIceConfiguration(callId, participantId);
  }

  noteRelay(callId: string, participantId: string, atMs: number, news: RelayNews): void {
    const call = this.calls.get(callId) ?? this.keeper.recent(callId);
    if (call === undefined) return;
    call.flow.append('relay', new Date(atMs).toISOString(), 'relay', participantId, news);
    this.keeper.noteFlow(call);
  }

  noteSip({ callId, atMs, from, to, detail }: SipFlowNote): void {
    const call = this.calls.get(callId) ?? this.keeper.recent(callId);
    if (call === undefined) return;
    call.flow.append('telephony', new Date(atMs).toISOString(), from, to, detail);
    this.keeper.noteFlow(call);
  }

  async drain(): Promise<void> {
    this.draining = true;
    this.registry.releaseReaders();
    await this.keeper.tick();
  }

  async close(): Promise<void> {
    this.draining = true;
    this.cancelTick();
    for (const stop of this.stopListening) stop();
    this.rooms.close();
    this.registry.releaseReaders();
    this.calls.stop();
    await this.applications?.close();
    await this.keeper.tick();
  }

  /** A call whose state cannot be read is ended, so that it costs nobody the start of the server. */
  private async restoreCall(call: InterruptedCall): Promise<void> {
    try {
      this.calls.restore(call);
    } catch (error) {
      this.options.logger.error({ err: error, callId: call.callId }, 'The stored state of a call could not be read; the call is ended.');
      await this.callStore.endUnreadable(call, this.clock.wallMs());
    }
  }

  private makeRegistry(): EndpointRegistry {
    return new EndpointRegistry(this.clock, this.limits.endpoints, randomBytes(6).toString('hex'), {
      registered: (endpoint) => this.calls.observeRegistration(identityOf(endpoint)),
      lost: (endpointId) => this.calls.observeEndpoint(endpointId, { kind: 'endpointLost', endpointId }),
      recovered: (endpoint) => {
        const { endpointId } = endpoint.registration;
        this.calls.observeEndpoint(endpointId, { kind: 'endpointRecovered', endpointId });
        // It was left out when its user was called.
        this.calls.observeRegistration(identityOf(endpoint));
      },
      closed: (endpointId, reason) => {
        this.calls.observeEndpoint(endpointId, { kind: 'endpointClosed', endpointId, reason: reason === 'invalidToken' ? 'tokenInvalid' : 'closed' });
        this.endpointStore.remove(endpointId).catch((error: unknown) => this.options.logger.warn({ err: error, endpointId }, 'A closed endpoint is still stored.'));
      },
      isInCall: (endpointId) => this.calls.countOf(endpointId) > 0,
    });
  }

  private makeDriver(): CallDriver {
    const { logger, identity, media, telephony, relay } = this.options;
    return new CallDriver({
      clock: this.clock,
      logger,
      keeper: this.keeper,
      media,
      telephony,
      calledUsers: this.options.applications?.calledUsers,
      metrics: this.metrics,
      flowLimits: this.limits.flow,
      surroundings: {
        findEndpoints: (identifier) => {
          const endpoints = this.registry.reachable(identifier).map(identityOf);
          if (endpoints.length > 0) return { isKnown: true, endpoints };
          return identity.userExists(identifier).then((isKnown) => ({ isKnown, endpoints }));
        },
        publish: (endpointId, event) => {
          this.metrics.eventPublished();
          this.registry.publish(endpointId, event);
        },
        iceConfiguration: (callId, participant) =>
          relay?.iceConfiguration(callId, participant, this.registry.get(participant.endpointId)?.reachedBy) ?? { iceServers: [], iceTransportPolicy: 'all', relay: 'unavailable' },
        participantLeft: (callId, participantId) => relay?.participantLeft(callId, participantId),
        callEnded: (callId) => relay?.callEnded(callId),
        tellApplication: (connectionId, event) => this.applications?.hear(connectionId, event),
        callLost: (callId) => this.applications?.connections.callLost(callId),
        isDraining: () => this.draining,
      },
    });
  }

  private makeApplications(surroundings: ApplicationSurroundings): Applications {
    const { store, logger } = this.options;
    return new Applications({ ...surroundings, store, logger, metrics: this.metrics, callStore: this.callStore, keeper: this.keeper, calls: this.calls, rooms: this.rooms, clock: this.clock, isDraining: () => this.draining });
  }

  private makePlugin(): FastifyPluginAsync {
    const { identity, configuration } = this.options;
    const endpoints = new EndpointOperations({
      clock: this.clock,
      registry: this.registry,
      store: this.endpointStore,
      calls: this.calls,
      keepAliveSeconds: this.limits.endpoints.keepAliveSeconds,
      reconnectWindowSeconds,
      canCallTelephones: () => this.options.telephony !== undefined && this.options.telephony.absence() === undefined,
      isDraining: () => this.draining,
    });
    const routes: OperationRoutesOptions = {
      identity,
      clock: this.clock,
      version: configuration.serverInfo.version,
      limits: this.limits.requests,
      allowedOrigins: () => identity.resources.default.allowedOrigins,
      handlers: this.handlers(endpoints),
      receiveEvents: (request, reply) => endpoints.receiveEvents(request, reply),
      onAnswered: (operationId, request, reply) => this.noteAnswer(operationId, request, reply),
    };
    const gate = new RequestGate(routes);
    return async (instance) => registerOperations(instance, routes, gate);
  }

  private handlers(endpoints: EndpointOperations): OperationHandlers {
    const { identity, configuration } = this.options;
    const signIn = new SignInOperations({
      identity,
      registry: this.registry,
      developmentSignIn: configuration.developmentSignIn,
      serverInfo: () => configuration.serverInfo,
      serverOptions: () => configuration.serverOptions,
      signInUrl: (code) => `${configuration.publicUrl()}/#/sign-in?code=${encodeURIComponent(code)}`,
    });
    const shared = { clock: this.clock, registry: this.registry, calls: this.calls, keeper: this.keeper, store: this.callStore };
    const calls = new CallOperations({
      ...shared,
      maxCallsPerEndpoint: this.limits.maxCallsPerEndpoint,
      rooms: this.rooms,
      messages: new MessageGate(this.limits.messages, this.clock),
      telephoneCalls: new RateLimiter(this.limits.telephoneCallsPerUser, this.clock),
      isDraining: () => this.draining,
    });
    const records = new RecordOperations({ ...shared, sipMessages: new SipMessageStore(this.options.store) });
    const telephony = new TelephonyOperations(this.options.telephonyAdministration, this.options.sipRegistrar);
    const relay = new RelayOperations(this.options.relay, () => this.renewIceConfiguration());
    const rooms = new RoomOperations(identity.rooms, () => identity.resources.default);
    return { ...signIn.handlers(), ...endpoints.handlers(), ...calls.handlers(), ...records.handlers(), ...relay.handlers(), ...telephony.handlers(), ...rooms.handlers() };
  }

  private noteAnswer(operationId: OperationId, request: FastifyRequest, reply: FastifyReply): void {
    this.metrics.requestAnswered(operationId, reply.statusCode, reply.elapsedTime);
    const subject = isNoted(operationId, reply.statusCode) ? subjectOf(request) : undefined;
    const call = subject === undefined ? undefined : (this.calls.get(subject.callId) ?? this.keeper.recent(subject.callId));
    if (subject === undefined || call === undefined) return;
    const lane = call.laneOf(subject.endpointId);
    if (lane === undefined) return;
    const errorCode = reply.getHeader('x-ms-error-code');
    call.flow.append('controller', new Date(this.clock.wallMs()).toISOString(), lane, 'controller', {
      kind: 'request',
      operation: operationId,
      method: request.method,
      path: (request.url.split('?')[0] ?? '').slice(0, 512),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 100) / 100,
      ...(typeof errorCode === 'string' && { errorCode }),
    });
    this.keeper.noteFlow(call);
  }

  private closeEndpointsOf(identifier: string): void {
    for (const { registration } of this.registry.ofUser(identifier)) this.registry.close(registration.endpointId, 'invalidToken');
  }

  private forget(identifier: string): void {
    this.calls.forget(identifier);
    this.keeper.forget(identifier);
    this.options.relay?.userDeleted(identifier);
    this.callStore.deleteOf(identifier).catch((error: unknown) => this.options.logger.error({ err: error, identifier }, 'The records of a deleted user are still stored.'));
  }

  private scheduleTick(): void {
    this.cancelTick = this.clock.wakeAt(addMilliseconds(this.clock.now(), tickMs), () => {
      this.scheduleTick();
      this.tick().catch((error: unknown) => this.options.logger.error({ err: error }, 'Housekeeping failed; it is tried again.'));
    });
  }

  private async tick(): Promise<void> {
    this.ticks += 1;
    this.registry.tick(reconnectWindowSeconds * 1000);
    await this.keeper.tick();
    if (this.ticks % sweepEveryTicks === 0) await this.sweep();
  }

  private async sweep(): Promise<void> {
    const endedBefore = this.clock.wallMs() - this.options.configuration.recordRetentionDays * millisecondsPerDay;
    while ((await this.callStore.deleteEnded(endedBefore)) > 0);
  }
}

/** Whether a request is a line of the flow record. Reports are about the flow, and no part of it; data and wishes come too often to be. */
function isNoted(operationId: OperationId, status: number): boolean {
  if (operationId === 'sendMessage' || operationId === 'wantStreams') return status >= 400;
  return operationId !== 'reportTelemetry';
}

/** Which call and endpoint a request was about: named in its path and body, or brought into being by it. */
function subjectOf(request: FastifyRequest): { readonly callId: string; readonly endpointId: string } | undefined {
  const { callId = request.answeredCallId } = (request.params ?? {}) as { readonly callId?: string };
  const { endpointId } = (request.body ?? {}) as { readonly endpointId?: unknown };
  return typeof endpointId === 'string' && callId !== undefined ? { callId, endpointId } : undefined;
}
