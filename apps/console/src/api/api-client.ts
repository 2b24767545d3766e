import type { OperationBody, OperationId, OperationParams, OperationQuery, OperationResponse, operations } from '@dialplane/calling-api';
import { ApiFailure, failureOf } from './api-failure.ts';

type Operations = typeof operations;

/** The operations the console uses. Method and path are held to the contract by the compiler, without its schemas in the bundle. */
const routes = {
  getServerInfo: { method: 'GET', path: '/v1/server' },
  listServerOptions: { method: 'GET', path: '/v1/server/options' },
  signIn: { method: 'POST', path: '/v1/sign-in' },
  renewOperatorToken: { method: 'POST', path: '/v1/operator-tokens:renew' },
  createSignInLink: { method: 'POST', path: '/v1/sign-in-links' },
  listDirectory: { method: 'GET', path: '/v1/directory' },
  listCalls: { method: 'GET', path: '/v1/calls' },
  getCallFlow: { method: 'GET', path: '/v1/calls/{callId}/flow' },
  getCallRecords: { method: 'GET', path: '/v1/calls/{callId}/records' },
  listSipMessages: { method: 'GET', path: '/v1/calls/{callId}/sip' },
  getCallCapture: { method: 'GET', path: '/v1/calls/{callId}/pcap', contentType: 'application/vnd.tcpdump.pcap' },
  getNetworkConfiguration: { method: 'GET', path: '/v1/network' },
  listRelayUsage: { method: 'GET', path: '/v1/relay/usage' },
  sumRelayUsage: { method: 'GET', path: '/v1/relay/usage:sum' },
  listRelayUsageRecords: { method: 'GET', path: '/v1/relay/usage-records' },
  getRelaySettings: { method: 'GET', path: '/v1/relay/settings' },
  updateRelaySettings: { method: 'PATCH', path: '/v1/relay/settings' },
  listTrunks: { method: 'GET', path: '/v1/telephony/trunks' },
  putTrunk: { method: 'PUT', path: '/v1/telephony/trunks/{trunk}' },
  deleteTrunk: { method: 'DELETE', path: '/v1/telephony/trunks/{trunk}' },
  listTrunkPresets: { method: 'GET', path: '/v1/telephony/trunk-presets' },
  listTelephoneNumbers: { method: 'GET', path: '/v1/telephony/numbers' },
  putTelephoneNumber: { method: 'PUT', path: '/v1/telephony/numbers/{number}' },
  deleteTelephoneNumber: { method: 'DELETE', path: '/v1/telephony/numbers/{number}' },
  getVoiceRoutes: { method: 'GET', path: '/v1/telephony/routes' },
  replaceVoiceRoutes: { method: 'PUT', path: '/v1/telephony/routes' },
  testVoiceRoutes: { method: 'POST', path: '/v1/telephony/routes:test' },
  getDialingPolicy: { method: 'GET', path: '/v1/telephony/policy' },
  replaceDialingPolicy: { method: 'PUT', path: '/v1/telephony/policy' },
  listLimitUse: { method: 'GET', path: '/v1/telephony/limits' },
  listEventSubscriptions: { method: 'GET', path: '/v1/event-subscriptions' },
  putEventSubscription: { method: 'PUT', path: '/v1/event-subscriptions/{name}' },
  deleteEventSubscription: { method: 'DELETE', path: '/v1/event-subscriptions/{name}' },
  listSipDevices: { method: 'GET', path: '/v1/telephony/devices' },
  createSipDevice: { method: 'POST', path: '/v1/telephony/devices' },
  deleteSipDevice: { method: 'DELETE', path: '/v1/telephony/devices/{username}' },
  listRooms: { method: 'GET', path: '/v1/rooms' },
  createRoom: { method: 'POST', path: '/v1/rooms' },
  getRoom: { method: 'GET', path: '/v1/rooms/{roomId}' },
  updateRoom: { method: 'PATCH', path: '/v1/rooms/{roomId}' },
  deleteRoom: { method: 'DELETE', path: '/v1/rooms/{roomId}' },
  listRoomParticipants: { method: 'GET', path: '/v1/rooms/{roomId}/participants' },
  updateRoomParticipants: { method: 'PATCH', path: '/v1/rooms/{roomId}/participants' },
  sumTelephoneUsage: { method: 'GET', path: '/v1/telephony/usage:sum' },
} as const satisfies { readonly [Id in OperationId]?: { readonly method: Operations[Id]['method']; readonly path: Operations[Id]['path']; readonly contentType?: string } };

/** An operation the console uses. */
type ConsoleOperation = keyof typeof routes;

type Defined<Key extends string, Value> = [Value] extends [undefined] ? { readonly [K in Key]?: never } : { readonly [K in Key]: Value };
/** What an operation takes: path parameters, query and body, each only where it has one. */
type RequestOf<Id extends ConsoleOperation> = Defined<'params', OperationParams<Id>> &
  ([OperationQuery<Id>] extends [undefined] ? { readonly query?: never } : { readonly query?: OperationQuery<Id> }) &
  Defined<'body', OperationBody<Id>>;

interface AnyRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** Sends one operation and resolves with its answer, bytes where that is a file, or rejects with an `ApiFailure`; an abort rejects with the signal's reason. */
export type ApiClient = <Id extends ConsoleOperation>(id: Id, request: RequestOf<Id>, signal?: AbortSignal) => Promise<OperationResponse<Id>>;

/** The URL of an operation relative to the origin, with its parameters filled in and undefined query members left out. */
export function urlOf(path: string, params: Readonly<Record<string, string>> = {}, query: Readonly<Record<string, string | number | undefined>> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** A client of the calling API on this page's own origin. Without a token only the public operations answer. */
export function createApiClient(token?: string): ApiClient {
  return async (id, request, signal) => {
    const route = routes[id];
    const { method, path } = route;
    const { params, query, body } = request as AnyRequest;
    const isFile = 'contentType' in route;
    const headers = new Headers({ accept: isFile ? `${route.contentType}, application/json` : 'application/json' });
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (method !== 'GET') headers.set('repeatability-request-id', crypto.randomUUID());
    const init: RequestInit = { method, headers, signal: signal ?? null, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(urlOf(path, params, query), init).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw new ApiFailure('SERVER_UNREACHABLE', 'The server does not answer. Check that it runs and that this computer reaches it.', 0, undefined, cause);
    });
    if (isFile && response.ok) return new Uint8Array(await response.arrayBuffer()) as OperationResponse<typeof id>;
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw failureOf(response.status, answer);
    return answer as OperationResponse<typeof id>;
  };
}
