/**
 * The signaling controller: the calling API over HTTP, event streams, the state of every call, and what remains of it.
 *
 * Commands are requests; everything else reaches a client as events of the *endpoint* it registered, as server-sent events
 * (HTML standard §9.2) that continue after `Last-Event-ID`, or by long polling. One `CallMachine` (package `call`) is one call.
 * The controller gives machines their inputs, stores what changes (group commit), and only then answers and tells: what a
 * client was told survives `kill -9`. Each call leaves a flow record, call detail records and a conclusion in a sentence.
 *
 * Applications that are parties of calls have connections (`applications/`): commands by way of `azure-api`, events in order at their callback URI.
 *
 * It assumes a fastify instance of the server's making (TLS, HTTP/2, plain HTTP on loopback) and one process per store. Fields
 * that an operation does not know are refused. Out of scope: TLS and listening (`server`), tokens (`identity`), media.
 *
 * ```ts
 * const controller = createSignalingController({ store, identity, logger, metrics, configuration });
 * const http = fastify({ ...fastifyOptions });
 * http.setErrorHandler(errorHandler(logger));
 * http.setNotFoundHandler(notFoundHandler);
 * await http.register(controller.plugin);
 * await controller.restore();
 * await http.listen({ port: 8080 });
 * ```
 */
export {
  createSignalingController, type SignalingController, type SignalingControllerOptions, type SignalingHealth,
} from './signaling-controller.ts';
export type { RelayClient, RelayNews, RelayService, RelayUsageFilter, RelayUsagePage } from './relay/relay-service.ts';
export type { TelephoneUsageFilter, TelephoneUsagePage, TelephonyAdministration, TelephonyAnswer } from './telephony/telephony-administration.ts';
export type { ApplicationSurroundings } from './applications/applications.ts';
export type { CallbackDelivery } from './applications/callback-delivery.ts';
export type { WaitingCalls } from './applications/call-connections.ts';
export type { SoundFetcher } from './applications/connection-media.ts';
export { defaultSignalingLimits, type SignalingConfiguration, type SignalingLimits } from './configuration.ts';
export { errorHandler, fastifyOptions, notFoundHandler } from './http/fastify-options.ts';
export { isLoopbackAddress } from './http/cross-origin.ts';
export { recordedParticipation } from './calls/recorded-participation.ts';
export { serverCallIdOf } from './calls/server-call-id.ts';
export { systemClock, type Clock } from './clock.ts';
export { createSipEdge } from './sip/sip-edge.ts';
export { defaultSipEdgeLimits, type SipCertificate, type SipEdge, type SipEdgeLimits, type SipEdgeOptions, type SipEdgeStatus, type SipRegistration } from './sip/sip-edge-options.ts';
export type { DigestSecrets, SipDevice, SipEdgeDirectory, SipSource } from './sip/edge-directory.ts';
export type { SipFlowNote } from './sip/messages/message-tap.ts';
